"""The plain recurrent cell (Elman 1990), and its deep transition (Pascanu et al. 2013).

    h_t = φ(W x_t + W h_{t−1} + b),  φ = tanh or ReLU

With L further layers between the states (arXiv 1312.6026):

    u_0 = φ(W x_t + W h_{t−1} + b),  u_l = φ(V_l u_{l−1} + b_l),  h_t = u_L

and with a shortcut h_t = φ(V_L u_{L−1} + b_L + S h_{t−1}), which gives the gradient a path of one
layer a step. V are weight_transition (L, H, H), their biases bias_transition (L, H), S is
weight_shortcut (H, H).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

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
    tanh_slope,
    to_columns,
    with_start,
)

Array = NDArray[np.floating]


@dataclass(frozen=True)
class Activation:
    """function(z, out); slope(y, out): the derivative, from the function's value."""

    function: Callable[[Array, Array], None]
    slope: Callable[[Array, Array], None]


def tanh(z: Array, out: Array) -> None:
    curves(z.dtype).tanh(z, out)


def relu(z: Array, out: Array) -> None:
    np.maximum(z, 0, out=out)


def relu_slope(y: Array, out: Array) -> None:
    np.greater(y, 0, out=out)


ACTIVATIONS = {"tanh": Activation(tanh, tanh_slope), "relu": Activation(relu, relu_slope)}


def rnn_forward(
    z: Array, weights: Weights, start: State | None, absent: Mask | None, new: Allocate = fresh,
    activation: str = "tanh",
) -> Steps:  # fmt: skip
    """Run all steps on z, which becomes u_0, or h where nothing lies between the states."""
    function = ACTIVATIONS[activation].function
    h = with_start("h", start.h if start else None, z, z.shape[-1], new)
    deeper = weights.get("weight_transition", ())
    u = new("u", (len(deeper), *z.shape), z.dtype)  # u_1 to u_L
    shortcut, sums = weights.get("weight_shortcut"), new("sums", z[0].shape, z.dtype)
    for t, h_before in enumerate(h[:-1]):
        below = z[t]
        if t or start:
            below += product_abt(h_before, weights["weight_hh"], out=sums)
        function(below, below)
        for layer, weight in enumerate(deeper):
            above = product_abt(below, weight, out=u[layer, t])
            above += weights["bias_transition"][layer]
            if shortcut is not None and layer + 1 == len(deeper):
                above += product_abt(h_before, shortcut, out=sums)
            function(above, above)
            below = above
        h[t + 1] = below
        keep(h, t, absent)
    return Steps(h, None, z, u, absent, start is not None)


def rnn_backward(
    dh: Array, dc_end: Array | None, steps: Steps, weights: Weights, cut: int | None,
    new: Allocate = fresh, activation: str = "tanh",
) -> StepGradients:  # fmt: skip
    """Go back through all steps; every `cut` steps no gradient passes. dz is (L + 1, T, N, H)."""
    dz = _slopes(steps, activation, new)
    transposed = np.ascontiguousarray(weights["weight_hh"].T)
    deeper = [np.ascontiguousarray(weight.T) for weight in weights.get("weight_transition", ())]
    shortcut = weights.get("weight_shortcut")
    if shortcut is not None:
        shortcut = np.ascontiguousarray(shortcut.T)
    part = new("part", dh[0].shape, dh.dtype)
    dh_before = new("dh_before", dh[0].shape, dh.dtype)
    dh_before[...] = 0
    for t in reversed(range(len(dh))):
        np.add(dh[t], dh_before, out=dh[t])
        above = dh[t]
        for layer in reversed(range(len(dz))):
            np.multiply(dz[layer, t], above, out=dz[layer, t])
            if layer:
                above = product_abt(dz[layer, t], deeper[layer - 1], out=part)
        if cut and t and t % cut == 0:
            dh_before[...] = 0
        elif t or steps.has_start:
            product_abt(dz[0, t], transposed, out=dh_before)
            if shortcut is not None:
                dh_before += product_abt(dz[-1, t], shortcut, out=part)
            if steps.absent is not None:
                np.copyto(dh_before, dh[t], where=steps.absent[t][:, None])
    return StepGradients(dh, None, dz, dh_before if steps.has_start else None, None)


def _slopes(steps: Steps, activation: str, new: Allocate) -> Array:
    """The derivatives of all layers of the transition at all steps."""
    u = steps.inner
    assert u is not None
    dz = new("dz", (len(u) + 1, *steps.gates.shape), steps.h.dtype)
    slope = ACTIVATIONS[activation].slope
    slope(steps.gates, dz[0])
    slope(u, dz[1:])
    if steps.absent is not None:
        dz[:, steps.absent] = 0
    return dz


def rnn_weight_gradients(dz: Array, steps: Steps, grads: Weights, new: Allocate = fresh) -> Array:
    """dweight = Σ dz_t ·ᵀ of what it was multiplied with, for W_hh, V_l and S."""
    u = steps.inner
    assert u is not None
    columns = to_columns(dz[0], "dz_columns", new)
    before = to_columns(steps.h[:-1], "h_columns", new)
    product_abt(columns, before, out=grads["weight_hh"])
    below = [steps.gates, *u]
    for layer in range(len(u)):
        above = to_columns(dz[layer + 1], "above_columns", new)
        product_abt(above, to_columns(below[layer], "below_columns", new),
                    out=grads["weight_transition"][layer])  # fmt: skip
        np.sum(above, axis=1, out=grads["bias_transition"][layer])
        if "weight_shortcut" in grads and layer + 1 == len(u):
            product_abt(above, before, out=grads["weight_shortcut"])
    return columns


def rnn_cell(activation: str) -> Cell:
    """The cell with tanh or relu."""
    return Cell("rnn", ("h",), (1.0,), False, partial(rnn_forward, activation=activation),
                partial(rnn_backward, activation=activation), rnn_weight_gradients,
                activation=activation)  # fmt: skip


RNN = {name: rnn_cell(name) for name in ACTIVATIONS}
