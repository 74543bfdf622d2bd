"""Layers on pictures (C, H, W): convolution, pooling, normalisation, dropout.

Sizes along one axis, by Dumoulin and Visin 2016, arXiv 1603.07285: n pixels with p more in all
around them, a kernel of k taps d apart (its extent e = d (k − 1) + 1) and a stride s give
⌊(n + p − e) / s⌋ + 1 positions. Pairs are (vertical, horizontal).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, cast

from core.spec.checks import (
    require,
    require_choice,
    require_flag,
    require_number,
    require_whole,
)
from core.spec.layers import MAX_FEATURES, LayerSpec, Shape, ShapeError, written

MAX_WINDOW = 1024  # a kernel, a stride or a padding along one axis
PADDINGS = ("valid", "same", "full")
POOLS = ("max", "min", "average")

Pair = tuple[int, int]
Sides = tuple[int, int, int, int]  # top, bottom, left, right


def _pair(where: str, value: object, low: int) -> Pair:
    """One number for both axes, or (vertical, horizontal)."""
    pair = value if isinstance(value, tuple) else (value, value)
    require(len(pair) == 2, where, value, "a whole number, or two: (vertical, horizontal)")
    for each in pair:
        require_whole(where, each, low, MAX_WINDOW)
    return cast(Pair, pair)


def _padding(value: object) -> Sides | str:
    """Four sides, or a word that depends on the size of the picture."""
    if isinstance(value, str):
        require_choice("padding", value, PADDINGS)
        return value
    sides = value if isinstance(value, tuple) else (value, value)
    require(len(sides) in (2, 4), "padding", value, "a whole number, two (vertical, horizontal), "
            f"four (top, bottom, left, right) or one of {', '.join(PADDINGS)}")  # fmt: skip
    for each in sides:
        require_whole("padding", each, 0, MAX_WINDOW)
    if len(sides) == 2:
        return (sides[0], sides[0], sides[1], sides[1])
    return cast(Sides, sides)


@dataclass(frozen=True)
class Window:
    """How a layer's units look at a picture: taps, their distance, the step from unit to unit."""

    kernel_size: Pair
    stride: Pair
    padding: Sides | str
    dilation: Pair = (1, 1)
    ceil_mode: bool = False

    @property
    def extent(self) -> Pair:
        """The pixels from the first tap to the last."""
        (kh, kw), (dh, dw) = self.kernel_size, self.dilation
        return dh * (kh - 1) + 1, dw * (kw - 1) + 1

    def sides(self, shape: Shape) -> Sides:
        """The padding around a picture (C, H, W).

        same: as many units as pixels divided by the stride, rounded up; a pixel that is left over
        goes below and to the right. full: every unit that touches the picture.
        """
        if not isinstance(self.padding, str):
            return self.padding
        sides: list[int] = []
        for size, extent, stride in zip(shape[1:], self.extent, self.stride, strict=True):
            total = {
                "valid": 0,
                "full": 2 * (extent - 1),
                "same": max(0, (-(-size // stride) - 1) * stride + extent - size),
            }[self.padding]
            sides += [total // 2, total - total // 2]
        return cast(Sides, tuple(sides))

    def units(self, shape: Shape, what: str) -> Pair:
        """How many units fit into a picture (C, H, W); raises ShapeError when none does."""
        top, bottom, left, right = self.sides(shape)
        (eh, ew), (_, height, width) = self.extent, shape
        padded = (height + top + bottom, width + left + right)
        if padded[0] < eh or padded[1] < ew:
            least = (shape[0], max(1, eh - top - bottom), max(1, ew - left - right))
            raise ShapeError(
                f"a {what} that spans {eh} × {ew} does not fit into {written(shape)}, padded to "
                f"{padded[0]} × {padded[1]}; the smallest it fits into is {written(least)}"
            )
        rows, columns = (
            self._along(*axis)
            for axis in zip(padded, (eh, ew), self.stride, (top, left), shape[1:], strict=True)
        )
        return rows, columns

    def _along(self, padded: int, extent: int, stride: int, before: int, size: int) -> int:
        """The units along one axis. Rounded up, the last may hang over the end, but no unit lies
        wholly in the padding behind the picture."""
        if not self.ceil_mode:
            return (padded - extent) // stride + 1
        count = -(-(padded - extent) // stride) + 1
        return count - 1 if (count - 1) * stride >= size + before else count


def require_picture(shape: Shape, what: str) -> None:
    """Raise ShapeError unless the input is pictures (C, H, W)."""
    if len(shape) != 3:
        raise ShapeError(
            f"{what} takes pictures, channels × height × width, not {written(shape)}; flatten "
            "and linear layers come after it"
        )


@dataclass(frozen=True)
class Conv2dSpec(LayerSpec):
    """A convolution; as everywhere in deep learning, the kernel is not flipped, unless `flip`.

    padding: a number, (vertical, horizontal), (top, bottom, left, right), "valid", "same" or
    "full". groups: each of as many groups of output channels sees its own group of input channels.
    """

    kind: ClassVar[str] = "conv2d"
    out_channels: int
    kernel_size: int | Pair
    stride: int | Pair = 1
    padding: int | Pair | Sides | str = 0
    dilation: int | Pair = 1
    groups: int = 1
    bias: bool = True
    flip: bool = False

    def __post_init__(self) -> None:
        require_whole("out_channels", self.out_channels, 1, MAX_FEATURES)
        require_whole("groups", self.groups, 1, self.out_channels)
        require(self.out_channels % self.groups == 0, "groups", self.groups,
                f"a divisor of out_channels, {self.out_channels}")  # fmt: skip
        for name in ("kernel_size", "stride", "dilation"):
            object.__setattr__(self, name, _pair(name, getattr(self, name), 1))
        object.__setattr__(self, "padding", _padding(self.padding))
        require_flag("bias", self.bias)
        require_flag("flip", self.flip)

    def window(self, shape: Shape) -> Window:
        """The window on a picture (C, H, W)."""
        return Window(self.kernel_size, self.stride, self.padding, self.dilation)  # type: ignore[arg-type]

    def output_shape(self, shape: Shape) -> Shape:
        require_picture(shape, "a convolution")
        if shape[0] % self.groups:
            fits = [str(g) for g in range(1, shape[0] + 1)
                    if shape[0] % g == 0 and self.out_channels % g == 0]  # fmt: skip
            raise ShapeError(
                f"{self.groups} groups cannot share the {shape[0]} channels of {written(shape)} "
                f"evenly; groups that would are {', '.join(fits)}"
            )
        return (self.out_channels, *self.window(shape).units(shape, "kernel"))

    def parameter_shapes(self, shape: Shape) -> dict[str, tuple[int, ...]]:
        kernel = cast(Pair, self.kernel_size)
        weight = (self.out_channels, shape[0] // self.groups, *kernel)
        return {"weight": weight} | ({"bias": (self.out_channels,)} if self.bias else {})

    def multiply_adds(self, shape: Shape) -> int:
        """One product for each weight at each position."""
        _, rows, columns = self.output_shape(shape)
        return math.prod(self.parameter_shapes(shape)["weight"]) * rows * columns


@dataclass(frozen=True)
class PoolSpec(LayerSpec):
    """The largest, smallest or average value of each window, channel by channel. Padding never
    wins, and an average counts its zeros only with count_include_pad. Without a kernel_size the
    window is the whole picture; without a stride, windows lie side by side. ceil_mode rounds the
    size up, so that no pixel is left out."""

    kind: ClassVar[str] = "pool"
    mode: str
    kernel_size: int | Pair | None = None
    stride: int | Pair | None = None
    padding: int | Pair | Sides = 0
    ceil_mode: bool = False
    count_include_pad: bool = False

    def __post_init__(self) -> None:
        require_choice("mode", self.mode, POOLS)
        require_flag("ceil_mode", self.ceil_mode)
        require_flag("count_include_pad", self.count_include_pad)
        object.__setattr__(self, "padding", _padding(self.padding))
        if self.kernel_size is None:
            plain = self.stride is None and self.padding == (0, 0, 0, 0)
            require(plain, "stride or padding", (self.stride, self.padding),
                    "left out where the window is the whole picture")  # fmt: skip
            return
        object.__setattr__(self, "kernel_size", _pair("kernel_size", self.kernel_size, 1))
        stride = self.kernel_size if self.stride is None else self.stride
        object.__setattr__(self, "stride", _pair("stride", stride, 1))
        self._require_part_of_the_picture()

    def _require_part_of_the_picture(self) -> None:
        """Padding is less than a window, or a window could hold nothing else."""
        require(not isinstance(self.padding, str), "padding", self.padding, "numbers for a pool")
        (kh, kw), (top, bottom, left, right) = self.kernel_size, self.padding  # type: ignore[misc]
        fits = max(top, bottom) < kh and max(left, right) < kw
        require(fits, "padding", self.padding, f"less than the kernel_size, {kh} × {kw}")

    def window(self, shape: Shape) -> Window:
        """The window on a picture (C, H, W)."""
        kernel = shape[1:] if self.kernel_size is None else self.kernel_size
        stride = self.stride or kernel
        return Window(kernel, stride, self.padding, ceil_mode=self.ceil_mode)  # type: ignore[arg-type]

    def output_shape(self, shape: Shape) -> Shape:
        require_picture(shape, "a pool")
        return (shape[0], *self.window(shape).units(shape, "window"))


@dataclass(frozen=True)
class BatchNorm2dSpec(LayerSpec):
    """Each channel shifted and scaled to mean 0 and variance 1 over the batch, then by weight and
    bias; without training by running averages, of which `momentum` is the share of the newest
    (Ioffe and Szegedy 2015, arXiv 1502.03167; conventions as in PyTorch)."""

    kind: ClassVar[str] = "batch_norm2d"
    momentum: float = 0.1
    eps: float = 1e-5

    def __post_init__(self) -> None:
        require_number("momentum", self.momentum, 0, 1)
        require_number("eps", self.eps, 1e-12, 1)

    def output_shape(self, shape: Shape) -> Shape:
        require_picture(shape, "batch normalisation")
        return shape

    def parameter_shapes(self, shape: Shape) -> dict[str, tuple[int, ...]]:
        return {"weight": shape[:1], "bias": shape[:1]}


@dataclass(frozen=True)
class LocalResponseNormSpec(LayerSpec):
    """x / (k + alpha / size · Σ x²)^beta, the sum over `size` channels around (Krizhevsky et al.
    2012; alpha divided by size as in PyTorch, so that the paper's 1e-4 over 5 is 5e-4 here)."""

    kind: ClassVar[str] = "local_response_norm"
    size: int = 5
    alpha: float = 1e-4
    beta: float = 0.75
    k: float = 1.0

    def __post_init__(self) -> None:
        require_whole("size", self.size, 1, MAX_WINDOW)
        require_number("alpha", self.alpha, 0, 1e3)
        require_number("beta", self.beta, 0, 10)
        require_number("k", self.k, 1e-6, 1e3)

    def output_shape(self, shape: Shape) -> Shape:
        require_picture(shape, "local response normalisation")
        return shape


@dataclass(frozen=True)
class DropoutSpec(LayerSpec):
    """While training, each value is 0 with probability p, and the others are divided by 1 − p, so
    that nothing need change afterwards."""

    kind: ClassVar[str] = "dropout"
    p: float = 0.5

    def __post_init__(self) -> None:
        require_number("p", self.p, 0, 0.999)

    def output_shape(self, shape: Shape) -> Shape:
        return shape
