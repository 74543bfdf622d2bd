"""What each step of a run is told: a list on the device, from which every step takes its own entry,
so that many steps run without a word from outside."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.optimizers import Adam
from core.spec import TrainSpec

# As `Now` in kernels/now.wgsl has them. first: where the rows of the batch begin within those of
# all; share: one over the number of rows whose losses are averaged.
FIELDS = np.dtype([
    ("number", "<u4"), ("first", "<u4"), ("seed", "<u4"), ("share", "<f4"),
    ("rate", "<f4"), ("correction", "<f4"), ("l1", "<f4"), ("l2", "<f4"),
    ("clip_value", "<f4"), ("clip_norm", "<f4"), ("momentum", "<f4"), ("spare", "<u4"),
])  # fmt: skip
SIZE = FIELDS.itemsize // 4  # in numbers of 4 bytes


def make_schedule(
    train: TrainSpec, batch_size: int, counts: NDArray[np.int64], done: int,
    seeds: NDArray[np.uint32],
) -> NDArray[Any]:  # fmt: skip
    """The entries of steps after `done` others; counts: the rows of each that count."""
    steps = len(counts)
    schedule = np.zeros(steps, FIELDS)
    schedule["number"] = np.arange(steps)
    schedule["first"] = np.arange(steps) * batch_size
    schedule["seed"] = seeds
    schedule["share"] = 1 / counts
    schedule["rate"], schedule["correction"] = _rates(train, np.arange(done + 1, done + steps + 1))
    for name in ("l1", "l2", "momentum"):
        schedule[name] = getattr(train, name)
    schedule["clip_value"], schedule["clip_norm"] = train.clip_value or 0, train.clip_norm or 0
    return schedule


def _rates(train: TrainSpec, number: NDArray[np.int64]) -> tuple[Any, Any]:
    """The learning rate of each step, and what the average of squares is multiplied by; only Adam
    changes either. In double precision, as 1 − 0.999 loses five digits in single."""
    if train.optimizer != "adam":
        return train.learning_rate, 1
    return train.learning_rate / (1 - Adam.beta1**number), 1 / (1 - Adam.beta2**number)
