"""R1: the recurrent cell, folded and unfolded along a sequence."""

from __future__ import annotations

from typing import Any

import numpy as np

from app.playground.chapters.base import Instruments
from app.playground.chapters.sequences.cell_grids import CellGrids
from app.playground.chapters.sequences.cell_state import TENSORS, CellState
from app.playground.chapters.sequences.unfolded import ROWS, columns, place_of, ref_of, start, twin
from app.playground.chapters.walk import WalkingChapter
from app.playground.views import Unfolding
from app.playground.views.component import Message
from core.explain import Ref, explain, format_number
from core.explain.record import subscript

NAMES = {"input": "x", "layers.0.h_start": "h0"} | {tensor: n for n, tensor in TENSORS.items()}


class RecurrentCell(WalkingChapter):
    id = "r1"
    number = "R1"
    part = "sequences"
    title = "One cell, again and again"
    summary = "The recurrent cell, folded and unfolded along a sequence, step by step"
    State = CellState
    play_label = "Walk through time"
    pause_s = 1.0
    buttons = (
        {"id": "next", "label": "Next number", "help": "First h, then y (key .)"},
        {"id": "back", "label": "Back", "help": "The number before"},
    )
    lead = """
A **recurrent cell** reads a sequence one step at a time. At each step it makes a new **state** h from the input and from the state
before it, and then an **output** y from the state. The state is all it remembers. Walk through time; open any number.
"""
    notes = """
## Try this

- [Same input, other output](?chapter=r1&t=2): at steps 1 and 2 the cell reads the same 1. But it comes with another state, and so
  it says something else. This one tells whether an odd number of ones has come.
- [Fold it](?chapter=r1&folded=1): what looks like six cells is one, used six times. Walk on, and watch the loop.
- [Start in another state](?chapter=r1&h0=1.0~0.0&t=1): all outputs change, though no input does.
- Choose *Fading memory*, and make w_hh larger or smaller. What happens at 1? And at −0.8?
- Choose *Has a one come?*, then set w_hh to 1. How long does it remember now?
- Make a cell that [counts down](?chapter=r1&steps=6&x=5~0~0~0~0~0&hidden=1&wih=1&whh=1&b=-1&why=1&by=0&h0=0&t=1) by one at each step.

## First h, then y

hₜ = φ(W_ih xₜ + W_hh hₜ₋₁ + b), with φ = tanh or ReLU, is computed first; then yₜ = W_hy hₜ + b_y, from that new state.
The input never goes to the output directly, and neither does the old state.

> Every step uses **the same weights and the same function**; only the state differs. Change one weight, and all steps change. To
> draw the cell once for each step (to *unfold* it) adds nothing to it.
"""

    def __init__(self, app: Instruments) -> None:
        super().__init__(app)
        self.picture = Unfolding(self._picture_told, label="The cell along the sequence",
                                 rows=ROWS, across="W_hh")  # fmt: skip
        self.grids = CellGrids(self.number_told)
        self.has_output = True  # whether y of the present step is computed already

    # Showing

    def enter(self) -> None:
        grids = self.grids
        self.app.stage.put(
            (self.picture, {"title": "Along the sequence", "text": " ", "wide": True}),
            (grids.x, {"title": "Inputs x", "text": "A column a step. Type to change.", "span": 4}),
            (grids.into_output, {"title": "Into the output", "text": "W_hy and b_y.", "span": 2}),
            (grids.into_state, {"title": "Weights into the state",
                                "text": "W_ih, W_hh and b: the same at every step.", "span": 4}),
            (grids.start, {"title": "First state", "text": "Before step 1.", "span": 2}),
            (grids.state, {"title": "First the state", "text": " ", "span": 4}),
            (grids.output, {"title": "Then the output", "text": " ", "span": 2}),
        )  # fmt: skip
        self.show_walk()
        if not self.trail:
            self.trail = [self._present]
        self.redraw()

    def apply(self, values: dict[str, Any]) -> None:
        self.take(values)
        if "step" in values:
            self.has_output = True
            self.trail = [self._present]
        if self.app.is_open(self):
            self.redraw()

    def redraw(self) -> None:
        self.trace = self.state.trace()
        self.app.controls.fields = self.state.fields()
        at = self.state.at
        self.grids.show(self.trace, at)
        self.same = twin(self.trace, at) if self.has_output else None
        self.picture.param.update(
            start=start(self.trace, self.state.array("h0")), current=at, folded=self.state.folded,
        )  # fmt: skip
        self.picture.steps = columns(self.trace, self._marks())
        self.show_trail()
        self.light()
        self._say()

    def _marks(self) -> dict[tuple[str, int], str]:
        at = self.state.at
        later = [(row, t) for row in "hy" for t in range(at + 1, self.state.steps)]
        marks = dict.fromkeys(later + [("y", at)] * (not self.has_output), "later")
        twins = [] if self.same is None else [("x", at), ("x", self.same)]
        return marks | dict.fromkeys(twins, "twin")

    @property
    def _present(self) -> Ref:
        """The number that the walk is at."""
        return ref_of("y" if self.has_output else "h", self.state.at, 0)

    # Words

    def _say(self) -> None:
        at = self.state.at
        here = f"At step {at + 1} of {self.state.steps}: each weight times"
        texts = {0: f"{self._step_words(at)}{self._twin_words(at)}", 5: f"{here} …", 6: "Each weight times …"}
        self.app.stage.blocks = [
            block | {"text": texts.get(index, block["text"])}
            for index, block in enumerate(self.app.stage.blocks)
        ]
        phase = "y from h" if self.has_output else "h from x and h"
        self.app.transport.counters = [
            {"label": "step", "value": f"{at + 1} of {self.state.steps}"},
            {"label": "now", "value": phase},
        ]

    def _step_words(self, at: int) -> str:
        before, after, step = self._values("h", at - 1), self._values("h", at), subscript(at + 1)
        said = (f"Step {at + 1}: from x{step} = {self._values('x', at)} and "
                f"h{subscript(at)} = {before} comes h{step} = {after}")  # fmt: skip
        then = f", and from it y{step} = {self._values('y', at)}" if self.has_output else ""
        return f"{said}{then}."

    def _twin_words(self, at: int) -> str:
        if self.same is None:
            return ""
        other = self.same
        return (f" Step {other + 1} has the same input, but the state before it is "
                f"{self._values('h', other - 1)}: y{subscript(other + 1)} = "
                f"{self._values('y', other)}.")  # fmt: skip

    def _values(self, row: str, step: int) -> str:
        assert self.trace is not None
        sizes = {"x": self.state.features, "h": self.state.hidden, "y": self.state.outputs}
        refs = [ref_of(row, step, unit) for unit in range(sizes[row])]
        values = [format_number(explain(self.trace, ref).result, 3) for ref in refs]
        return values[0] if len(values) == 1 else f"({', '.join(values)})"

    def light(self) -> None:
        lit = self.lit()
        self.grids.light(lit)
        self.picture.lit = [place for ref in sorted(lit) if (place := place_of(ref))]

    def lit(self) -> set[Ref]:
        """Of a state also what its sum was computed from."""
        found = super().lit()
        sums = [ref for ref in found if ref.tensor == "layers.0.h_sum"]
        if len(sums) != 1 or self.trace is None:
            return found
        terms = explain(self.trace, sums[0]).terms
        return found | {factor.ref for term in terms for factor in term.factors if factor.ref}

    # What the learner does

    def controlled(self, message: Message) -> None:
        self.apply(self.state.changed(message["name"], message.get("value")))

    def rewind(self) -> None:
        if self._number + 1 >= 2 * self.state.steps:
            self._go(0)

    @property
    def _number(self) -> int:
        """How far the walk is: two numbers at each step, h and y."""
        return 2 * self.state.at + self.has_output

    def advance(self, by: int = 1) -> bool:
        """On by one number; tell whether there is more."""
        self._go(self._number + by)
        return self._number + 1 < 2 * self.state.steps

    def _go(self, number: int) -> None:
        step, phase = divmod(number % (2 * self.state.steps), 2)
        self.state.apply({"step": step + 1})
        self.has_output = bool(phase)
        self.trail = [self._present]
        self.redraw()
        self.opened()

    def opened(self) -> None:
        self.write_address()
        super().opened()

    def _picture_told(self, message: Message) -> None:
        step = int(message["step"])
        if message["type"] == "go":
            self.walk.stop()
            self._go(2 * step + 1)
            return
        ref = ref_of(str(message["row"]), step, int(message["unit"]))
        if message["type"] == "open" and step >= 0:
            self._visit(step, message["row"])
        self.number_told(message, ref)

    def _visit(self, step: int, row: str) -> None:
        """Go to the step of a number that is opened in the picture."""
        self.walk.stop()
        self.state.apply({"step": step + 1})
        self.has_output = row != "h" or self.has_output
        self.redraw()

    def edit(self, ref: Ref, value: float) -> None:
        name = NAMES.get(ref.tensor)
        if name is None:
            return
        index = ref.index[1:] if name in ("x", "h0") else ref.index
        self.apply(self.state.with_number(name, index, value))
        self.write_address()

    def explanation(self, ref: Ref) -> Any:
        with np.errstate(all="ignore"):
            return super().explanation(ref)


CHAPTER = RecurrentCell
