"""Tables of gradients through time: what becomes of them, and what clipping does to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.playground.chapters.sequences.norm_state import BY_VALUE, NONE, NormState
from app.playground.views import NumberGrid, Table
from app.playground.views.component import Message
from core.explain import Ref, Trace, explain, format_number
from core.explain.norms import turned
from core.explain.record import number
from core.spectrum import eigenvalue_sizes

Array = NDArray[np.floating]
Told = Callable[[str, Message, Ref], None]
DH = "norm.layers.0.dh"
MUCH = 1e3  # times smaller or larger at the first step than at the last
FATE = [{"label": label, "kind": "text"} for label in
        ("at the last step", "at step 1", "a step", "so the gradient")]  # fmt: skip
CLIPPING = [{"label": label, "kind": "text"} for label in
            ("‖∂L/∂θ‖", "after clipping", "turned by")]  # fmt: skip


def fate(first: float, last: float) -> str:
    """What becomes of a gradient on its way from the last step to the first, in numbers."""
    if not np.isfinite(first):
        return "overflows"
    if first == 0 or last == 0:
        return "vanishes wholly"
    ratio = first / last
    if ratio * MUCH < 1:
        return f"vanishes: ÷ {format_number(1 / ratio, 2)}"
    if ratio > MUCH:
        return f"explodes: × {format_number(ratio, 2)}"
    return f"lasts: × {format_number(ratio, 2)}"


class NormTables:
    """`told` gets a cell, a message, and the number that it is about."""

    def __init__(self, told: Told) -> None:
        self.told = told
        self.fates = Table(self._fate_told, label="What becomes of the gradient",
                           name_label="cell", columns=FATE)  # fmt: skip
        self.clipping = Table(self._clip_told, label="Clipping", name_label="cell",
                              columns=CLIPPING)  # fmt: skip
        self.grid = NumberGrid(self._grid_told, label="Lengths of the gradients", decimals=3)
        self.cells: list[str] = []

    def show(self, traces: dict[str, Trace], norms: dict[str, Array], state: NormState) -> None:
        self.cells, self.steps = list(traces), state.steps
        self.fates.rows = [self._row(cell, self._fate(traces[cell], norms[cell]))
                           for cell in traces]  # fmt: skip
        self.clipping.rows = [self._row(cell, _clipped(traces[cell])) for cell in traces]
        self.grid.param.update(
            values=[[number(value) for value in norms[cell]] for cell in traces],
            row_labels=[cell.upper() for cell in traces],
            column_labels=[str(t + 1) for t in range(state.steps)],
        )

    @staticmethod
    def _row(cell: str, values: list[Any]) -> dict[str, Any]:
        return {"key": cell, "name": cell.upper(), "detail": "", "values": values}

    @staticmethod
    def _fate(trace: Trace, norms: Array) -> list[Any]:
        first, last = float(norms[0]), float(norms[-1])
        rate = explain(trace, Ref("rate.layers.0.dh", (0,))).result
        return [format_number(last, 3), format_number(first, 3),
                f"× {format_number(rate, 3)}", fate(first, last)]  # fmt: skip

    def light(self, cell: str, step: int, lit: set[Ref]) -> None:
        row = self.cells.index(cell)
        self.grid.param.update(
            windows=[[0, step, len(self.cells) - 1, step]],
            highlight=[[row, ref.index[1]] for ref in lit if ref.tensor == DH],
        )

    # What is opened

    def _grid_told(self, message: Message) -> None:
        ref = Ref(DH, (0, int(message["column"])))
        self.told(self.cells[int(message["row"])], message, ref)

    def _fate_told(self, message: Message) -> None:
        if message["type"] == "choose":
            return
        rate = Ref("rate.layers.0.dh", (0,))
        refs = (Ref(DH, (0, self.steps - 1)), Ref(DH, (0, 0)), rate, rate)
        self.told(str(message["row"]), message, refs[int(message["column"])])

    def _clip_told(self, message: Message) -> None:
        if message["type"] != "choose":
            clipped = Ref("norm.clipped")
            refs = (Ref("norm.gradients"), clipped, clipped)
            self.told(str(message["row"]), message, refs[int(message["column"])])


def _clipped(trace: Trace) -> list[Any]:
    names = ("gradients", "clipped")
    before, after = (explain(trace, Ref(f"norm.{name}")).result for name in names)
    return [format_number(before, 3), format_number(after, 3), f"{turned(trace):.1f}°"]


def clipping_words(state: NormState, traces: dict[str, Trace]) -> str:
    """What clipping does, said with the numbers of all cells."""
    if state.clip == NONE:
        return "Choose what to clip: every number, which turns the gradient, or its length."
    limit, count = format_number(state.limit, 3), sum(
        trace.gradients.size for trace in traces.values()
    )
    if state.clip == BY_VALUE:
        cut = sum(int((np.abs(trace.gradients) > state.limit).sum()) for trace in traces.values())
        return (f"Every number is held within ±{limit}: {cut} of {count} were larger, and the "
                "direction changes.")  # fmt: skip
    return f"A gradient longer than {limit} is made that long; its direction stays."


def radius_words(traces: dict[str, Trace]) -> str:
    """The largest eigenvalues of the plain cell's matrix."""
    sizes = eigenvalue_sizes(traces["rnn"].network.view("layers.0.weight_hh"))
    shown = ", ".join(format_number(float(size), 3) for size in sizes[:3])
    return f"|λ| of the RNN's matrix: {shown}{', …' if len(sizes) > 3 else ''}."
