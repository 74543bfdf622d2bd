"""Arrays that every training step fills anew, allocated once."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import DTypeLike, NDArray

Array = NDArray[np.floating]
# Gives an array by a name within its layer, a shape, and a type; its contents are undefined.
Allocate = Callable[[str, tuple[int, ...], DTypeLike], Array]


def fresh(name: str, shape: tuple[int, ...], dtype: DTypeLike) -> Array:
    """A new array, for whoever keeps what comes out."""
    return np.empty(shape, dtype)


class Buffers:
    """Gives the same memory again under the same name, so that a step allocates nothing.

    The memory is as large as the largest shape that was asked for; a smaller last batch uses the
    front of it.
    """

    def __init__(self) -> None:
        self._memory: dict[str, Array] = {}

    def __call__(self, name: str, shape: tuple[int, ...], dtype: DTypeLike) -> Array:
        size = math.prod(shape)
        memory = self._memory.get(name)
        if memory is None or memory.size < size or memory.dtype != dtype:
            memory = self._memory[name] = np.empty(size, dtype)
        return memory[:size].reshape(shape)
