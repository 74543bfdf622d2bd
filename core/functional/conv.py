"""Two-dimensional convolution, as deep learning means it: cross-correlation, unless flipped.

    y[o, u, v, n] = bias[o] + Σ weight[o, c, i, j] · x[c, s u + d i − p, s v + d j − p, n]

over the channels c of the group that o belongs to, and the taps (i, j) of the kernel; x is 0 in
the padding. Stride s, dilation d and padding p may differ between the axes; see
core.functional.sliding.

Shapes: x (C, H, W, N), weight (O, C / groups, kh, kw), bias (O,), y (O, rows, columns, N).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.buffers import Allocate, fresh
from core.functional.product import product, product_abt, product_atb
from core.functional.sliding import Sliding, check_pictures

Array = NDArray[np.floating]


class Cache(NamedTuple):
    """What the backward pass needs, which uses it up. columns (groups, C / groups · kh · kw, P)."""

    columns: Array
    weight: Array
    shape: tuple[int, ...]  # of x
    grid: Sliding


def conv2d_forward(
    x: Array,
    weight: Array,
    bias: Array | None,
    grid: Sliding,
    groups: int = 1,
    new: Allocate = fresh,
) -> tuple[Array, Cache]:
    """Return y (O, rows, columns, N) and what the backward pass needs.

    The pixels that each unit reads are laid out as the columns of a matrix, so that the whole
    convolution is one product for each group, whose innermost loop runs over all P = rows · columns
    · N units of a channel. As the batch is last, laying out copies long runs.
    """
    _check(x, weight, bias, grid, groups)
    columns = _columns(x, grid, new).reshape(groups, weight.size // len(weight), -1)
    y = new("y", (len(weight), *grid.units, x.shape[3]), x.dtype)
    for kernels, read, made in _by_group(groups, weight, columns, y):
        product(kernels, read, out=made)
    if bias is not None:
        y += bias[:, None, None, None]
    return y, Cache(columns, weight, x.shape, grid)


def conv2d_backward(
    dy: Array,
    cache: Cache,
    dweight: Array | None = None,
    dbias: Array | None = None,
    needs_dx: bool = True,
    new: Allocate = fresh,
) -> tuple[Array | None, Array, Array]:
    """Return dx, or None when it is not asked for, dweight and dbias; the last two in the given
    arrays. dy is (O, rows, columns, N).

    dweight = Σ dy · xᵀ over all units; dbias = Σ dy; dx gathers Wᵀ dy from every unit that read a
    pixel. The columns are no longer needed then, and their memory is used for Wᵀ dy.
    """
    columns, weight, grid = cache.columns, cache.weight, cache.grid
    groups = len(columns)
    dweight = np.empty_like(weight) if dweight is None else dweight
    for gradients, read, given in _by_group(groups, dweight, columns, dy):
        product_abt(given, read, out=gradients)
    dbias = np.sum(dy.reshape(len(dy), -1), axis=1, out=dbias)
    if not needs_dx:
        return None, dweight, dbias
    dx = new("dx", cache.shape, dy.dtype)
    dcolumns = dx.reshape(columns.shape) if grid.is_identity else columns
    for kernels, read, given in _by_group(groups, weight, dcolumns, dy):
        product_atb(kernels, given, out=read)
    if not grid.is_identity:
        _gather(dcolumns.reshape(cache.shape[0], *grid.kernel_size, *grid.units, -1), grid, dx)
    return dx, dweight, dbias


def _by_group(groups: int, *arrays: Array) -> zip[tuple[Array, ...]]:
    """Matrices of each group: of kernels, columns (already apart) and outputs."""
    kernels, columns, outputs = arrays
    rows = len(kernels) // groups
    return zip(kernels.reshape(groups, rows, -1), columns, outputs.reshape(groups, rows, -1),
               strict=True)  # fmt: skip


def _columns(x: Array, grid: Sliding, new: Allocate) -> Array:
    """(C, kh, kw, rows, columns, N): what each tap of each unit reads, by one copy of a view."""
    if grid.is_identity:
        return np.ascontiguousarray(x)
    padded = _padded(x, grid, new)
    shape = (len(x), *grid.kernel_size, *grid.units, x.shape[3])
    channel, row, column, sample = padded.strides
    rows, across = grid.rows, grid.columns
    strides = (channel, row * rows.dilation, column * across.dilation,
               row * rows.stride, column * across.stride, sample)  # fmt: skip
    # What as_strided makes too, in six times the time; it counts where there is one small picture.
    view = np.ndarray(shape, padded.dtype, padded, 0, strides)
    if rows.flip:
        view = view[:, ::-1, ::-1]
    columns = new("columns", shape, x.dtype)
    np.copyto(columns, view)
    return columns


def _padded(x: Array, grid: Sliding, new: Allocate) -> Array:
    """The pictures with zeros around them, as far as the units reach; x itself without padding."""
    if not grid.is_padded:
        return np.ascontiguousarray(x)
    rows, across = grid.rows, grid.columns
    padded = new("padded", (len(x), rows.span, across.span, x.shape[3]), x.dtype)
    padded.fill(0)
    inner = padded[:, rows.before : rows.before + rows.size,
                   across.before : across.before + across.size]  # fmt: skip
    np.copyto(inner, x[:, : inner.shape[1], : inner.shape[2]])
    return padded


def _gather(dcolumns: Array, grid: Sliding, dx: Array) -> None:
    """Add up, for each pixel, what comes back through every tap that read it."""
    dx.fill(0)
    for i, j, units, pixels in grid.taps():
        target = dx[:, *pixels]
        np.add(target, dcolumns[:, i, j, *units], out=target)


def _check(x: Array, weight: Array, bias: Array | None, grid: Sliding, groups: int) -> None:
    check_pictures(x, grid.size)
    wanted = (len(weight), x.shape[0] // groups, *grid.kernel_size)
    if weight.shape != wanted or x.shape[0] % groups or len(weight) % groups:
        raise ValueError(
            f"weight must be (O, C / groups, kh, kw), here (O, {x.shape[0]} / {groups}, "
            f"{grid.kernel_size[0]}, {grid.kernel_size[1]}) with O and C divisible by groups, not "
            f"{weight.shape}"
        )
    if bias is not None and bias.shape != (len(weight),):
        raise ValueError(f"bias must be ({len(weight)},), not {bias.shape}")
    if weight.dtype != x.dtype:
        raise ValueError(f"x is {x.dtype} but weight is {weight.dtype}; they must be alike")
