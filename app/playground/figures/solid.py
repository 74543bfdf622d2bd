"""A surface over a square, seen from the side in parallel projection.

The block below the surface is solid. So a point of the screen shows the foremost point of the
surface that reaches as high: along each column of the screen, the highest point so far, from front
to back, tells what is seen and what is hidden.
"""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
COLUMNS, ROWS, DEPTHS = 360, 300, 120  # of the picture, and points from front to back
REACH = 1.45  # of the block, whose sides are 2 long and which is 1 high, from its axis
SLACK = 0.02  # a point so little below a nearer one is still called visible


class Solid:
    """A block with the surface `lift` (rows, columns), from 0 to 1, over a square with sides from
    −1 to 1. `turn` and `tilt`, in degrees, say from where it is seen."""

    def __init__(self, lift: Array, turn: float, tilt: float) -> None:
        self.lift = lift
        turned, tilted = math.radians(turn), math.radians(tilt)
        self.cos, self.sin = math.cos(turned), math.sin(turned)
        self.rise, self.slant = math.cos(tilted), math.sin(tilted)
        self.bottom, self.top = -REACH * self.slant, REACH * self.slant + self.rise

    def project(self, x: Array, y: Array, height: Array) -> tuple[Array, Array, Array]:
        """Where a point is on the screen, across and up, and how far behind."""
        across, depth = x * self.cos - y * self.sin, x * self.sin + y * self.cos
        return across, depth * self.slant + height * self.rise, depth

    def height(self, x: Array, y: Array) -> Array:
        """Of the surface, linear between the points of the grid."""
        return bilinear(self.lift, x, y)

    @cached_property
    def _columns(self) -> tuple[Array, Array]:
        """x and y (DEPTHS, COLUMNS) of the points behind each other in the screen's columns."""
        across = np.linspace(-REACH, REACH, COLUMNS)
        depth = np.linspace(-REACH, REACH, DEPTHS)[:, None]
        return across * self.cos + depth * self.sin, depth * self.cos - across * self.sin

    @cached_property
    def horizon(self) -> Array:
        """(DEPTHS, COLUMNS): how high on the screen anything reaches, from the front up to here."""
        x, y = self._columns
        _, up, _ = self.project(x, y, self.height(x, y))
        up[(np.abs(x) > 1) | (np.abs(y) > 1)] = -np.inf
        return np.asarray(np.maximum.accumulate(up, axis=0))

    def picture(self, values: Array) -> Array:
        """(ROWS, COLUMNS) from the bottom: for each point of the screen the value, of those
        (rows, columns) over the square, at the foremost point of the block; NaN beside it."""
        scale = ROWS / (self.top - self.bottom)
        reached = np.clip((self.horizon - self.bottom) * scale + 1, 0, ROWS).astype(int)
        columns = np.arange(COLUMNS)
        passed = np.bincount((reached * COLUMNS + columns).ravel(),
                             minlength=(ROWS + 1) * COLUMNS)  # fmt: skip
        behind = passed.reshape(ROWS + 1, COLUMNS)[:ROWS].cumsum(axis=0)
        x, y = self._columns
        seen = np.vstack([bilinear(values, x, y), np.full(COLUMNS, np.nan)])
        picture = seen[behind, columns]
        picture[behind < self._first] = np.nan
        picture[np.arange(ROWS)[:, None] < self._floor * scale] = np.nan
        return picture

    @cached_property
    def _first(self) -> NDArray[np.int64]:
        """(COLUMNS,): the first depth at which there is any of the block."""
        return np.asarray(np.isfinite(self.horizon).argmax(axis=0))

    @cached_property
    def _floor(self) -> Array:
        """(COLUMNS,): how high above the bottom of the screen the block's foremost edge stands."""
        depth = np.linspace(-REACH, REACH, DEPTHS)[self._first]
        floor = np.where(np.isfinite(self.horizon[-1]), depth * self.slant, np.inf)
        return np.asarray(floor - self.bottom)

    def is_visible(self, x: Array, y: Array, height: Array) -> NDArray[np.bool_]:
        """Whether nothing nearer hides a point."""
        across, up, depth = self.project(x, y, height)
        column = _index(np.rint((across / REACH + 1) / 2 * (COLUMNS - 1)), COLUMNS)
        before = np.floor((depth / REACH + 1) / 2 * (DEPTHS - 1)) - 1
        nearest = self.horizon[_index(before, DEPTHS), column]
        return np.asarray((before < 0) | (up >= nearest - SLACK))


def _index(numbers: Array, count: int) -> NDArray[np.int64]:
    return np.asarray(np.clip(np.nan_to_num(numbers), 0, count - 1).astype(np.int64))


def bilinear(values: Array, x: Array, y: Array) -> Array:
    """Values (rows, columns) over the square, at points of it; outside, as at its edge."""
    rows, columns = values.shape
    j, i = (np.clip((at + 1) / 2 * (size - 1), 0, size - 1) for at, size in
            ((x, columns), (y, rows)))  # fmt: skip
    left, low = np.minimum(j.astype(int), columns - 2), np.minimum(i.astype(int), rows - 2)
    dj, di = j - left, i - low
    flat, at = values.ravel(), low * columns + left
    near = flat[at] + dj * (flat[at + 1] - flat[at])
    far = flat[at + columns] + dj * (flat[at + columns + 1] - flat[at + columns])
    return np.asarray(near + di * (far - near))
