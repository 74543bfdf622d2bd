"""Layers over features: linear maps, activations, and the way from pictures to features."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.functional.activations import (
    ACTIVATIONS,
    activation_backward,
    activation_forward,
)
from core.functional.linear import linear_backward, linear_forward
from core.layers.base import INFERENCE, Layer, Pass
from core.spec import ActivationSpec, LinearSpec, Shape, SwitchSpec

Array = NDArray[np.floating]


class Linear(Layer):
    """y = W x + b. weight (out_features, in_features), bias (out_features,)."""

    def __init__(self, spec: LinearSpec, shape: Shape) -> None:
        super().__init__(spec.parameter_shapes(shape))

    def forward(self, x: Array, run: Pass = INFERENCE) -> Array:
        """x (in_features, ..., N) -> (out_features, ..., N)."""
        y, cache = linear_forward(
            x, self.params["weight"], self.params.get("bias"), self._new(run)
        )
        self._keep(run, cache)
        return y

    def backward(self, dy: Array, needs_dx: bool = True) -> Array:
        dx, _, _ = linear_backward(
            dy, self._take_cache(), self.grads["weight"], self.grads.get("bias"), self._buffers
        )
        return dx


class ActivationLayer(Layer):
    """a = f(z), element by element."""

    def __init__(self, spec: ActivationSpec, shape: Shape) -> None:
        super().__init__()
        self.activation = ACTIVATIONS[spec.name]

    def forward(self, x: Array, run: Pass = INFERENCE) -> Array:
        y, cache = activation_forward(x, self.activation, self._new(run))
        self._keep(run, cache)
        return y

    def backward(self, dy: Array, needs_dx: bool = True) -> Array:
        return activation_backward(dy, self._take_cache(), self._buffers)


class Switch(Layer):
    """Some features are off: 0 in both directions. factors (features,): 0 or 1."""

    def __init__(self, spec: SwitchSpec, shape: Shape) -> None:
        super().__init__()
        self.factors = np.ones(shape[-1])
        self.factors[list(spec.off)] = 0

    def forward(self, x: Array, run: Pass = INFERENCE) -> Array:
        """x (features, ..., N) -> the same shape."""
        self._keep(run, self)
        return self._switched(x)

    def backward(self, dy: Array, needs_dx: bool = True) -> Array:
        self._take_cache()
        return self._switched(dy)

    def _switched(self, x: Array) -> Array:
        """What is off is 0 even where it had been no finite number."""
        is_on = self.factors.astype(bool).reshape(-1, *[1] * (x.ndim - 1))
        return np.where(is_on, x, np.zeros((), x.dtype))


class Flatten(Layer):
    """(C, H, W, N) -> (C · H · W, N): nothing is computed, nothing is copied. The features of a
    sequence, (F, T, N) here, are in reading order too, step by step, and so change places."""

    def __init__(self, spec: object, shape: Shape) -> None:
        super().__init__()
        self.shape = shape

    def forward(self, x: Array, run: Pass = INFERENCE) -> Array:
        x = x.swapaxes(0, 1) if x.ndim == 3 else x
        self._keep(run, x.shape)
        return x.reshape(-1, x.shape[-1])

    def backward(self, dy: Array, needs_dx: bool = True) -> Array:
        shape: tuple[int, ...] = self._take_cache()
        dx = dy.reshape(shape)
        return dx.swapaxes(0, 1) if len(shape) == 3 else dx
