"""Kernels that are known by name, and pictures small enough to be read number by number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.data.digits import load_digits

Array = NDArray[np.floating]


@dataclass(frozen=True)
class Kernel:
    """Weights, row by row, and what they answer to."""

    label: str
    says: str
    rows: tuple[tuple[float, ...], ...]

    @property
    def weights(self) -> Array:
        return np.array(self.rows, dtype=float)


KERNELS = {
    "cross": Kernel("Diagonal cross", "Finds a diagonal cross.",
                    ((1, 0, 1), (0, 1, 0), (1, 0, 1))),
    "identity": Kernel("Identity", "Gives the middle pixel.",
                       ((0, 0, 0), (0, 1, 0), (0, 0, 0))),
    "edge": Kernel("Edges", "0 wherever nothing changes.",
                   ((-1, -1, -1), (-1, 8, -1), (-1, -1, -1))),
    "sobel_x": Kernel("Sobel, left to right", "Brighter to the right: positive.",
                      ((-1, 0, 1), (-2, 0, 2), (-1, 0, 1))),
    "sobel_y": Kernel("Sobel, top to bottom", "Brighter downwards: positive.",
                      ((-1, -2, -1), (0, 0, 0), (1, 2, 1))),
    "sharpen": Kernel("Sharpen", "Adds the edges once more.",
                      ((0, -1, 0), (-1, 5, -1), (0, -1, 0))),
    "blur": Kernel("Blur", "A weighted mean of nine pixels.",
                   ((0.0625, 0.125, 0.0625), (0.125, 0.25, 0.125), (0.0625, 0.125, 0.0625))),
    "emboss": Kernel("Emboss", "Light from the top left.",
                     ((-2, -1, 0), (-1, 1, 1), (0, 1, 2))),
}  # fmt: skip


def _diagonal() -> Array:
    """The picture that an introduction to convolution is often given with."""
    rows = ("11100", "01110", "00111", "00110", "01100")
    return np.array([[float(pixel) for pixel in row] for row in rows])


def _step() -> Array:
    """Dark on the left, bright on the right."""
    picture = np.zeros((6, 6))
    picture[:, 3:] = 9
    return picture


def _square() -> Array:
    picture = np.zeros((7, 7))
    picture[2:5, 2:5] = 9
    return picture


def _dot() -> Array:
    """One bright pixel: the output is then the kernel itself, turned by half a turn."""
    picture = np.zeros((5, 5))
    picture[2, 2] = 1
    return picture


def _ramp() -> Array:
    return np.add.outer(np.zeros(6), np.arange(6.0))


def _board() -> Array:
    return np.indices((6, 6)).sum(axis=0) % 2 * 9.0


def _digit() -> Array:
    """A handwritten three, from 0 to 16."""
    images, labels = load_digits()
    picture: Array = np.round(images[np.flatnonzero(labels == 3)[0], 0] * 16)
    return picture


@dataclass(frozen=True)
class SmallPicture:
    label: str
    draw: Callable[[], Array]


PICTURES = {
    "diagonal": SmallPicture("Thick diagonal, 5 × 5", _diagonal),
    "dot": SmallPicture("One bright pixel, 5 × 5", _dot),
    "step": SmallPicture("Dark to bright, 6 × 6", _step),
    "ramp": SmallPicture("Even slope, 6 × 6", _ramp),
    "board": SmallPicture("Chessboard, 6 × 6", _board),
    "square": SmallPicture("Square, 7 × 7", _square),
    "digit": SmallPicture("A written three, 8 × 8", _digit),
}
TURNS: tuple[Callable[[Array], Array], ...] = (np.asarray, np.fliplr, np.flipud)


def planes(picture: Array, channels: int) -> Array:
    """(channels, H, W): the picture, then mirrored, then upside down, so that channels differ."""
    return np.stack([TURNS[c](picture) for c in range(channels)])


def shifted(picture: Array, down: int, across: int) -> Array:
    """The picture moved by whole pixels; zeros come in from outside."""
    made = np.zeros_like(picture)
    (to_rows, from_rows), (to_columns, from_columns) = (
        (slice(max(by, 0), size + min(by, 0)), slice(max(-by, 0), size - max(by, 0)))
        for by, size in zip((down, across), picture.shape, strict=True)
    )
    made[to_rows, to_columns] = picture[from_rows, from_columns]
    return made


def noisy(picture: Array, size: float, rng: np.random.Generator) -> Array:
    """The picture with normal noise of mean 0 and this standard deviation, to one decimal."""
    return np.round(picture + rng.normal(0, size, picture.shape), 1)
