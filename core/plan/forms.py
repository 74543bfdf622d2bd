"""The formulas of a step as the fewest calls, each with its result in memory that is there.

What they compute is defined in core.functional and core.optimizers, and tested to be the same.
Derivatives are written by the activation's own output a where they can be, because then z need not
be kept. fmax and fmin stand where maximum and minimum would: their calls are shorter.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.functional.activations import ACTIVATIONS, LEAKY_SLOPE, Activation
from core.optimizers import EPSILON, Adam, RMSProp
from core.plan.script import Script, Variable
from core.spec import TrainSpec

Array = NDArray[np.floating]
UNBIAS = (Variable("unbias_m"), Variable("unbias_s"))


@dataclass(frozen=True)
class Form:
    """An activation. `forward` puts a in the place of z, and may use q; `slope`, if any, makes
    f′ in q out of a, and otherwise `forward` has done so."""

    forward: Callable[[Script, Array, Array], None]
    slope: Callable[[Script, Array, Array], None] | None


def _sigmoid(do: Script, z: Array, q: Array) -> None:
    do(np.negative, z, z)
    do(np.exp, z, z)
    do(np.add, z, do.number(1), z)
    do(np.reciprocal, z, z)  # an exponential that overflows gives 1 / ∞, which is right


def _sigmoid_slope(do: Script, a: Array, q: Array) -> None:
    """a − a²."""
    do(np.square, a, q)
    do(np.subtract, a, q, q)


def _tanh(do: Script, z: Array, q: Array) -> None:
    do(np.tanh, z, z)


def _tanh_slope(do: Script, a: Array, q: Array) -> None:
    """1 − a²."""
    do(np.square, a, q)
    do(np.subtract, do.number(1), q, q)


def _relu(do: Script, z: Array, q: Array) -> None:
    do(np.fmax, z, do.number(0), z)


def _relu_slope(do: Script, a: Array, q: Array) -> None:
    do(np.sign, a, q)


def _leaky_relu(do: Script, z: Array, q: Array) -> None:
    do(np.multiply, z, do.number(LEAKY_SLOPE), q)
    do(np.fmax, z, q, z)


def _leaky_relu_slope(do: Script, a: Array, q: Array) -> None:
    do(np.sign, a, q)
    do(np.fmax, q, do.number(LEAKY_SLOPE), q)


def _elu(do: Script, z: Array, q: Array) -> None:
    """max(0, z) + (e^min(0, z) − 1)."""
    do(np.fmin, z, do.number(0), q)
    do(np.expm1, q, q)
    do(np.fmax, z, do.number(0), z)
    do(np.add, z, q, z)


def _elu_slope(do: Script, a: Array, q: Array) -> None:
    """min(0, a) + 1."""
    do(np.fmin, a, do.number(0), q)
    do(np.add, q, do.number(1), q)


def _softplus(do: Script, z: Array, q: Array) -> None:
    do(np.logaddexp, z, do.number(0), z)


def _softplus_slope(do: Script, a: Array, q: Array) -> None:
    """σ(z) = 1 − e^(−a)."""
    do(np.negative, a, q)
    do(np.expm1, q, q)
    do(np.negative, q, q)


def _as_written(activation: Activation) -> Form:
    """An activation whose derivative needs z itself."""

    def apply(z: Array, q: Array) -> None:
        q[...] = activation.derivative(z)
        z[...] = activation.function(z)

    return Form(lambda do, z, q: do(apply, z, q), None)


FORMS: dict[str, Form | None] = {
    **{name: _as_written(activation) for name, activation in ACTIVATIONS.items()},
    "identity": None,
    "sigmoid": Form(_sigmoid, _sigmoid_slope),
    "tanh": Form(_tanh, _tanh_slope),
    "relu": Form(_relu, _relu_slope),
    "leaky_relu": Form(_leaky_relu, _leaky_relu_slope),
    "elu": Form(_elu, _elu_slope),
    "softplus": Form(_softplus, _softplus_slope),
}


@dataclass(frozen=True)
class LossForm:
    """A loss. `targets` (N, K) are encoded targets made ready; `error` writes into e the gradient
    by the output, but for the factor `factor(K)` / N, which is left to the update."""

    targets: Callable[[NDArray[Any], int], NDArray[Any]]
    error: Callable[[Script, Array, Array, Array], None]
    factor: Callable[[int], float]


def _mse(do: Script, output: Array, y: Array, e: Array) -> None:
    do(np.subtract, output, y, e)


def _bce(do: Script, logits: Array, y: Array, e: Array) -> None:
    """2 (σ(z) − y), as tanh(z / 2) − (2 y − 1)."""
    do(np.multiply, logits, do.number(0.5), e)
    do(np.tanh, e, e)
    do(np.subtract, e, y, e)


def _cross_entropy(do: Script, logits: Array, y: Array, e: Array) -> None:
    """softmax(z) − y, with y 1 for the right class, else 0."""
    each = np.empty(logits.shape[1:], logits.dtype)
    do(np.maximum.reduce, logits, 0, None, each)
    do(np.subtract, logits, each, e)
    do(np.exp, e, e)
    do(np.add.reduce, e, 0, None, each)
    do(np.divide, e, each, e)
    do(np.subtract, e, y, e)


LOSS_FORMS: dict[str, LossForm] = {
    "mse": LossForm(lambda y, _: y, _mse, lambda outputs: 2 / outputs),
    "binary_cross_entropy": LossForm(lambda y, _: 2 * y - 1, _bce, lambda outputs: 0.5 / outputs),
    "cross_entropy": LossForm(lambda y, outputs: np.eye(outputs)[y], _cross_entropy, lambda _: 1),
}


@dataclass(frozen=True)
class Packed:
    """Parameters, their gradients, what the optimizer keeps, the learning rate, and scratch; and
    where, as 1 and 0, parameters are used and not padding, and where they are weights."""

    parameters: Array
    gradients: Array
    state: dict[str, Array]
    rate: Array
    scratch: Array
    is_used: Array
    is_weight: Array


def penalize(do: Script, p: Packed, train: TrainSpec) -> None:
    """Add l2 · w + l1 · sign w to the gradients of the weights."""
    if train.l2:
        do(np.multiply, p.parameters, train.l2 * p.is_weight, p.scratch)
        do(np.add, p.gradients, p.scratch, p.gradients)
    if train.l1:
        do(np.sign, p.parameters, p.scratch)
        do(np.multiply, p.scratch, train.l1 * p.is_weight, p.scratch)
        do(np.add, p.gradients, p.scratch, p.gradients)


def _average(do: Script, p: Packed, name: str, share: float, new: Array) -> Array:
    """state ← share · state + (1 − share) · new."""
    average = p.state[name]
    do(np.multiply, average, do.number(share), average)
    do(np.multiply, new, do.number(1 - share), p.scratch)
    do(np.add, average, p.scratch, average)
    return average


def _move(do: Script, p: Packed, direction: Array, rate: Array) -> None:
    do(np.multiply, direction, rate, p.scratch)
    do(np.subtract, p.parameters, p.scratch, p.parameters)


def _sgd(do: Script, p: Packed, train: TrainSpec) -> None:
    _move(do, p, p.gradients, p.rate)


def _momentum(do: Script, p: Packed, train: TrainSpec) -> None:
    v = p.state["v"]
    do(np.multiply, v, do.number(train.momentum), v)
    do(np.add, v, p.gradients, v)
    _move(do, p, v, p.rate)


def _rmsprop(do: Script, p: Packed, train: TrainSpec) -> None:
    do(np.square, p.gradients, p.scratch)
    s = _average(do, p, "s", RMSProp.alpha, p.scratch)
    do(np.sqrt, s, p.scratch)
    do(np.add, p.scratch, do.number(EPSILON), p.scratch)
    do(np.divide, p.gradients, p.scratch, p.scratch)
    _move(do, p, p.scratch, p.rate)


def _adam(do: Script, p: Packed, train: TrainSpec) -> None:
    m = _average(do, p, "m", Adam.beta1, p.gradients)
    do(np.square, p.gradients, p.scratch)
    s = _average(do, p, "s", Adam.beta2, p.scratch)
    do(np.multiply, s, UNBIAS[1], p.scratch)
    do(np.sqrt, p.scratch, p.scratch)
    do(np.add, p.scratch, do.number(EPSILON), p.scratch)
    do(np.divide, m, p.scratch, p.scratch)
    do(np.multiply, p.scratch, UNBIAS[0], p.scratch)
    _move(do, p, p.scratch, p.rate)


UPDATES: dict[str, Callable[[Script, Packed, TrainSpec], None]] = {
    "sgd": _sgd,
    "momentum": _momentum,
    "rmsprop": _rmsprop,
    "adam": _adam,
}


def unbiasing(steps: range) -> list[tuple[float, float]]:
    """What Adam multiplies its averages by at each of the steps, which are counted from 1."""
    return [(1 / (1 - Adam.beta1**t), 1 / (1 - Adam.beta2**t)) for t in steps]
