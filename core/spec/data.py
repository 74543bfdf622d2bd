"""Which data, and how much of them."""

from __future__ import annotations

from dataclasses import dataclass

from core.data.features import FEATURES
from core.data.names import CHOICES, DATASETS
from core.spec.checks import require, require_choice, require_flag, require_number, require_whole

MAX_SAMPLES = 100_000


@dataclass(frozen=True)
class DataSpec:
    """A data set from a seed. `noise` is a share, 0 to 0.5; `features` are what the net sees of a
    point. Of data that have an end, num_samples is the most, and num_classes the first so many; of
    a text it is the most characters of its vocabulary.

    image_size: the side of a picture in pixels. num_steps: the length of a sequence. delay: between
    a symbol and the answer. copies: how many moved copies are added for each training picture.
    streams: how many pieces of a text are learnt beside each other, each carrying on from batch to
    batch. colour: pictures with three planes. What is None is as usual for the data set, as
    `chosen` tells; what says nothing about it must be left out.
    """

    name: str = "circles"
    num_samples: int = 400
    noise: float = 0.0
    num_classes: int = 2
    test_fraction: float = 0.5
    features: tuple[str, ...] = ("x1", "x2")
    seed: int = 0
    image_size: int | None = None
    num_steps: int | None = None
    delay: int | None = None
    copies: int | None = None
    streams: int | None = None
    colour: bool = False

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
        require_flag("colour", self.colour)
        self._require_choices()

    def _require_choices(self) -> None:
        info = DATASETS[self.name]
        require(info.noisy or not self.noise, f"noise of {self.name}", self.noise,
                "0: its answers would no longer be exact")  # fmt: skip
        require(info.coloured or not self.colour, f"colour of {self.name}", self.colour,
                "false: there is no colour in it")  # fmt: skip
        for name in CHOICES:
            value, choice = getattr(self, name), getattr(info, name)
            if value is not None:
                require(choice is not None, f"{name} of {self.name}", value,
                        "left out: it says nothing about this data set")  # fmt: skip
                require_whole(f"{name} of {self.name}", value, choice.low, choice.high)

    def chosen(self, name: str) -> int:
        """A choice such as `num_steps`: what is said here, or as usual for the data set."""
        value, choice = getattr(self, name), getattr(DATASETS[self.name], name)
        require(choice is not None, "a choice", name, f"one that {self.name} has")
        return choice.usual if value is None else value
