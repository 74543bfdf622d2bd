"""Kernels that slide over pictures: which pixel each tap of each unit reads.

Everything is numbers by now: one for each axis and side. Pictures are (C, H, W, N).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
Reach = tuple[slice, slice]  # of units, and of the pixels that they read
Part = tuple[slice, ...]
# A tap, with the indices of the units for which it reads the picture, and of the pixels read.
Tap = tuple[int, Part, Part]


@dataclass(frozen=True)
class Axis:
    """A kernel along one axis of a picture.

    size: the pixels; kernel_size: the taps; units: the places where the kernel stands, `stride`
    pixels apart; before, after: pixels of padding. The last units may reach beyond the padding.
    With `flip` the kernel is read from its end, as in a true convolution.
    """

    size: int
    kernel_size: int
    units: int
    stride: int = 1
    dilation: int = 1
    before: int = 0
    after: int = 0
    flip: bool = False

    def __post_init__(self) -> None:
        counts = (self.size, self.kernel_size, self.units, self.stride, self.dilation)
        if min(counts) < 1 or min(self.before, self.after) < 0:
            raise ValueError(
                "size, kernel_size, units, stride and dilation must be at least 1, and padding at "
                f"least 0; this is {self}"
            )
        if self.size + self.before + self.after < self.extent:
            raise ValueError(
                f"a kernel that spans {self.extent} pixels does not fit into {self.size}, padded "
                f"to {self.size + self.before + self.after}; more padding or a smaller one would do"
            )

    @property
    def extent(self) -> int:
        """The pixels from the first tap to the last: d (k − 1) + 1."""
        return self.dilation * (self.kernel_size - 1) + 1

    @cached_property
    def span(self) -> int:
        """The pixels, padding included, from the first tap of the first unit to the last of all."""
        return (self.units - 1) * self.stride + self.extent

    @cached_property
    def is_identity(self) -> bool:
        """Whether each unit reads the one pixel at its own place."""
        return (self.kernel_size, self.stride, self.before, self.units) == (1, 1, 0, self.size)

    @cached_property
    def is_padded(self) -> bool:
        return self.before > 0 or self.before + self.size < self.span

    @cached_property
    def starts_full(self) -> bool:
        """Whether the first tap of every unit reads within the picture."""
        return self.reaches[0][0] == slice(0, self.units)

    @cached_property
    def overlaps(self) -> bool:
        """Whether two units can read the same pixel."""
        return self.units > 1 and self.stride < self.extent

    def pixel(self, unit: int, tap: int) -> int:
        """The pixel that a tap of a unit reads; outside of the picture where it is padding."""
        place = self.kernel_size - 1 - tap if self.flip else tap
        return unit * self.stride + place * self.dilation - self.before

    def readers(self, pixel: int) -> list[tuple[int, int]]:
        """The units that read a pixel, each with the tap that does."""
        return [(unit, tap) for tap in range(self.kernel_size) for unit in range(self.units)
                if self.pixel(unit, tap) == pixel]  # fmt: skip

    @cached_property
    def read(self) -> frozenset[int]:
        """The pixels that any unit reads; those of the padding lie below 0 or beyond the size."""
        return frozenset(self.pixel(unit, tap) for unit in range(self.units)
                         for tap in range(self.kernel_size))  # fmt: skip

    @property
    def left_over(self) -> int:
        """The pixels at the end, padding included, for which no further unit is left."""
        return max(0, self.size + self.before + self.after - self.span)

    @cached_property
    def reaches(self) -> tuple[Reach, ...]:
        """For each tap: the units for which it reads within the picture, and the pixels read."""
        return tuple(self._reach(self.pixel(0, tap)) for tap in range(self.kernel_size))

    def _reach(self, start: int) -> Reach:
        """`start` is the pixel that the first unit reads."""
        first = max(0, -(start // self.stride))
        stop = min(self.units, (self.size - 1 - start) // self.stride + 1)
        if stop <= first:
            return slice(0, 0), slice(0, 0)
        pixel = start + first * self.stride
        return slice(first, stop), slice(pixel, start + (stop - 1) * self.stride + 1, self.stride)

    @cached_property
    def covers(self) -> bool:
        """Whether every pixel is read."""
        read = np.zeros(self.size, bool)
        for _, pixels in self.reaches:
            read[pixels] = True
        return bool(read.all())

    def taps_within(self, with_padding: bool) -> NDArray[np.int64]:
        """(units,): how many taps read the picture, or the picture and its padding."""
        low, high = (-self.before, self.size + self.after) if with_padding else (0, self.size)
        pixels = np.array([[self.pixel(unit, tap) for tap in range(self.kernel_size)]
                           for unit in range(self.units)])  # fmt: skip
        return ((low <= pixels) & (pixels < high)).sum(axis=1)


@dataclass(frozen=True)
class Sliding:
    """A kernel on a picture: along its rows' axis (vertical) and its columns' axis (horizontal)."""

    rows: Axis
    columns: Axis

    @cached_property
    def size(self) -> tuple[int, int]:
        """Height and width of the pictures."""
        return self.rows.size, self.columns.size

    @cached_property
    def kernel_size(self) -> tuple[int, int]:
        return self.rows.kernel_size, self.columns.kernel_size

    @cached_property
    def units(self) -> tuple[int, int]:
        """Height and width of the outputs."""
        return self.rows.units, self.columns.units

    @cached_property
    def is_identity(self) -> bool:
        return self.rows.is_identity and self.columns.is_identity

    @cached_property
    def is_padded(self) -> bool:
        return self.rows.is_padded or self.columns.is_padded

    @cached_property
    def taps_down(self) -> tuple[Tap, ...]:
        """The taps along the vertical axis that read the picture at all, to index (C, H, ...)."""
        return _taps(self.rows, 1)

    @cached_property
    def taps_across(self) -> tuple[Tap, ...]:
        """The taps along the horizontal axis, to index (C, H, W, ...)."""
        return _taps(self.columns, 2)

    def taps(self) -> Iterator[tuple[int, int, tuple[slice, slice], tuple[slice, slice]]]:
        """Each tap (i, j), with the units (rows, columns) for which it reads within the picture,
        and the pixels read."""
        for i, (rows, pixel_rows) in enumerate(self.rows.reaches):
            for j, (columns, pixel_columns) in enumerate(self.columns.reaches):
                yield i, j, (rows, columns), (pixel_rows, pixel_columns)


def _taps(axis: Axis, number: int) -> tuple[Tap, ...]:
    before = (slice(None),) * number
    return tuple((tap, (*before, units), (*before, pixels))
                 for tap, (units, pixels) in enumerate(axis.reaches) if units.stop)  # fmt: skip


def sliding(
    size: tuple[int, int],
    kernel_size: tuple[int, int],
    units: tuple[int, int],
    stride: tuple[int, int] = (1, 1),
    padding: tuple[int, int, int, int] = (0, 0, 0, 0),
    dilation: tuple[int, int] = (1, 1),
    flip: bool = False,
) -> Sliding:
    """Pairs are (vertical, horizontal); padding is (top, bottom, left, right)."""
    axes = [
        Axis(size[a], kernel_size[a], units[a], stride[a], dilation[a], padding[2 * a],
             padding[2 * a + 1], flip)
        for a in (0, 1)
    ]  # fmt: skip
    return Sliding(*axes)


def check_pictures(x: Array, size: tuple[int, int]) -> None:
    """Raise ValueError unless x is floating-point pictures (C, H, W, N) of a height and width."""
    if x.ndim != 4 or x.shape[1:3] != size or not x.size:
        raise ValueError(
            f"pictures must be (C, {size[0]}, {size[1]}, N) with C and N at least 1, not {x.shape}"
        )
    if x.dtype.kind != "f":
        raise ValueError(f"pictures must be floating-point numbers, not {x.dtype}")
