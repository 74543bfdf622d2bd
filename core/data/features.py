"""What a network is given of a point (x1, x2): the coordinates, and functions of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


@dataclass(frozen=True)
class Feature:
    """`symbol` is how it is written; `function` maps x1 and x2, both (N,), to (N,)."""

    symbol: str
    function: Callable[[Array, Array], Array]


FEATURES = {
    "x1": Feature("x₁", lambda a, b: a),
    "x2": Feature("x₂", lambda a, b: b),
    "x1^2": Feature("x₁²", lambda a, b: a * a),
    "x2^2": Feature("x₂²", lambda a, b: b * b),
    "x1*x2": Feature("x₁x₂", lambda a, b: a * b),
    "sin(x1)": Feature("sin x₁", lambda a, b: np.sin(a)),
    "sin(x2)": Feature("sin x₂", lambda a, b: np.sin(b)),
}


def design_matrix(points: Array, names: tuple[str, ...]) -> Array:
    """The features (N, len(names)) of points (N, 2), or (N, 1) when there is no x2."""
    if points.ndim != 2 or points.shape[1] not in (1, 2):
        raise ValueError(f"points must be (N, 2) or (N, 1), not {points.shape}")
    x1 = points[:, 0]
    x2 = points[:, 1] if points.shape[1] == 2 else np.zeros_like(x1)
    return np.stack([FEATURES[name].function(x1, x2) for name in names], axis=1)
