"""Matrix products, each in the form that is fastest where there is no BLAS.

In a browser `a @ b` runs at 2 to 3 GFLOP/s, and NumPy's own einsum at 5 to 8 where its innermost
loop is long and contiguous; with BLAS, `a @ b` wins by far. Innermost is the last axis, unless it
is short and another much longer: then a transposed copy of a matrix puts that axis last, which
halves the time of a layer from 400 features on a batch of 32. Small products are all call overhead,
and there matmul is the shorter call.
"""

from __future__ import annotations

import sys

import numpy as np
from numpy.typing import NDArray

from core.functional.pieces import AT_ONCE

Array = NDArray[np.floating]
HAS_BLAS = sys.platform != "emscripten"
LONG = 32  # an innermost loop of einsum from here on pays for the call
ENOUGH = 64  # an innermost loop that is longer gains nothing from being longer still


def product(a: Array, b: Array, out: Array | None = None) -> Array:
    """a (m, k) · b (k, n) -> (m, n)."""
    k, n = b.shape
    if not HAS_BLAS and _is_longer(k, n):
        return np.einsum("mk,nk->mn", a, np.ascontiguousarray(b.T), out=out, optimize=False)
    if HAS_BLAS or n < LONG:
        return np.matmul(a, b, out=out)
    return np.einsum("mk,kn->mn", a, b, out=out, optimize=False)


def product_abt(a: Array, b: Array, out: Array | None = None) -> Array:
    """a (m, k) · bᵀ, b (n, k) -> (m, n)."""
    n, k = b.shape
    if not HAS_BLAS and _is_longer(n, k):
        return np.einsum("mk,kn->mn", a, np.ascontiguousarray(b.T), out=out, optimize=False)
    if HAS_BLAS or k < LONG:
        return np.matmul(a, b.T, out=out)
    return np.einsum("mk,nk->mn", a, b, out=out, optimize=False)


def product_atb(a: Array, b: Array, out: Array | None = None) -> Array:
    """aᵀ · b, a (k, m), b (k, n) -> (m, n)."""
    m, n = a.shape[1], b.shape[1]
    if not HAS_BLAS and _is_longer(m, n):
        transposed = np.einsum("km,kn->nm", a, b, optimize=False)
        if out is None:
            return np.ascontiguousarray(transposed.T)
        np.copyto(out, transposed.T)
        return out
    if HAS_BLAS or n < LONG:
        return np.matmul(a.T, b, out=out)
    return np.einsum("km,kn->mn", a, b, out=out, optimize=False)


def _is_longer(axis: int, last: int) -> bool:
    """Whether an axis pays for being put innermost instead of the last one, and for the copy."""
    return axis >= LONG and axis >= 2 * last and last <= ENOUGH and axis * last <= AT_ONCE
