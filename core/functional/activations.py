"""Activation functions, each a record of the function, its derivative and how both are written.

All are element-wise: z of any shape gives a of the same shape. Derivatives are with respect to z.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.buffers import Allocate, fresh
from core.functional.pieces import AT_ONCE, pieces

Array = NDArray[np.floating]

LEAKY_SLOPE = 0.01
SATURATED_SHARE = 0.01  # of the steepest slope; flatter than this counts as saturated
ROOT_HALF = math.sqrt(0.5)
ROOT_TWO_PI = math.sqrt(2 * math.pi)


@dataclass(frozen=True)
class Activation:
    """One activation function.

    `low` and `high` bound the output; the bounds themselves are reached only where `is_closed`.
    `steepest` is the largest absolute derivative, 0 where saturation makes no sense.
    `written` renders the formula with a number put in for z.
    """

    name: str
    label: str
    formula: str
    derivative_formula: str
    function: Callable[[Array], Array]
    derivative: Callable[[Array], Array]
    low: float
    high: float
    is_closed: bool
    steepest: float
    written: Callable[[str], str]

    def saturated(self, z: Array) -> NDArray[np.bool_]:
        """Where the curve is so flat that hardly any gradient passes."""
        if not self.steepest:
            return np.zeros(np.shape(z), dtype=bool)
        return np.abs(self.derivative(z)) < SATURATED_SHARE * self.steepest


def sigmoid(z: Array) -> Array:
    """1 / (1 + e^(−z)), by the form whose exponential cannot overflow."""
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1 / (1 + e), e / (1 + e))


def sigmoid_derivative(z: Array) -> Array:
    """σ(z) (1 − σ(z)), in a form that keeps its digits where σ is close to 1."""
    e = np.exp(-np.abs(z))
    return e / ((1 + e) * (1 + e))


def tanh_derivative(z: Array) -> Array:
    e = np.exp(-2 * np.abs(z))  # 1 − tanh² would lose all digits for large |z|
    return 4 * e / ((1 + e) * (1 + e))


def relu(z: Array) -> Array:
    return np.where(z > 0, z, 0)


def relu_derivative(z: Array) -> Array:
    """1 where z > 0, else 0; at the kink, as usual, 0."""
    return (np.asarray(z) > 0).astype(np.asarray(z).dtype)


def leaky_relu(z: Array) -> Array:
    return np.where(z > 0, z, LEAKY_SLOPE * z)


def leaky_relu_derivative(z: Array) -> Array:
    one = np.ones_like(z)
    return np.where(z > 0, one, LEAKY_SLOPE * one)


def elu(z: Array) -> Array:
    return np.where(z > 0, z, np.expm1(np.minimum(z, 0)))


def elu_derivative(z: Array) -> Array:
    return np.exp(np.minimum(z, 0))


def _erf(z: Array) -> Array:
    """The error function, exact to double precision; NumPy has none."""
    values = np.frompyfunc(math.erf, 1, 1)(z)
    return np.asarray(values, dtype=np.asarray(z).dtype)


def gelu(z: Array) -> Array:
    """z Φ(z) with Φ the normal distribution function (Hendrycks and Gimpel 2016)."""
    return z * 0.5 * (1 + _erf(z * ROOT_HALF))


def gelu_derivative(z: Array) -> Array:
    density = np.exp(-0.5 * z * z) / ROOT_TWO_PI
    return 0.5 * (1 + _erf(z * ROOT_HALF)) + z * density


def softplus(z: Array) -> Array:
    """log(1 + e^z), by the form whose exponential cannot overflow."""
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


def step(z: Array) -> Array:
    return (np.asarray(z) >= 0).astype(np.asarray(z).dtype)


ACTIVATIONS: dict[str, Activation] = {
    a.name: a
    for a in (
        Activation("identity", "Identity", "z", "1", lambda z: np.array(z, copy=True),
                   np.ones_like, -math.inf, math.inf, False, 0, lambda z: z),
        Activation("sigmoid", "Sigmoid", "1 / (1 + e^(−z))", "σ(z) · (1 − σ(z))", sigmoid,
                   sigmoid_derivative, 0, 1, False, 0.25, lambda z: f"1 / (1 + e^(−{z}))"),
        Activation("tanh", "Tanh", "tanh(z)", "1 − tanh²(z)", np.tanh,
                   tanh_derivative, -1, 1, False, 1, lambda z: f"tanh({z.strip('()')})"),
        Activation("relu", "ReLU", "max(0, z)", "1 if z > 0, else 0", relu,
                   relu_derivative, 0, math.inf, True, 1, lambda z: f"max(0, {z})"),
        Activation("leaky_relu", "Leaky ReLU", "z if z > 0, else 0.01 z", "1 if z > 0, else 0.01",
                   leaky_relu, leaky_relu_derivative, -math.inf, math.inf, False, 0,
                   lambda z: f"z if z > 0, else 0.01 z, with z = {z}"),
        Activation("elu", "ELU", "z if z > 0, else e^z − 1", "1 if z > 0, else e^z", elu,
                   elu_derivative, -1, math.inf, False, 1,
                   lambda z: f"z if z > 0, else e^z − 1, with z = {z}"),
        Activation("gelu", "GELU", "z · Φ(z)", "Φ(z) + z · φ(z)", gelu,
                   gelu_derivative, -0.17, math.inf, False, 1.13, lambda z: f"{z} · Φ({z})"),
        Activation("softplus", "Softplus", "log(1 + e^z)", "1 / (1 + e^(−z))", softplus,
                   sigmoid, 0, math.inf, False, 1, lambda z: f"log(1 + e^({z.strip('()')}))"),
        Activation("step", "Step", "1 if z ≥ 0, else 0", "0 (no gradient passes)", step,
                   np.zeros_like, 0, 1, True, 0, lambda z: f"1 if {z} ≥ 0, else 0"),
    )
}  # fmt: skip


def activation_forward(
    z: Array, activation: Activation, new: Allocate = fresh
) -> tuple[Array, tuple[Array, Activation]]:
    """Return a = f(z) and what the backward pass needs. What is large is done in pieces, so that
    the arrays in between stay small."""
    if z.size <= AT_ONCE:
        return activation.function(z), (z, activation)
    a = new("a", z.shape, z.dtype)
    for part in pieces(z.shape):
        np.copyto(a[part], activation.function(z[part]))
    return a, (z, activation)


def activation_backward(da: Array, cache: tuple[Array, Activation], new: Allocate = fresh) -> Array:
    """Return dz = da · f′(z)."""
    z, activation = cache
    if z.size <= AT_ONCE:
        return da * activation.derivative(z)
    dz = new("dz", z.shape, da.dtype)
    for part in pieces(z.shape):
        np.multiply(da[part], activation.derivative(z[part]), out=dz[part])
    return dz
