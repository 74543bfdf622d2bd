"""The number grids of a recurrent cell: its sequence, its weights, and the sums of one step."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from app.playground.views import NumberGrid
from app.playground.views.component import Message
from core.explain import Explanation, Ref, Trace, explain
from core.explain.record import number

LIMIT = 100.0
CELL, READOUT = "layers.0", "layers.1"
FULL_TINT = 2.0


class CellGrids:
    """`receive` is told each message, and the number that it is about. `refs` says of each grid
    which number stands in which cell."""

    def __init__(self, receive: Callable[[Message, Ref], None]) -> None:
        self.receive = receive
        self.refs: dict[str, list[list[Ref]]] = {}
        typed = {"minimum": -LIMIT, "maximum": LIMIT, "editable": True}
        self.x = self._grid("x", "Inputs", compact=True, **typed)
        self.start = self._grid("start", "First state", compact=True, **typed)
        self.into_state = self._grid("into_state", "Weights into the state", compact=True, **typed)
        self.into_output = self._grid("into_output", "Weights into the output", compact=True,
                                      **typed)  # fmt: skip
        self.state = self._grid("state", "The sums of the state", compact=True)
        self.output = self._grid("output", "The sums of the output", compact=True)

    def _grid(self, name: str, label: str, **params: Any) -> NumberGrid:
        return NumberGrid(partial(self._told, name), label=label, decimals=2, **params)

    @property
    def all(self) -> dict[str, NumberGrid]:
        return {"x": self.x, "start": self.start, "into_state": self.into_state,
                "into_output": self.into_output, "state": self.state, "output": self.output}  # fmt: skip

    def _told(self, name: str, message: Message) -> None:
        row = self.refs[name][int(message["row"])]
        self.receive(message, row[int(message["column"])])

    # Showing

    def show(self, trace: Trace, step: int) -> None:
        """All numbers of a trace with one sample, and the sums of a step, counted from 0."""
        self.trace = trace
        _, steps, features = trace.inputs.shape
        hidden, outputs = trace.output("0").shape[-1], trace.output("1").shape[-1]
        names = _names("h", hidden)
        self._fill("x", [[Ref("input", (0, t, f)) for t in range(steps)] for f in range(features)],
                   _names("x", features), [str(t + 1) for t in range(steps)])  # fmt: skip
        self._fill("start", [[Ref(f"{CELL}.h_start", (0, u))] for u in range(hidden)], names, ["h₀"])
        self._fill("into_state", [self._into_state(u, features, hidden) for u in range(hidden)],
                   names, [*_names("x", features), *_names("h", hidden), "b"])  # fmt: skip
        self._fill("into_output", [self._into_output(o, hidden) for o in range(outputs)],
                   _names("y", outputs), [*names, "b"])  # fmt: skip
        self._show_sums("state", [Ref(f"{CELL}.h_sum", (0, step, u)) for u in range(hidden)],
                        [Ref(f"{CELL}.h", (0, step, u)) for u in range(hidden)])  # fmt: skip
        self._show_sums("output", [Ref(f"{READOUT}.output", (0, step, o)) for o in range(outputs)])

    @staticmethod
    def _into_state(unit: int, features: int, hidden: int) -> list[Ref]:
        return [*(Ref(f"{CELL}.weight_ih", (unit, f)) for f in range(features)),
                *(Ref(f"{CELL}.weight_hh", (unit, k)) for k in range(hidden)),
                Ref(f"{CELL}.bias", (unit,))]  # fmt: skip

    @staticmethod
    def _into_output(unit: int, hidden: int) -> list[Ref]:
        return [*(Ref(f"{READOUT}.weight", (unit, k)) for k in range(hidden)),
                Ref(f"{READOUT}.bias", (unit,))]  # fmt: skip

    def _fill(self, name: str, refs: list[list[Ref]], rows: list[str], columns: list[str]) -> None:
        values = [[number(explain(self.trace, ref).result) for ref in row] for row in refs]
        self._put(name, refs, values, rows, columns)

    def _put(self, name: str, refs: list[list[Ref]], values: list[list[Any]], rows: list[str],
             columns: list[str]) -> None:  # fmt: skip
        self.refs[name] = refs
        self.all[name].param.update(values=values, row_labels=rows, column_labels=columns,
                                    scale=FULL_TINT)  # fmt: skip

    def _show_sums(self, name: str, sums: list[Ref], curves: list[Ref] | None = None) -> None:
        """A row for each unit: its products, its bias, their sum, and what becomes of it."""
        opened = [explain(self.trace, ref) for ref in sums]
        after = [explain(self.trace, ref) for ref in curves or []]
        values = [[*(term.value for term in each.terms), each.result] for each in opened]
        for row, made in zip(values, after, strict=False):
            row.append(made.result)
        refs = [[ref] * (len(row) - bool(after)) for ref, row in zip(sums, values, strict=True)]
        for row_refs, curve in zip(refs, curves or [], strict=False):
            row_refs.append(curve)
        shown = [[number(value) for value in row] for row in values]
        self._put(name, refs, shown, [made.symbol for made in (after or opened)],
                  _sum_labels(opened[0], after[0] if after else None))  # fmt: skip

    def light(self, refs: set[Ref]) -> None:
        """Of a row of products only their sum is lit, which is the last one with its number."""
        for name, grid in self.all.items():
            last = {ref: (i, j) for i, row in enumerate(self.refs[name])
                    for j, ref in enumerate(row)}  # fmt: skip
            grid.highlight = sorted([*last[ref]] for ref in refs if ref in last)


def _names(letter: str, count: int) -> list[str]:
    return [letter if count == 1 else f"{letter}[{i + 1}]" for i in range(count)]


def _sum_labels(opened: Explanation, after: Explanation | None) -> list[str]:
    products = [term.factors[-1].symbol for term in opened.terms[:-1]]
    last = ["= a", "= h"] if after else ["= y"]
    return [*products, "+ b", *last]
