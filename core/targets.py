"""Targets as each loss wants them, and classes read off a network's output."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.data.samples import Samples
from core.spec import TrainSpec

Array = NDArray[np.floating]
Classes = NDArray[np.int64]


def encode_targets(samples: Samples, train: TrainSpec, num_outputs: int) -> NDArray[Any]:
    """Targets as the loss wants them; raises ValueError where data, loss and network do not fit.

    Mean squared error compares a class with −1 and 1; binary cross-entropy with 0 and 1;
    cross-entropy takes class numbers.
    """
    _require_fit(samples, train, num_outputs)
    classes, targets = samples.num_classes, samples.targets
    if samples.is_regression:
        return targets.astype(train.dtype)
    if train.loss == "cross_entropy":
        return targets
    if classes > 2:
        return (2.0 * np.eye(classes)[targets] - 1).astype(train.dtype)
    column = targets[..., None].astype(train.dtype)
    return column if train.loss == "binary_cross_entropy" else 2 * column - 1


def _require_fit(samples: Samples, train: TrainSpec, num_outputs: int) -> None:
    classes = samples.num_classes
    if train.carry_state and samples.streams not in (None, train.batch_size):
        raise ValueError(f"batch_size must be {samples.streams} to carry states, as the data have "
                         f"that many streams, not {train.batch_size}")  # fmt: skip
    if samples.is_regression and train.loss != "mse":
        raise ValueError("loss must be mse for regression: cross-entropies compare probabilities")
    if classes > 2 and train.loss == "binary_cross_entropy":
        raise ValueError(f"binary_cross_entropy knows 2 classes; for {classes} use cross_entropy")
    wanted = classes if train.loss == "cross_entropy" or classes > 2 else 1
    if samples.is_regression:
        wanted = samples.targets.shape[-1]
    if num_outputs != wanted:
        raise ValueError(f"the network has {num_outputs} outputs; {train.loss} with "
                         f"{classes} classes needs {wanted}")  # fmt: skip


def classify(output: Array) -> Classes:
    """The classes (...) that the last layer's output (..., K) speaks for."""
    if output.shape[-1] == 1:
        return (output[..., 0] > 0).astype(np.int64)
    return output.argmax(axis=-1)


def decode(target: NDArray[Any], train: TrainSpec) -> Classes:
    """The class numbers (...) behind encoded targets."""
    return target if train.loss == "cross_entropy" else classify(target)
