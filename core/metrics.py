"""How good predictions are: shares, counts and errors, not what is trained on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
Classes = NDArray[np.integer]


def accuracy(predicted: Classes, target: Classes) -> float:
    """The share of right classes; both (N,) with N at least 1."""
    _check(predicted, target)
    return np.count_nonzero(predicted == target) / target.size


def confusion_matrix(predicted: Classes, target: Classes, num_classes: int) -> NDArray[np.int64]:
    """Counts (num_classes, num_classes): rows are true classes, columns predicted ones."""
    _check(predicted, target)
    counts = np.bincount(target * num_classes + predicted, minlength=num_classes**2)
    return counts.reshape(num_classes, num_classes)


def rmse(prediction: Array, target: Array) -> float:
    """The root of the mean squared error, in the target's unit."""
    _check(prediction, target)
    return float(np.sqrt(np.mean((prediction - target) ** 2)))


def r2(prediction: Array, target: Array) -> float:
    """The share of the target's variance that is explained: 1 is perfect, 0 is its mean."""
    _check(prediction, target)
    spread = np.sum((target - target.mean()) ** 2)
    return float(1 - np.sum((prediction - target) ** 2) / spread) if spread else float("nan")


def _check(a: NDArray[np.generic], b: NDArray[np.generic]) -> None:
    if a.shape != b.shape or not a.size:
        raise ValueError(f"two filled arrays of one shape are needed, not {a.shape}, {b.shape}")
