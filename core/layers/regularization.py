"""Layers that keep activations in bounds, or drop some: normalisation and dropout."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.functional.dropout import dropout_backward, dropout_forward
from core.functional.normalization import (
    batch_norm_backward,
    batch_norm_forward,
    batch_statistics,
    local_response_norm_backward,
    local_response_norm_forward,
    update_running,
)
from core.initializers import Initializer
from core.layers.base import INFERENCE, Layer, Pass
from core.spec import BatchNorm2dSpec, DropoutSpec, LocalResponseNormSpec, Shape

Array = NDArray[np.floating]


class BatchNorm2d(Layer):
    """Each channel normalised over the batch while training, by running averages otherwise.

    weight, bias, running_mean and running_var are (C,).
    """

    def __init__(self, spec: BatchNorm2dSpec, shape: Shape) -> None:
        super().__init__(spec.parameter_shapes(shape))
        self.spec = spec
        self.state = {"running_mean": np.zeros(shape[0]), "running_var": np.ones(shape[0])}

    def initialize(self, draw: Initializer, bias_value: float, rng: np.random.Generator) -> None:
        """Nothing is drawn: at the start the layer only normalises."""
        self.params["weight"].fill(1)
        self.params["bias"].fill(bias_value)
        self.state["running_mean"].fill(0)
        self.state["running_var"].fill(1)

    def forward(self, x: Array, run: Pass = INFERENCE) -> Array:
        new, state = self._new(run), self.state
        statistics = (state["running_mean"], state["running_var"])
        if run.training:
            statistics = batch_statistics(x, new)
            update_running(state["running_mean"], state["running_var"], x, statistics,
                           self.spec.momentum)  # fmt: skip
        y, cache = batch_norm_forward(x, self.params["weight"], self.params["bias"], statistics,
                                      self.spec.eps, run.training, new)  # fmt: skip
        self._keep(run, cache)
        return y

    def backward(self, dy: Array, needs_dx: bool = True) -> Array:
        dx, _, _ = batch_norm_backward(
            dy, self._take_cache(), self.grads["weight"], self.grads["bias"], self._buffers
        )
        return dx


class LocalResponseNorm(Layer):
    """x / (k + alpha / size · Σ x²)^beta, the sum over neighbouring channels."""

    def __init__(self, spec: LocalResponseNormSpec, shape: Shape) -> None:
        super().__init__()
        self.spec = spec

    def forward(self, x: Array, run: Pass = INFERENCE) -> Array:
        spec = self.spec
        y, cache = local_response_norm_forward(
            x, spec.size, spec.alpha, spec.beta, spec.k, self._new(run)
        )
        self._keep(run, cache)
        return y

    def backward(self, dy: Array, needs_dx: bool = True) -> Array:
        return local_response_norm_backward(dy, self._take_cache(), self._buffers)


class Dropout(Layer):
    """While training each value is 0 with probability p, and the others grow by 1 / (1 − p).

    factors: what the last training pass multiplied by; None before it.
    """

    def __init__(self, spec: DropoutSpec, shape: Shape) -> None:
        super().__init__()
        self.p = spec.p
        self.factors: Array | None = None

    def forward(self, x: Array, run: Pass = INFERENCE) -> Array:
        """x (..., N) -> the same shape; x itself where nothing is dropped."""
        if not run.training:
            self.factors = None
            self._keep(run, self)
            return x
        if run.rng is None:
            raise ValueError(
                "dropout draws what it drops while training, and needs a generator for that: "
                "forward(x, training=True, rng=np.random.default_rng(seed))"
            )
        y, self.factors = dropout_forward(x, self.p, run.rng, self._new(run))
        self._keep(run, self)
        return y

    def backward(self, dy: Array, needs_dx: bool = True) -> Array:
        self._take_cache()
        if self.factors is None:
            return dy
        return dropout_backward(dy, self.factors, self._buffers)
