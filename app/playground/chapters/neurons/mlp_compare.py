"""Runs of the playground that are kept, opened again, and compared."""

from __future__ import annotations

import time
from abc import abstractmethod
from typing import Any

from app.playground.changes import differing, plain, small, values_of
from app.playground.chapters.neurons.mlp_run_desk import RunDesk
from app.playground.chapters.neurons.mlp_runs import Run, RunBook, start_of
from app.playground.chapters.neurons.mlp_time import TimedChapter
from app.playground.chapters.neurons.moments import Moments
from app.playground.chapters.trains import Kept
from app.playground.past import Memento
from app.playground.views.component import Message
from core.training import Snapshot

CURVES_S = 0.2  # between two pictures of the curves while training; the transport has a small one
LOOKS = ("discrete", "pins")  # are of the picture, and belong to no run
# What a run with the same start may do otherwise; everything else makes the start.
TRAINING = ("activation", "activations", "dropout", "dropouts", "loss", "optimizer", "rate",
            "batch", "l1", "l2", "stop", "epochs", "off", *LOOKS)  # fmt: skip


class ComparingChapter(TimedChapter):
    """A chapter that keeps its runs in `book`. `configuring` is to be called before another run
    starts, `noted` with every snapshot."""

    def start_comparing(self) -> None:
        self.moments, self.book = Moments(), RunBook()
        self.drawn_at = 0.0
        self.values_of_run: dict[str, Any] = {}
        self.runs = RunDesk(self._run_told)

    def note_moment(self, snapshot: Snapshot) -> None:
        super().note_moment(snapshot)
        self.values_of_run = values_of(self.state)

    def show_runs(self) -> None:
        snapshot = self.session.snapshot
        self.runs.show(self.book, self._cannot_keep(snapshot))
        now = time.perf_counter()
        if not self.session.running or now - self.drawn_at > CURVES_S:
            self.drawn_at = now
            self.runs.draw(snapshot, self.book, self.app.theme)

    # Keeping

    def _cannot_keep(self, snapshot: Snapshot) -> str:
        if not snapshot.step:
            return "Nothing has been trained yet"
        return "It is kept already" if self.book.has(snapshot) else ""

    def keep_run(self) -> None:
        """Keep the run at hand, with the settings that it has had up to now."""
        if self.past.is_held or not self.moments.kept:
            return
        if not self._cannot_keep(self.session.snapshot):
            self.book = self.book.with_run(self._run())

    def _run(self) -> Run:
        trainer, values = self.session.engine.trainer, self.values_of_run
        start = start_of(trainer, self.moments.kept[0].snapshot)
        return Run(0, self._words(values), start, values, self.session.snapshot, self.moments,
                   trainer.samples.is_regression)  # fmt: skip

    def _words(self, values: dict[str, Any]) -> str:
        """The settings that are not those that the chapter begins with."""
        state = self.state
        own = {name: state.param[name].default for name in values if name not in LOOKS}
        return ", ".join(
            f"{small(state.param[name].label)} {_written(values[name])}"
            for name in differing(own, values)
        )

    def transported(self, message: Message) -> None:
        if message["type"] == "reset":
            self.past.will()
            self.keep_run()
        super().transported(message)

    # What the buttons do

    def _run_told(self, message: Message) -> None:
        if message["type"] == "choose":
            self.book = self.book.choosing(message["row"])
        else:
            try:
                self._pressed(message["id"])
            except ValueError as error:
                self.app.say_error(f"{error}.")
        self.show_runs()
        self.say_runs()
        self.write_address()

    def _pressed(self, what: str) -> None:
        run = self.book.run
        words = {"keep": "kept this run", "open": f"opened run {run and run.number}",
                 "start": f"the start of run {run and run.number}",
                 "pin": f"pin of run {run and run.number}",
                 "remove": f"removed run {run and run.number}"}  # fmt: skip
        self.past.will(said=lambda *_: words[what])
        if what == "keep":
            self.keep_run()
        elif run and what == "pin":
            self.book = self.book.pinning()
        elif run and what == "remove":
            self.book = self.book.removing()
        elif run and what == "open":
            self._open_run(run)
        elif run and what == "start":
            self._start_as(run)

    def _open_run(self, run: Run) -> None:
        """All that it was; the run at hand is kept before."""
        self.keep_run()
        values = values_of(self.state) | {n: v for n, v in run.values.items() if n not in LOOKS}
        self.recall(Memento(values, Kept(run.snapshot, (run.moments, self.book))))

    def _start_as(self, run: Run) -> None:
        """Start afresh with its samples and first weights, but with the present training."""
        first = run.moments.kept[0].snapshot
        fixed: tuple[str, ...] = TRAINING
        if len(run.values["hidden"]) != len(self.state.hidden):
            fixed = tuple(n for n in TRAINING if n not in ("activations", "dropouts", "off"))
        self.apply({name: value for name, value in run.values.items() if name not in fixed})
        network = self.session.engine.trainer.network
        if first.step == 0 and first.parameters.shape == network.parameters.shape:
            network.parameters[:] = first.parameters  # weights may have been set by hand
            self.session.publish()

    @abstractmethod
    def say_runs(self) -> None:
        """The sentences of the stage follow what is kept."""

    # Undo and redo

    def kept(self) -> Kept:
        return Kept(self.session.snapshot, (self.moments, self.book), (self.book,))

    def bring_back(self, kept: Kept) -> None:
        moments, self.book = kept.more
        super().bring_back(Kept(kept.snapshot, moments))


def _written(value: Any) -> str:
    return ", ".join(map(plain, value)) or "none" if isinstance(value, list) else plain(value)
