"""Long short-term memory (Hochreiter and Schmidhuber 1997; forget gate: Gers et al. 2000).

    i, f, o = σ(W x_t + W h_{t−1} + b), each with weights of its own;  g = tanh(likewise)
    c_t = f · c_{t−1} + i · g
    h_t = o · tanh(c_t)

Rows of the weights are in the order i, f, g, o. See core.functional.recurrence for the shapes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.buffers import Allocate, fresh
from core.functional.product import product_abt
from core.functional.recurrence import (
    Cell,
    Mask,
    State,
    StepGradients,
    Steps,
    Weights,
    curves,
    keep,
    recurrent_product,
    scales,
    split,
    tanh_slope,
    to_columns,
    with_start,
)

Array = NDArray[np.floating]
SCALE = (-1.0, -1.0, -2.0, -1.0)  # σ(a) = 1 / (1 + e^(−a)); tanh(a) = 2 σ(2a) − 1


def lstm_forward(
    z: Array, weights: Weights, start: State | None, absent: Mask | None, new: Allocate = fresh
) -> Steps:
    """Run all steps on z, which becomes the gates."""
    hidden = z.shape[-1] // 4
    curve = curves(z.dtype)
    product_hh = recurrent_product(weights["weight_hh"], scales(SCALE, hidden, z.dtype), len(z))
    h = with_start("h", start.h if start else None, z, hidden, new)
    c = with_start("c", start.c if start else None, z, hidden, new)
    tanh_c = new("tanh_c", h[1:].shape, z.dtype)
    recurrent, written = new("recurrent", z[0].shape, z.dtype), new("written", h[0].shape, z.dtype)
    i, f, g, o = split(z, hidden)
    for t, gates in enumerate(z):
        if t or start:
            gates += product_hh(h[t], recurrent)
        curve.logistic_of_negative(gates)
        curve.tanh_of_logistic(g[t])
        # c_t = f · c_{t−1} + i · g
        np.multiply(f[t], c[t], out=c[t + 1])
        np.multiply(i[t], g[t], out=written)
        np.add(c[t + 1], written, out=c[t + 1])
        # h_t = o · tanh(c_t)
        curve.tanh(c[t + 1], out=tanh_c[t])
        np.multiply(o[t], tanh_c[t], out=h[t + 1])
        keep(c, t, absent)
        keep(h, t, absent)
    if absent is not None:  # a step that is not there forgets nothing, writes and shows nothing
        for gate, value in zip((i, f, g, o), (0, 1, 0, 0), strict=True):
            gate[absent] = value
    return Steps(h, c, z, tanh_c, absent, start is not None)


def lstm_backward(
    dh: Array, dc_end: Array | None, steps: Steps, weights: Weights, cut: int | None,
    new: Allocate = fresh,
) -> StepGradients:  # fmt: skip
    """Go back through all steps; every `cut` steps no gradient passes."""
    hidden = dh.shape[-1]
    f = split(steps.gates, hidden)[1]
    dz, dc = _factors(steps, new)
    by_c, by_h = dz[..., : 3 * hidden], dz[..., 3 * hidden :]  # i, f, g; o
    transposed = np.ascontiguousarray(weights["weight_hh"].T)
    dh_before, dc_before = new("dh_before", dh[0].shape, dh.dtype), new("dc_before", dh[0].shape,
                                                                        dh.dtype)  # fmt: skip
    dh_before[...] = 0
    dc_before[...] = 0 if dc_end is None else dc_end
    for t in reversed(range(len(dh))):
        np.add(dh[t], dh_before, out=dh[t])
        # dL/dc_t = dL/dh_t · o (1 − tanh² c_t) + dL/dc_{t+1} · f_{t+1}
        np.multiply(dc[t], dh[t], out=dc[t])
        np.add(dc[t], dc_before, out=dc[t])
        each = by_c[t].reshape(-1, 3, hidden)
        np.multiply(each, dc[t][:, None], out=each)
        np.multiply(by_h[t], dh[t], out=by_h[t])
        if cut and t and t % cut == 0:
            dh_before[...] = 0
            dc_before[...] = 0
        elif t or steps.has_start:
            np.multiply(dc[t], f[t], out=dc_before)
            product_abt(dz[t], transposed, out=dh_before)
            if steps.absent is not None:
                np.copyto(dh_before, dh[t], where=steps.absent[t][:, None])
    given = steps.has_start
    return StepGradients(dh, dc, dz, dh_before if given else None, dc_before if given else None)


def _factors(steps: Steps, new: Allocate) -> tuple[Array, Array]:
    """By what dL/dc_t (for o, dL/dh_t) is multiplied to give dL/dz_t, and dL/dh_t to give dL/dc_t;
    for all steps at once."""
    gates, tanh_c = steps.gates, steps.inner
    assert steps.c is not None
    assert tanh_c is not None
    dz, dc = new("dz", gates.shape, gates.dtype), new("dc", tanh_c.shape, gates.dtype)
    i, f, g, o = split(gates, tanh_c.shape[-1])
    di, df, dg, do = split(dz, tanh_c.shape[-1])
    np.multiply(gates, gates, out=dz)
    for gate, slope, other in ((i, di, g), (f, df, steps.c[:-1]), (o, do, tanh_c)):
        np.subtract(gate, slope, out=slope)  # σ′ = σ − σ²
        np.multiply(slope, other, out=slope)
    np.subtract(1, dg, out=dg)  # tanh′ = 1 − tanh²
    np.multiply(dg, i, out=dg)
    tanh_slope(tanh_c, out=dc)
    np.multiply(dc, o, out=dc)
    return dz, dc


def lstm_weight_gradients(dz: Array, steps: Steps, grads: Weights, new: Allocate = fresh) -> Array:
    """dweight_hh = Σ dz_t h_{t−1}ᵀ, over all steps and samples in one product."""
    columns = to_columns(dz, "dz_columns", new)
    product_abt(columns, to_columns(steps.h[:-1], "h_columns", new), out=grads["weight_hh"])
    return columns


LSTM = Cell(
    "lstm", ("i", "f", "g", "o"), SCALE, True, lstm_forward, lstm_backward, lstm_weight_gradients
)
