"""One held-out sequence under the lens: what the network answers to it, and what it computes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from app.playground.chapters.sequences.answers import Answer, step_names
from app.playground.chapters.sequences.learning_state import HELD_OUT, LearningState
from app.playground.chapters.sequences.lens import Lens
from app.playground.figures.wave import WavePicture
from app.playground.views import Picture
from app.playground.views.component import Message
from core.explain import Explanation, Ref, Trace, explain
from core.generation import go_on
from core.spec import DataSpec, NetworkSpec, TrainSpec
from core.training import Snapshot, Trainer

SCORED_LARGE = 10  # sequences of a network that takes long for each
Placed = tuple[Any, dict[str, Any]]
SAID = {
    "reber": "How likely it takes each letter to come next. ✓ the grammar allows it; ✗ it does "
             "not, and yet it is no less likely than one that is allowed.",
    "echo": "How likely it takes each symbol to be the one of {delay} steps before. ✓ it is; ✗ it "
            "is not, and yet it is no less likely.",
    "adding": "It is shown a value and a mark at each step, and after the last says the sum of the "
              "two that were marked: here {said:.3f}, and {true:.3f} would be right.",
    "sine": "What it was shown, what came next, and what it had foretold.",
}  # fmt: skip


class SampleDesk:
    """`receive` is told of numbers in grids, `opened` of a cell of the map and its unit."""

    def __init__(self, receive: Callable[[Message, Ref], None],
                 opened: Callable[[Ref, int], None]) -> None:  # fmt: skip
        self.lens = Lens(receive, opened)
        self.answer = Answer(receive)
        self.wave = WavePicture()
        self.wave_view = Picture(self.wave.fig)
        self.trace: Trace | None = None
        self.held_out = 0

    def max_scored(self, state: LearningState) -> int:
        return SCORED_LARGE if state.is_large else HELD_OUT

    def specs(self, state: LearningState) -> tuple[NetworkSpec, DataSpec, TrainSpec]:
        return state.network_spec(state.num_classes), state.data_spec(), state.train_spec()

    def blocks(self, state: LearningState, curves: list[Placed]) -> list[Placed]:
        wide = {"wide": True, "text": " "}
        wave = [(self.wave_view, {**wide, "title": "Continued freely"})]
        return [
            (self.lens.picture, {"title": "Gates and states", "text": " ", "rows": len(curves)}),
            *curves,
            *(wave if state.task == "sine" else []),
            (self.answer.grid, {**wide, "title": "What it answers"}),
            (self.lens.grid, {**wide, "title": "One unit"}),
        ]

    def draw(self, state: LearningState, snapshot: Snapshot, trainer: Trainer, theme: str,
             running: bool) -> None:  # fmt: skip
        self.held_out = len(trainer.test_x)
        self.trace = trace = self._trace(state, snapshot, trainer)
        steps = step_names(state.task, trace)
        path = str(state.shown_layer + trace.network.spec.takes_tokens)
        self.lens.show(trace, path, state.shown_unit, steps, theme)
        self.answer.show(state.task, trace, steps)
        if state.task == "sine":
            self._draw_wave(trace, theme)

    def _trace(self, state: LearningState, snapshot: Snapshot, trainer: Trainer) -> Trace:
        """The chosen sequence, as far as it goes."""
        n = min(state.sample, self.held_out) - 1
        x, y = trainer.test_x[n : n + 1], trainer.test_y[n : n + 1]
        masks = trainer.test_masks.rows(slice(n, n + 1))
        counted = masks.counted
        if masks.exist is not None:
            length = int(masks.exist.sum())
            x, y, counted = x[:, :length], y[:, :length], None
        made = f"It was learnt in {snapshot.step} steps, from a start drawn by seed {state.seed}."
        return Trace(snapshot.network(), x, y, snapshot.train_spec, origin=made, counted=counted)

    def _draw_wave(self, trace: Trace, theme: str) -> None:
        """The second half is made from the first: what was said is shown as the next value."""
        assert trace.targets is not None
        shown, true = trace.inputs[0], trace.targets[0, :, 0]
        half = len(shown) // 2
        free = go_on(trace.network, shown[:half], len(shown) + 1 - half)[:, 0]
        series = np.concatenate([shown[:1, 0], true])
        self.wave.update(series, trace.outputs[-1][0, :, 0], free, theme)

    def texts(self, state: LearningState, curves: list[str]) -> list[str]:
        trace = self.trace
        assert trace is not None
        assert trace.targets is not None
        length, n = trace.inputs.shape[1], min(state.sample, self.held_out)
        said, true = (float(a.flat[-1]) for a in (trace.outputs[-1], trace.targets))
        wave = (f"Left of the line it is shown the true values. From step {length // 2 + 1} on, it "
                "is shown what it said itself.")  # fmt: skip
        return [
            f"Held-out sequence {n} of {self.held_out}: {length} steps, from left to right, and "
            f"{state.hidden} units in each band. Select a cell to open it.",
            *curves,
            *([wave] if state.task == "sine" else []),
            SAID[state.task].format(delay=state.delay, said=said, true=true),
            f"Unit {state.shown_unit + 1} of {state.hidden} as numbers. Select one to open it.",
        ]  # fmt: skip

    def explanation(self, ref: Ref, first: Ref) -> Explanation:
        assert self.trace is not None
        return explain(self.trace, ref)

    def light(self, lit: set[Ref], opened: Ref | None) -> None:
        self.lens.light(lit, opened)
        self.answer.light(lit)
