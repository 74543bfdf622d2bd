"""The kept runs on the stage: a table of scores, buttons for one of them, and the loss curves."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from app.playground.chapters.neurons.mlp_runs import MAX_RUNS, Run, RunBook
from app.playground.figures.learning import LearningPicture
from app.playground.figures.learning import Run as Curve
from app.playground.views import Actions, Group, Picture, Table
from app.playground.views.component import Message
from core.training import Snapshot

COLUMNS = [
    {"label": "start", "kind": "text"}, {"label": "epochs", "kind": "whole"},
    {"label": "training loss", "kind": "loss"}, {"label": "test loss", "kind": "loss"},
    {"label": "training right", "kind": "percent"}, {"label": "test right", "kind": "percent"},
    {"label": "curve", "kind": "text"},
]  # fmt: skip
NO_RUN = "No run is kept yet"


class RunDesk:
    """`told` gets {type: "choose", row} and {type: "press", id}."""

    def __init__(self, told: Callable[[Message], None]) -> None:
        self.told = told
        self.actions = Actions(told, label="Runs")
        self.table = Table(self._table_told, label="Kept runs", name_label="run", columns=COLUMNS)
        self.curves = LearningPicture("losses", "loss", log=True)
        self.curves.name(["training loss", "test loss"])
        self.picture = Picture(self.curves.fig)
        self.group = Group(self.actions, self.table)
        self.shown: tuple[RunBook, str] | None = None

    def _table_told(self, message: Message) -> None:
        """A run is chosen by any of its cells; its numbers open once the run itself is opened."""
        if message["type"] in ("choose", "open"):
            self.told({"type": "choose", "row": message["row"]})

    def blocks(self) -> list[tuple[Any, dict[str, Any]]]:
        return [
            (self.picture, {"title": "Losses", "wide": True, "text": " "}),
            (self.group, {"title": "Runs", "wide": True, "text": " "}),
        ]  # fmt: skip

    def texts(self, book: RunBook) -> list[str]:
        """The sentences under the two titles."""
        pinned = ", ".join(f"run {run.number}" for run in book.pinned)
        return [
            "Of this run, over its steps, on a scale of powers of ten."
            + (f" Behind it, thinner and named: {pinned}." if pinned else ""),
            "A run comes here when it is reset, when another setting starts afresh, or by the "
            f"button. At most {MAX_RUNS} stay, as long as this page does. The same letter means "
            "the same samples and first weights.",
        ]  # fmt: skip

    def show(self, book: RunBook, can_keep: str) -> None:
        """The table and its buttons; `can_keep` says why the run at hand cannot be kept, if so."""
        if self.shown == (book, can_keep):
            return
        self.shown = (book, can_keep)
        letters = book.letters()
        self.table.rows = [row(run, letters[run.start]) for run in book.runs]
        self.table.chosen = book.chosen
        self.actions.buttons = buttons(book.run, can_keep)

    def draw(self, snapshot: Snapshot, book: RunBook, theme: str) -> None:
        steps, train, test = snapshot.history.T
        curves = [(steps, train), (steps, test)] if snapshot.test else [(steps, train)]
        kept = [c for i, run in enumerate(book.pinned, 1) for c in curves_of(run, i)]
        self.curves.update(curves, kept, theme)


def curves_of(run: Run, style: int) -> list[Curve]:
    """Both losses of a kept run, named at their ends."""
    steps, train, test = run.snapshot.history.T
    made = [Curve(f"{run.number} training", steps, train, style)]
    if run.snapshot.test:
        made.append(Curve(f"{run.number} test", steps, test, style))
    return made


def row(run: Run, letter: str) -> dict[str, Any]:
    s = run.snapshot
    scores = [s.train.metric, s.test.metric if s.test else ""]
    losses = [s.train.loss, s.test.loss if s.test else ""]
    values = [letter, s.epoch, *losses, *(["", ""] if run.is_regression else scores),
              "pinned" if run.is_pinned else ""]  # fmt: skip
    known = [v if isinstance(v, str) or math.isfinite(v) else None for v in values]
    return {"key": run.key, "name": str(run.number), "detail": run.words, "values": known,
            "depth": 0, "state": ""}  # fmt: skip


def buttons(run: Run | None, can_keep: str) -> list[dict[str, str]]:
    number = run.number if run else ""
    off = "" if run else NO_RUN
    pin = "Unpin its curve" if run and run.is_pinned else "Pin its curve"
    return [
        {"id": "keep", "label": "Keep this run", "off": can_keep,
         "help": "Its settings, scores and weights, to compare and to come back to"},
        {"id": "open", "label": f"Open run {number}".strip(), "off": off,
         "help": "Bring back its settings, its weights and all of its moments"},
        {"id": "start", "label": "Same start", "off": off,
         "help": f"The samples and first weights of run {number}; training as set now"},
        {"id": "pin", "label": pin, "off": off, "help": "Show it behind the curves of other runs"},
        {"id": "remove", "label": "Remove", "off": off, "help": f"Forget run {number}"},
    ]  # fmt: skip
