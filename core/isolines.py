"""Lines of equal height through values on a grid.

Each cell of the grid is cut into two triangles, on which the values are taken to be linear; so a
line crosses a triangle straight, and no case is ambiguous.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
NICE = (1, 2, 2.5, 5, 10)  # steps between levels, times a power of ten


def even_levels(low: float, high: float, most: int) -> Array:
    """Multiples of a round step between low and high, at most so many."""
    span = high - low
    if not (math.isfinite(span) and span > 0):
        return np.empty(0)
    power = 10.0 ** math.floor(math.log10(span / most))
    step = next(step for nice in (*NICE, 20) if span / (step := nice * power) <= most)
    first = math.floor(low / step) + 1
    levels = step * np.arange(first, math.ceil(high / step))
    return levels[(levels > low) & (levels < high)]


def log_levels(low: float, high: float, most: int) -> Array:
    """The same by powers of ten: each a round power from the next."""
    return np.asarray(10.0 ** even_levels(math.log10(low), math.log10(high), most))


def isolines(x: Array, y: Array, values: Array, levels: Array) -> tuple[Array, NDArray[np.int64]]:
    """Straight pieces (pieces, 4), each x₀, y₀, x₁, y₁, and the number of each one's level.

    values (len(y), len(x)); cells with a corner that is not finite have none.
    """
    corners = _triangles(x, y, values)
    corners = corners[np.isfinite(corners[..., 2]).all(axis=1)]
    above = corners[:, None, :, 2] > levels[:, None]  # (triangles, levels, corners)
    count = above.sum(axis=2)
    which, level = np.nonzero((count == 1) | (count == 2))
    one = above[which, level] == (count[which, level] == 1)[:, None]
    alone = one.argmax(axis=1)  # the corner that is on its side alone
    ends = [_crossing(corners[which], alone, (alone + k) % 3, levels[level]) for k in (1, 2)]
    return np.concatenate(ends, axis=1), level


def _triangles(x: Array, y: Array, values: Array) -> Array:
    """(triangles, 3 corners, 3): x, y and value."""
    grid = np.stack([*np.meshgrid(x, y), values], axis=-1)
    a, b, c, d = grid[:-1, :-1], grid[:-1, 1:], grid[1:, 1:], grid[1:, :-1]
    both = [np.stack(three, axis=2).reshape(-1, 3, 3) for three in ((a, b, c), (a, c, d))]
    return np.concatenate(both)


def _crossing(
    corners: Array, start: NDArray[np.int64], end: NDArray[np.int64], level: Array
) -> Array:
    """Where the edge between two corners of each triangle takes the level, (n, 2)."""
    rows = np.arange(len(corners))
    p, q = corners[rows, start], corners[rows, end]
    share = (level - p[:, 2]) / (q[:, 2] - p[:, 2])
    return np.asarray(p[:, :2] + share[:, None] * (q - p)[:, :2])
