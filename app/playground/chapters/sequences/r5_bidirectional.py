"""R5: passes in both directions."""

from __future__ import annotations

from typing import Any

import numpy as np

from app.playground.chapters.base import Instruments, field
from app.playground.chapters.sequences.bidirectional_state import (
    CELLS,
    MERGES,
    WAYS,
    WINDOW,
    BidirectionalState,
)
from app.playground.chapters.sequences.lane import Lane
from app.playground.chapters.sequences.side_by_side import SideBySide
from app.playground.figures.two_ways import TwoWays
from app.playground.figures.unfolded import UnfoldedPicture
from app.playground.views import Picture
from core.data.gaps import GAP, fitting
from core.data.reber import SYMBOLS, decode
from core.explain import Explanation, Factor, Ref
from core.spec import DataSpec, RecurrentSpec, TrainSpec

LATENCY = "latency"


class Bidirectional(SideBySide):
    id = "r5"
    number = "R5"
    part = "sequences"
    title = "From both ends"
    summary = "A pass forward, a pass backward, and a window between them"
    State = BidirectionalState
    max_epochs = 40
    columns = (("parameters", "whole"), ("multiply-adds a step", "whole"),
               ("must wait for", "text"))  # fmt: skip
    lead = """
One letter of each string is missing. What comes **before** says something about it, and what comes **after** says something else. **Train**
four networks on the same strings: one reads forward, one backward, one in both directions, and one looks only a few letters ahead.
"""
    notes = """
## The task

The strings follow the *embedded Reber grammar*: B, then T or P, then a small grammar of its own, then *the same* T or P, then E. Read
forward, two letters are possible at most places, and the network can only guess. With both sides there is mostly one.
The word *fits* is no network's answer. It is worked out from the grammar: which letters go with what each network can see.

## Try this

- Move *Look-ahead* down to [nothing](?chapter=r5&look_ahead=0), and [one by one](?chapter=r5&look_ahead=1) up again. How many letters of the future are enough
  here? Compare the window's cost of a step with that of *both*: each step starts a pass of its own.
- *Both* has about twice the recurrent parameters. [Half the units](?chapter=r5&hidden=8) in each pass make up for that; it still wins.
- [Added up](?chapter=r5&merge=sum) instead of side by side, the two states share the weights of the last layer.

## Two passes, not one that goes back

> The backward pass does not correct the forward one. They are **two independent passes** with weights of their own, and only their states are
> merged, step by step. Neither knows of the other.

> The price is **waiting**: the backward pass starts at the end, so the whole sequence must be there before the first answer. For a live
> caption or a keyboard that is too late. A window of *k* steps answers *k* steps late instead.
"""

    def __init__(self, app: Instruments) -> None:
        self.picture = UnfoldedPicture("two-ways")
        self.picture_view = Picture(self.picture.fig)
        super().__init__(app)

    # The contest

    def make_lanes(self) -> dict[str, Lane]:
        state = self.state
        lanes = {key: Lane(label, state.network_spec(key)) for key, label in WAYS.items()}
        k = state.look_ahead
        return lanes | {WINDOW: Lane(f"both, window {k}", state.network_spec("both", k))}

    def data_spec(self) -> DataSpec:
        return self.state.data_spec()

    def train_spec(self) -> TrainSpec:
        return self.state.train_spec()

    # Numbers

    def own_refs(self, lane: Lane) -> list[Ref]:
        return [Ref("total.parameters"), Ref("total.multiply_adds"), Ref(LATENCY)]

    def own_explanation(self, lane: Lane, ref: Ref) -> Explanation:
        if ref.tensor != LATENCY:
            raise LookupError(ref.tensor)
        cell = self._cell(lane)
        if cell.look_ahead is not None:
            return Explanation(ref, "k", "Steps to wait for an answer", "given", cell.look_ahead,
                               note="The window's length: your choice.")  # fmt: skip
        if cell.direction == "forward":
            return Explanation(ref, "wait", "Steps to wait for an answer", "given", 0,
                               note="All that it reads is there already.")  # fmt: skip
        length = Factor("letters", len(self._string))
        step = Factor("place of the gap", self._gap + 1)
        return Explanation(ref, "wait", "Steps to wait for the answer at the gap", "function",
                           length.value - step.value, "letters − place of the gap",
                           f"{length.value} − {step.value}", arguments=(length, step),
                           note="The pass from the end starts at the last letter.")  # fmt: skip

    @staticmethod
    def _cell(lane: Lane) -> RecurrentSpec:
        found = lane.network.layers[1]
        assert isinstance(found, RecurrentSpec)
        return found

    # The string that is shown

    @property
    def _string(self) -> str:
        trainer, at = self.trainer, self.sample
        samples = trainer.samples
        row = samples.test_indices[at]
        assert samples.mask is not None
        return decode(samples.targets[row, samples.mask[row]])

    @property
    def _gap(self) -> int:
        counted = self.trainer.test_masks.counted
        assert counted is not None
        return int(counted[self.sample].argmax())

    def _fitting(self, lane: Lane) -> str:
        """The letters that fit what a network sees."""
        string, gap, cell = self._string, self._gap, self._cell(lane)
        before, after = string[:gap], string[gap + 1 :]
        if cell.direction == "forward":
            return fitting(before, None)
        if cell.look_ahead is not None:
            k = cell.look_ahead
            return fitting(before, after[:k], is_whole=k >= len(after) + 1)
        return fitting(before if cell.direction == "both" else None, after)

    # Showing

    def own_blocks(self) -> list[tuple[Any, dict[str, Any]]]:
        return [(self.picture_view, {"title": "What reaches the answer", "text": " ",
                                     "wide": True})]  # fmt: skip

    def show_own(self) -> None:
        lane = self.lanes[self.chosen]
        cell, string, gap = self._cell(lane), self._string, self._gap
        shown = TwoWays(string[:gap] + GAP + string[gap + 1 :], gap, cell.direction != "backward",
                        cell.direction != "forward", cell.look_ahead)  # fmt: skip
        self.picture.update(shown.rows, shown.dots(self._answer(self.chosen)), shown.links(),
                            self.app.theme)  # fmt: skip
        self.say({
            "What reaches the answer": f"The network that reads {lane.label}. Letters that fit what it sees: "
                                       f"{', '.join(self._fitting(lane))}. Right is {string[gap]}. "
                                       "Choose a network in the table.",
            "Learning": "The loss of the test strings after each epoch; the same batches for all.",
            "One test sample": "How probable each network finds each letter at the gap; ✓ is the right one.",
            "Side by side": "Choose a network by its name; open any number.",
        })  # fmt: skip

    def _probabilities(self, key: str) -> list[float]:
        trace = self.trace_of(key)
        found: list[float] = trace.loss.predict(trace.outputs[-1])[0, self._gap].tolist()
        return found

    def _answer(self, key: str) -> str:
        return SYMBOLS[int(np.argmax(self._probabilities(key)))]

    def show_answers(self) -> None:
        values = [[p if np.isfinite(p) else "NaN" for p in self._probabilities(key)]
                  for key in self.lanes]  # fmt: skip
        right = SYMBOLS.index(self._string[self._gap])
        fits = {key: self._fitting(lane) for key, lane in self.lanes.items()}
        self.answers.param.update(
            values=values, row_labels=[lane.label for lane in self.lanes.values()],
            column_labels=[f"{letter} ✓" if k == right else letter
                           for k, letter in enumerate(SYMBOLS)],
            captions={f"{row},{column}": "fits" for row, key in enumerate(self.lanes)
                      for column, letter in enumerate(SYMBOLS) if letter in fits[key]},
        )  # fmt: skip

    def answer_ref(self, row: int, column: int) -> Ref:
        return Ref("prediction", (0, self._gap, column))

    def controls(self) -> list[dict[str, Any]]:
        state = self.state
        cells = [{"value": name, "label": label} for name, label in CELLS.items()]
        merges = [{"value": name, "label": label} for name, label in MERGES.items()]
        return [
            field(state, "look_ahead", "integer", "Window"),
            field(state, "cell", "select", "Networks", options=cells),
            field(state, "hidden", "integer", "Networks"),
            field(state, "merge", "select", "Networks", options=merges),
            field(state, "sample", "integer", "Task", max=len(self.trainer.test_x)),
            field(state, "rate", "number", "Training", scale="log"),
            field(state, "seed", "integer", "Training"),
        ]  # fmt: skip


CHAPTER = Bidirectional
