"""Losses: a number to make small, and its gradient with respect to the network's last layer.

Every loss is the mean over the samples of a batch. `output` (N, K) is what the network's last layer
gives; for the two cross-entropies these are logits, because sigmoid or softmax and logarithm
together are exact where apart they overflow.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.functional.activations import sigmoid, softplus

Array = NDArray[np.floating]


@dataclass(frozen=True)
class Loss:
    """One loss.

    `per_sample(output, target)` (N,) are the losses whose mean is the loss; `gradient` (N, K) is
    the derivative of that mean with respect to `output`; `predict` turns `output` into what is
    compared with the target: a value, a probability, probabilities.
    """

    name: str
    label: str
    formula: str
    gradient_formula: str
    per_sample: Callable[[Array, Array], Array]
    gradient: Callable[[Array, Array], Array]
    predict: Callable[[Array], Array]

    def __call__(self, output: Array, target: Array) -> tuple[float, Array]:
        """The loss and its gradient (N, K); raises ValueError where the shapes do not fit."""
        check_target(self.name, output, target)
        return float(np.mean(self.per_sample(output, target))), self.gradient(output, target)


def check_target(name: str, output: Array, target: Array) -> None:
    """Raise ValueError unless the targets fit the outputs of a batch."""
    if output.ndim != 2 or not len(output):
        raise ValueError(f"{name}: the output must be (N, K) with N at least 1, not {output.shape}")
    if name == "cross_entropy":
        if target.shape != output.shape[:1] or target.dtype.kind not in "iu":
            raise ValueError(
                f"{name}: targets must be {len(output)} whole class numbers, not {target.dtype} of "
                f"shape {target.shape}"
            )
        if target.min() < 0 or target.max() >= output.shape[1]:
            raise ValueError(f"{name}: class numbers must be from 0 to {output.shape[1] - 1}")
    elif target.shape != output.shape:
        raise ValueError(f"{name}: targets must have shape {output.shape}, not {target.shape}")


def softmax(logits: Array, temperature: float = 1.0) -> Array:
    """e^(zₖ/τ) / Σⱼ e^(zⱼ/τ) along the last axis; shifted by the largest logit, which changes
    nothing. A temperature τ below 1 sharpens the choice, above 1 it evens it out."""
    if not (math.isfinite(temperature) and temperature > 0):
        raise ValueError(f"the temperature is {temperature!r}; it must be a number above 0")
    z = logits - logits.max(axis=-1, keepdims=True)
    e = np.exp(z if temperature == 1 else z / temperature)
    return np.asarray(e / e.sum(axis=-1, keepdims=True))


def mse_per_sample(output: Array, target: Array) -> Array:
    """The squared error of each sample; with several outputs, their mean."""
    return np.asarray(np.mean((target - output) ** 2, axis=1))


def mse_gradient(output: Array, target: Array) -> Array:
    """−2 (y_true − y_pred) / n, with n the number of all errors that are averaged."""
    return -2 * (target - output) / output.size


def bce_per_sample(logits: Array, target: Array) -> Array:
    """−[y log p + (1 − y) log(1 − p)] with p = σ(z), as softplus(z) − y z."""
    return np.asarray(np.mean(softplus(logits) - target * logits, axis=1))


def bce_gradient(logits: Array, target: Array) -> Array:
    return (sigmoid(logits) - target) / logits.size


def cross_entropy_per_sample(logits: Array, target: Array) -> Array:
    """−log p of the right class, as log Σ e^z − z of the right class."""
    top = logits.max(axis=1)
    log_sum = top + np.log(np.exp(logits - top[:, None]).sum(axis=1))
    return log_sum - logits[np.arange(len(target)), target]


def cross_entropy_gradient(logits: Array, target: Array) -> Array:
    """(p − 1 for the right class, p for the others) / n."""
    gradient = softmax(logits)
    gradient[np.arange(len(target)), target] -= 1
    return gradient / len(target)


LOSSES: dict[str, Loss] = {
    loss.name: loss
    for loss in (
        Loss("mse", "Mean squared error", "(1/n) · Σ (y_true − y_pred)²",
             "−2 · (y_true − y_pred) / n", mse_per_sample, mse_gradient, lambda output: output),
        Loss("binary_cross_entropy", "Binary cross-entropy",
             "−(1/n) · Σ [y · log p + (1 − y) · log(1 − p)]", "(p − y) / n",
             bce_per_sample, bce_gradient, sigmoid),
        Loss("cross_entropy", "Cross-entropy", "−(1/n) · Σ log p[right class]",
             "(p − [is the right class]) / n",
             cross_entropy_per_sample, cross_entropy_gradient, softmax),
    )
}  # fmt: skip
