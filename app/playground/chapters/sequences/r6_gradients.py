"""R6: gradients through time: vanishing and exploding, clipping, and how long a task may be."""

from __future__ import annotations

from typing import Any

from app.playground.chapters.base import Chapter, Instruments
from app.playground.chapters.sequences.length_sweep import COLUMNS, LENGTHS, Sweep
from app.playground.chapters.sequences.norm_state import CELLS, NormState
from app.playground.chapters.sequences.norm_tables import (
    DH,
    NormTables,
    clipping_words,
    radius_words,
)
from app.playground.chapters.walk import Walk
from app.playground.figures.norms import NormPicture
from app.playground.views import Picture, Table
from app.playground.views.component import Message
from core.explain import Explanation, Ref, Trace, format_number
from core.explain.norms import lengths

STEPS = [{"id": "next", "label": "Next run", "help": "Train one cell at one length (key .)"}]


class GradientsThroughTime(Chapter):
    id = "r6"
    number = "R6"
    part = "sequences"
    title = "Gradients through time"
    summary = "How gradients vanish and explode, what clipping does, and how long a task may be"
    State = NormState
    state: NormState
    lead = """
On the way back through time, the gradient is multiplied by the recurrent weights and a slope at **every step**. Many factors below 1 make it
**vanish**, many above 1 make it **explode**. Three cells on one sequence; at the last step each gradient has length 1.
"""
    notes = """
## Try this

- [No input](?chapter=r6&drive=0.0&radius=0.8): the RNN's state stays at 0, where the slope of tanh is 1. So only the matrix counts, and the
  gradient loses a factor of about 0.8 at every step. [Radius 1](?chapter=r6&drive=0.0&radius=1.0), [radius 1.2](?chapter=r6&drive=0.0&radius=1.2).
- Now [larger inputs](?chapter=r6&drive=2.0&radius=1.2): tanh gets flat, and its slopes below 1 make the gradient vanish after all.
- [ReLU with radius 3](?chapter=r6&activation=relu&radius=3.0): nothing holds the gradient, and it explodes.
- [A forget-gate bias of 5](?chapter=r6&forget_bias=5.0): f is near 1, and the LSTM's gradient lives. [With −2](?chapter=r6&forget_bias=-2.0) it vanishes
  as well: the gate makes the difference, not the name.
- A fresh GRU has z near one half, so about half of the gradient is lost at each step; it has to *learn* to keep.
- The LSTM loses much at the very first step back, where the gradient goes from h through o and tanh into the cell state, and
  little after that.
- Clip [by the length](?chapter=r6&activation=relu&radius=3.0&clip=norm) and [by every number](?chapter=r6&activation=relu&radius=3.0&clip=value), and look at the angle.

Then press **Run**: each cell is trained anew at each length, on the task of [R7](?chapter=r7&how=learned).

## What is true of it

> The **spectral radius** of a matrix is the size of its largest eigenvalue. It says what many products do in the long run; a few of
> them may do otherwise. If the largest *singular* value times the largest slope is below 1, a plain RNN's gradient surely vanishes; only where it is
> above 1 can it explode ([Pascanu, Mikolov and Bengio 2013](https://arxiv.org/abs/1211.5063)).

> **Clipping helps against exploding only.** It makes a gradient shorter; a gradient that has vanished stays what it is. By the length, the
> direction stays; by every number, it turns.

> An LSTM does not abolish the problem. Along its cell state the gradient is multiplied by the forget gates alone, which can be near 1;
> through its gates and h it vanishes as in any other cell.
"""

    def __init__(self, app: Instruments) -> None:
        super().__init__(app)
        self.figure = NormPicture(tuple(cell.upper() for cell in CELLS))
        self.figure.on_move = self._moved
        self.picture = Picture(self.figure.fig)
        self.tables = NormTables(self._told)
        self.runs = Table(self._run_told, label="How long a task may be", name_label="cell",
                          columns=COLUMNS)  # fmt: skip
        self.sweep = Sweep(self.state.seed)
        self.running = Walk(app, self._run, 0.0)
        self.only_one = False  # whether to stop after the run at hand
        self.cell = self.pointed_cell = CELLS[0]

    # Showing

    def enter(self) -> None:
        wide = {"wide": True, "text": " "}
        self.app.stage.put(
            (self.picture, wide | {"title": "The length of the gradient at each step"}),
            (self.tables.fates, wide | {"title": "What becomes of it, from the last step to the first"}),
            (self.tables.grid, wide | {"title": "In numbers"}),
            (self.tables.clipping, wide | {"title": "The gradient by all parameters, and clipping"}),
            (self.runs, wide | {"title": "How long a task may be"}),
        )  # fmt: skip
        self.app.transport.param.update(
            running=False, play_label="Run", steps=STEPS, speeds=[], history={}, message="",
            engine=f"NumPy {self.app.place}",
        )  # fmt: skip
        self.redraw()

    def leave(self) -> None:
        self.running.stop()
        self.app.transport.progress = {}

    def apply(self, values: dict[str, Any]) -> None:
        self.take(values)
        if "seed" in values and self.sweep.seed != self.state.seed:
            self.running.stop()
            self.sweep = Sweep(self.state.seed)
        if "step" in values:
            self.trail = []
        if self.app.is_open(self):
            self.redraw()

    def redraw(self) -> None:
        state = self.state
        self.traces: dict[str, Trace] = {cell: state.trace(cell) for cell in CELLS}
        self.trace = self.traces[self.cell]
        self.norms = {cell: lengths(trace, "0", "dh") for cell, trace in self.traces.items()}
        shown = {cell.upper(): norms for cell, norms in self.norms.items()}
        self.figure.update(shown, self.app.theme)
        self.tables.show(self.traces, self.norms, state)
        self.app.controls.fields = state.fields()
        if not self.trail:
            self.trail = [Ref(DH, (0, self._step))]
        self.show_trail()
        self.light()
        self._show_runs()

    @property
    def _step(self) -> int:
        return min(self.state.step, self.state.steps) - 1

    def _say(self) -> None:
        step = self._step
        at = ", ".join(f"{cell.upper()} {format_number(float(norms[step]), 3)}"
                       for cell, norms in self.norms.items())  # fmt: skip
        texts = (
            f"At step {step + 1} of {self.state.steps}: {at}. Drag along the steps.",
            f"“A step” is the factor of one step back, on average. {radius_words(self.traces)}",
            "‖∂L/∂h‖ at each step. Select a number to open it.",
            clipping_words(self.state, self.traces),
            self.sweep.summary(),
        )
        blocks = [b | {"text": t} for b, t in zip(self.app.stage.blocks, texts, strict=True)]
        if blocks != self.app.stage.blocks:
            self.app.stage.blocks = blocks

    def _show_runs(self) -> None:
        self.runs.rows = self.sweep.rows()
        done, total = len(self.sweep.results), len(CELLS) * len(LENGTHS)
        progress = self.sweep.progress()
        self.app.transport.param.update(
            counters=[{"label": "runs", "value": f"{done} of {total}"}],
            message=progress.get("label", "All runs are made." if done == total else ""),
            progress=progress,
        )
        self._say()

    def light(self) -> None:
        focus = self.pointed_cell if self.pointed else self.cell
        self.trace = self.traces[focus]
        lit = self.lit()
        self.trace = self.traces[self.cell]
        self.tables.light(focus, self._step, lit)
        self.figure.mark(self._step)

    # Opening numbers

    def explanation(self, ref: Ref) -> Explanation:
        if ref.tensor.startswith("run."):
            return self.sweep.explain(ref)
        return super().explanation(ref)

    def _told(self, cell: str, message: Message, ref: Ref) -> None:
        self.pointed_cell = cell
        if message["type"] == "open":
            self.cell = cell
            self.trace = self.traces[cell]
        self.number_told(message, ref)

    def opened(self) -> None:
        """A length at another step moves the line there."""
        ref = self.trail[-1]
        if ref.tensor == DH:
            self.state.apply({"step": ref.index[1] + 1})
            self.app.controls.fields = self.state.fields()
            self._say()
        super().opened()
        self.write_address()

    def _moved(self, step: int) -> None:
        if step < self.state.steps:
            self.open(Ref(DH, (0, step)))

    def _run_told(self, message: Message) -> None:
        column = int(message.get("column", len(LENGTHS)))
        if message["type"] == "open" and column < len(LENGTHS):
            self.open(Ref(f"run.{message['row']}", (LENGTHS[column],)))

    # The transport

    def transported(self, message: Message) -> None:
        kind = message["type"]
        if kind in ("play", "step"):
            self.only_one = kind == "step"
            if self.sweep.next:
                self.running.play()
        elif kind == "pause":
            self.running.stop()
        elif kind == "reset":
            self.running.stop()
            self.sweep = Sweep(self.state.seed)
            self.trail = []
            self.redraw()

    def _run(self) -> bool:
        """A slice of the run at hand; tell whether to go on."""
        is_done = self.sweep.advance()
        self._show_runs()
        return self.sweep.next is not None and not (is_done and self.only_one)


CHAPTER = GradientsThroughTime
