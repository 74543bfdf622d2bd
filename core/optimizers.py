"""Optimizers: how parameters follow their gradients. Conventions are PyTorch's.

Each works on one flat buffer, in place, with scratch space allocated once, at the first step: most
copies, such as those in snapshots, never take one. `state` holds its moving averages by name, so
that they can be shown, copied and put back. With parameters (networks, ...) of
many networks, the learning rate may be one for each, (networks, 1).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
EPSILON = 1e-8


class Optimizer(ABC):
    """Base: holds the learning rate, the state by name, and the number of steps taken."""

    label: ClassVar[str]
    formula: ClassVar[str]
    slots: ClassVar[tuple[str, ...]] = ()

    def __init__(self, parameters: Array, learning_rate: float | Array) -> None:
        self.learning_rate = learning_rate
        self.num_steps = 0
        self.state = {name: np.zeros_like(parameters) for name in self.slots}
        self._kind = parameters.shape, parameters.dtype

    @cached_property
    def _scratch(self) -> Array:
        return np.empty(*self._kind)

    @cached_property
    def _other(self) -> Array:
        return np.empty(*self._kind)

    def __getstate__(self) -> dict[str, Any]:
        """What copies get: no scratch space."""
        return {n: value for n, value in self.__dict__.items() if n not in ("_scratch", "_other")}

    def step(self, parameters: Array, gradients: Array) -> None:
        """Change `parameters` in place; `gradients` stay as they are."""
        self.num_steps += 1
        self._step(parameters, gradients)

    @abstractmethod
    def _step(self, parameters: Array, gradients: Array) -> None:
        """Step number `num_steps`."""

    def _average(self, name: str, share: float, new: Array) -> Array:
        """state ← share · state + (1 − share) · new; `new` may be the scratch buffer."""
        average = self.state[name]
        average *= share
        np.multiply(new, 1 - share, out=self._scratch)
        average += self._scratch
        return average

    def _move(self, parameters: Array, rate: float | Array, direction: Array) -> None:
        np.multiply(direction, rate, out=self._scratch)
        parameters -= self._scratch


class SGD(Optimizer):
    """w ← w − lr · g."""

    label = "Gradient descent"
    formula = "w − lr · g"

    def _step(self, parameters: Array, gradients: Array) -> None:
        self._move(parameters, self.learning_rate, gradients)


class Momentum(Optimizer):
    """v ← μ v + g;  w ← w − lr · v."""

    label = "Momentum"
    formula = "w − lr · v, with v = μ · v_before + g"
    slots = ("v",)

    def __init__(self, parameters: Array, learning_rate: float | Array,
                 momentum: float = 0.9) -> None:  # fmt: skip
        super().__init__(parameters, learning_rate)
        self.momentum = momentum

    def _step(self, parameters: Array, gradients: Array) -> None:
        v = self.state["v"]
        v *= self.momentum
        v += gradients
        self._move(parameters, self.learning_rate, v)


class RMSProp(Optimizer):
    """s ← α s + (1 − α) g²;  w ← w − lr · g / (√s + ε), with α = 0.99."""

    label = "RMSProp"
    formula = "w − lr · g / (√s + ε), with s = α · s_before + (1 − α) · g²"
    slots = ("s",)
    alpha = 0.99

    def _step(self, parameters: Array, gradients: Array) -> None:
        square = np.multiply(gradients, gradients, out=self._other)
        s = self._average("s", self.alpha, square)
        np.sqrt(s, out=self._other)
        self._other += EPSILON
        np.divide(gradients, self._other, out=self._other)
        self._move(parameters, self.learning_rate, self._other)


class Adam(Optimizer):
    """Kingma and Ba 2014, arXiv 1412.6980, with β₁ = 0.9 and β₂ = 0.999."""

    label = "Adam"
    formula = "w − lr · m̂ / (√ŝ + ε), with m̂ = m / (1 − β₁ᵗ), ŝ = s / (1 − β₂ᵗ)"
    slots = ("m", "s")
    beta1 = 0.9
    beta2 = 0.999

    def _step(self, parameters: Array, gradients: Array) -> None:
        m = self._average("m", self.beta1, gradients)
        square = np.multiply(gradients, gradients, out=self._other)
        s = self._average("s", self.beta2, square)
        np.multiply(s, 1 / (1 - self.beta2**self.num_steps), out=self._other)
        np.sqrt(self._other, out=self._other)
        self._other += EPSILON
        np.divide(m, self._other, out=self._other)
        rate = self.learning_rate / (1 - self.beta1**self.num_steps)
        self._move(parameters, rate, self._other)


OPTIMIZERS: dict[str, type[Optimizer]] = {
    "sgd": SGD,
    "momentum": Momentum,
    "rmsprop": RMSProp,
    "adam": Adam,
}


def make_optimizer(
    name: str, parameters: Array, learning_rate: float | Array, momentum: float
) -> Optimizer:
    if name == "momentum":
        return Momentum(parameters, learning_rate, momentum)
    return OPTIMIZERS[name](parameters, learning_rate)
