"""The fully connected map  y = W x + b, over the first axis of x.

Shapes: x (in_features, ...), weight (out_features, in_features), bias (out_features,),
y (out_features, ...); what stands behind the features, the batch or steps and batch, stays.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.buffers import Allocate, fresh
from core.functional.product import product, product_abt, product_atb

Array = NDArray[np.floating]
Cache = tuple[Array, Array]


def linear_forward(
    x: Array, weight: Array, bias: Array | None, new: Allocate = fresh
) -> tuple[Array, Cache]:
    """Return y (out_features, ...) and what the backward pass needs."""
    columns = x.reshape(len(x), -1)
    y = new("y", (len(weight), columns.shape[1]), x.dtype)
    product(weight, columns, out=y)
    if bias is not None:
        y += bias[:, None]
    return y.reshape(len(weight), *x.shape[1:]), (x, weight)


def linear_backward(
    dy: Array,
    cache: Cache,
    dweight: Array | None = None,
    dbias: Array | None = None,
    new: Allocate = fresh,
) -> tuple[Array, Array, Array]:
    """Return dx, dweight, dbias for dy (out_features, ...); the last two in the given arrays.

    dx = Wᵀ dy; the others are sums over all columns n: dweight = Σₙ dyₙ xₙᵀ, dbias = Σₙ dyₙ.
    """
    x, weight = cache
    columns, dcolumns = x.reshape(len(x), -1), dy.reshape(len(dy), -1)
    dweight = product_abt(dcolumns, columns, out=dweight)
    dbias = np.sum(dcolumns, axis=1, out=dbias)
    dx = product_atb(weight, dcolumns, new("dx", columns.shape, dy.dtype))
    return dx.reshape(x.shape), dweight, dbias
