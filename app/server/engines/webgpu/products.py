"""Matrix products, and sums over rows: what linear, convolutional and recurrent layers share.

Long sums are cut into slices, whose sums are added up in a second kernel: that keeps a device busy
where the result is small, loses fewer digits, and is the same every time, as no two invocations
add to one number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.server.engines.webgpu.recording import ACROSS, Recording, Tensor, spread
from app.server.engines.webgpu.sources import Source, source

LONG_SUM = 512  # terms; longer ones are cut, where the result is small
MOST_SLICES = 256
BUSY = 64  # workgroups; with so many, a product needs no slices to keep a device busy
VERY_LONG_SUM = 8192  # terms that are cut in any case
SMALL, LARGE = 8, 16  # invocations along each side of a tile; each makes 4 × 4 numbers


@dataclass(frozen=True)
class Matrix:
    """Numbers within a buffer: number (i, j) lies at start + i · row + j · column."""

    buffer: Any
    row: int
    column: int = 1
    start: int = 0

    @property
    def transposed(self) -> Matrix:
        return Matrix(self.buffer, self.column, self.row, self.start)


def rows_of(tensor: Tensor, start: int = 0) -> Matrix:
    """A tensor as a matrix of its features, a row for all else; from number `start` on."""
    return Matrix(tensor.buffer, tensor.shape[-1], 1, start)


def tile_side(rows: int, columns: int) -> int:
    """Larger tiles read less, where there are enough of them."""
    tiles = -(-rows // (4 * LARGE)) * -(-columns // (4 * LARGE))
    return LARGE if min(rows, columns) >= 4 * LARGE and tiles >= BUSY // 2 else SMALL


def tiled(recording: Recording, name: str, side: int) -> Source:
    """A kernel that makes a matrix in tiles. Without a graphics card memory shared by a workgroup
    is no faster than any other, and so each invocation reads what it needs by itself."""
    skeleton = "tile_alone" if recording.device.is_software else "tile"
    return source(name, skeleton, LANES=side)


def cut(rows: int, columns: int, inner: int, side: int, batches: int = 1) -> tuple[int, int]:
    """Into how many slices to cut sums of `inner` terms, and the terms of each."""
    tiles = -(-rows // (4 * side)) * -(-columns // (4 * side)) * batches
    is_worth_it = (inner >= 2 * LONG_SUM and tiles < BUSY) or inner > VERY_LONG_SUM
    most = max(1, min(MOST_SLICES, ACROSS // batches))
    slices = min(-(-inner // LONG_SUM), most) if is_worth_it else 1
    depth = -(-inner // slices)
    return -(-inner // depth), depth


def tile_groups(rows: int, columns: int, side: int, deep: int = 1) -> tuple[int, int, int]:
    """Workgroups for all tiles, those of the same columns after each other."""
    return (*spread(-(-rows // (4 * side)) * -(-columns // (4 * side))), deep)


def multiply(
    recording: Recording, a: Matrix, b: Matrix, c: Matrix, sizes: tuple[int, int, int],
    add: bool = False, bias: tuple[Any, int] | None = None,
) -> None:  # fmt: skip
    """C = A B, or with `add` C += A B; sizes are (rows of C, columns of C, terms of each sum).

    bias: a buffer and where in it lies what is added to each row. Sums are sliced where C is
    contiguous and has no bias."""
    rows, columns, inner = sizes
    side = tile_side(rows, columns)
    whole = bias is None and (c.row, c.column) == (columns, 1)
    slices, depth = cut(rows, columns, inner, side) if whole else (1, inner)
    parts = recording.take(slices, rows, columns) if slices > 1 else None
    target = c if parts is None else Matrix(parts.buffer, columns)
    buffer, start = bias or (a.buffer, 0)
    recording.groups(
        tiled(recording, "matmul", side), tile_groups(rows, columns, side, slices),
        a=a.buffer, b=b.buffer, c=target.buffer, bias=buffer, rows=rows, columns=columns,
        inner=inner, slices=slices, depth=depth, a_start=a.start, a_row=a.row, a_column=a.column,
        b_start=b.start, b_row=b.row, b_column=b.column, c_start=target.start, c_row=target.row,
        add=add and parts is None, has_bias=bias is not None, bias_start=start,
    )  # fmt: skip
    if parts is not None:
        add_slices(recording, parts, c.buffer, c.start, add)


def add_slices(recording: Recording, parts: Tensor, y: Any, start: int, add: bool = False) -> None:
    """The sum of parts (slices, ...) into y from `start` on, or with `add` to what is there; their
    memory is given back."""
    count = parts.size // parts.shape[0]
    recording.each("add_slices", count, parts=parts, y=y, start=start, add=add,
                   slices=parts.shape[0])  # fmt: skip
    recording.give(parts)


def sum_rows(recording: Recording, x: Matrix, sizes: tuple[int, int], y: Any, start: int) -> None:
    """The sum of each column of x (rows, columns), whose columns lie side by side, into y."""
    rows, columns = sizes
    recording.groups(source("sum_rows"), (-(-columns // 16), 1, 1), x=x.buffer, y=y, rows=rows,
                     columns=columns, x_start=x.start, x_row=x.row, y_start=start)  # fmt: skip
