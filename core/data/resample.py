"""Pictures at another size, or turned and shifted: nearest, bilinear, and by area.

A pixel stands for the square around its centre: pixel i covers [i, i + 1), its centre is i + ½. So
pixel i of m new ones lies at (i + ½) · n/m − ½ in units of n old ones, as in `interpolate` of
PyTorch with align_corners=False. All functions work on the last two axes, (..., H, W).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from core.spec.checks import require, require_choice, require_whole

Array = NDArray[np.floating]
MAX_SIDE = 4096  # pixels


def _places(old: int, new: int) -> Array:
    return (np.arange(new) + 0.5) * old / new - 0.5


def nearest_weights(old: int, new: int) -> Array:
    """(new, old): each new pixel is the old one under its centre; on an edge, the later one."""
    chosen = np.floor(_places(old, new) + 0.5).astype(int)
    return np.eye(old)[np.minimum(chosen, old - 1)]


def bilinear_weights(old: int, new: int) -> Array:
    """(new, old): a straight line between the two nearest centres; beyond the outermost, level.

    Rows sum to 1, so a constant stays what it is. Columns sum to new/old when that is whole, so
    then the mean stays too. In shrinking, pixels between the new centres are passed over.
    """
    place = np.clip(_places(old, new), 0, old - 1)
    return np.maximum(0, 1 - np.abs(place[:, None] - np.arange(old)))


def area_weights(old: int, new: int) -> Array:
    """(new, old): the mean over the old pixels that a new one covers, by how much it covers.

    The mean of the picture stays, at any sizes; to a whole part of the size, it is the mean of
    blocks.
    """
    edge = np.arange(new + 1) * old / new
    low = np.maximum(edge[:-1, None], np.arange(old))
    high = np.minimum(edge[1:, None], np.arange(1, old + 1))
    return np.maximum(0, high - low) * new / old


METHODS: dict[str, Callable[[int, int], Array]] = {
    "nearest": nearest_weights,
    "bilinear": bilinear_weights,
    "area": area_weights,
}


def resize(image: Array, height: int, width: int, method: str = "bilinear") -> Array:
    """(..., H, W) -> (..., height, width): weights of rows, then of columns."""
    _require_image(image)
    require_whole("height", height, 1, MAX_SIDE)
    require_whole("width", width, 1, MAX_SIDE)
    require_choice("method", method, METHODS)
    rows = METHODS[method](image.shape[-2], height)
    columns = METHODS[method](image.shape[-1], width)
    return rows @ image @ columns.T


def pad(image: Array, margin: int) -> Array:
    """(..., H, W) -> (..., H + 2 margin, W + 2 margin), with zeros around."""
    _require_image(image)
    require_whole("margin", margin, 0, MAX_SIDE)
    return np.pad(image, [(0, 0)] * (image.ndim - 2) + [(margin, margin)] * 2)


def fit(drawing: Array, size: int, margin: int = 0) -> Array:
    """A drawing (H, W), ink 1 on paper 0, as data sets hold theirs: (size, size).

    What is drawn is cut out, put in the middle of a square, made smaller by area to
    size − 2 margin, and surrounded by the margin. An empty drawing gives an empty picture.
    """
    require(drawing.ndim == 2, "the shape of the drawing", drawing.shape, "(height, width)")
    require_whole("size", size, 1, MAX_SIDE)
    require_whole("margin", margin, 0, (size - 1) // 2)
    rows, columns = (np.flatnonzero((drawing != 0).any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return np.zeros((size, size))
    ink = drawing[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    side = max(ink.shape)
    square = np.zeros((side, side))
    top, left = (side - ink.shape[0]) // 2, (side - ink.shape[1]) // 2
    square[top : top + ink.shape[0], left : left + ink.shape[1]] = ink
    return pad(resize(square, size - 2 * margin, size - 2 * margin, "area"), margin)


def warp(images: Array, matrix: Array, shift: Array) -> Array:
    """Images (n, C, H, W), each with its own linear map about its centre.

    matrix (n, 2, 2) and shift (n, 2), in (y, x), say where the content of a new pixel comes from:
    old = matrix · new + shift, both measured in pixels from the centre. Bilinear, zero outside.
    """
    require(images.ndim == 4, "the shape of the images", images.shape, "(n, C, H, W)")
    n, _, height, width = images.shape
    require(matrix.shape == (n, 2, 2), "the shape of matrix", matrix.shape, f"({n}, 2, 2)")
    require(shift.shape == (n, 2), "the shape of shift", shift.shape, f"({n}, 2)")
    centre = np.array([height - 1, width - 1]) / 2
    new = np.stack(np.meshgrid(np.arange(height), np.arange(width), indexing="ij")).reshape(2, -1)
    old = matrix @ (new - centre[:, None]) + (shift + centre)[:, :, None]
    return _sample(pad(images, 1), old + 1).reshape(images.shape)


def _sample(padded: Array, places: Array) -> Array:
    """padded (n, C, H, W) with a ring of zeros, at places (n, 2, P) in (y, x) -> (n, C, P)."""
    limit = np.array(padded.shape[2:])[:, None] - 1
    places = np.clip(places, 0, limit)  # on the ring, so what lies outside is zero
    corner = np.minimum(np.floor(places).astype(int), limit - 1)
    y, x = (places - corner).transpose(1, 0, 2)[:, :, None]  # two of (n, 1, P)
    n, channels = np.ogrid[: len(padded), : padded.shape[1]]
    n, channels = n[:, :, None], channels[:, :, None]
    row, column = corner.transpose(1, 0, 2)[:, :, None]
    top = (1 - x) * padded[n, channels, row, column] + x * padded[n, channels, row, column + 1]
    row = row + 1
    low = (1 - x) * padded[n, channels, row, column] + x * padded[n, channels, row, column + 1]
    return (1 - y) * top + y * low


def _require_image(image: Array) -> None:
    fits = image.ndim >= 2 and min(image.shape[-2:]) > 0
    require(fits, "the shape of the image", image.shape, "(..., height, width), each at least 1")
