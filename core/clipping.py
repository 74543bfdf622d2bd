"""Keeping gradients from exploding, on the flat buffer of all gradients.

By value, each number is held within ±limit, which changes the gradient's direction; by norm
(Pascanu et al. 2012, arXiv 1211.5063) the whole gradient is made shorter, and its direction stays.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def clip(gradients: Array, clip_value: float | None, clip_norm: float | None) -> None:
    """Both bounds, by value first, in place; None for no bound."""
    if clip_value is not None:
        clip_by_value(gradients, clip_value)
    if clip_norm is not None:
        clip_by_norm(gradients, clip_norm)


def clip_by_value(gradients: Array, limit: float) -> None:
    """Hold every number within ±limit, in place."""
    _require("limit", limit)
    np.clip(gradients, -limit, limit, out=gradients)


def clip_by_norm(gradients: Array, max_norm: float) -> float:
    """Scale the gradient, in place, so that its norm is at most max_norm; return what it was.

    A gradient that is not finite stays as it is, for whoever looks for the cause.
    """
    _require("max_norm", max_norm)
    norm = global_norm(gradients)
    if math.isfinite(norm) and norm > max_norm:
        gradients *= max_norm / norm
    return norm


def global_norm(gradients: Array) -> float:
    """√Σ g², of numbers scaled by the largest, whose squares cannot overflow."""
    largest = float(np.abs(gradients).max(initial=0))
    if not largest or not math.isfinite(largest):
        return largest
    return largest * math.sqrt(float(np.square(gradients / largest).sum()))


def _require(name: str, value: float) -> None:
    if not (math.isfinite(value) and value > 0):
        raise ValueError(f"{name} is {value!r}; it must be a number above 0")
