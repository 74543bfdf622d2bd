"""R2: what it costs to share the weights over time, and what it would cost not to."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import param

from app.playground.chapters.base import Instruments, field
from app.playground.chapters.sequences.unfolded import ROWS
from app.playground.chapters.walk import WalkingChapter
from app.playground.figures.growth import GrowthPicture
from app.playground.state import ChapterState
from app.playground.views import Picture, Table, Unfolding
from app.playground.views.component import Message
from core.explain import Explanation, Ref
from core.explain.record import subscript
from core.unfolded_costs import PARTS, WAYS, UnfoldedCosts

MAX_STEPS, LENGTHS = 60, 60
DRAWN = 6  # steps that the picture shows
CELLS = {"rnn": "RNN", "lstm": "LSTM", "gru": "GRU"}
NAMES = {"shared": "one cell, shared", "own": "own weights at each step",
         "dense": "dense, over all steps"}  # fmt: skip
CURVES = {"shared": "shared", "own": "own weights", "dense": "dense"}
COLUMNS = [{"label": label, "kind": "whole"} for label in CELLS.values()]
PART_COLUMNS = [{"label": "shared", "kind": "whole"}, {"label": "own, all steps", "kind": "whole"}]


class TimeSharingState(ChapterState):
    cell = param.Selector(default="rnn", objects=list(CELLS), label="Cell")
    features = param.Integer(default=3, bounds=(1, 100), label="Inputs",
                             doc="Numbers that come in at each step")  # fmt: skip
    hidden = param.Integer(default=8, bounds=(1, 100), label="Hidden units",
                           doc="Numbers of the state")  # fmt: skip
    outputs = param.Integer(default=2, bounds=(1, 100), label="Outputs",
                            doc="Numbers that go out at each step")  # fmt: skip
    steps = param.Integer(default=6, bounds=(1, MAX_STEPS), label="Steps T",
                          doc="The length of the sequence")  # fmt: skip
    own = param.Boolean(default=False, label="Own weights at each step",
                        doc="Draw the network that shares nothing")  # fmt: skip

    ADDRESS = {"cell": "cell", "features": "in", "hidden": "hidden", "outputs": "out",  # noqa: RUF012
               "steps": "steps", "own": "own"}  # fmt: skip

    def costs(self, cell: str = "") -> UnfoldedCosts:
        return UnfoldedCosts(cell or self.cell, self.features, self.hidden, self.outputs,
                             self.steps)  # fmt: skip


class TimeSharing(WalkingChapter):
    id = "r2"
    number = "R2"
    part = "sequences"
    title = "One set of weights for all steps"
    summary = "Parameters with and without sharing, as the sequence grows"
    State = TimeSharingState
    play_label = "Grow"
    pause_s = 0.15
    buttons = ({"id": "next", "label": "One step longer", "help": "A longer sequence (key .)"},)
    lead = """
A recurrent network uses **the same weights at every step**. Make the sequence longer, and compare it
with a network that has weights of its own at each step. Every count opens.
"""
    notes = """
## Try this

- Press *Grow*. One curve stays where it is: the number of steps is [not in its formula](?chapter=r2).
- Switch on [own weights at each step](?chapter=r2&own=1). The picture has the same boxes, but each arrow its own name: nothing ties the
  steps together.
- An [LSTM](?chapter=r2&cell=lstm) has four sums a unit, each with weights from the input and from the state: 4 (h·x + h·h + h)
  numbers for x inputs and h units. A [GRU](?chapter=r2&cell=gru) has three, and one more bias.
- At [one step](?chapter=r2&steps=1) there is nothing to share. What does the recurrent cell have that the dense layers lack?

## What sharing does

- **Fewer numbers to learn**, and each learns from every step: its gradient is the sum over all of them.
- **Any length**: the same cell reads sequences that are longer than any it was trained on.
- **The same rule everywhere**: what it finds out at step 3 also holds at step 30.

