"""The lens: all gates and states of a recurrent layer over one sequence, and those of one unit as
numbers; every one of them opens."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from app.playground.figures.heatmap import Band, Cell, HeatMap
from app.playground.views import NumberGrid, Picture
from app.playground.views.component import Message
from core.explain import Ref, Trace
from core.explain.walk import recorded
from core.spec import FIRST

SIGNED = "gcnh"  # the others are gates, from 0 to 1
BANDS = {
    cell: [Band(name[0], name, name[0] in SIGNED) for name in names]
    for cell, names in {
        "rnn": ("h state",),
        "lstm": ("i input", "f forget", "g candidate", "o output", "c cell", "h hidden"),
        "gru": ("r reset", "z update", "n candidate", "h state"),
    }.items()
}  # fmt: skip


class Lens:
    """`receive` is told of the numbers in the grid; `opened` of a cell of the map and its unit."""

    def __init__(self, receive: Callable[[Message, Ref], None],
                 opened: Callable[[Ref, int], None], name: str = "gates",
                 most_ticks: int = 10) -> None:  # fmt: skip
        self.receive, self.opened = receive, opened
        self.map = HeatMap(name, tallest=400, most_ticks=most_ticks)
        self.map.on_cell = self._tapped
        self.picture = Picture(self.map.fig)
        self.grid = NumberGrid(self._told, label="One unit over time", decimals=2, scale=1.0)
        self.cell, self.path, self.unit = "rnn", "0", 0
        self.shape: tuple[object, ...] = ()

    @property
    def bands(self) -> list[Band]:
        return BANDS[self.cell]

    def show(self, trace: Trace, path: str, unit: int, steps: list[str], theme: str,
             ticks: list[str] | None = None) -> None:  # fmt: skip
        """The layer at a path, in the first sequence that is traced; `steps` name its steps, and
        `ticks`, where there are many, those of the map."""
        record = recorded(trace, path)
        self.cell, self.path, self.unit = record.cell, path, unit
        values = record.passes[0].values
        ticks = ticks or steps
        shape = (record.cell, values["h"].shape[2], *ticks)
        if shape != self.shape:
            self.shape = shape
            self.map.build(self.bands, values["h"].shape[2], ticks)
        self.map.update({band.name: values[band.name][0].T for band in self.bands}, theme)
        self._show_unit({band.name: values[band.name][0, :, unit] for band in self.bands}, steps)

    def _show_unit(self, values: dict[str, NDArray[np.floating]], steps: list[str]) -> None:
        self.grid.param.update(
            values=[values[band.name].tolist() for band in self.bands], column_labels=steps,
            row_labels=[band.label for band in self.bands],
            label=f"Unit {self.unit + 1} over time",
        )  # fmt: skip

    def ref(self, name: str, unit: int, step: int) -> Ref:
        return Ref(f"{FIRST}{self.path}.{name}", (0, step, unit))

    def place(self, ref: Ref) -> Cell | None:
        """The cell of the map that shows a number; None for a number of elsewhere."""
        start = f"{FIRST}{self.path}."
        name = ref.tensor.removeprefix(start)
        if not ref.tensor.startswith(start) or name not in [band.name for band in self.bands]:
            return None
        _, step, unit = ref.index
        return name, unit, step

    def light(self, lit: set[Ref], opened: Ref | None) -> None:
        places = {ref: place for ref in lit if (place := self.place(ref))}
        step = opened and self.place(opened)
        self.map.mark(step[2] if step else None, list(places.values()))
        rows = {band.name: row for row, band in enumerate(self.bands)}
        self.grid.highlight = [[rows[name], t] for name, unit, t in places.values()
                               if unit == self.unit]  # fmt: skip

    def _tapped(self, cell: Cell) -> None:
        self.opened(self.ref(*cell), cell[1])

    def _told(self, message: Message) -> None:
        name = self.bands[int(message["row"])].name
        self.receive(message, self.ref(name, self.unit, int(message["column"])))
