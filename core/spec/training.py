"""How to train."""

from __future__ import annotations

from dataclasses import dataclass, replace

from core.functional.losses import LOSSES
from core.optimizers import OPTIMIZERS
from core.spec.checks import require_choice, require_flag, require_number, require_whole
from core.spec.data import MAX_SAMPLES

DTYPES = ("float64", "float32")
TUNABLE = ("learning_rate", "l1", "l2", "clip_value", "clip_norm")  # while training goes on


@dataclass(frozen=True)
class TrainSpec:
    """How to train. The penalty l1 Σ|w| + (l2/2) Σ w² is over weights, not biases.

    clip_value and clip_norm bound the gradient, the penalty's included, in this order; None for no
    bound. With carry_state recurrent layers go on from batch to batch within an epoch, whose order
    then is the data's: sample k of a batch must continue sample k of the one before.
    """

    loss: str = "mse"
    optimizer: str = "sgd"
    learning_rate: float = 0.03
    batch_size: int = 10
    momentum: float = 0.9
    l1: float = 0.0
    l2: float = 0.0
    seed: int = 0
    dtype: str = "float64"
    clip_value: float | None = None
    clip_norm: float | None = None
    carry_state: bool = False

    def __post_init__(self) -> None:
        require_choice("loss", self.loss, LOSSES)
        require_choice("optimizer", self.optimizer, OPTIMIZERS)
        require_number("learning_rate", self.learning_rate, 0, 1000)
        require_whole("batch_size", self.batch_size, 1, MAX_SAMPLES)
        require_number("momentum", self.momentum, 0, 0.999)
        require_number("l1", self.l1, 0, 10)
        require_number("l2", self.l2, 0, 10)
        require_whole("seed", self.seed, 0, 2**31 - 1)
        require_choice("dtype", self.dtype, DTYPES)
        for name in ("clip_value", "clip_norm"):
            if getattr(self, name) is not None:
                require_number(name, getattr(self, name), 1e-9, 1e9)
        require_flag("carry_state", self.carry_state)


def require_tunable(before: TrainSpec, after: TrainSpec) -> None:
    """Raise ValueError when training cannot go on in another way without beginning anew."""
    same = replace(before, **{name: getattr(after, name) for name in TUNABLE})
    if after != same:
        raise ValueError(f"only {', '.join(TUNABLE)} can change while training goes on")
