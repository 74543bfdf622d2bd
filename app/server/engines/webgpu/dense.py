"""Layers over features: linear maps, and what is done to each number by itself."""

from __future__ import annotations

import math
from typing import Any

from app.server.engines.webgpu.nodes import Node, Pass
from app.server.engines.webgpu.products import Matrix, multiply, rows_of, sum_rows
from app.server.engines.webgpu.recording import Tensor
from core.functional.activations import ACTIVATIONS

KINDS = {name: number for number, name in enumerate(ACTIVATIONS)}  # as curves.wgsl counts them


class Linear(Node):
    """y = x Wᵀ + b for each row of x (..., in_features); weight (out_features, in_features)."""

    learns = True

    def forward(self, x: Tensor) -> Tensor:
        self._x, size = x, x.shape[-1]
        y = self.recording.take(*x.shape[:-1], self.spec.out_features)
        parameters = self.memory.parameters
        bias = (parameters, self.at("bias")) if self.spec.bias else None
        weight = Matrix(parameters, size, 1, self.at("weight"))
        multiply(self.recording, rows_of(x), weight.transposed, rows_of(y),
                 (x.rows, self.spec.out_features, size), bias=bias)  # fmt: skip
        return y

    def backward(self, dy: Tensor, needs_dx: bool) -> Tensor | None:
        """dW = dyᵀ x,  db = Σ dy,  dx = dy W."""
        x, rows, outs = self._x, dy.rows, self.spec.out_features
        gradients, size = self.memory.gradients, x.shape[-1]
        multiply(self.recording, rows_of(dy).transposed, rows_of(x),
                 Matrix(gradients, size, 1, self.at("weight")), (outs, size, rows))  # fmt: skip
        if self.spec.bias:
            sum_rows(self.recording, rows_of(dy), (rows, outs), gradients, self.at("bias"))
        if not needs_dx:
            return None
        dx = self.like(x)
        weight = Matrix(self.memory.parameters, size, 1, self.at("weight"))
        multiply(self.recording, rows_of(dy), weight, rows_of(dx), (rows, size, outs))
        return dx


class Activation(Node):
    """a = f(z), element by element."""

    def forward(self, x: Tensor) -> Tensor:
        self._z, a = x, self.like(x)
        self.recording.each("activation", x.size, z=x, a=a, kind=KINDS[self.spec.name])
        return a

    def backward(self, dy: Tensor, needs_dx: bool) -> Tensor | None:
        if not needs_dx:
            return None
        dz = self.like(dy)
        self.recording.each("activation_backward", dy.size, z=self._z, da=dy, dz=dz,
                            kind=KINDS[self.spec.name])  # fmt: skip
        return dz


class Flatten(Node):
    """Pictures lie in reading order already. Sequences, (T, N, F), become (N, T · F)."""

    def forward(self, x: Tensor) -> Tensor:
        self._shape = x.shape
        if len(x.shape) != 3:
            return Tensor(x.buffer, (x.shape[0], math.prod(x.shape[1:])))
        steps, n, size = x.shape
        y = self.recording.take(n, steps * size)
        self._turn(x, y, steps, n)
        return y

    def backward(self, dy: Tensor, needs_dx: bool) -> Tensor | None:
        if len(self._shape) != 3 or not needs_dx:
            return Tensor(dy.buffer, self._shape) if needs_dx else None
        dx = self.recording.take(*self._shape)
        self._turn(dy, dx, self._shape[1], self._shape[0])
        return dx

    def _turn(self, x: Tensor, y: Tensor, first: int, second: int) -> None:
        """(first, second, F) -> (second, first, F)."""
        self.recording.each("turn", x.size, x=x, y=y, first=first, second=second,
                            features=self._shape[2])  # fmt: skip


class Switch(Node):
    """Some features are off: 0 in both directions."""

    def __init__(self, spec: Any, path: str, run: Pass) -> None:
        super().__init__(spec, path, run)
        self._off = self.memory.constant(f"{path}.off", sorted(set(spec.off)))

    def forward(self, x: Tensor) -> Tensor:
        return self._switched(x)

    def backward(self, dy: Tensor, needs_dx: bool) -> Tensor | None:
        return self._switched(dy) if needs_dx else None

    def _switched(self, x: Tensor) -> Tensor:
        y = self.like(x)
        self.recording.each("switch_off", x.size, x=x, y=y, off=self._off,
                            num_off=len(set(self.spec.off)), features=x.shape[-1])  # fmt: skip
        return y


class Dropout(Node):
    """Which numbers are dropped follows from the step's seed, the layer, and their places; so the
    way back asks again instead of remembering."""

    def forward(self, x: Tensor) -> Tensor:
        return self._dropped(x) if self.run.training else x

    def backward(self, dy: Tensor, needs_dx: bool) -> Tensor | None:
        return self._dropped(dy) if needs_dx else None

    def _dropped(self, x: Tensor) -> Tensor:
        y = self.like(x)
        self.recording.each("dropout", x.size, x=x, y=y, now=self.memory.now, p=self.spec.p,
                            layer=self.memory.number(self.path))  # fmt: skip
        return y
