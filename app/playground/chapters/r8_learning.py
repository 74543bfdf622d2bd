"""R8: recurrent networks that learn while one watches their gates."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from app.playground.chapters.base import Instruments, check
from app.playground.chapters.learning_controls import fields
from app.playground.chapters.learning_runs import Runs, score_of, written
from app.playground.chapters.learning_state import HELD_OUT, LearningState
from app.playground.chapters.mlp_readings import history
from app.playground.chapters.sample_desk import SampleDesk
from app.playground.chapters.trains import Kept, TrainingChapter
from app.playground.figures.learning import LearningPicture
from app.playground.session import SEQUENCE_SPEEDS, Session
from app.playground.views import Picture
from app.playground.views.component import Message
from core.explain import Ref
from core.training import Snapshot

TUNABLE = {"rate", "clip"}  # act at once
LENS = {"sample", "layer", "unit"}  # change only what is looked at
LENS_S = 0.25  # between two pictures of the gates while it trains
STEPS = [{"id": "batch", "label": "Batch", "help": "One update from one batch (key .)"}]


class SequenceLearning(TrainingChapter):
    id = "r8"
    number = "R8"
    part = "sequences"
    title = "An LSTM that learns"
    summary = "Train recurrent networks on five tasks, and watch every gate"
    State = LearningState
    state: LearningState
    lead = """
Choose a task and a cell, press **play**, and watch gates and states change as the network learns. Every cell of the
pictures opens into its arithmetic. When you change the cell and train again, the curve before stays, to compare.
"""
    notes = """
## The tasks

- **Embedded Reber grammar.** Strings such as B**T**BPVVE**T**E: where two letters may follow, a coin decides, and the last
  letter but one repeats the second. A string counts as understood when, at every step, all letters that the grammar
  allows are ranked before all that it does not: the rule of Hochreiter and Schmidhuber (1997), on strings never seen.
- **Adding problem.** Two of the values are marked; after the last step the network says their sum. Who always says 1
  has a mean squared error of 1/6.
- **Sine.** The next value of a sum of two waves; then it is left to itself, and shown what it said.
- **Delayed echo.** Say the symbol of some steps before.

## Try this

- [The adding problem](?chapter=r8&task=adding&hidden=32) with the LSTM, then with the **RNN**: with the same settings
  the RNN goes on guessing. Make the sequences [100 steps](?chapter=r8&task=adding&hidden=32&length=100&cell=rnn) long, and
  no learning rate helps it; the LSTM still learns. What came back through 100 steps was multiplied 100 times.
- Which unit of the Reber network holds the second letter to the end? Look for a row of the cell state that keeps its
  colour, and compare a string with T and one with P.
- [The echo with a delay of 8](?chapter=r8&task=echo&delay=8&hidden=32) is the RNN's game: a queue of symbols is a
  matrix that shifts. It learns it long before the LSTM does. No cell is the best at everything.
- Without [clipping](?chapter=r8&task=adding&cell=rnn&clip=0.0&rate=0.1&optimizer=sgd), at a high rate: the numbers overflow, and
  the message says where.

