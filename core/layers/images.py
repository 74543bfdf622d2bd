"""Layers over pictures (C, H, W, N): convolution and pooling."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.functional.conv import conv2d_backward, conv2d_forward
from core.functional.pool import (
    average_pool_backward,
    average_pool_forward,
    average_share,
    extreme_pool,
    extreme_pool_backward,
    extreme_pool_forward,
)
from core.functional.sliding import Sliding, sliding
from core.layers.base import INFERENCE, Layer, Pass
from core.spec import Conv2dSpec, PoolSpec, Shape

Array = NDArray[np.floating]


def grid_of(spec: Conv2dSpec | PoolSpec, shape: Shape) -> Sliding:
    """Where the kernel of a layer stands on pictures (C, H, W), with all its numbers."""
    window, (_, *units) = spec.window(shape), spec.output_shape(shape)
    return sliding(
        size=(shape[1], shape[2]),
        kernel_size=window.kernel_size,
        units=(units[0], units[1]),
        stride=window.stride,
        padding=window.sides(shape),
        dilation=window.dilation,
        flip=isinstance(spec, Conv2dSpec) and spec.flip,
    )


class Conv2d(Layer):
    """y = weight ⋆ x + bias. weight (out_channels, in_channels / groups, kh, kw)."""

    def __init__(self, spec: Conv2dSpec, shape: Shape) -> None:
        super().__init__(spec.parameter_shapes(shape))
        self.groups = spec.groups
        self.grid = grid_of(spec, shape)

    def forward(self, x: Array, run: Pass = INFERENCE) -> Array:
        """x (in_channels, H, W, N) -> (out_channels, rows, columns, N)."""
        y, cache = conv2d_forward(x, self.params["weight"], self.params.get("bias"), self.grid,
                                  self.groups, self._new(run))  # fmt: skip
        self._keep(run, cache)
        return y

    def backward(self, dy: Array, needs_dx: bool = True) -> Array:
        dx, _, _ = conv2d_backward(dy, self._take_cache(), self.grads["weight"],
                                   self.grads.get("bias"), needs_dx, self._buffers)  # fmt: skip
        return dy if dx is None else dx


class Pool(Layer):
    """The largest, smallest or average value of each window, channel by channel."""

    def __init__(self, spec: PoolSpec, shape: Shape) -> None:
        super().__init__()
        self.mode = spec.mode
        self.grid = grid_of(spec, shape)
        self.share = average_share(self.grid, spec.count_include_pad)

    def forward(self, x: Array, run: Pass = INFERENCE) -> Array:
        """x (C, H, W, N) -> (C, rows, columns, N)."""
        cache: Any
        if self.mode == "average":
            y, cache = average_pool_forward(x, self.grid, self.share, self._new(run))
        elif not run.remember:
            y, cache = extreme_pool(x, self.grid, self.mode), None
        else:
            y, cache = extreme_pool_forward(x, self.grid, self.mode, self._new(run))
        self._keep(run, cache)
        return y

    def backward(self, dy: Array, needs_dx: bool = True) -> Array:
        cache = self._take_cache()
        if not needs_dx:
            return dy
        if self.mode == "average":
            return average_pool_backward(dy, cache, self._buffers)
        return extreme_pool_backward(dy, cache, self._buffers)
