"""Dropout, in its inverted form: what is kept grows while training, so that nothing changes later.

Srivastava et al. 2014, "Dropout: a simple way to prevent neural networks from overfitting".
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.buffers import Allocate, fresh

Array = NDArray[np.floating]


def dropout_forward(
    x: Array, p: float, rng: np.random.Generator, new: Allocate = fresh
) -> tuple[Array, Array]:
    """Return y and the factors, of the shape of x, that made it: 0 with probability p, else
    1 / (1 − p), so that the mean stays. The draws are in the order of the array."""
    factors = new("factors", x.shape, x.dtype)
    kept: Any = new("kept", x.shape, bool)
    rng.random(out=factors, dtype=x.dtype)
    np.greater_equal(factors, p, out=kept)
    np.copyto(factors, kept)
    factors *= 1 / (1 - p)
    return np.multiply(x, factors, out=new("y", x.shape, x.dtype)), factors


def dropout_backward(dy: Array, factors: Array, new: Allocate = fresh) -> Array:
    """Return dx: the gradient passes where the value did."""
    return np.multiply(dy, factors, out=new("dx", dy.shape, dy.dtype))
