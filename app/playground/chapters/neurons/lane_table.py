"""The lanes of a race in numbers: where each is, its loss, and where its next step leads."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.playground.chapters.neurons.landscape_state import SYMBOLS, LandscapeState
from app.playground.chapters.neurons.landscape_tables import shown
from app.playground.views import NumberGrid
from app.playground.views.component import Message
from core.explain import Ref, Trace

ALL, BATCH = "all", "batch"  # what a lane's trace is of: all samples, or its next batch
Which = tuple[int, str]  # a lane, and what is looked at
Receive = Callable[[Which, Message, Ref], None]


class LaneTable:
    """`receive` is told which lane a number belongs to, and of what trace it is."""

    def __init__(self, receive: Receive) -> None:
        self.receive = receive
        self.grid = NumberGrid(self._told, label="Lanes", decimals=4)
        self.cells: list[tuple[str, Ref]] = []

    def show(
        self, state: LandscapeState, labels: Sequence[str], traces: dict[Which, Trace]
    ) -> None:
        first, second = state.first, state.second
        self.cells = [
            (BATCH, state.ref(first)), (BATCH, state.ref(second)), (ALL, Ref("loss")),
            (BATCH, state.ref(first, "update.layers")), (BATCH, state.ref(second, "update.layers")),
        ]  # fmt: skip
        names = SYMBOLS[first], SYMBOLS[second]
        self.grid.param.update(
            values=[[shown(traces[k, what], ref) for what, ref in self.cells]
                    for k in range(len(labels))],
            row_labels=list(labels),
            column_labels=[*names, "L", *(f"next {name}" for name in names)],
        )  # fmt: skip

    def light(self, opened: Which, lit: set[Ref]) -> None:
        k, opened_what = opened
        self.grid.highlight = [[k, j] for j, (what, ref) in enumerate(self.cells)
                               if ref in lit and what == opened_what]  # fmt: skip

    def _told(self, message: Message) -> None:
        what, ref = self.cells[int(message["column"])]
        self.receive((int(message["row"]), what), message, ref)
