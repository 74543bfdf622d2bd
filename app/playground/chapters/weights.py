"""Weights as text, as the page keeps them in case Python stops."""

from __future__ import annotations

import base64
import binascii

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def packed(parameters: Array) -> str:
    """Every bit of the numbers, little-endian, in base64."""
    return base64.b64encode(parameters.astype(_stored(parameters)).tobytes()).decode()


def unpacked(text: str, like: Array) -> Array:
    """As many parameters, and of the same kind of numbers; raises ValueError for a text that does
    not hold them."""
    try:
        values = np.frombuffer(base64.b64decode(text, validate=True), _stored(like))
    except (binascii.Error, ValueError):
        values = np.empty(0)
    if values.shape != like.shape or not np.isfinite(values).all():
        raise ValueError("the kept weights do not fit the network of this address")
    return values


def _stored(numbers: Array) -> np.dtype[np.floating]:
    return numbers.dtype.newbyteorder("<")
