"""Matrix products, each in the form that is fastest where there is no BLAS.

In a browser `a @ b` runs at 2 to 3 GFLOP/s, and NumPy's own einsum at 5 to 8 where its innermost
loop is long and contiguous; with BLAS, `a @ b` wins by far. Small products are all call overhead,
and there matmul is the shorter call.
"""

from __future__ import annotations

import sys

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
HAS_BLAS = sys.platform != "emscripten"
LONG = 32  # an innermost loop of einsum from here on pays for the call


def product(a: Array, b: Array, out: Array | None = None) -> Array:
    """a (m, k) · b (k, n) -> (m, n)."""
    if not HAS_BLAS and b.shape[1] == 1 and a.shape[1] >= LONG:  # one sample: k is the long axis
        column = None if out is None else out[:, 0]
        return np.einsum("mk,k->m", a, b[:, 0], out=column, optimize=False)[:, None]
    if HAS_BLAS or b.shape[1] < LONG:
        return np.matmul(a, b, out=out)
    return np.einsum("mk,kn->mn", a, b, out=out, optimize=False)


def product_abt(a: Array, b: Array, out: Array | None = None) -> Array:
    """a (m, k) · bᵀ, b (n, k) -> (m, n)."""
    if HAS_BLAS or b.shape[1] < LONG:
        return np.matmul(a, b.T, out=out)
    return np.einsum("mk,nk->mn", a, b, out=out, optimize=False)


def product_atb(a: Array, b: Array, out: Array | None = None) -> Array:
    """aᵀ · b, a (k, m), b (k, n) -> (m, n)."""
    if HAS_BLAS or b.shape[1] < LONG:
        return np.matmul(a.T, b, out=out)
    return np.einsum("km,kn->mn", a, b, out=out, optimize=False)
