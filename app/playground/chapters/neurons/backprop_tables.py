"""The numbers of one training step of the 2-2-1 network, in the order of computing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.playground.views import NumberGrid
from app.playground.views.component import Message
from core.explain import Ref, Trace, explain
from core.explain.record import number, subscript

UNITS = (("0", 0), ("0", 1), ("2", 0))  # the linear layer and unit of h₁, h₂, o₁
NAMES = ("h₁", "h₂", "o₁")
WEIGHTS = (*((0, (j, i)) for j in (0, 1) for i in (0, 1)), (2, (0, 0)), (2, (0, 1)))
BIASES = ((0, (0,)), (0, (1,)), (2, (0,)))
STAGES = ("Forward", "Loss", "Backward", "Update")


@dataclass(frozen=True)
class Place:
    """Where a number is shown, and at which stage it is computed; `asked` are those to be computed
    by hand, the others are given or come along."""

    stage: int
    table: int
    row: int
    column: int
    ref: Ref
    asked: bool = True

    @property
    def is_parameter(self) -> bool:
        """A weight or bias as it is now, which can be set."""
        return self.table == 3 and self.row == NOW


def forward_rows() -> list[tuple[str, str, int]]:
    """Label, tensor and unit: the sum and the output of each neuron."""
    rows = []
    for name, (layer, unit) in zip(NAMES, UNITS, strict=True):
        rows.append((f"z({name})", f"layers.{layer}.output", unit))
        rows.append((name, f"layers.{int(layer) + 1}.output", unit))
    return rows


def backward_rows() -> list[tuple[str, str, int]]:
    """From the output back: the gradient that comes, the slope, and their product."""
    rows = []
    for name, (layer, unit) in reversed(list(zip(NAMES, UNITS, strict=True))):
        after = int(layer) + 1
        rows.append((f"∂L/∂{name}", f"layers.{after}.doutput", unit))
        rows.append((f"∂{name}/∂z", f"layers.{after}.derivative", unit))
        rows.append((f"∂L/∂z({name})", f"layers.{layer}.doutput", unit))
    return rows


FORWARD, BACKWARD = forward_rows(), backward_rows()
LOSSES = ("y_true", "error", "error²", "L")
PARAMETERS = [*((f"w{subscript(i + 1)}", f"layers.{k}.weight", index)
                for i, (k, index) in enumerate(WEIGHTS)),
              *((f"b{subscript(i + 1)}", f"layers.{k}.bias", index)
                for i, (k, index) in enumerate(BIASES))]  # fmt: skip
ROWS = ("now", "∂L/∂", "by trying", "after")
NOW, GRADIENT, TRYING, AFTER = range(4)


def places(n: int) -> list[Place]:
    """All numbers of a step with n samples, in order."""
    made = []
    for sample in range(n):
        made += [Place(0, 0, sample, column, Ref(tensor, (sample, unit)))
                 for column, (_, tensor, unit) in enumerate(FORWARD)]  # fmt: skip
    made += [Place(1, 1, s, 0, Ref("target", (s, 0)), False) for s in range(n)]
    for sample in range(n):
        made.append(Place(1, 1, sample, 1, Ref("error", (sample, 0))))
        made.append(Place(1, 1, sample, 2, Ref("sample_loss", (sample,))))
    made.append(Place(1, 1, 0, 3, Ref("loss")))
    for sample in range(n):
        made += [Place(2, 2, sample, column, Ref(tensor, (sample, unit)))
                 for column, (_, tensor, unit) in enumerate(BACKWARD)]  # fmt: skip
    return made + parameter_places()


def parameter_places() -> list[Place]:
    made = []
    for column, (_, tensor, index) in enumerate(PARAMETERS):
        layer, key = tensor.rsplit(".", 1)
        made.append(Place(2, 3, NOW, column, Ref(tensor, index), False))
        made.append(Place(2, 3, GRADIENT, column, Ref(f"{layer}.d{key}", index)))
        made.append(Place(2, 3, TRYING, column, Ref(f"numeric.{tensor}", index), False))
    made += [Place(3, 3, AFTER, column, Ref(f"update.{tensor}", index))
             for column, (_, tensor, index) in enumerate(PARAMETERS)]  # fmt: skip
    return made


class Tables:
    """The four grids. `receive` is told each message, and the place that it is about."""

    def __init__(self, limit: float, receive: Callable[[Message, Place], None]) -> None:
        self.receive = receive
        labels = ("Forward", "Loss", "Backward", "Parameters")
        self.grids = [
            NumberGrid(self._teller(t), label=label, decimals=4 if t < 2 else 3,
                       minimum=-1e9, maximum=1e9)
            for t, label in enumerate(labels)
        ]  # fmt: skip
        self.grids[3].param.update(minimum=-limit, maximum=limit)

    def build(self, n: int) -> None:
        """Lay out the tables for n samples."""
        self.places = places(n)
        self.at = {(p.table, p.row, p.column): p for p in self.places}
        samples = [str(s + 1) for s in range(n)]
        first, third, fourth = ([column[0] for column in part] for part in
                                (FORWARD, BACKWARD, PARAMETERS))  # fmt: skip
        self.shapes = []
        for grid, columns in zip(self.grids, (first, list(LOSSES), third, fourth), strict=True):
            rows = list(ROWS) if grid is self.grids[3] else samples
            self.shapes.append((len(rows), len(columns)))
            grid.param.update(row_labels=rows, column_labels=columns)

    def show(self, trace: Trace, cell: Callable[[Place], Any]) -> None:
        """Fill the tables: `cell` gives what to show at a place; None where there is none."""
        for table, grid in enumerate(self.grids):
            rows, columns = self.shapes[table]
            found = [[self.at.get((table, row, column)) for column in range(columns)]
                     for row in range(rows)]  # fmt: skip
            grid.values = [[cell(p) if p else None for p in line] for line in found]

    def light(self, lit: set[Ref], is_open: Callable[[Place], bool]) -> None:
        """Light what is shown of these numbers; an output also where it is y_pred."""
        for table, grid in enumerate(self.grids):
            grid.highlight = [[p.row, p.column] for p in self.places
                              if p.table == table and p.ref in lit and is_open(p)]  # fmt: skip

    def mark(self, marks: dict[Place, str]) -> None:
        for table, grid in enumerate(self.grids):
            grid.marks = {f"{p.row},{p.column}": mark for p, mark in marks.items()
                          if p.table == table}  # fmt: skip

    def _teller(self, table: int) -> Callable[[Message], None]:
        def told(message: Message) -> None:
            place = self.at.get((table, int(message["row"]), int(message["column"])))
            if place:
                self.receive(message, place)

        return told


def value_of(trace: Trace, ref: Ref) -> float:
    return explain(trace, ref).result


def shown(value: float) -> float | str:
    """A number for a grid; what JSON cannot say, as text."""
    return number(value)
