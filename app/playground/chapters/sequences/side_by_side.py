"""Chapters in which several networks learn one task beside each other, and are compared."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from app.playground.chapters.base import Chapter, Instruments
from app.playground.chapters.sequences.lane import (
    Lane,
    explain_test_score,
    furthest,
    is_cost,
    trace_of_sample,
)
from app.playground.chapters.trains import trained
from app.playground.contest import Contest
from app.playground.figures.curves import CurvesPicture
from app.playground.past import Memento
from app.playground.views import NumberGrid, Picture, Table
from app.playground.views.component import Message
from core.explain import Explanation, Ref, Trace, explain
from core.explain.costs import explain_cost
from core.spec import DataSpec, TrainSpec
from core.training import Snapshot, Trainer

STEPS = [{"id": "epoch", "label": "Epoch", "help": "Every training sample once (key .)"}]
SCORES = ("score.test_loss", "score.test_metric")


class SideBySide(Chapter):
    """What the chapters share: the contest, the curves, the table, and one test sample."""

    max_epochs: ClassVar[int] = 60
    columns: ClassVar[tuple[tuple[str, str], ...]]  # label and kind of the chapter's own numbers

    def __init__(self, app: Instruments) -> None:
        super().__init__(app)
        self.contest = Contest(app.frame, self.show)
        self.curves = CurvesPicture("curves", "epoch", "test loss")
        self.curves_view = Picture(self.curves.fig)
        self.table = Table(self._table_told, label="Networks", name_label="network")
        self.answers = NumberGrid(self._answer_told, label="Answers", scale=1.0, decimals=2,
                                  compact=True)  # fmt: skip
        self.opened_in = ""  # the lane whose number is opened
        self.trail = [Ref(SCORES[1])]
        self._configure()

    # To be given by a chapter

    @abstractmethod
    def make_lanes(self) -> dict[str, Lane]:
        """The networks by their keys, the one to compare with first."""

    def first_chosen(self, lanes: Mapping[str, Lane]) -> str:
        """The lane that is looked at first: the last, which has the most to show."""
        return list(lanes)[-1]

    @abstractmethod
    def data_spec(self) -> DataSpec:
        """What all lanes learn."""

    @abstractmethod
    def train_spec(self) -> TrainSpec:
        """How all lanes learn it."""

    @abstractmethod
    def own_refs(self, lane: Lane) -> list[Ref]:
        """What the chapter's own columns show, in their order; "" for none."""

    @abstractmethod
    def own_explanation(self, lane: Lane, ref: Ref) -> Explanation:
        """Open a number of the chapter's own columns; raises ValueError for others."""

    @abstractmethod
    def own_blocks(self) -> list[tuple[Any, dict[str, Any]]]:
        """What stands above the curves and the table."""

    @abstractmethod
    def show_own(self) -> None:
        """Fill what stands above."""

    @abstractmethod
    def show_answers(self) -> None:
        """Fill the grid of answers to the sample."""

    @abstractmethod
    def answer_ref(self, row: int, column: int) -> Ref:
        """Which number a cell of the answers shows."""

    @abstractmethod
    def controls(self) -> list[dict[str, Any]]:
        """The fields of the settings."""

    # Entering, leaving, changing

    def enter(self) -> None:
        self.app.stage.put(
            *self.own_blocks(),
            (self.curves_view, {"title": "Learning", "text": " ", "wide": True}),
            (self.answers, {"title": "One test sample", "text": " ", "wide": True}),
            (self.table, {"title": "Side by side", "text": " ", "wide": True}),
        )  # fmt: skip
        self.app.transport.param.update(
            play_label="Train", steps=STEPS, speeds=[], running=self.contest.running,
            message="", history={},
        )  # fmt: skip
        self.redraw()

    def leave(self) -> None:
        self.contest.pause()

    def apply(self, values: dict[str, Any]) -> None:
        lanes = dict(self.lanes), self._setting()
        with self.trying(values):
            if (self.make_lanes(), self._setting()) != lanes:
                self._configure()
        if self.app.is_open(self):
            self.redraw()

    def _setting(self) -> tuple[DataSpec, TrainSpec]:
        return self.data_spec(), self.train_spec()

    def _configure(self) -> None:
        """Start afresh from the state."""
        self.past.will()
        lanes = self.make_lanes()
        networks = {key: lane.network for key, lane in lanes.items()}
        self.contest.configure(networks, *self._setting(), self.max_epochs)
        self.lanes = lanes
        self.traces: dict[str, Trace] = {}
        if self.opened_in not in lanes:
            self.opened_in, self.trail = self.first_chosen(lanes), [Ref(SCORES[1])]

    def transported(self, message: Message) -> None:
        kind = message["type"]
        if kind in ("play", "step", "reset"):
            self.past.will()
        if kind == "play":
            self.contest.play()
        elif kind == "pause":
            self.contest.pause()
        elif kind == "step":
            self.contest.step()
        elif kind == "reset":
            self.contest.reset()
        self._show_transport()

    # Undo and redo

    def kept(self) -> dict[str, Snapshot]:
        return dict(self.contest.snapshots)

    def bring_back(self, kept: dict[str, Snapshot]) -> None:
        self.contest.restore(kept)

    def said(self, before: Memento, after: Memento) -> str:
        done = super().said(before, after)
        return done or trained(*(furthest(each.kept) for each in (before, after)))

    # Showing

    def redraw(self) -> None:
        self.app.controls.fields = self.controls()
        self.show()

    def show(self) -> None:
        """An epoch is over, or something was chosen."""
        self.traces = {}
        if not self.app.is_open(self):
            return
        self.show_own()
        self.show_answers()
        losses = {lane.label: self.contest.snapshots[key].history[:, 2]
                  for key, lane in self.lanes.items()}  # fmt: skip
        self.curves.update(losses, self.max_epochs, self.app.theme)
        self._show_table()
        self._show_transport()
        self.show_trail()
        self.light()

    def _show_table(self) -> None:
        metric = ("test RMSE", "decimal") if self.is_regression else ("test right", "percent")
        last = [("test loss", "decimal"), metric]
        self.table.columns = [{"label": label, "kind": kind}
                              for label, kind in (*self.columns, *last)]  # fmt: skip
        self.table.rows = [self._row(key, lane) for key, lane in self.lanes.items()]
        self.table.chosen = self.chosen

    def _row(self, key: str, lane: Lane) -> dict[str, Any]:
        values = [self.explained(key, ref).result if ref.tensor else ""
                  for ref in self.refs(key)]  # fmt: skip
        message = self.contest.snapshots[key].message
        return {"key": key, "name": lane.label, "detail": message, "depth": 0,
                "values": [v if v == "" or np.isfinite(v) else None for v in values],
                "state": "failed" if message else ""}  # fmt: skip

    def refs(self, key: str) -> list[Ref]:
        return [*self.own_refs(self.lanes[key]), *(Ref(score) for score in SCORES)]

    @property
    def chosen(self) -> str:
        """The lane that is looked at."""
        return self.opened_in

    @property
    def is_regression(self) -> bool:
        return self.trainer.samples.is_regression

    @property
    def trainer(self) -> Trainer:
        return next(iter(self.contest.lanes.values()))

    def say(self, texts: Mapping[str, str]) -> None:
        """The sentences under the titles."""
        blocks = [{**b, "text": texts.get(b["title"], b["text"])} for b in self.app.stage.blocks]
        if blocks != self.app.stage.blocks:
            self.app.stage.blocks = blocks

    def _show_transport(self) -> None:
        first = next(iter(self.contest.snapshots.values()))
        values = {"epoch": f"{self.contest.epoch} of {self.max_epochs}",
                  "networks": str(len(self.lanes)), "test samples": str(len(self.trainer.test_x)),
                  "batches an epoch": str(first.num_batches)}  # fmt: skip
        self.app.transport.param.update(
            running=self.contest.running, engine=f"NumPy {self.app.place}",
            counters=[{"label": label, "value": value} for label, value in values.items()],
            message="All epochs are done." if self.contest.is_over else "",
        )  # fmt: skip
        if not self.contest.running:
            self.past.show()

    # Numbers

    def trace_of(self, key: str) -> Trace:
        """What a lane computes for the test sample that is shown."""
        if key not in self.traces:
            self.traces[key] = trace_of_sample(self.contest.lanes[key], self.sample)
        return self.traces[key]

    @property
    def sample(self) -> int:
        """Which of the test samples is shown."""
        count = len(self.trainer.test_x)
        return min(int(getattr(self.state, "sample", 1)), count) - 1

    def explanation(self, ref: Ref) -> Explanation:
        return self.explained(self.opened_in, ref)

    def explained(self, key: str, ref: Ref) -> Explanation:
        lane = self.lanes[key]
        if ref.tensor in SCORES:
            score = self.contest.snapshots[key].test
            assert score is not None
            return explain_test_score(ref, self.contest.lanes[key], score)
        if is_cost(ref):
            return explain_cost(lane.costs, ref)
        try:
            return self.own_explanation(lane, ref)
        except LookupError:
            return explain(self.trace_of(key), ref)

    # What the learner does

    def choose(self, key: str) -> None:
        """Look at another lane."""
        self.opened_in, self.trail = key, [Ref(SCORES[1])]
        self.opened()
        self.show()

    def _table_told(self, message: Message) -> None:
        key = message["row"]
        if message["type"] == "choose":
            self.choose(key)
            return
        self._told(key, message, self.refs(key)[int(message["column"])])

    def _answer_told(self, message: Message) -> None:
        row, column = int(message["row"]), int(message["column"])
        self._told(self.answer_lane(row), message, self.answer_ref(row, column))

    def answer_lane(self, row: int) -> str:
        """The lane whose answers stand in a row; other rows belong to the one that is open."""
        keys = list(self.lanes)
        at = row - (len(self.answers.values) - len(keys))
        return keys[at] if at >= 0 else self.opened_in

    def _told(self, key: str, message: Message, ref: Ref) -> None:
        """Pointing lights sources only in the network whose number is opened."""
        if not ref.tensor or (message["type"] in ("point", "leave") and key != self.opened_in):
            return
        self.opened_in = key
        self.number_told(message, ref)
        self.table.chosen = key

    def light(self) -> None:
        lit = self.lit()
        self.table.highlight = [[self.opened_in, column] for column, ref in
                                enumerate(self.refs(self.opened_in)) if ref in lit]  # fmt: skip
        rows = range(len(self.answers.values))
        self.answers.highlight = [
            [row, column] for row in rows if self.answer_lane(row) == self.opened_in
            for column in range(len(self.answers.values[row]))
            if self.answer_ref(row, column) in lit
        ]  # fmt: skip
