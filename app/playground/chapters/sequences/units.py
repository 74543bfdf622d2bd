"""One unit over a text, and the units that mark a stretch of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.playground.views import Letters, WordTable
from app.playground.views.component import Message
from core.explain import Explanation, Ref, Trace
from core.explain.marks import MARK, explain_mark
from core.explain.walk import recorded
from core.marking import mark
from core.spec import FIRST

SHOWN = 8  # units in the ranking
COLUMNS = [
    {"label": "unit", "help": "Choose one to see it over the text."},
    {"label": "within", "help": "The unit’s mean within the stretch.", "numeric": True},
    {"label": "outside", "help": "The unit’s mean outside of it.", "numeric": True},
    {"label": "spread", "help": "The unit’s standard deviation over the passage.", "numeric": True},
    {"label": "score", "help": "(within − outside) / spread. The larger its size, the better the "
     "unit marks the stretch.", "numeric": True},
]  # fmt: skip
PARTS = ("within", "outside", "spread", "score")


class Units:
    """`receive` is told of numbers, `choose` of a unit, `brushed` when the stretch has changed."""

    def __init__(self, receive: Callable[[Message, Ref], None], choose: Callable[[int], None],
                 brushed: Callable[[], None]) -> None:  # fmt: skip
        self.receive, self.choose, self.brushed = receive, choose, brushed
        self.letters = Letters(self._told, label="One unit over the text", brushes=True)
        self.table = WordTable(self._opened, label="Units that mark the stretch", columns=COLUMNS)
        self.stretch: tuple[int, int] | None = None
        self.path, self.unit = "1", 0
        self.order: list[int] = []

    def show(self, trace: Trace, path: str, unit: int, text: str) -> None:
        self.trace, self.path, self.unit = trace, path, unit
        states = recorded(trace, path).passes[0].values["h"][0]
        if self.stretch and self.stretch[1] > len(states):
            self.stretch = None
        self.letters.label = f"Unit {unit + 1} over the text"
        self.letters.characters = [[c, round(float(v), 4)]
                                   for c, v in zip(text, states[:, unit], strict=True)]  # fmt: skip
        self._rank(states)

    @property
    def inside(self) -> NDArray[np.bool_]:
        start, end = self.stretch or (0, 0)
        steps = np.arange(self.trace.inputs.shape[1])
        return (steps >= start) & (steps < end)

    def _rank(self, states: NDArray[np.floating]) -> None:
        self.letters.brushed = list(self.stretch or ())
        if not self.stretch or self.inside.all():
            self.order, self.table.rows = [], []
            return
        marks = mark(states, self.inside)
        self.order = marks.order[:SHOWN].tolist()
        self.table.rows = [
            [{"text": f"unit {u + 1}", "sort": u, "opens": True},
             *(_cell(float(getattr(marks, part)[u])) for part in PARTS)]
            for u in self.order
        ]  # fmt: skip

    def text(self) -> str:
        """The sentence above the ranking."""
        if not self.stretch:
            return ("Drag over some characters of the text, or hold Shift and use the arrow keys. "
                    "Then see here which units tell them from the rest.")  # fmt: skip
        start, end = self.stretch
        best = f" Unit {self.order[0] + 1} marks them best." if self.order else (
            " That is all of the passage; leave something to compare with.")  # fmt: skip
        return (f"Characters {start + 1} to {end} against the rest of the passage, by the score "
                f"(mean within − mean outside) / spread.{best}")  # fmt: skip

    def explanation(self, ref: Ref) -> Explanation:
        return explain_mark(self.trace, self.path, self.inside, ref)

    def ref(self, step: int) -> Ref:
        return Ref(f"{FIRST}{self.path}.h", (0, step, self.unit))

    def light(self, opened: Ref | None) -> None:
        is_state = opened is not None and opened.tensor == self.ref(0).tensor
        self.letters.chosen = opened.index[1] if opened and is_state else -1

    def _told(self, message: Message) -> None:
        kind = message["type"]
        if kind == "brush":
            self._brush(int(message["start"]), int(message["end"]))
        elif kind == "clear":
            self._brush(0, 0)
        else:
            self.receive(message, self.ref(int(message.get("index", 0))))

    def _brush(self, start: int, end: int) -> None:
        length = self.trace.inputs.shape[1]
        start, end = max(start, 0), min(end, length)
        self.stretch = (start, end) if start < end else None
        self._rank(recorded(self.trace, self.path).passes[0].values["h"][0])
        self.brushed()

    def _opened(self, message: Message) -> None:
        unit, column = self.order[int(message["row"])], int(message["column"])
        if column:
            self.receive({"type": "open"}, Ref(f"{MARK}{PARTS[column - 1]}", (unit,)))
        else:
            self.choose(unit)


def _cell(value: float) -> dict[str, Any]:
    return {"text": f"{value:.3f}".replace("-", "−"), "sort": value, "opens": True}