> A network with weights of its own at each step is not recurrent any more. It is a **feed-forward network**, as deep as the sequence is
> long, that gets one input at each layer. It is made for one length.

> Convolutions [share weights as well](?chapter=c2), over places of a picture; recurrent networks share them over time.
"""

    def __init__(self, app: Instruments) -> None:
        super().__init__(app)
        self.picture = Unfolding(self._picture_told, label="The network and its weights",
                                 rows=ROWS, across="W_hh", current=-1)  # fmt: skip
        self.totals = Table(self._total_told, label="Parameters", columns=COLUMNS,
                            name_label="network")  # fmt: skip
        self.parts = Table(self._part_told, label="Parts", columns=PART_COLUMNS,
                           name_label="tensor")  # fmt: skip
        self.growth = GrowthPicture("growth", "steps of the sequence", "parameters",
                                    tuple(CURVES.values()))  # fmt: skip
        self.curves = Picture(self.growth.fig)
        self.trail = [Ref("shared.total")]

    # Showing

    def enter(self) -> None:
        self.app.stage.put(
            (self.picture, {"title": "The network", "text": " ", "wide": True}),
            (self.totals, {"title": "All parameters", "text": " "}),
            (self.curves, {"title": "As the sequence grows", "text": " ", "rows": 2}),
            (self.parts, {"title": "Tensor by tensor", "text": " "}),
        )  # fmt: skip
        self.show_walk()
        self.redraw()

    def apply(self, values: dict[str, Any]) -> None:
        self.take(values)
        if "own" in values:
            self.trail = [Ref(f"{self._way}.total")]
        if self.app.is_open(self):
            self.redraw()

    def redraw(self) -> None:
        self.costs = self.state.costs()
        self._show_picture()
        self._show_tables()
        state = self.state
        now = {CURVES[way]: self.costs.number(f"{way}.total") for way in WAYS}
        lengths, curves = _curves(state.cell, state.features, state.hidden, state.outputs)
        self.growth.update(lengths, curves, (state.steps, now), self.app.theme)
        self._show_controls()
        self._say(now)
        self.show_trail()
        self.light()

    @property
    def _way(self) -> str:
        """The network that is drawn."""
        return "own" if self.state.own else "shared"

    def _show_picture(self) -> None:
        drawn = range(min(self.state.steps, DRAWN))
        self.picture.start = [{"value": "h₀", "name": "h₀"}]
        self.picture.steps = [self._step(t) for t in drawn]

    def _step(self, t: int) -> dict[str, Any]:
        below = subscript(t + 1)
        boxes = {key: {"cells": [{"value": f"{key}{below}", "name": f"{key}{below}"}], "mark": ""}
                 for key in "xhy"}  # fmt: skip
        step: dict[str, Any] = {"label": f"t = {t + 1}", "boxes": boxes}
        if self.state.own:
            step["weights"] = {"h": f"W_ih{below}", "y": f"W_hy{below}", "across": f"W_hh{below}"}
        return step

    def _show_tables(self) -> None:
        self.totals.rows = [
            {"key": way, "name": NAMES[way], "detail": "", "state": "",
             "values": [self._total(way, cell) for cell in CELLS]}
            for way in WAYS
        ]  # fmt: skip
        self.parts.rows = [
            {"key": key, "name": PARTS[key][0], "detail": "", "state": "",
             "values": [self.costs.number(f"{way}.{key}") for way in ("shared", "own")]}
            for key in self.costs.tensors
        ]  # fmt: skip

    def _total(self, way: str, cell: str) -> int | str:
        """A dense network has no cell; it stands in the first column."""
        if way == "dense" and cell != "rnn":
            return ""
        return self.state.costs(cell).number(f"{way}.total")

    def _show_controls(self) -> None:
        options = [{"value": cell, "label": label} for cell, label in CELLS.items()]
        sizes = ("features", "hidden", "outputs")
        self.app.controls.fields = [
            field(self.state, "steps", "integer", "The sequence"),
            field(self.state, "own", "switch", "The picture"),
            field(self.state, "cell", "select", "The cell", options=options),
            *(field(self.state, name, "integer", "The cell") for name in sizes),
        ]

    def _say(self, now: dict[str, int]) -> None:
        steps, cell = self.state.steps, CELLS[self.state.cell]
        many = f"{steps} step{'s' * (steps > 1)}"
        shared, own, dense = (f"{now[name]:,}" for name in CURVES.values())
        sets = (f"{many}, each with {shared} numbers of its own: {own} in all, a feed-forward network"
                if self.state.own else f"{many}, the same {shared} numbers at each")  # fmt: skip
        cut = f"; the first {DRAWN} are drawn" if steps > DRAWN else ""
        texts = (
            f"{sets}{cut}.",
            f"At {many}. Select a number to open it.",
            f"{cell}, on a logarithmic axis; the dots are at {many}.",
            f"{cell}. Shared, it is the same for every length.",
        )  # fmt: skip
        self.app.stage.blocks = [block | {"text": text} for block, text in
                                 zip(self.app.stage.blocks, texts, strict=True)]  # fmt: skip
        counters = [("steps", str(steps)), ("shared", shared), ("own", own), ("dense", dense)]
        self.app.transport.counters = [{"label": a, "value": b} for a, b in counters]

    def light(self) -> None:
        names = [ref.tensor.partition(".") for ref in self.lit()]
        column = list(CELLS).index(self.state.cell)
        self.totals.highlight = [[way, 0 if way == "dense" else column]
                                 for way, _, name in names if name == "total"]  # fmt: skip
        self.parts.highlight = [[key, ("shared", "own").index(way)]
                                for way, _, key in names if way != "dense" and key in PARTS]  # fmt: skip

    # What the learner does

    def explanation(self, at: Ref) -> Explanation:
        return self.costs.explanation(at)

    def _picture_told(self, message: Message) -> None:
        if message["type"] in ("open", "go"):
            self.open(Ref(f"{self._way}.total"))

    def _total_told(self, message: Message) -> None:
        way, column = str(message["row"]), int(message.get("column", 0))
        cell = self.state.cell if way == "dense" or message["type"] == "choose" else (
            list(CELLS)[column])  # fmt: skip
        if message["type"] in ("point", "leave") and cell != self.state.cell:
            return
        if cell != self.state.cell:
            self.apply({"cell": cell})
            self.write_address()
        kind = "open" if message["type"] == "choose" else message["type"]
        self.number_told({**message, "type": kind}, Ref(f"{way}.total"))

    def _part_told(self, message: Message) -> None:
        way = ("shared", "own")[int(message.get("column", 0))]
        kind = "open" if message["type"] == "choose" else message["type"]
        self.number_told({**message, "type": kind}, Ref(f"{way}.{message['row']}"))

    def rewind(self) -> None:
        if self.state.steps == MAX_STEPS:
            self.apply({"steps": 1})

    def reset(self) -> None:
        self.trail = [Ref("shared.total")]
        super().reset()

    def advance(self, by: int = 1) -> bool:
        """One step longer; tell whether it can grow on."""
        self.apply({"steps": min(self.state.steps + by, MAX_STEPS)})
        self.write_address()
        return bool(self.state.steps < MAX_STEPS)


@lru_cache(maxsize=32)
def _curves(cell: str, features: int, hidden: int, outputs: int) -> tuple[Any, dict[str, Any]]:
    """The lengths, and for each way its parameters at each."""
    lengths = np.arange(1, LENGTHS + 1)
    every = [UnfoldedCosts(cell, features, hidden, outputs, int(steps)) for steps in lengths]
    return lengths, {CURVES[way]: np.array([each.number(f"{way}.total") for each in every])
                     for way in WAYS}  # fmt: skip


CHAPTER = TimeSharing
