"""Numbers over time: a grid with a column for each step, and a row for each of some values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.playground.views import NumberGrid
from app.playground.views.component import Message
from core.explain import Ref
from core.explain.record import number
from core.spec import FIRST

Array = NDArray[np.floating]
Row = tuple[str, int]  # a value's name as in core.records, and a unit


class TimeGrid:
    """`told` gets each message about a number, and the number."""

    def __init__(self, told: Callable[[Message, Ref], None], label: str) -> None:
        self.told = told
        self.grid = NumberGrid(self._receive, label=label, compact=True, decimals=2, scale=1.0)
        self.rows: list[Row] = []
        self.pending: dict[str, Any] = {}

    def show(self, path: str, values: Mapping[str, Array], rows: list[Row],
             symbols: Mapping[str, str], steps: list[str]) -> None:  # fmt: skip
        """Show rows of values (N, T, H) of the first sample, when `paint` is called."""
        self.path, self.rows = path, rows
        shown = [values[name][0, :, unit] for name, unit in rows]
        units = {unit for _, unit in rows}
        several = len(units) > 1 or units != {0}
        labels = [f"{symbols[name]}{f'[{unit + 1}]' if several else ''}" for name, unit in rows]
        self.pending |= {"values": [[number(value) for value in row] for row in shown],
                         "row_labels": labels, "column_labels": steps}  # fmt: skip
        self.steps = len(steps)

    def mark(self, step: int) -> None:
        """Frame the column of a step, from 0."""
        self.pending["windows"] = [[0, step, len(self.rows) - 1, step]] if self.rows else []

    def light(self, lit: set[Ref]) -> None:
        places = {(self.ref(row, step), row, step) for row in range(len(self.rows))
                  for step in range(self.steps)}  # fmt: skip
        self.pending["highlight"] = sorted([row, step] for ref, row, step in places if ref in lit)

    def paint(self) -> None:
        self.grid.param.update(**self.pending)
        self.pending = {}

    def ref(self, row: int, step: int) -> Ref:
        name, unit = self.rows[row]
        return Ref(f"{FIRST}{self.path}.{name}", (0, step, unit))

    def _receive(self, message: Message) -> None:
        self.told(message, self.ref(int(message["row"]), int(message["column"])))
