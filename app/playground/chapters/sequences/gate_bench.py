"""One gated cell on the stage: its wiring at a step, and all its numbers over time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.playground.chapters.sequences.gate_state import RECURRENT, GateState
from app.playground.chapters.sequences.gate_wiring import CellWiring
from app.playground.chapters.sequences.time_grid import Row, TimeGrid
from app.playground.figures.heatmap import Band, HeatMap
from app.playground.views import NumberGrid, Picture
from app.playground.views.component import Message
from core.explain import Ref, Trace
from core.explain.record import number
from core.explain.walk import Walk, walks
from core.gates import INPUTS, index_of, take_rows
from core.spec import FIRST
from core.spec.sequences import GATES

Block = tuple[Any, dict[str, Any]]
SYMBOLS = {
    "f": "f", "i": "i", "g": "g", "o": "o", "c": "c", "h": "h", "r": "r", "z": "z", "n": "n",
    "dc": "∂L/∂c", "dh": "∂L/∂h", "kept": "Πf",
}  # fmt: skip
FULL = {"f": "forget f", "i": "input i", "g": "candidate g", "o": "output o", "c": "cell state c",
        "h": "hidden state h", "r": "reset r", "z": "update z", "n": "candidate n",
        "dc": "∂L/∂c", "dh": "∂L/∂h", "kept": "Πf"}  # fmt: skip
GATE_ROWS = {"lstm": ("f", "i", "g", "o"), "gru": ("r", "z", "n")}
STATE_ROWS = {"lstm": ("c", "h", "dc", "kept"), "gru": ("h", "dh", "kept")}
SHARES = ("f", "i", "o", "r", "z", "kept")  # what lies between 0 and 1
PATH = f"{FIRST}{RECURRENT}."


class CellBench:
    """`told` gets each message about a number, with the number; `typed` a weight's gate and
    column, and the new value; `chose` a step and a unit."""

    def __init__(self, cell: str, told: Callable[[Message, Ref], None],
                 typed: Callable[[str, int, int, float], None]) -> None:  # fmt: skip
        self.cell, self.told, self.typed = cell, told, typed
        name = cell.upper()
        self.wiring = CellWiring(cell, told)
        self.gates = TimeGrid(told, f"Gates of the {name} over time")
        self.states = TimeGrid(told, f"States of the {name} over time")
        self.weights = NumberGrid(self._weight, label=f"Weights of the {name}", editable=True,
                                  decimals=2, scale=5.0, minimum=-20, maximum=20)  # fmt: skip
        self.heat = HeatMap(f"gates-{cell}")
        self.heat.on_cell = self._heat_told
        self.picture = Picture(self.heat.fig)
        self.symbols = SYMBOLS | ({"kept": "Πz"} if cell == "gru" else {})
        self.built: tuple[int, int] | None = None
        self.pending: dict[str, Any] = {}  # what `light` will show of the weights

    def blocks(self, state: GateState) -> list[Block]:
        """The views with their places on the stage; their sentences come later."""
        name, small = self.cell.upper(), state.is_small
        wiring = (self.wiring.view, {"title": f"The {name} cell", "text": " ", "wide": True,
                                     "name": f"wiring {self.cell}"})  # fmt: skip
        half = {"span": 3} if small else {"wide": True}
        over_time = [
            (self.gates.grid, half | {"title": f"{name}: gates over time", "text": " ",
                                      "name": f"gates {self.cell}"}),
            (self.states.grid, half | {"title": f"{name}: states over time", "text": " ",
                                       "name": f"states {self.cell}"}),
        ]  # fmt: skip
        heat = (self.picture, {"title": f"{name}: every unit over time", "text": " ", "wide": True,
                               "name": f"heat {self.cell}"})  # fmt: skip
        return [wiring, *([] if small else [heat]), *over_time]

    def weight_block(self) -> Block:
        title = f"{self.cell.upper()}: weights of the unit"
        return self.weights, {"title": title, "text": " ", "wide": True,
                              "name": f"weights {self.cell}"}  # fmt: skip

    # Showing

    def show(self, trace: Trace, state: GateState, theme: str) -> None:
        """Show what the cell computes for the sequence."""
        self.trace, self.state = trace, state
        self.walk: Walk = walks(trace, RECURRENT)[0]
        values = self.walk.record.values
        step, unit = state.place
        units = list(range(state.size)) if state.is_small else [unit]
        steps = [str(t + 1) for t in range(state.steps)]
        for grid, names in ((self.gates, GATE_ROWS), (self.states, STATE_ROWS)):
            rows: list[Row] = [(name, unit) for name in names[self.cell] for unit in units]
            grid.show(RECURRENT, values, rows, self.symbols, steps)
        self.wiring.show(self.walk, (0, step), unit, state.back)
        self._show_weights(unit)
        if not state.is_small:
            self._show_heat(theme)

    def _show_heat(self, theme: str) -> None:
        state = self.state
        names = (*GATE_ROWS[self.cell], *STATE_ROWS[self.cell])
        if self.built != (state.size, state.steps):
            self.built = (state.size, state.steps)
            bands = [Band(name, self.symbols[name] if name == "kept" else FULL[name],
                          name not in SHARES) for name in names]  # fmt: skip
            self.heat.build(bands, state.size, [str(t + 1) for t in range(state.steps)])
        values = self.walk.record.values
        self.heat.update({name: values[name][0].T for name in names}, theme)

    @property
    def has_second_bias(self) -> bool:
        """Whether the bias beside a GRU's recurrent part is shown; set by hand, it is 0."""
        return self.cell == "gru" and not self.state.is_hand

    def _show_weights(self, unit: int) -> None:
        rows = take_rows(self.trace.network, RECURRENT)[:, unit]
        hidden = self.state.size
        sources = [f"x[{k + 1}]" for k in range(INPUTS)]
        sources += [f"h[{k + 1}]" for k in range(hidden)]
        self.columns = [*(f"from {source}" for source in sources), "bias"]
        values = [[number(value) for value in row] for row in rows]
        if self.has_second_bias:
            self.columns.append("b_hn")
            second = self.trace.network.view(f"{PATH}bias_hn")[unit]
            for letter, row in zip(GATES[self.cell], values, strict=True):
                row.append(number(second) if letter == "n" else None)  # type: ignore[arg-type]
        self.pending = {
            "values": values,
            "row_labels": [FULL[letter] for letter in GATES[self.cell]],
            "column_labels": self.columns, "editable": self.state.is_hand,
        }  # fmt: skip

    # Lighting

    def light(self, lit: set[Ref]) -> None:
        step = self.state.place[0]
        self.wiring.light(lit)
        for grid in (self.gates, self.states):
            grid.mark(step)
            grid.light(lit)
            grid.paint()
        gates, columns = range(len(GATES[self.cell])), range(len(self.columns))
        cells = [[gate, column] for gate in gates for column in columns
                 if self._parameter(gate, column) in lit]  # fmt: skip
        self.weights.param.update(**self.pending, highlight=cells)
        self.pending = {}
        if not self.state.is_small:
            inner = [ref for ref in lit if ref.tensor.startswith(PATH) and len(ref.index) == 3]
            self.heat.mark(step, [(ref.tensor.removeprefix(PATH), ref.index[2], ref.index[1])
                                  for ref in inner])  # fmt: skip

    # What is pointed at

    def _parameter(self, gate: int, column: int) -> Ref:
        unit, hidden = self.state.place[1], self.state.size
        if column == INPUTS + hidden + 1:
            return Ref(f"{PATH}bias_hn", (unit,))
        key, index = index_of(gate, unit, column, hidden)
        return Ref(f"{PATH}{key}", index)

    def _weight(self, message: Message) -> None:
        gate, column = int(message["row"]), int(message["column"])
        if message["type"] == "edit":
            self.typed(self.cell, gate, column, float(message["value"]))
            message = message | {"type": "open"}
        self.told(message, self._parameter(gate, column))

    def _heat_told(self, cell: tuple[str, int, int]) -> None:
        name, unit, step = cell
        self.told({"type": "open"}, Ref(f"{PATH}{name}", (0, step, unit)))
