"""Layers: thin holders of parameters, gradients and one private cache around the pure functions.

`forward` remembers what `backward` needs; `backward` uses it up, and replaces the gradients.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from core.functional.activations import Activation, activation_backward, activation_forward
from core.functional.linear import linear_backward, linear_forward

Array = NDArray[np.floating]


class Layer(Protocol):
    """What a network asks of a layer. `params` and `grads` have the same keys and shapes."""

    params: dict[str, Array]
    grads: dict[str, Array]

    def forward(self, x: Array, training: bool = False) -> Array: ...

    def backward(self, dy: Array) -> Array: ...


class Cached:
    """Keeps what a forward pass leaves for the one backward pass that may follow it."""

    _cache: Any = None

    def _take_cache(self) -> Any:
        if self._cache is None:
            raise RuntimeError(
                f"{type(self).__name__}.backward needs a forward pass with training=True before "
                "it, and each forward pass serves one backward pass."
            )
        cache, self._cache = self._cache, None
        return cache


class Linear(Cached):
    """y = x Wᵀ + b. weight (out_features, in_features), bias (out_features,)."""

    def __init__(self, in_features: int, out_features: int, bias: bool = True) -> None:
        shapes: dict[str, tuple[int, ...]] = {"weight": (out_features, in_features)}
        if bias:
            shapes["bias"] = (out_features,)
        self.params: dict[str, Array] = {name: np.zeros(shape) for name, shape in shapes.items()}
        self.grads: dict[str, Array] = {name: np.zeros(shape) for name, shape in shapes.items()}

    def forward(self, x: Array, training: bool = False) -> Array:
        """x (N, in_features) -> (N, out_features)."""
        y, cache = linear_forward(x, self.params["weight"], self.params.get("bias"))
        if training:
            self._cache = cache
        return y

    def backward(self, dy: Array) -> Array:
        """dy (N, out_features) -> dx (N, in_features)."""
        dx, _, _ = linear_backward(
            dy, self._take_cache(), self.grads["weight"], self.grads.get("bias")
        )
        return dx


class ActivationLayer(Cached):
    """a = f(z), element by element."""

    def __init__(self, activation: Activation) -> None:
        self.activation = activation
        self.params: dict[str, Array] = {}
        self.grads: dict[str, Array] = {}

    def forward(self, x: Array, training: bool = False) -> Array:
        y, cache = activation_forward(x, self.activation)
        if training:
            self._cache = cache
        return y

    def backward(self, dy: Array) -> Array:
        return activation_backward(dy, self._take_cache())
