"""Planes of a picture in colours of their own: what each alone would look like."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from app.playground.figures.theme import DIVERGING
from core.data.colour import hsv_to_rgb

Array = NDArray[np.floating]
LIGHT = {"red": (1, 0, 0), "green": (0, 1, 0), "blue": (0, 0, 1)}
INK = {"cyan": (1, 0, 0), "magenta": (0, 1, 0), "yellow": (0, 0, 1), "black": (1, 1, 1)}


def tinted(name: str, plane: Array, in_colour: bool, saturation: Array | None = None) -> Array:
    """A plane (H, W) of values from 0 to 1 as (3, H, W). Light is added to black, ink takes from
    white; a hue is shown at its fullest, and white where there is none."""
    if name in INK and (in_colour or name == "black"):
        return 1 - np.multiply.outer(INK[name], plane)
    if in_colour and name in LIGHT:
        return np.multiply.outer(LIGHT[name], plane)
    if in_colour and name == "hue" and saturation is not None:
        return hsv_to_rgb(np.stack([plane, saturation > 0, np.ones_like(plane)]).astype(float))
    return np.stack([plane] * 3)


def rgb_bytes(picture: NDArray[np.uint8]) -> bytes:
    """(C, H, W) as C bytes a pixel, row by row: three of a picture in colour."""
    return picture.transpose(1, 2, 0).tobytes()


def as_bytes(picture: Array) -> NDArray[np.uint8]:
    """Values from 0 to 1 as bytes, to the nearest."""
    return np.rint(picture * 255).astype(np.uint8)


_SCALE = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in DIVERGING], np.uint8)


def diverging(values: Array) -> NDArray[np.uint8]:
    """Signed values (H, W) as (3, H, W): pale at zero, full at the greatest absolute value."""
    greatest = float(np.abs(values).max()) or 1.0
    shade = np.rint((values / greatest + 1) / 2 * (len(_SCALE) - 1)).astype(int)
    return _SCALE[shade].transpose(2, 0, 1)
