"""Large arrays a piece at a time, for what NumPy cannot write into memory that is there."""

from __future__ import annotations

import math
from collections.abc import Iterator

AT_ONCE = 1 << 17  # elements


def pieces(shape: tuple[int, ...]) -> Iterator[tuple[slice, ...]]:
    """Indices of parts that make up an array, each of about AT_ONCE elements at most: slices of its
    first axis that is longer than 1."""
    axis = next((number for number, size in enumerate(shape) if size > 1), 0)
    step = max(1, AT_ONCE * shape[axis] // math.prod(shape))
    for start in range(0, shape[axis], step):
        yield (*(slice(None),) * axis, slice(start, start + step))
