"""Planes of numbers over pictures: images, kernels, outputs and their gradients as grids."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.playground.views import NumberGrid
from app.playground.views.component import Message
from core.explain import Ref
from core.explain.record import number

Array = NDArray[np.floating]
Index = tuple[int, ...]
FULL_TINT = 1e-12  # a plane of zeros has no tint


class Plane:
    """A grid with one plane of a tensor. `told` gets each message about a number, and the number.

    lead: what stands before row and column in an index; origin: the cell of index (0, 0), which
    differs from the first one where there is padding around."""

    def __init__(self, told: Callable[[Message, Ref], None], **params: Any) -> None:
        self.told = told
        self.grid = NumberGrid(self._receive, compact=True, **{"decimals": 2, **params})
        self.tensor = ""
        self.lead: Index = ()
        self.shape: Index = (0, 0)
        self.origin = (0, 0)
        self.pending: dict[str, Any] = {}  # what `paint` will show; each update takes its time

    def show(self, tensor: str, lead: Index, values: Array, scale: float = 0.0,
             padding: tuple[int, int, int, int] = (0, 0, 0, 0),
             fill: Any = 0.0) -> None:  # fmt: skip
        """Show a plane (H, W), with so much padding at the top, bottom, left and right; `fill` is
        what a cell of the padding shows."""
        top, bottom, left, right = padding
        self.tensor, self.lead, self.shape, self.origin = tensor, lead, values.shape, (top, left)
        empty = [fill] * (left + values.shape[1] + right)
        inside = [[*[fill] * left, *map(number, row), *[fill] * right] for row in values]
        self.grid.param.update(
            values=[*[empty] * top, *inside, *[empty] * bottom],
            scale=scale or max(float(np.abs(values).max()), FULL_TINT), error="",
        )

    def cell(self, row: int, column: int) -> list[int]:
        """The cell of a row and a column of the plane; negative ones lie in the padding."""
        return [row + self.origin[0], column + self.origin[1]]

    def ref(self, row: int, column: int) -> Ref | None:
        """The number that a cell shows, None for padding."""
        inside = row - self.origin[0], column - self.origin[1]
        within = all(0 <= i < size for i, size in zip(inside, self.shape, strict=True))
        return Ref(self.tensor, (*self.lead, *inside)) if within else None

    def cells(self, refs: set[Ref]) -> list[list[int]]:
        """The cells of those numbers that are on this plane."""
        before = len(self.lead)
        return [self.cell(*ref.index[before:]) for ref in refs
                if ref.tensor == self.tensor and ref.index[:before] == self.lead]  # fmt: skip

    def light(self, refs: set[Ref]) -> None:
        self.pending["highlight"] = sorted(self.cells(refs))

    def frame(self, *corners: tuple[int, int, int, int]) -> None:
        """Draw a frame around each (top, left, bottom, right), in rows and columns of the plane."""
        self.pending["windows"] = [[*self.cell(t, ll), *self.cell(b, r)] for t, ll, b, r in corners]

    def caption(self, texts: dict[tuple[int, int], str]) -> None:
        """Texts in the corners of cells, by row and column of the plane."""
        self.pending["captions"] = {
            "{},{}".format(*self.cell(*place)): text for place, text in texts.items()
        }

    def mark(self, is_read: Callable[[int, int], bool]) -> None:
        """Mark the padding, and what is not read, by row and column of the plane."""
        marks = {}
        for i, row in enumerate(self.grid.values):
            for j in range(len(row)):
                y, x = i - self.origin[0], j - self.origin[1]
                words = ["padding"] * (self.ref(i, j) is None) + ["dropped"] * (not is_read(y, x))
                if words:
                    marks[f"{i},{j}"] = " ".join(words)
        self.grid.marks = marks

    def nothing(self, error: str) -> None:
        """Show that there are no numbers, and why."""
        self.shape = (0, 0)
        self.pending = {}
        self.grid.param.update(values=[[None]], error=error, highlight=[], windows=[], captions={})

    def paint(self) -> None:
        """Show frames, captions and lights, at once."""
        self.grid.param.update(**self.pending)
        self.pending = {}

    def _receive(self, message: Message) -> None:
        ref = self.ref(int(message["row"]), int(message["column"]))
        if ref:
            self.told(message, ref)
