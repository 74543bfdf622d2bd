"""What all recurrent cells share: steps as rows, and small helpers.

Outside, a sequence is (features, T, N). Within a recurrence it is rows (T, N, features), a block of
N rows a step: the innermost loops of a step's products then run along the gates' units, of which
there are many, and not along a batch that is often short. In a browser, for 64 hidden units of an
LSTM and batches of 32, h W_hhᵀ takes 0.18 ms so and 0.35 ms with the batch innermost, its way back
0.17 and 0.37 ms; turning whole sequences around takes a hundredth of a training step. What is done
for all steps at once stays columns (features, T · N), whose rows are long.

Steps count in the order in which a pass takes them; a pass from the end gets its sequence turned
around. `absent` (T, N) marks the steps that do not exist, None when all do: there h and c stay as
they were.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.buffers import Allocate
from core.functional.product import product, product_abt

Array = NDArray[np.floating]
Mask = NDArray[np.bool_]
Weights = dict[str, Array]


@dataclass(frozen=True)
class State:
    """What a recurrence carries on: h, and c for cells that have one; (H, N), or rows (N, H)."""

    h: Array
    c: Array | None = None


@dataclass(frozen=True)
class Steps:
    """What a cell computed, for the way back.

    h, c (T + 1, N, H): the state before each step, and the last; gates (T, N, gates · H) after
    their non-linearity; inner: what else the cell needs.
    """

    h: Array
    c: Array | None
    gates: Array
    inner: Array | None
    absent: Mask | None
    has_start: bool


@dataclass(frozen=True)
class StepGradients:
    """dh, dc (T, N, H): dL/dh_t and dL/dc_t by every path; dz (..., T, N, rows): by what stands
    before the gates' non-linearities; the last two are dL/d the state before the first step, None
    when it was not given."""

    dh: Array
    dc: Array | None
    dz: Array
    dh_start: Array | None
    dc_start: Array | None


@dataclass(frozen=True)
class Cell:
    """A recurrent cell.

    gates: their letters in the order of the rows of weight_ih; scale: what each gate's sum is
    multiplied by so that one exponential serves all. forward(z, weights, start, absent, new) takes
    z (T, N, gates · H), the scaled W_ih x + b, which it may change; backward(dh, dc, steps,
    weights, cut, new) takes dL/dh_t (T, N, H) by way of the outputs, to which it adds the rest, and
    dL/dc after the last step; weight_gradients(dz, steps, grads, new) writes the gradients by all
    but weight_ih and bias, and returns dz as columns. Only the rows of dz from `first_input` · H
    on are gradients by W_ih x.
    """

    name: str
    gates: tuple[str, ...]
    scale: tuple[float, ...]
    has_c: bool
    forward: Callable[..., Steps]
    backward: Callable[..., StepGradients]
    weight_gradients: Callable[..., Array]
    first_input: int = 0
    activation: str = "tanh"


def within(new: Allocate, name: str) -> Allocate:
    """The same memory, for a part that has names of its own."""
    return lambda inner, shape, dtype: new(f"{name}.{inner}", shape, dtype)


def to_rows(x: Array, out: Array) -> Array:
    """(features, T, N) -> (T, N, features)."""
    np.copyto(out, x.transpose(1, 2, 0))
    return out


def to_columns(rows: Array, name: str, new: Allocate) -> Array:
    """(T, N, features) -> (features, T · N)."""
    steps, n, size = rows.shape
    out = new(name, (size, steps * n), rows.dtype)
    np.copyto(out.reshape(size, steps, n), rows.transpose(2, 0, 1))
    return out


def with_start(name: str, start: Array | None, z: Array, hidden: int, new: Allocate) -> Array:
    """Room for a state before each step and after the last (T + 1, N, H), the first filled in."""
    states = new(name, (len(z) + 1, z.shape[1], hidden), z.dtype)
    states[0] = 0 if start is None else start
    return states


def split(z: Array, hidden: int) -> list[Array]:
    """Views of the gates (..., H) within (..., gates · H)."""
    return [z[..., k : k + hidden] for k in range(0, z.shape[-1], hidden)]


def scales(scale: tuple[float, ...], hidden: int, dtype: Any) -> Array:
    """The factor of each row of the weights."""
    return np.repeat(np.array(scale, dtype), hidden)


def recurrent_product(weight: Array, scale: Array, steps: int) -> Callable[[Array, Array], Array]:
    """How each of so many steps takes h (N, H) to scale · W_hh h (N, gates · H), put into `out`.

    The weights are scaled and transposed first, for rows of gates · H numbers: a product adds up
    such rows, and long ones pay. For a single step that would take longer than the product itself.
    """
    if steps > 1:
        scaled = np.ascontiguousarray(weight.T) * scale
        return lambda h, out: product(h, scaled, out=out)
    return lambda h, out: np.multiply(product_abt(h, weight, out=out), scale, out=out)


class Curves:
    """The sigmoid and tanh by one exponential each, in place, for arrays of one type.

    The constants are arrays because a Python number costs a small operation half of its time.
    """

    def __init__(self, dtype: Any) -> None:
        self.one, self.two, self.minus_two = (np.array(value, dtype) for value in (1, 2, -2))

    def logistic_of_negative(self, z: Array) -> None:
        """z -> 1 / (1 + e^z): the sigmoid of −z. An overflow gives 0, as it should."""
        np.exp(z, out=z)
        np.add(z, self.one, out=z)
        np.reciprocal(z, out=z)

    def tanh_of_logistic(self, s: Array) -> None:
        """σ(2z) -> tanh z = 2 σ(2z) − 1."""
        np.multiply(s, self.two, out=s)
        np.subtract(s, self.one, out=s)

    def tanh(self, z: Array, out: Array) -> None:
        """In a browser twice as fast as np.tanh; its error is that of numbers next to 1."""
        np.multiply(z, self.minus_two, out=out)
        self.logistic_of_negative(out)
        self.tanh_of_logistic(out)


@cache
def curves(dtype: Any) -> Curves:
    return Curves(dtype)


def logistic_slope(s: Array, out: Array) -> None:
    """σ′ = σ (1 − σ), from σ."""
    np.multiply(s, s, out=out)
    np.subtract(s, out, out=out)


def tanh_slope(y: Array, out: Array) -> None:
    """tanh′ = 1 − tanh², from tanh."""
    np.multiply(y, y, out=out)
    np.subtract(1, out, out=out)


def keep(states: Array, t: int, absent: Mask | None) -> None:
    """Let a state pass unchanged through step t where the step does not exist."""
    if absent is not None:
        np.copyto(states[t + 1], states[t], where=absent[t][:, None])
