"""The fully connected map  y = x Wᵀ + b.

Shapes: x (N, in_features), weight (out_features, in_features), bias (out_features,),
y (N, out_features).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
Cache = tuple[Array, Array]


def linear_forward(x: Array, weight: Array, bias: Array | None) -> tuple[Array, Cache]:
    """Return y (N, out_features) and what the backward pass needs."""
    y = x @ weight.T
    if bias is not None:
        y += bias
    return y, (x, weight)


def linear_backward(
    dy: Array, cache: Cache, dweight: Array | None = None, dbias: Array | None = None
) -> tuple[Array, Array, Array]:
    """Return dx, dweight, dbias for dy (N, out_features); the last two in the given arrays, if any.

    Each is a sum over the samples: dweight = dyᵀ x, dbias = Σₙ dy, dx = dy W.
    """
    x, weight = cache
    dweight = np.matmul(dy.T, x, out=dweight)
    dbias = np.sum(dy, axis=0, out=dbias)
    return dy @ weight, dweight, dbias
