"""Pictures to try things on, drawn by arithmetic for this project: (1 or 3, size, size), 0 to 1.

Coordinates are shares of the side, (y, x) from the top left; what is painted later lies on top.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.data import geometry
from core.data.colour import hsv_to_rgb
from core.data.geometry import coverage, pixel_centres
from core.spec.checks import require_choice, require_whole

Array = NDArray[np.floating]
Colour = tuple[float, ...]
MIN_SIDE, MAX_SIDE = 8, 512


class Canvas:
    """A picture of one colour, to paint on; one plane for a grey, three for a colour."""

    def __init__(self, size: int, ground: Colour) -> None:
        self.y, self.x = pixel_centres(size)
        self.pixel = 1 / size
        self.image = np.broadcast_to(_column(ground), (len(ground), size, size)).copy()

    def paint(self, colour: Colour, distance: Array) -> None:
        """Fill a shape, given by the distance (size, size) of each pixel from it."""
        self.image += (_column(colour) - self.image) * coverage(distance, self.pixel)

    def from_centre(self, y: float, x: float) -> tuple[Array, Array]:
        return self.y - y, self.x - x

    def box(self, top: float, left: float, bottom: float, right: float) -> Array:
        y, x = self.from_centre((top + bottom) / 2, (left + right) / 2)
        return geometry.box(y, x, (bottom - top) / 2, (right - left) / 2)

    def disc(self, y: float, x: float, radius: float) -> Array:
        return geometry.circle(*self.from_centre(y, x), radius)

    def stroke(self, start: tuple[float, float], end: tuple[float, float], width: float) -> Array:
        return geometry.segment(self.y, self.x, start, end, width / 2)


def _column(colour: Colour) -> Array:
    return np.array(colour, float)[:, None, None]


def house(size: int) -> Array:
    """A house in colour, with a sky, a sun and a meadow: large level areas and straight edges."""
    canvas = Canvas(size, (0.55, 0.78, 0.95))
    canvas.paint((1.0, 0.85, 0.25), canvas.disc(0.18, 0.82, 0.1))
    canvas.paint((0.35, 0.65, 0.3), canvas.box(0.8, -0.1, 1.1, 1.1))
    canvas.paint((0.93, 0.86, 0.72), canvas.box(0.48, 0.2, 0.88, 0.72))
    roof = np.maximum(
        geometry.half_plane(*canvas.from_centre(0.2, 0.46), -127, 0),
        geometry.half_plane(*canvas.from_centre(0.2, 0.46), -53, 0),
    )
    canvas.paint((0.72, 0.24, 0.2), np.maximum(roof, canvas.y - 0.48))
    canvas.paint((0.42, 0.27, 0.18), canvas.box(0.62, 0.5, 0.88, 0.63))
    canvas.paint((0.35, 0.5, 0.7), canvas.box(0.58, 0.28, 0.72, 0.42))
    return canvas.image


def face(size: int) -> Array:
    """A face in grey: one round outline, and small parts at places that matter."""
    canvas = Canvas(size, (0.15,))
    canvas.paint((0.85,), canvas.disc(0.5, 0.5, 0.42))
    for x in (0.34, 0.66):
        canvas.paint((0.1,), canvas.disc(0.4, x, 0.06))
    canvas.paint((0.55,), canvas.stroke((0.42, 0.5), (0.58, 0.5), 0.04))
    smile = np.maximum(np.abs(canvas.disc(0.52, 0.5, 0.22)) - 0.025, 0.62 - canvas.y)
    canvas.paint((0.1,), smile)
    return canvas.image


def letter(size: int) -> Array:
    """A black letter A on white paper, of strokes with slopes: something to convolve by hand."""
    canvas = Canvas(size, (1.0,))
    for start, end in (
        ((0.85, 0.2), (0.15, 0.5)), ((0.15, 0.5), (0.85, 0.8)), ((0.6, 0.31), (0.6, 0.69)),
    ):  # fmt: skip
        canvas.paint((0.0,), canvas.stroke(start, end, 0.11))
    return canvas.image


def checker(size: int) -> Array:
    """Eight by eight fields, black and white: nothing but edges. Sizes that 8 divides are sharp."""
    y, x = pixel_centres(size)
    return ((np.floor(8 * y) + np.floor(8 * x)) % 2)[None]


def gradient(size: int) -> Array:
    """From black on the left to white on the right, evenly: no edge at all."""
    return pixel_centres(size)[1][None].copy()


def wheel(size: int) -> Array:
    """All hues around the centre, paler towards it, on grey: what the planes of HSV are for."""
    y, x = (axis - 0.5 for axis in pixel_centres(size))
    radius = np.hypot(y, x)
    hue = np.arctan2(-y, x) / (2 * np.pi) % 1
    colours = hsv_to_rgb(np.stack([hue, np.minimum(radius / 0.45, 1), np.ones_like(y)]))
    return 0.5 + (colours - 0.5) * coverage(radius - 0.45, 1 / size)


@dataclass(frozen=True)
class Drawing:
    """`draw(size)` gives the picture (channels, size, size)."""

    label: str
    channels: int
    draw: Callable[[int], Array]


DRAWINGS = {
    "house": Drawing("House", 3, house),
    "face": Drawing("Face", 1, face),
    "letter": Drawing("Letter A", 1, letter),
    "checker": Drawing("Checkerboard", 1, checker),
    "gradient": Drawing("Gradient", 1, gradient),
    "wheel": Drawing("Colour wheel", 3, wheel),
}


def draw(name: str, size: int = 32) -> Array:
    """A picture of DRAWINGS by its name: (1 or 3, size, size), values from 0 to 1."""
    require_choice("picture", name, DRAWINGS)
    require_whole("size", size, MIN_SIDE, MAX_SIDE)
    return DRAWINGS[name].draw(size)


def scattered(image: NDArray[Any], rng: np.random.Generator) -> NDArray[Any]:
    """The pixels of a picture (C, H, W) at places drawn by chance, those of all planes alike."""
    places = rng.permutation(image.shape[1] * image.shape[2])
    return image.reshape(len(image), -1)[:, places].reshape(image.shape)
