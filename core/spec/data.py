"""Which data, and how much of them."""

from __future__ import annotations

from dataclasses import dataclass

from core.data.features import FEATURES
from core.data.names import DATASETS
from core.spec.checks import require, require_choice, require_number, require_whole

MAX_SAMPLES = 100_000


@dataclass(frozen=True)
class DataSpec:
    """A data set from a seed. `noise` is a share, 0 to 0.5; `features` are what the net sees."""

    name: str = "circles"
    num_samples: int = 400
    noise: float = 0.0
    num_classes: int = 2
    test_fraction: float = 0.5
    features: tuple[str, ...] = ("x1", "x2")
    seed: int = 0

    def __post_init__(self) -> None:
        require_choice("data set", self.name, DATASETS)
        require_whole("num_samples", self.num_samples, 1, MAX_SAMPLES)
        require_number("noise", self.noise, 0, 0.5)
        low, high = DATASETS[self.name].classes
        require_whole(f"num_classes of {self.name}", self.num_classes, low, high)
        require_number("test_fraction", self.test_fraction, 0, 0.9)
        require(isinstance(self.features, tuple) and len(self.features) > 0, "features",
                self.features, "a tuple of at least one name")  # fmt: skip
        for name in self.features:
            require_choice("feature", name, FEATURES)
        require_whole("seed", self.seed, 0, 2**31 - 1)
