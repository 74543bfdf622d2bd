"""What a run has come to: scores, the time that it took, and runs before it on the same data."""

from __future__ import annotations

import copy
import time

import numpy as np

from app.playground.chapters.sequences.learning_state import LearningState
from app.playground.figures.learning import Points, Run
from core.data.reber import predicts_legal
from core.training import Snapshot, Trainer

MAX_KEPT = 4


def score_of(task: str, snapshot: Snapshot, trainer: Trainer) -> float:
    """How well the held-out sequences are answered, as the task counts it; NaN without any."""
    if snapshot.test is None:
        return float("nan")
    if task == "reber":
        x, mask = trainer.test_x, trainer.test_masks.exist
        assert mask is not None
        with np.errstate(all="ignore"):
            output = snapshot.network().forward(x, mask=mask)
        return float(predicts_legal(output, x, mask).mean())
    return snapshot.test.loss if trainer.samples.is_regression else snapshot.test.metric


class Runs:
    """The run at hand, and the kept ones. `spent` counts the seconds in which it ran."""

    def __init__(self) -> None:
        self.kept: list[Run] = []
        self.label = ""
        self.data: tuple[object, ...] = ()  # what the runs learnt from
        self.reset()

    def start(self, label: str, data: tuple[object, ...]) -> None:
        """A new run; the one before it is kept where it can be compared with this one."""
        if data != self.data:
            self.kept = []
        elif len(self.scores) > 1:
            self.kept = [run for run in self.kept if run.label != self.label][1 - MAX_KEPT :]
            self.kept.append(Run(self.label, *self.points))
        self.label, self.data = label, data
        self.reset()

    def reset(self) -> None:
        self.scores: list[tuple[int, float]] = []
        self.spent, self.solved = 0.0, ""
        self.now = time.perf_counter()

    def copy(self) -> Runs:
        """Of its own, which does not go on with this one."""
        made = copy.copy(self)
        made.scores = list(self.scores)
        return made

    def forget(self) -> None:
        self.kept = []

    @property
    def points(self) -> Points:
        steps, values = np.array(self.scores, float).reshape(-1, 2).T
        return steps, values

    @property
    def step(self) -> int:
        """That of the last score; -1 before the first."""
        return self.scores[-1][0] if self.scores else -1

    @property
    def latest(self) -> float:
        """The last score."""
        return self.scores[-1][1]

    def tick(self, running: bool) -> None:
        """Time goes by, and counts while the run is running."""
        before, self.now = self.now, time.perf_counter()
        if running:
            self.spent += self.now - before

    def add(self, step: int, score: float, state: LearningState) -> None:
        """A new score; the first that reaches the task's goal is remembered in words."""
        if not self.scores or self.scores[-1][0] != step:
            self.scores.append((step, score))
        task = state.chosen
        reached = score >= task.goal if task.is_share else score <= task.goal
        if reached and step and not self.solved:
            self.solved = (f"Solved after {step:,} steps and {self.spent:.1f} s of training: "
                           f"{task.score} {written(score, task.is_share)}.")  # fmt: skip


def written(score: float, is_share: bool) -> str:
    """A score as it is read."""
    if not np.isfinite(score):
        return "–"
    return f"{100 * score:.1f} %" if is_share else f"{score:.5f}"
