"""R3: one to many, many to one, many to many, on small tasks that are learnt in seconds."""

from __future__ import annotations

from typing import Any

import numpy as np

from app.playground.chapters.base import Instruments
from app.playground.chapters.ref_grid import RefGrid
from app.playground.chapters.sequences.shape_desk import ROWS, UNITS, ShapeDesk
from app.playground.chapters.sequences.shape_state import HELD_OUT, ShapeState
from app.playground.chapters.trains import TrainingChapter
from app.playground.figures.learning import LearningPicture
from app.playground.session import SEQUENCE_SPEEDS, Session
from app.playground.views import Picture, Unfolding
from app.playground.views.component import Message
from core.explain import Ref, Trace
from core.training import Snapshot

TUNABLE = {"rate"}  # acts at once
ROOMY = 8  # up to so many steps the table fits into half of the stage
LENS = {"sample", "step"}  # change only what is looked at
STEPS = [{"id": "batch", "label": "Batch", "help": "One update from one batch (key .)"},
         {"id": "epoch", "label": "Epoch", "help": "Every training sequence once"}]  # fmt: skip


class SequenceShapes(TrainingChapter):
    id = "r3"
    number = "R3"
    part = "sequences"
    title = "Shapes of sequence tasks"
    summary = "One to many, many to one, many to many, each on a task that is learnt in seconds"
    State = ShapeState
    state: ShapeState
    play_label = "Train"
    lead = """
The same cell does different work, depending on **when something comes in and which answers count**. Choose a shape
and press *Train*: it is learnt in a few seconds. What is not drawn does not exist in that shape; every number opens.
"""
    notes = """
## The shapes

- **One to many.** [A number becomes a wave](?chapter=r3&task=wave&steps=10): asked once, answered at every step, as a caption is written
  for a picture.
- **Many to one.** [Odd or even, at the end](?chapter=r3&task=last&steps=6&t=6), or
  [the sum of two marked values](?chapter=r3&task=adding&steps=6&t=6): all is read before there is one answer, as when a review is judged.
- **Many to many.** [Odd or even, so far](?chapter=r3&task=parity): an answer at every step, as when each word is given its kind.
- **Many to many, delayed.** [Say it two steps later](?chapter=r3&task=echo): the answers lag behind. Or
  [read it all, then say it](?chapter=r3&task=copy), as in translating.

## Try this

- Odd or even: with an answer at every step it is learnt at once; with [one at the end of 12](?chapter=r3&task=last&steps=12&t=12) it is much
  harder, although the rule is the same. Each answer that counts is a hint. Open the loss of a step to see what counts.
- Watch how the wave is made after step 1: no input comes in any more. Only the state goes on.
- How many units does it take to keep two letters of three in mind? Try the echo with [two units](?chapter=r3&task=echo&hidden=2), then with
  [four](?chapter=r3&task=echo&hidden=4).

> Which outputs count is not a property of the network but of the **loss**: it is a mean over the steps that count, and the others are
> masked. The recurrent cell is the same in all these shapes.

> There are only 256 sequences of eight zeros and ones, so many of the test sequences were among those that it learnt from.
"""

    def __init__(self, app: Instruments) -> None:
        super().__init__(app)
        self.session = Session(app.frame, self.show, app.place, SEQUENCE_SPEEDS)
        self.picture = Unfolding(self._picture_told, label="The sequence and its answers",
                                 rows=ROWS, across="W_hh")  # fmt: skip
        self.table = RefGrid(self._table_told, label="Step by step", compact=True, decimals=2,
                             scale=1.0)  # fmt: skip
        self.loss = LearningPicture("loss", "loss", log=True)
        self.loss.name(["training loss", "test loss"])
        self.curve = Picture(self.loss.fig)
        self.on_stage = self.laid = False
        self._configure()

    # Entering, leaving, changing

    def enter(self) -> None:
        self.on_stage = True
        self._lay_out()
        self.show_training(STEPS)
        self.redraw()

    def _lay_out(self) -> None:
        """A long sequence takes the whole width for its table."""
        self.laid = self.state.length > ROOMY
        self.app.stage.put(
            (self.picture, {"title": "The sequence", "text": " ", "wide": True}),
            (self.table.grid, {"title": "Step by step", "text": " ", "wide": self.laid}),
            (self.curve, {"title": "How it learns", "text": " ", "wide": self.laid}),
        )  # fmt: skip

    def leave(self) -> None:
        self.session.pause()
        self.on_stage = False

    def apply(self, values: dict[str, Any]) -> None:
        with self.trying(values):
            if set(values) <= TUNABLE:
                self.session.tune(self.state.train_spec())
            elif not set(values) <= LENS:
                self._configure()
        if "step" in values or not self.trail:
            self.trail = [self._present]
        if self.app.is_open(self):
            self.redraw()

    def _configure(self) -> None:
        """Start afresh from the state; `redraw` draws it."""
        self.session.pause()
        self.past.will()
        was_on, self.on_stage = self.on_stage, False
        state, self.trail = self.state, []
        self.session.configure(state.network_spec(), state.data_spec(), state.train_spec())
        self.trail = [self._present]
        self.on_stage = was_on

    @property
    def _present(self) -> Ref:
        """The answer at the step that is looked at, or its state where there is none."""
        desk, at = self.desk, self.state.at
        if desk.counts(at):
            return desk.loss_ref(at)
        return desk.cells("y" if desk.answers(at) else "h", at)[0][0]

    def controlled(self, message: Message) -> None:
        self.apply(self.state.changed(message["name"], message.get("value")))

    # Showing

    def show(self, snapshot: Snapshot) -> None:
        """A new snapshot is there: everything on the stage follows it."""
        self._look(snapshot)
        self.draw()

    def _look(self, snapshot: Snapshot) -> None:
        """The chosen test sequence goes through the network."""
        trainer, n = self.session.engine.trainer, self.state.sample - 1
        rows = slice(n, n + 1)
        made = (f"It was drawn from seed {self.state.seed}, then learnt in {snapshot.step} steps of "
                "training. It is the same at every step of a sequence.")  # fmt: skip
        self.trace = Trace(snapshot.network(), trainer.test_x[rows], trainer.test_y[rows],
                           snapshot.train_spec, origin=made,
                           counted=trainer.test_masks.rows(rows).counted)  # fmt: skip
        self.desk = ShapeDesk(self.state.chosen, self.trace)

    def redraw(self) -> None:
        self._look(self.session.snapshot)
        if self.laid != (self.state.length > ROOMY):
            self._lay_out()
        self.app.controls.fields = self.state.fields()
        self.draw()

    def draw(self) -> None:
        """Everything that changes with the weights."""
        if not self.on_stage:
            return
        with np.errstate(all="ignore"):
            self._draw_sequence()
            self._draw_table()
        steps, train, test = self.session.snapshot.history.T
        self.loss.update([(steps, train), (steps, test)], [], self.app.theme)
        self._show_transport()
        self._say()
        self.show_trail()
        self.light()

    def _draw_sequence(self) -> None:
        self.places = self.desk.places()
        hidden = self.state.hidden
        name = f"h, {UNITS} of {hidden}" if hidden > UNITS else "state h"
        self.picture.rows = [row | {"name": name} if row["key"] == "h" else row for row in ROWS]
        self.picture.current = self.state.at
        self.picture.steps = self.desk.columns()

    def _draw_table(self) -> None:
        rows = self.desk.table()
        self.table.refs = list(rows.values())
        values = [[None if ref is None else self.desk.shown(name, t) for t, ref in enumerate(row)]
                  for name, row in rows.items()]  # fmt: skip
        right = [self.desk.is_right(t) for t in range(self.desk.length)]
        marks = {f"1,{t}": "right" if it else "wrong" for t, it in enumerate(right)
                 if it is not None}  # fmt: skip
        steps = [str(t + 1) for t in range(self.desk.length)]
        self.table.grid.param.update(values=values, row_labels=list(rows), column_labels=steps,
                                     marks=marks)  # fmt: skip

    def _show_transport(self) -> None:
        s, is_share = self.session.snapshot, self.state.chosen.loss != "mse"
        assert s.test is not None
        score = f"{100 * s.test.metric:.1f} %" if is_share else f"{s.test.metric:.4f}"
        values = {
            "step": f"{s.step:,}", "training loss": f"{s.train.loss:.4f}",
            "test loss": f"{s.test.loss:.4f}", "right" if is_share else "RMSE": score,
        }  # fmt: skip
        self.app.transport.param.update(
            running=self.session.running, message=s.message or self._solved(s),
            counters=[{"label": label, "value": value} for label, value in values.items()],
            history={}, engine=self.session.engine.label,
        )  # fmt: skip
        if not self.session.running:
            self.past.show()

    def _solved(self, s: Snapshot) -> str:
        task = self.state.chosen
        assert s.test is not None
        if task.loss == "mse":
            return (f"Learnt: the test loss is below {task.goal:g}."
                    if s.test.loss < task.goal else "")  # fmt: skip
        return "Learnt: all answers to the test sequences are right." if s.test.metric == 1 else ""

    def _say(self) -> None:
        state, task = self.state, self.state.chosen
        counted = sum(self.desk.counts(t) for t in range(self.desk.length))
        letter = " Answer: how likely the wanted letter is said to be." if task.letters else ""
        size = f"{self.session.snapshot.parameters.size:,} numbers to learn"
        texts = (
            f"{task.shape}. {task.said}",
            f"{counted} of {self.desk.length} answers count.{letter}",
            f"{size}. Above: test sequence {state.sample} of {HELD_OUT}.",
        )
        blocks = [{**b, "text": t} for b, t in zip(self.app.stage.blocks, texts, strict=True)]
        if blocks != self.app.stage.blocks:
            self.app.stage.blocks = blocks

    def light(self) -> None:
        lit = self.lit()
        self.picture.lit = [self.places[ref] for ref in sorted(lit) if ref in self.places]
        self.table.light(lit)

    # What the learner does

    def _picture_told(self, message: Message) -> None:
        step = int(message["step"])
        if message["type"] == "go":
            self.apply({"step": step + 1})
            self.opened()
            return
        ref = Ref(f"layers.{self.desk.cell}.h_start", (0, 0))
        if step >= 0:
            ref = self.desk.cells(message["row"], step)[int(message["unit"])][0]
        if message["type"] == "open" and step >= 0:
            self.apply({"step": step + 1})
        self.number_told(message, ref)

    def _table_told(self, message: Message, ref: Ref) -> None:
        if message["type"] == "open":
            self.apply({"step": int(message["column"]) + 1})
        self.number_told(message, ref)

    def opened(self) -> None:
        self.write_address()
        super().opened()

    def edit(self, ref: Ref, value: float) -> None:
        raise ValueError("the numbers of this chapter come from training")


CHAPTER = SequenceShapes
