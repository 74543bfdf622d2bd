"""Drawing by arithmetic: how far each pixel lies from a shape, and so how much of it is covered.

A distance is negative inside a shape, zero on its outline. Coordinates are x to the right and y
down; `distance` functions take arrays of any shape.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def pixel_centres(size: int) -> tuple[Array, Array]:
    """y and x, each (size, size), of the centres of pixels, in a picture from 0 to 1 each way."""
    axis = (np.arange(size) + 0.5) / size
    y, x = np.meshgrid(axis, axis, indexing="ij")
    return y, x


def coverage(distance: Array, pixel: float | Array) -> Array:
    """How much of each pixel a shape covers, 0 to 1, with edges one `pixel` wide."""
    return np.clip(0.5 - distance / pixel, 0, 1)


def circle(y: Array, x: Array, radius: float | Array = 1.0) -> Array:
    return np.hypot(y, x) - radius


def box(y: Array, x: Array, half_height: float, half_width: float) -> Array:
    """A rectangle around the origin; the distance is exact but beyond the corners."""
    return np.maximum(np.abs(y) - half_height, np.abs(x) - half_width)


def half_plane(y: Array, x: Array, degrees: float, offset: float) -> Array:
    """All that lies before the line at `offset` from the origin in the direction of the angle,
    which turns from x (to the right) towards y (down)."""
    angle = np.deg2rad(degrees)
    return x * np.cos(angle) + y * np.sin(angle) - offset


def triangle(y: Array, x: Array, inradius: float) -> Array:
    """An equilateral triangle around the origin, standing on a side."""
    sides = [half_plane(y, x, degrees, inradius) for degrees in (90, 210, 330)]
    return np.maximum(np.maximum(sides[0], sides[1]), sides[2])


def cross(y: Array, x: Array, half_length: float, half_width: float) -> Array:
    """Two bars of equal length, one upright and one level."""
    upright = box(y, x, half_length, half_width)
    return np.minimum(upright, box(y, x, half_width, half_length))


def segment(
    y: Array, x: Array, start: tuple[float, float], end: tuple[float, float], half_width: float
) -> Array:
    """A stroke with round ends from `start` to `end`, both (y, x) and apart from each other."""
    dy, dx = end[0] - start[0], end[1] - start[1]
    along = ((y - start[0]) * dy + (x - start[1]) * dx) / (dy * dy + dx * dx)
    along = np.clip(along, 0, 1)
    return np.hypot(y - start[0] - along * dy, x - start[1] - along * dx) - half_width
