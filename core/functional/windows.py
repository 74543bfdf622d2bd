"""A pass over the next few steps, anew for every step of a sequence.

For each t the window holds the steps t + k, t + k − 1, ..., t, in this order; steps beyond the end
do not exist. All windows of all samples run side by side, as T · N rows (window t of sample n in
row t · N + n) through k + 1 steps, on sums W_ih x + b that were computed once for each step.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.buffers import Allocate
from core.functional.recurrence import Mask, State

Array = NDArray[np.floating]


def unfold(z: Array, absent: Mask | None, ahead: int, new: Allocate) -> tuple[Array, Mask]:
    """z (T, N, size) -> windows (k + 1, T · N, size), and which of their steps do not exist."""
    length, n, size = z.shape
    windows = new("windows", (ahead + 1, length, n, size), z.dtype)
    missing = np.ones((ahead + 1, length, n), dtype=bool)
    for step in range(ahead + 1):
        shift = ahead - step
        windows[step, : length - shift] = z[shift:]
        windows[step, length - shift :] = 0
        missing[step, : length - shift] = False if absent is None else absent[shift:]
    return windows.reshape(ahead + 1, length * n, size), missing.reshape(ahead + 1, length * n)


def fold(dz: Array, length: int, n: int) -> Array:
    """Gradients by windows (k + 1, T · N, size) -> by the steps (T, N, size) that they share."""
    windows = dz.reshape(len(dz), length, n, -1)
    total = np.zeros_like(windows[0])
    for step, window in enumerate(windows):
        shift = len(windows) - 1 - step
        total[shift:] += window[: length - shift]
    return total


def unfold_start(start: State | None, length: int) -> State | None:
    """Every window starts from the same state."""
    if start is None:
        return None
    c = None if start.c is None else np.tile(start.c, (length, 1))
    return State(np.tile(start.h, (length, 1)), c)


def fold_start(start: State | None, length: int, n: int) -> State | None:
    """The gradient by the state that all windows started from."""
    if start is None:
        return None
    c = None if start.c is None else start.c.reshape(length, n, -1).sum(axis=0)
    return State(start.h.reshape(length, n, -1).sum(axis=0), c)
