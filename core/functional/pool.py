"""Pooling: the largest, smallest or average value that each unit sees, channel by channel.

x (C, H, W, N) -> y (C, rows, columns, N). The two axes are done one after the other, across and
then down, so that a kernel of k × k taps costs 2 k operations on whole arrays.

Padding is worth −∞ to a maximum and +∞ to a minimum, so that it never wins; an average leaves it
out, or counts it as zeros when told so. Of equal values the first in reading order wins, and its
pixel gets the whole gradient, as in PyTorch. A NaN wins only where it comes first.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.buffers import Allocate, fresh
from core.functional.pieces import AT_ONCE, pieces
from core.functional.sliding import Axis, Sliding, Tap, check_pictures

Array = NDArray[np.floating]
Flags = NDArray[np.bool_]
# The value that never wins, and what beats the best so far.
EXTREMES: dict[str, tuple[float, Any]] = {"max": (-np.inf, np.greater), "min": (np.inf, np.less)}
ZERO = np.float32(0)  # takes the type of what it is chosen beside


# The largest and the smallest


class ExtremeCache(NamedTuple):
    """won_across (kw, C, H, columns, N), won_down (kh, C, rows, columns, N): where the value of a
    tap beat those of all taps before it. shape: that of x."""

    won_across: Flags
    won_down: Flags
    grid: Sliding
    shape: tuple[int, ...]


def extreme_pool_forward(
    x: Array, grid: Sliding, mode: str, new: Allocate = fresh
) -> tuple[Array, ExtremeCache]:
    """Return y and what the backward pass needs; `mode` is max or min."""
    check_pictures(x, grid.size)
    channels, height, _, n = x.shape
    rows, columns = grid.units
    across = new("across", (channels, height, columns, n), x.dtype)
    y = new("y", (channels, rows, columns, n), x.dtype)
    won_across: Any = new("won_across", (grid.columns.kernel_size, *across.shape), bool)
    won_down: Any = new("won_down", (grid.rows.kernel_size, *y.shape), bool)
    _best(x, grid.taps_across, grid.columns.starts_full, mode, across, won_across)
    _best(across, grid.taps_down, grid.rows.starts_full, mode, y, won_down)
    return y, ExtremeCache(won_across, won_down, grid, x.shape)


def extreme_pool(x: Array, grid: Sliding, mode: str) -> Array:
    """The same y where no backward pass follows, which needs no winners."""
    check_pictures(x, grid.size)
    across = _best_alone(x, grid.taps_across, grid.columns, (*x.shape[:2], grid.units[1]), mode)
    return _best_alone(across, grid.taps_down, grid.rows, (len(x), *grid.units), mode)


def extreme_pool_backward(dy: Array, cache: ExtremeCache, new: Allocate = fresh) -> Array:
    """Return dx: each gradient goes to the pixel whose value won."""
    grid = cache.grid
    dacross = new("dacross", cache.won_across.shape[1:], dy.dtype)
    dx = new("dx", cache.shape, dy.dtype)
    _to_winner(dy, grid.taps_down, grid.rows, cache.won_down, dacross, new)
    _to_winner(dacross, grid.taps_across, grid.columns, cache.won_across, dx, new)
    return dx


def _best(
    x: Array, taps: tuple[Tap, ...], starts_full: bool, mode: str, y: Array, won: Flags
) -> None:
    """The best value of each unit along one axis into y, and where each tap beat those before."""
    never, beats = EXTREMES[mode]
    if starts_full:  # then the first tap is the best so far
        np.copyto(y, x[taps[0][2]])
    else:
        y.fill(never)
        won.fill(False)
    for tap, units, pixels in taps[starts_full:]:
        best, candidate = y[units], x[pixels]
        _select(beats(candidate, best, out=won[tap][units]), candidate, best, best)


def _best_alone(
    x: Array, taps: tuple[Tap, ...], axis: Axis, shape: tuple[int, ...], mode: str
) -> Array:
    """The best value of each unit along one axis; `shape` is that of the result, but for N."""
    never, beats = EXTREMES[mode]
    if not axis.is_padded:  # then every tap reads a pixel for every unit
        best = x[taps[0][2]]
        for _, _, pixels in taps[1:]:
            candidate = x[pixels]
            best = np.where(beats(candidate, best), candidate, best)
        return best
    best = np.full((*shape, x.shape[3]), never, x.dtype)
    for _, units, pixels in taps:
        so_far, candidate = best[units], x[pixels]
        np.copyto(so_far, np.where(beats(candidate, so_far), candidate, so_far))
    return best


def _to_winner(
    dy: Array, taps: tuple[Tap, ...], axis: Axis, won: Flags, dx: Array, new: Allocate
) -> None:
    """The gradient of each unit along one axis to the last tap that beat those before, into dx."""
    zero, name = dy.dtype.type(0), len(taps[0][1])
    rest = new(f"rest{name}", dy.shape, dy.dtype)  # what no later tap has got
    share = new(f"share{name}", dy.shape, dy.dtype)
    np.copyto(rest, dy)
    if axis.overlaps or not axis.covers:
        dx.fill(0)
    for tap, units, pixels in reversed(taps):
        left, part, flags = rest[units], share[units], won[tap][units]
        if tap or not axis.starts_full:
            _select(flags, left, zero, part)
            _select(flags, zero, left, left)
        else:
            part = left
        _give(part, dx[pixels], axis.overlaps)


# The average


class AverageCache(NamedTuple):
    """share (rows, columns, 1): one over the pixels of a unit. shape: that of x."""

    share: Array
    grid: Sliding
    shape: tuple[int, ...]


def average_pool_forward(
    x: Array, grid: Sliding, share: Array, new: Allocate = fresh
) -> tuple[Array, AverageCache]:
    """Return y and what the backward pass needs; `share` is what `average_share` gives."""
    check_pictures(x, grid.size)
    channels, height, _, n = x.shape
    rows, columns = grid.units
    across = new("across", (channels, height, columns, n), x.dtype)
    y = new("y", (channels, rows, columns, n), x.dtype)
    _gather(x, grid.taps_across, grid.columns.starts_full, across)
    _gather(across, grid.taps_down, grid.rows.starts_full, y)
    share = share.astype(x.dtype, copy=False)[:, :, None]
    np.multiply(y, share, out=y)
    return y, AverageCache(share, grid, x.shape)


def average_pool_backward(dy: Array, cache: AverageCache, new: Allocate = fresh) -> Array:
    """Return dx: each pixel gets its share of the gradient of every unit that read it."""
    grid, (channels, height, _, n) = cache.grid, cache.shape
    shared = new("shared", dy.shape, dy.dtype)
    dacross = new("dacross", (channels, height, dy.shape[2], n), dy.dtype)
    dx = new("dx", cache.shape, dy.dtype)
    np.multiply(dy, cache.share, out=shared)
    _spread(shared, grid.taps_down, grid.rows, dacross)
    _spread(dacross, grid.taps_across, grid.columns, dx)
    return dx


def average_share(grid: Sliding, count_padding: bool = False) -> Array:
    """(rows, columns): one over the number of pixels that a unit averages, or of pixels and
    padding. What lies beyond the padding, where a size that was rounded up can reach, never
    counts. Raises ValueError where a unit sees nothing that counts."""
    counts = [axis.taps_within(count_padding) for axis in (grid.rows, grid.columns)]
    if min(count.min() for count in counts) < 1:
        raise ValueError("a unit that sees only padding has no average; less padding would do")
    return 1 / np.multiply.outer(*counts)


def _gather(x: Array, taps: tuple[Tap, ...], starts_full: bool, y: Array) -> None:
    """The sum of each unit's pixels along one axis."""
    if starts_full:
        np.copyto(y, x[taps[0][2]])
    else:
        y.fill(0)
    for _, units, pixels in taps[starts_full:]:
        target = y[units]
        np.add(target, x[pixels], out=target)


def _spread(dy: Array, taps: tuple[Tap, ...], axis: Axis, dx: Array) -> None:
    """The gradient of each unit to all of its pixels along one axis."""
    if axis.overlaps or not axis.covers:
        dx.fill(0)
    for _, units, pixels in taps:
        _give(dy[units], dx[pixels], axis.overlaps)


def _give(part: Array, target: Array, overlaps: bool) -> None:
    """Add to what other units have given; where there is no other, a copy is faster."""
    if overlaps:
        np.add(target, part, out=target)
    else:
        np.copyto(target, part)


def _select(flags: Flags, a: Any, b: Any, out: Array) -> None:
    """a where the flags are set, else b, into `out`, which may be one of them.

    np.where takes no branches, which in a browser makes it several times as fast as a masked copy
    or a maximum. But it allocates its result, and so works on pieces of a limited size.
    """
    if out.size <= AT_ONCE:
        np.copyto(out, np.where(flags, a, b))
        return
    for part in pieces(out.shape):
        chosen = np.where(flags[part], a[part] if np.ndim(a) else a, b[part] if np.ndim(b) else b)
        np.copyto(out[part], chosen)
