"""Cells that learn to remember a marked value, each from the same seed and on the same samples."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from app.playground.chapters.gate_state import GateState
from core.explain import format_number
from core.spec import DataSpec, TrainSpec
from core.training import Snapshot, Trainer

SAMPLES, BATCH = 400, 20  # half of the samples are for the test
STRETCH = 10  # steps between two looks at whether the task is solved
LONGEST = 2000  # steps; who has not learned by then is stopped
SOLVED_LOSS, SOLVED_RIGHT = 0.05, 0.99
COLUMNS = [
    {"label": "steps T", "kind": "whole"}, {"label": "units", "kind": "whole"},
    {"label": "parameters", "kind": "whole"}, {"label": "forget bias", "kind": "text"},
    {"label": "learned after", "kind": "whole"}, {"label": "test right", "kind": "percent"},
    {"label": "seconds", "kind": "whole"},
]  # fmt: skip


def train_spec(state: GateState) -> TrainSpec:
    return TrainSpec("binary_cross_entropy", "adam", float(state.rate), BATCH, seed=state.seed)


@dataclass
class Learner:
    """One cell in training. `solved` is the number of steps after which the test samples were
    answered well for the first time."""

    cell: str
    trainer: Trainer
    longest: int = LONGEST
    seconds: float = 0.0
    solved: int | None = None

    @classmethod
    def of(cls, cell: str, state: GateState) -> Learner:
        data = DataSpec("marked", SAMPLES, num_steps=state.steps, seed=state.seed)
        return cls(cell, Trainer(state.network_spec(cell), data, train_spec(state)))

    @property
    def is_done(self) -> bool:
        trainer = self.trainer
        return bool(self.solved or trainer.message) or trainer.step_count >= self.longest

    def advance(self, steps: int) -> None:
        """So many steps, fewer at the next look; the task may then be solved."""
        begin = time.perf_counter()
        to_look = STRETCH - self.trainer.step_count % STRETCH
        for _ in range(min(steps, to_look)):
            self.trainer.step()
        if self.trainer.step_count % STRETCH == 0 and self._is_right():
            self.solved = self.solved or self.trainer.step_count
        self.seconds += time.perf_counter() - begin

    def _is_right(self) -> bool:
        score = self.trainer.score(self.trainer.test_x, self.trainer.test_y)
        assert score is not None  # half of the samples are for the test
        return score.loss < SOLVED_LOSS and score.metric >= SOLVED_RIGHT

    def row(self, state: GateState) -> dict[str, Any]:
        """This run as a row of the table of runs."""
        trainer = self.trainer
        score = trainer.scores()[1]
        values = [
            state.steps, state.size, state.cell_parameters(self.cell),
            format_number(state.forget_bias, 3) if self.cell == "lstm" else "",
            self.solved if self.solved else "", score.metric if score else "",
            round(self.seconds, 2),
        ]  # fmt: skip
        detail = "" if self.solved else f"not after {trainer.step_count} steps"
        key = f"{self.cell} {values[:4]} {state.rate} {state.seed}"
        return {"key": key, "name": self.cell.upper(), "detail": detail, "values": values}


def counters(learner: Learner, snapshot: Snapshot) -> list[dict[str, str]]:
    test = snapshot.test
    assert test is not None
    name = learner.cell.upper()
    return [
        {"label": f"{name} batches", "value": str(snapshot.step)},
        {"label": f"{name} test loss", "value": f"{test.loss:.4f}"},
        {"label": f"{name} test right", "value": f"{100 * test.metric:.1f} %"},
    ]
