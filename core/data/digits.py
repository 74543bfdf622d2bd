"""Handwritten digits of 8×8 pixels: E. Alpaydin and C. Kaynak (1998), Optical Recognition of
Handwritten Digits, UCI Machine Learning Repository, CC BY 4.0; see files/README.md.

Each was a bitmap of 32×32; a pixel counts the ink in a block of 4×4, so it is from 0 to 16. That is
what `resample.fit` does with a drawing, so a drawn digit comes in as the network's own did.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.data.idx import read_idx
from core.data.resample import fit, pad, resize
from core.spec.checks import require_whole

Array = NDArray[np.floating]
SIDE = 8
FULL = 16  # the greatest value of a pixel
MAX_SIDE = 64


@lru_cache(maxsize=2)
def _stored(name: str) -> NDArray[Any]:
    array = read_idx(files("core.data").joinpath("files", name).read_bytes(), name)
    array.flags.writeable = False
    return array


def load_digits(size: int = SIDE, margin: int = 0) -> tuple[Array, NDArray[np.int64]]:
    """All 1797 digits: images (1797, 1, size, size) from 0 to 1, and classes (1797,).

    Another size is reached bilinearly. `margin` leaves so many empty pixels on every side, within
    the size; MNIST's digits of 28×28 have one of 4.
    """
    require_whole("size", size, SIDE, MAX_SIDE)
    require_whole("margin", margin, 0, (size - SIDE) // 2)
    images: Array = _stored("digits-images-idx3-ubyte.gz")[:, None] / FULL
    return _enlarged(images, size, margin), _stored("digits-labels-idx1-ubyte.gz").astype(np.int64)


def usual_margin(size: int) -> int:
    """How many empty pixels digits of a size have around them: 4 at 28, as in MNIST; none at 8."""
    return (size - SIDE) // 5


def digit_of(drawing: Array, size: int = SIDE, margin: int = 0) -> Array:
    """A drawing (H, W), ink 1 on paper 0, made into a picture (1, size, size) as the digits were.

    What is drawn is cut out, put in the middle of a square, and brought to 8 × 8 by area; a pixel
    is the share of ink in its block. Another size is reached from there, as for the digits.
    """
    return _enlarged(fit(drawing, SIDE)[None], size, margin)


def _enlarged(images: Array, size: int, margin: int) -> Array:
    inside = size - 2 * margin
    return pad(images if inside == SIDE else resize(images, inside, inside), margin)