> An RNN is able to *represent* a long memory. What fails is learning it: the gradient that should tell an early step of a
> late error shrinks, or grows, with every step between them.
"""

    def __init__(self, app: Instruments) -> None:
        super().__init__(app)
        self.session = Session(app.frame, self.show, app.place, SEQUENCE_SPEEDS,
                               max_scored=HELD_OUT, hurry=True)  # fmt: skip
        self.runs = Runs()
        self.loss = LearningPicture("loss", "loss", log=True)
        self.loss.name(["training loss", "held-out loss"])
        self.shares = LearningPicture("share", "share", y_range=(-0.02, 1.06))
        self.errors = LearningPicture("error", "error", log=True)
        self.pictures = {id(each): Picture(each.fig)
                         for each in (self.loss, self.shares, self.errors)}  # fmt: skip
        self.desk = SampleDesk(self.number_told, self._cell_tapped)
        self.on_stage = False
        self.drawn_at = 0.0
        self._configure()

    # Entering, leaving, changing

    @property
    def score_picture(self) -> LearningPicture:
        return self.shares if self.state.chosen.is_share else self.errors

    def enter(self) -> None:
        self.on_stage = True
        curves = [
            (self.pictures[id(self.loss)], {"title": "How it learns", "text": " "}),
            (self.pictures[id(self.score_picture)], {"title": "What it has learnt", "text": " "}),
        ]
        self.app.stage.put(*self.desk.blocks(self.state, curves))
        self.app.transport.param.update(
            play_label="Train", steps=STEPS, speeds=[s.label for s in self.session.speeds],
            speed=self.session.speed, progress={},
        )  # fmt: skip
        self.redraw()

    def leave(self) -> None:
        self.session.pause()
        self.on_stage = False

    def apply(self, values: dict[str, Any]) -> None:
        old = {name: getattr(self.state, name) for name in values}
        self.state.apply({name: check(self.state, name, value) for name, value in values.items()})
        try:
            if set(values) <= TUNABLE:
                self.session.tune(self.desk.specs(self.state)[2])
            elif not set(values) <= LENS:
                self._configure()
        except ValueError:
            self.state.apply(old)
            raise
        if not self.app.is_open(self):
            return
        if "task" in values:
            self.enter()
        else:
            self.redraw()

    def _configure(self) -> None:
        """Start afresh from the state; what cannot be raises ValueError and changes nothing."""
        self.session.pause()
        self.past.will()
        self.configured, state = False, self.state
        try:
            self.session.configure(*self.desk.specs(state))
        finally:
            self.configured = True
        self.trail = []
        self.runs.start(state.network_name, (state.task, state.length, state.delay, state.seed))
        self._score(self.session.snapshot)
        goal = state.chosen.goal if state.chosen.goal < 1 else None
        self.score_picture.name([state.chosen.score], goal)

    def controlled(self, message: Message) -> None:
        if message["name"] == "forget":
            self.runs.forget()
            self.redraw()
        else:
            self.apply({message["name"]: message["value"]})

    def transported(self, message: Message) -> None:
        if message["type"] == "play":
            self.runs.tick(running=False)
        elif message["type"] == "reset":
            self.past.will()
            self.runs.reset()
        super().transported(message)

    # Undo and redo

    def kept(self) -> Kept:
        return Kept(self.session.snapshot, self.runs.copy())

    def bring_back(self, kept: Kept) -> None:
        self.runs = kept.more.copy()
        super().bring_back(kept)

    # Showing

    def show(self, snapshot: Snapshot) -> None:
        """A new snapshot is there; while it trains, gates wait for their turn."""
        if not self.configured:
            return
        self.runs.tick(self.session.running)
        self._score(snapshot)
        if not self.on_stage:
            return
        is_due = time.perf_counter() - self.drawn_at > LENS_S
        self._draw_curves()
        self._show_transport()
        if is_due or not self.session.running:
            self._draw_desk()

    def _score(self, snapshot: Snapshot) -> None:
        """The score that belongs to the last point of the loss curve."""
        if int(snapshot.history[-1, 0]) == snapshot.step:
            score = score_of(self.state.task, snapshot, self.session.engine.trainer)
            self.runs.add(snapshot.step, score, self.state)

    def redraw(self) -> None:
        if self.on_stage:
            self.draw()
            self.app.controls.fields = fields(self.state, self.desk.held_out, len(self.runs.kept))

    def draw(self) -> None:
        if self.on_stage:
            self._draw_curves()
            self._show_transport()
            self._draw_desk()

    def _draw_curves(self) -> None:
        steps, train, test = self.session.snapshot.history.T
        self.loss.update([(steps, train), (steps, test)], [], self.app.theme)
        self.score_picture.update([self.runs.points], self.runs.kept, self.app.theme)

    def _draw_desk(self) -> None:
        self.drawn_at = time.perf_counter()
        snapshot, trainer = self.session.snapshot, self.session.engine.trainer
        with np.errstate(all="ignore"):
            self.desk.draw(self.state, snapshot, trainer, self.app.theme)
        self.trace = self.desk.trace
        self._say(snapshot)
        self.show_trail()
        self.light()

    def light(self) -> None:
        self.desk.light(self.lit(), self.trail[-1] if self.trail else None)

    def _show_transport(self) -> None:
        s, task = self.session.snapshot, self.state.chosen
        score = self.runs.scores[-1][1]
        values = {
            "step": f"{s.step:,}",
            "epoch": str(s.epoch),
            "training loss": f"{s.train.loss:.4f}",
            "held-out loss": f"{s.test.loss:.4f}" if s.test else "–",
            task.score: written(score, task.is_share),
            "time training": f"{self.runs.spent:.1f} s",
        }
        self.app.transport.param.update(
            running=self.session.running, message=s.message or self.runs.solved,
            counters=[{"label": label, "value": value} for label, value in values.items()],
            history=history(s), engine=self.session.engine.label,
        )  # fmt: skip
        if not self.session.running:
            self.past.show()

    def _say(self, snapshot: Snapshot) -> None:
        """The sentences under the titles, made from the numbers shown."""
        task, score = self.state.chosen, self.runs.scores[-1][1]
        size = f"{snapshot.parameters.size:,} numbers to learn"
        names = ", ".join(run.label for run in self.runs.kept)
        kept = f" Dotted and named, from before: {names}." if names else ""
        goal = written(task.goal, task.is_share)
        curves = [
            f"{self.state.network_name}, {size}. The loss after {snapshot.step:,} steps, on sequences that "
            "it learns from and on others.",
            f"{task.score.capitalize()}: {written(score, task.is_share)}. The dotted line, {goal}, "
            f"is the goal.{kept}",
        ]  # fmt: skip
        texts = self.desk.texts(self.state, curves)
        blocks = [{**b, "text": t} for b, t in zip(self.app.stage.blocks, texts, strict=True)]
        if blocks != self.app.stage.blocks:
            self.app.stage.blocks = blocks

    def _cell_tapped(self, ref: Ref, unit: int) -> None:
        """A cell of the map: its unit comes into the grid, and its number is opened."""
        self.trail = [ref]
        self.app.arithmetic.asked += 1
        self.apply({"unit": unit + 1})
        self.write_address()

    def edit(self, ref: Ref, value: float) -> None:
        raise ValueError("the numbers of this chapter come from training")

    # Kept by the page

    def checkpoint(self) -> dict[str, Any]:
        snapshot = self.session.snapshot
        return {"step": snapshot.step, "parameters": snapshot.parameters.tolist()}

    def restore(self, data: dict[str, Any]) -> None:
        values = np.asarray(data.get("parameters", []), dtype=float)
        network = self.session.engine.trainer.network
        if values.shape != network.parameters.shape or not np.isfinite(values).all():
            raise ValueError("the kept weights do not fit the network of this address")
        network.parameters[:] = values
        self.session.publish()
        self.app.say_error(
            f"The weights are those from step {int(data['step'])}, before Python stopped."
        )


CHAPTER = SequenceLearning
