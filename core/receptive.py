"""Receptive fields: which part of the input a unit of a feature map can see.

Formulas by Araujo, Norris and Sim, "Computing receptive fields of convolutional neural networks",
Distill 2019. Along one axis a unit with index u sees the pixels from start + u · jump on, `size` of
them; a window of extent e (its taps spread by the dilation: d (k − 1) + 1), stride s and p pixels
of padding before the first one makes of it

    size + (e − 1) · jump,    jump · s,    start − p · jump.

A field may reach beyond the input, into the padding.
"""

from __future__ import annotations

from dataclasses import dataclass

Window = tuple[int, int, int]  # extent, stride, padding before


@dataclass(frozen=True)
class Field:
    """What the units along one axis see of the input, in pixels."""

    size: int = 1
    jump: int = 1
    start: int = 0

    def through(self, window: Window) -> Field:
        """The field after a layer whose units look at this one's through a window."""
        extent, stride, before = window
        size = self.size + (extent - 1) * self.jump
        return Field(size, self.jump * stride, self.start - before * self.jump)

    def pixels(self, index: int) -> tuple[int, int]:
        """The first pixel that unit `index` sees, and the one after the last."""
        first = self.start + index * self.jump
        return first, first + self.size


def union(fields: list[Field], length: int) -> Field:
    """The smallest field that holds those of all branches, at each of `length` units.

    Where branches are centred on each other, as in Inception and residual blocks, this is the
    largest of them.
    """
    jump = max(field.jump for field in fields)
    ends = (0, length - 1)  # starts move evenly, so that the extremes lie at the ends
    start = min(field.pixels(u)[0] - u * jump for field in fields for u in ends)
    stop = max(field.pixels(u)[1] - u * jump for field in fields for u in ends)
    return Field(stop - start, jump, start)


@dataclass(frozen=True)
class ReceptiveField:
    """What the units (y, x) of a feature map see of the picture."""

    rows: Field = Field()
    columns: Field = Field()

    def through(self, windows: tuple[Window, Window]) -> ReceptiveField:
        return ReceptiveField(self.rows.through(windows[0]), self.columns.through(windows[1]))

    def patch(self, y: int, x: int, height: int, width: int) -> tuple[slice, slice]:
        """The rows and columns of a picture of `height` × `width` that unit (y, x) sees."""
        return _within(self.rows.pixels(y), height), _within(self.columns.pixels(x), width)


def _within(pixels: tuple[int, int], length: int) -> slice:
    first, stop = pixels
    return slice(min(max(first, 0), length), min(max(stop, 0), length))
