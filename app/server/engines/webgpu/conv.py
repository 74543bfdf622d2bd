"""Convolution, as products of matrices that are never laid out: the kernels find each number where
it lies in the picture. Shapes: x (N, C, H, W), weight (O, C / groups, kh, kw), y (N, O, h, w)."""

from __future__ import annotations

from typing import Any

from app.server.engines.webgpu.nodes import Node
from app.server.engines.webgpu.products import add_slices, cut, tile_groups, tile_side, tiled
from app.server.engines.webgpu.recording import Tensor
from app.server.engines.webgpu.sources import source
from core.spec import Conv2dSpec, PoolSpec


def geometry(spec: Conv2dSpec | PoolSpec, shape: tuple[int, ...]) -> dict[str, int]:
    """The numbers that say which pixel each tap of each unit reads, for pictures (C, H, W)."""
    window, (_, rows, columns) = spec.window(shape), spec.output_shape(shape)
    top, bottom, left, right = window.sides(shape)
    return {
        "channels": shape[0], "height": shape[1], "width": shape[2],
        "units_down": rows, "units_across": columns,
        "kernel_down": window.kernel_size[0], "kernel_across": window.kernel_size[1],
        "stride_down": window.stride[0], "stride_across": window.stride[1],
        "dilation_down": window.dilation[0], "dilation_across": window.dilation[1],
        "top": top, "left": left, "bottom": bottom, "right": right,
    }  # fmt: skip


def sum_channels(run_node: Node, dy: Tensor, start: int) -> None:
    """The gradient of a bias: the sum of dy (N, C, h, w) over all but the channels."""
    n, channels, rows, columns = dy.shape
    run_node.recording.groups(
        source("sum_channels"), (channels, 1, 1), x=dy, y=run_node.memory.gradients,
        channels=channels, samples=n, pixels=rows * columns, start=start,
    )  # fmt: skip


class Conv2d(Node):
    learns = True

    def forward(self, x: Tensor) -> Tensor:
        self._x = x
        self._numbers = self._described(x)
        _, rows, columns = self.spec.output_shape(x.shape[1:])
        y = self.recording.take(x.shape[0], self.spec.out_channels, rows, columns)
        outs, ins, taps = self._sizes
        self._product("conv", (outs, y.shape[0] * rows * columns, ins * taps), x=x, y=y,
                      weights=self.memory.parameters)  # fmt: skip
        return y

    def backward(self, dy: Tensor, needs_dx: bool) -> Tensor | None:
        """dW = Σ dy · x over all units, db = Σ dy; dx gathers W · dy of all units that read it."""
        x, (outs, ins, taps) = self._x, self._sizes
        units = dy.size // self.spec.out_channels
        self._weights((outs, ins * taps, units), dy)
        if self.spec.bias:
            sum_channels(self, dy, self.at("bias"))
        if not needs_dx:
            return None
        dx = self.like(x)
        pixels = x.size // x.shape[1]
        self._product("conv_dx", (ins, pixels, outs * taps), dy=dy, dx=dx,
                      weights=self.memory.parameters)  # fmt: skip
        return dx

    @property
    def _sizes(self) -> tuple[int, int, int]:
        """Of one group: channels out, channels in, and the taps of a kernel."""
        groups, numbers = self.spec.groups, self._numbers
        taps = numbers["kernel_down"] * numbers["kernel_across"]
        return self.spec.out_channels // groups, self._x.shape[1] // groups, taps

    def _described(self, x: Tensor) -> dict[str, int]:
        bias = self.at("bias") if self.spec.bias else 0
        return geometry(self.spec, x.shape[1:]) | {
            "outs": self.spec.out_channels, "groups": self.spec.groups, "flip": self.spec.flip,
            "weight_start": self.at("weight"), "bias_start": bias, "has_bias": self.spec.bias,
        }  # fmt: skip

    def _product(self, name: str, sizes: tuple[int, int, int], **buffers: Any) -> None:
        """One product for each group."""
        rows, columns, inner = sizes
        side = tile_side(rows, columns)
        self.recording.groups(
            tiled(self.recording, name, side), tile_groups(rows, columns, side, self.spec.groups),
            rows=rows, columns=columns, inner=inner, slices=1, depth=inner,
            **self._numbers, **buffers,
        )  # fmt: skip

    def _weights(self, sizes: tuple[int, int, int], dy: Tensor) -> None:
        """The gradient of the weights, whose sums run over all units of all samples."""
        rows, columns, inner = sizes
        groups, side = self.spec.groups, tile_side(rows, columns)
        slices, depth = cut(rows, columns, inner, side, groups)
        parts = self.recording.take(slices, groups * rows, columns) if slices > 1 else None
        self.recording.groups(
            tiled(self.recording, "conv_dweight", side),
            tile_groups(rows, columns, side, groups * slices),
            rows=rows, columns=columns, inner=inner, slices=slices, depth=depth, x=self._x, dy=dy,
            dweight=parts or self.memory.gradients,
            **self._numbers | {"weight_start": 0 if parts else self.at("weight")},
        )  # fmt: skip
        if parts is not None:
            add_slices(self.recording, parts, self.memory.gradients, self.at("weight"))
