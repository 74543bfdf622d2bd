"""Normalisation of feature maps: over the batch, and over neighbouring channels."""

from __future__ import annotations

from typing import Any

from app.server.engines.webgpu.nodes import Node
from app.server.engines.webgpu.recording import Tensor
from app.server.engines.webgpu.sources import source
from core.spec import FIRST


class BatchNorm2d(Node):
    """While training by the batch's own mean and variance, which move the running ones; else by
    the running ones. A workgroup for each channel sums over its pixels."""

    learns = True

    def forward(self, x: Tensor) -> Tensor:
        if self.run.training and x.size // x.shape[1] < 2:
            raise ValueError(
                "batch normalisation needs at least 2 values a channel to train on, and these are "
                f"{x.shape}; larger batches or pictures would do"
            )
        self._x, self._used = x, self.recording.take(2, x.shape[1])  # mean, 1 / deviation
        self._statistics()
        y = self.like(x)
        self.recording.each("batch_norm", x.size, x=x, y=y, used=self._used,
                            parameters=self.memory.parameters, **self._numbers)  # fmt: skip
        return y

    def backward(self, dy: Tensor, needs_dx: bool) -> Tensor | None:
        """dweight = Σ dy · z and dbias = Σ dy, with z the normalised x; dx needs both."""
        self._by_channel("batch_norm_sums", x=self._x, dy=dy, used=self._used,
                         gradients=self.memory.gradients)  # fmt: skip
        if not needs_dx:
            return None
        dx = self.like(dy)
        self.recording.each("batch_norm_backward", dy.size, x=self._x, dy=dy, dx=dx,
                            used=self._used, parameters=self.memory.parameters,
                            gradients=self.memory.gradients, **self._numbers)  # fmt: skip
        return dx

    def _statistics(self) -> None:
        state = {
            f"{what}_start": self.memory.state_at(f"{FIRST}{self.path}.running_{what}")
            for what in ("mean", "var")
        }
        self._by_channel("batch_statistics", x=self._x, used=self._used, state=self.memory.state,
                         momentum=self.spec.momentum, eps=self.spec.eps,
                         training=self.run.training, **state)  # fmt: skip

    def _by_channel(self, kernel: str, **given: Any) -> None:
        groups = (self._x.shape[1], 1, 1)
        self.recording.groups(source(kernel), groups, **self._numbers, **given)

    @property
    def _numbers(self) -> dict[str, int]:
        n, channels, rows, columns = self._x.shape
        return {"channels": channels, "samples": n, "pixels": rows * columns,
                "weight_start": self.at("weight"), "bias_start": self.at("bias")}  # fmt: skip


class LocalResponseNorm(Node):
    """x / (k + alpha / size · Σ x²)^beta, the sum over neighbouring channels."""

    def forward(self, x: Tensor) -> Tensor:
        self._x, y, self._base = x, self.like(x), self.like(x)
        self._record("local_norm", x=x, y=y, base=self._base)
        return y

    def backward(self, dy: Tensor, needs_dx: bool) -> Tensor | None:
        if not needs_dx:
            return None
        dx = self.like(dy)
        self._record("local_norm_backward", x=self._x, base=self._base, dy=dy, dx=dx)
        return dx

    def _record(self, kernel: str, **given: Any) -> None:
        spec, (_, channels, rows, columns) = self.spec, self._x.shape
        self.recording.each(kernel, self._x.size, channels=channels, pixels=rows * columns,
                            size=spec.size, alpha=spec.alpha, beta=spec.beta, k=spec.k,
                            **given)  # fmt: skip
