"""Gated recurrent unit (Cho et al. 2014, arXiv 1406.1078), in PyTorch's form.

    r, z = σ(W x_t + W h_{t−1} + b), each with weights of its own
    n = tanh(W x_t + b + r · m)  with  m = W h_{t−1} + b_hn
    h_t = (1 − z) · n + z · h_{t−1}

Rows of the weights are in the order r, z, n. Because r stands before W h_{t−1}, n has a second
bias, `bias_hn` (H,); those of r and z would only add to `bias`.
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
    logistic_slope,
    recurrent_product,
    scales,
    split,
    tanh_slope,
    to_columns,
    with_start,
)

Array = NDArray[np.floating]
SCALE = (-1.0, -1.0, 1.0)  # σ(a) = 1 / (1 + e^(−a))


def gru_forward(
    z: Array, weights: Weights, start: State | None, absent: Mask | None, new: Allocate = fresh
) -> Steps:
    """Run all steps on z, which becomes the gates."""
    hidden = z.shape[-1] // 3
    curve = curves(z.dtype)
    product_hh = recurrent_product(weights["weight_hh"], scales(SCALE, hidden, z.dtype), len(z))
    h = with_start("h", start.h if start else None, z, hidden, new)
    m = new("m", h[1:].shape, z.dtype)
    recurrent = new("recurrent", z[0].shape, z.dtype)
    (r, keeping, n), rz = split(z, hidden), z[..., : 2 * hidden]
    for t, h_before in enumerate(h[:-1]):
        product_hh(h_before, recurrent)
        np.add(rz[t], recurrent[:, : 2 * hidden], out=rz[t])
        curve.logistic_of_negative(rz[t])
        np.add(recurrent[:, 2 * hidden :], weights["bias_hn"], out=m[t])
        # n = tanh(… + r · m)
        np.multiply(r[t], m[t], out=h[t + 1])
        np.add(n[t], h[t + 1], out=n[t])
        curve.tanh(n[t], out=n[t])
        # h_t = n + z · (h_{t−1} − n)
        np.subtract(h_before, n[t], out=h[t + 1])
        np.multiply(keeping[t], h[t + 1], out=h[t + 1])
        np.add(n[t], h[t + 1], out=h[t + 1])
        keep(h, t, absent)
    if absent is not None:  # a step that is not there keeps all and adds nothing
        for gate, value in zip((r, keeping, n), (0, 1, 0), strict=True):
            gate[absent] = value
    return Steps(h, None, z, m, absent, start is not None)


def gru_backward(
    dh: Array, dc_end: Array | None, steps: Steps, weights: Weights, cut: int | None,
    new: Allocate = fresh,
) -> StepGradients:  # fmt: skip
    """Go back through all steps; every `cut` steps no gradient passes."""
    hidden = dh.shape[-1]
    keeping = split(steps.gates, hidden)[1]
    dz = _factors(steps, new)
    by_state = dz[..., : 3 * hidden]  # m, r, z: what depends on h_{t−1}
    rows = np.roll(weights["weight_hh"], hidden, axis=0)  # n, r, z
    transposed = np.ascontiguousarray(rows.T)
    dh_before, kept = new("dh_before", dh[0].shape, dh.dtype), new("kept", dh[0].shape, dh.dtype)
    dh_before[...] = 0
    for t in reversed(range(len(dh))):
        np.add(dh[t], dh_before, out=dh[t])
        each = dz[t].reshape(-1, 4, hidden)
        np.multiply(each, dh[t][:, None], out=each)
        if cut and t and t % cut == 0:
            dh_before[...] = 0
        elif t or steps.has_start:
            product_abt(by_state[t], transposed, out=dh_before)
            np.multiply(dh[t], keeping[t], out=kept)
            np.add(dh_before, kept, out=dh_before)
    return StepGradients(dh, None, dz, dh_before if steps.has_start else None, None)


def _factors(steps: Steps, new: Allocate) -> Array:
    """By what dL/dh_t is multiplied to give its gradients by m, and by the sums before r, z and n;
    for all steps at once."""
    m = steps.inner
    assert m is not None
    hidden = m.shape[-1]
    r, keeping, n = split(steps.gates, hidden)
    dz = new("dz", (*m.shape[:2], 4 * hidden), m.dtype)
    dm, dr, dkeeping, dn = split(dz, hidden)
    tanh_slope(n, out=dn)
    np.subtract(1, keeping, out=dm)
    np.multiply(dn, dm, out=dn)  # (1 − z) (1 − n²)
    logistic_slope(r, out=dr)
    np.multiply(dr, m, out=dr)
    np.multiply(dr, dn, out=dr)
    np.multiply(dn, r, out=dm)
    logistic_slope(keeping, out=dkeeping)
    difference = new("difference", m.shape, m.dtype)
    np.subtract(steps.h[:-1], n, out=difference)
    np.multiply(dkeeping, difference, out=dkeeping)
    return dz


def gru_weight_gradients(dz: Array, steps: Steps, grads: Weights, new: Allocate = fresh) -> Array:
    """dweight_hh = Σ d_t h_{t−1}ᵀ with d for r, z and m; dbias_hn = Σ dm."""
    columns = to_columns(dz, "dz_columns", new)
    hidden = len(columns) // 4
    before = to_columns(steps.h[:-1], "h_columns", new)
    dm, drz = columns[:hidden], columns[hidden : 3 * hidden]
    product_abt(drz, before, out=grads["weight_hh"][: 2 * hidden])
    product_abt(dm, before, out=grads["weight_hh"][2 * hidden :])
    np.sum(dm, axis=1, out=grads["bias_hn"])
    return columns


GRU = Cell(
    "gru", ("r", "z", "n"), SCALE, False, gru_forward, gru_backward, gru_weight_gradients,
    first_input=1,
)  # fmt: skip
