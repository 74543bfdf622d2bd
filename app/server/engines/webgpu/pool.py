"""Pooling: the largest, smallest or average value that each unit sees, channel by channel."""

from __future__ import annotations

from app.server.engines.webgpu.conv import geometry
from app.server.engines.webgpu.nodes import Node
from app.server.engines.webgpu.recording import Tensor


class Pool(Node):
    """x (N, C, H, W) -> (N, C, h, w). Of equal values the first in reading order wins."""

    def forward(self, x: Tensor) -> Tensor:
        self._x, self._numbers = x, geometry(self.spec, x.shape[1:])
        y = self.recording.take(x.shape[0], *self.spec.output_shape(x.shape[1:]))
        if self.spec.mode == "average":
            self._record("pool_average", y, x=x, y=y)
        else:
            self._winners = self.like(y)
            self._record("pool_extreme", y, x=x, y=y, winners=self._winners,
                         smallest=self.spec.mode == "min")  # fmt: skip
        return y

    def backward(self, dy: Tensor, needs_dx: bool) -> Tensor | None:
        if not needs_dx:
            return None
        dx = self.like(self._x)
        if self.spec.mode == "average":
            self._record("pool_average_backward", dx, dy=dy, dx=dx)
        else:
            self._record("pool_extreme_backward", dx, dy=dy, dx=dx, winners=self._winners)
        return dx

    def _record(self, kernel: str, made: Tensor, **given: object) -> None:
        self.recording.each(kernel, made.size, with_padding=self.spec.count_include_pad,
                            **self._numbers, **given)  # fmt: skip
