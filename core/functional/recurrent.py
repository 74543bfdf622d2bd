"""Sequences through a recurrent cell, and the gradients back through time.

Shapes: x (F, T, N), or tokens (T, N), whole numbers that stand for one-hot vectors; weight_ih
(gates · H, F), weight_hh (gates · H, H), bias (gates · H,) and what a cell has besides; states
(H, N); mask (T, N) tells which steps exist, None when all do. A step that does not exist keeps the
state and adds no gradient.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.buffers import Allocate, fresh
from core.functional import recurrent_checks as checks
from core.functional.embedding import sum_by_token
from core.functional.product import product, product_abt, product_atb
from core.functional.recurrence import (
    Cell,
    Mask,
    State,
    StepGradients,
    Steps,
    Weights,
    scales,
    to_columns,
    to_rows,
)
from core.functional.windows import fold, fold_start, unfold, unfold_start

Array = NDArray[np.floating]


@dataclass(frozen=True)
class Way:
    """How a pass goes through time: from the end if `reverse`; with `look_ahead` k it starts anew
    for each step t, at t + k, and takes k + 1 steps back down to t: k + 1 times the work, and an
    answer k steps late instead of after the whole sequence."""

    reverse: bool = False
    look_ahead: int | None = None

    def windowed(self, length: int) -> bool:
        """Whether the windows are shorter than the sequence; else one pass does for all of them."""
        return self.look_ahead is not None and self.look_ahead < length - 1


FORWARD, BACKWARD = Way(), Way(reverse=True)


@dataclass(frozen=True)
class Cache:
    """What the way back needs. x is in the order of the pass, but for windows."""

    cell: Cell
    x: NDArray[Any]
    weights: Weights
    steps: Steps
    way: Way
    sizes: tuple[int, int]  # T, N

    @property
    def is_windowed(self) -> bool:
        return self.way.windowed(self.sizes[0])


@dataclass(frozen=True)
class Gradients:
    """dx (F, T, N), None for tokens or when not asked for; start: dL/d the state given at the
    start; weights by name; steps: dL/dh_t and dL/dc_t by every path, in rows, for whoever looks."""

    dx: Array | None
    start: State | None
    weights: Weights
    steps: StepGradients

    def totals(self, way: Way = FORWARD) -> State:
        """dL/dh_t and dL/dc_t (H, T, N) by every path; not for windows, where h_t is many."""
        def columns(rows: Array) -> Array:
            return (rows[::-1] if way.reverse else rows).transpose(2, 0, 1)

        dc = self.steps.dc
        return State(columns(self.steps.dh), None if dc is None else columns(dc))


def recurrent_forward(
    x: NDArray[Any],
    weights: Weights,
    cell: Cell,
    start: State | None = None,
    mask: Mask | None = None,
    way: Way = FORWARD,
    y: Array | None = None,
    new: Allocate = fresh,
) -> tuple[Array, State, Cache]:
    """Return y = h_t of all steps (H, T, N), written into `y` when given; the state at the end of
    the pass; and what the way back needs."""
    checks.require_fit(x, weights, cell, start, mask)
    length, n = x.shape[-2:]
    hidden = weights["weight_hh"].shape[1]
    absent = None if mask is None or mask.all() else ~mask
    windowed = way.windowed(length)
    if way.reverse and not windowed:
        x = np.ascontiguousarray(x[..., ::-1, :])
        absent = None if absent is None else absent[::-1]
    z = project(x, weights, scales(cell.scale, hidden, weights["bias"].dtype), new)
    begin = None if start is None else _rows_of(start)
    if windowed:
        assert way.look_ahead is not None
        z, absent = unfold(z, absent, way.look_ahead, new)
        begin = unfold_start(begin, length)
    with np.errstate(over="ignore"):  # e^z may be infinite; its gate is then 0, as it should be
        steps = cell.forward(z, weights, begin, absent, new)
    y = new("y", (hidden, length, n), z.dtype) if y is None else y
    return *_ends(steps, way, y), Cache(cell, x, weights, steps, way, (length, n))


def _rows_of(state: State) -> State:
    return State(state.h.T, None if state.c is None else state.c.T)


def _ends(steps: Steps, way: Way, y: Array) -> tuple[Array, State]:
    """The states as they are seen from outside: all h, and the last h and c (of the window of the
    first step, where there are windows)."""
    _, length, n = y.shape
    if way.windowed(length):
        np.copyto(y, steps.h[-1].reshape(length, n, -1).transpose(2, 0, 1))
    else:
        order = slice(None, None, -1) if way.reverse else slice(None)
        np.copyto(y, steps.h[1:][order].transpose(2, 0, 1))
    last = slice(0, n)
    c = None if steps.c is None else steps.c[-1][last].T.copy()
    return y, State(steps.h[-1][last].T.copy(), c)


def project(x: NDArray[Any], weights: Weights, scale: Array, new: Allocate) -> Array:
    """scale · (W_ih x + b) for all steps at once, in rows (T, N, gates · H). The smaller is scaled,
    the weights or what comes of them: by a power of two, so both are the same to the bit."""
    weight, bias = weights["weight_ih"], weights["bias"] * scale
    length, n = x.shape[-2:]
    z = new("z", (length, n, len(weight)), weight.dtype)
    flat, is_tokens = z.reshape(length * n, -1), x.dtype.kind in "iu"
    if length * n < weight.shape[1]:
        few = weight[:, x.reshape(-1)] if is_tokens else product(weight, x.reshape(len(x), -1))
        np.multiply(few.T, scale, out=flat)
        np.add(flat, bias, out=flat)
        return z
    weight = weight * scale[:, None]
    if is_tokens:  # the product with a one-hot vector is a column of the weights
        np.take(np.ascontiguousarray(weight.T) + bias, x.reshape(-1), axis=0, out=flat, mode="clip")
    else:
        columns = product(weight, x.reshape(len(x), -1),
                          out=new("z_columns", flat.shape[::-1], weight.dtype))  # fmt: skip
        np.add(columns.T, bias, out=flat)
    return z


def recurrent_backward(
    dy: Array | None,
    cache: Cache,
    dend: State | None = None,
    grads: Weights | None = None,
    cut: int | None = None,
    needs_dx: bool = True,
    new: Allocate = fresh,
) -> Gradients:
    """The gradients for dy (H, T, N), dL/d all outputs, and dend, dL/d the state at the end; None
    for none. Those by the weights are written into `grads`. With `cut` = k no gradient passes from
    step k to step k − 1, from 2k to 2k − 1, and so on, counted as the pass goes (truncated
    back-propagation); the states pass all the same."""
    steps, weights = cache.steps, cache.weights
    if grads is None:
        grads = {name: np.empty_like(weight) for name, weight in weights.items()}
    dh, dc_end = _gradients_in(dy, dend, cache, new)
    back = cache.cell.backward(dh, dc_end, steps, weights, cut, new)
    columns = cache.cell.weight_gradients(back.dz, steps, grads, new)
    first = cache.cell.first_input * dh.shape[-1]
    rows = back.dz.reshape(-1, *back.dz.shape[-3:])[0][..., first:]
    columns = columns[first:]
    start = None if back.dh_start is None else State(back.dh_start, back.dc_start)
    if cache.is_windowed:
        rows = fold(rows, *cache.sizes)
        columns = to_columns(rows, "folded_columns", new)
        start = fold_start(start, *cache.sizes)
    dx = _input_gradients(rows, columns, cache, grads, needs_dx, new)
    return Gradients(dx, None if start is None else _rows_of(start), grads, back)


def _gradients_in(
    dy: Array | None, dend: State | None, cache: Cache, new: Allocate
) -> tuple[Array, Array | None]:
    """dL/dh_t by the outputs, in rows and in the order of the pass, and dL/dc at the end."""
    checks.require_gradients(dy, dend, cache.cell, (cache.steps.h.shape[-1], *cache.sizes))
    length, n = cache.sizes
    dh = new("dh", cache.steps.h[1:].shape, cache.steps.h.dtype)
    if cache.is_windowed:
        dh[:-1] = 0
        seen = dh[-1:].reshape(length, n, -1)  # only the last step of a window is an output
    else:
        seen = dh[::-1] if cache.way.reverse else dh
    if dy is None:
        seen[...] = 0
    else:
        to_rows(dy, seen)
    if dend is None:
        return dh, None
    dh[-1, :n] += dend.h.T
    dc = None if dend.c is None else dend.c.T
    if dc is not None and cache.is_windowed:
        rest = np.zeros((length * n - n, dc.shape[1]), dc.dtype)
        dc = np.concatenate([dc, rest])
    return dh, dc


def _input_gradients(
    rows: Array, columns: Array, cache: Cache, grads: Weights, needs_dx: bool, new: Allocate
) -> Array | None:
    """Write dweight_ih = Σ dz xᵀ and dbias = Σ dz; return dx = W_ihᵀ dz, for all steps at once."""
    x, weight = cache.x, cache.weights["weight_ih"]
    if x.dtype.kind in "iu":
        flat = rows.reshape(-1, rows.shape[-1])
        by_token = sum_by_token(flat, x.reshape(-1), weight.shape[1])
        np.copyto(grads["weight_ih"], by_token.T)
        np.sum(by_token, axis=0, out=grads["bias"])
        return None
    product_abt(columns, x.reshape(len(x), -1), out=grads["weight_ih"])
    np.sum(columns, axis=1, out=grads["bias"])
    if not needs_dx:
        return None
    dx = product_atb(weight, columns, out=new("dx", (len(x), columns.shape[1]), columns.dtype))
    dx = dx.reshape(x.shape)
    turned = cache.way.reverse and not cache.is_windowed
    return np.ascontiguousarray(dx[:, ::-1]) if turned else dx
