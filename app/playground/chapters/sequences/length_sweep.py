"""How long a task may be: each cell trained anew at each length, run by run."""

from __future__ import annotations

import time
from typing import Any

from app.playground.chapters.sequences.gate_learning import BATCH, SAMPLES, Learner
from app.playground.chapters.sequences.norm_state import CELLS
from core.explain import Explanation, Ref
from core.spec import DataSpec, LinearSpec, NetworkSpec, RecurrentSpec, TrainSpec
from core.training import Trainer

LENGTHS = (4, 8, 16, 32, 64)
HIDDEN, RATE, LONGEST = 8, 0.02, 300
SLICE_S = 0.04  # training between two pictures
TESTED = SAMPLES // 2
COLUMNS = [*({"label": f"T = {length}", "kind": "percent"} for length in LENGTHS),
           {"label": "learned up to", "kind": "whole"}]  # fmt: skip
Run = tuple[str, int]


class Sweep:
    """Results by cell and length; `advance` goes on with the first run that has none."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.results: dict[Run, Learner] = {}
        self.current: Run | None = None
        self.learner: Learner | None = None

    @property
    def next(self) -> Run | None:
        """The run at hand; the short ones come first."""
        runs = ((cell, length) for length in LENGTHS for cell in CELLS)
        return next((run for run in runs if run not in self.results), None)

    def advance(self) -> bool:
        """Train for a slice; tell whether a run has come to its end."""
        run = self.next
        if run is None:
            return False
        if run != self.current:
            self.current, self.learner = run, self._learner(*run)
        assert self.learner is not None
        end = time.perf_counter() + SLICE_S
        self.learner.advance(1)
        while not self.learner.is_done and time.perf_counter() < end:
            self.learner.advance(1)
        if self.learner.is_done:
            self.results[run] = self.learner
        return self.learner.is_done

    def _learner(self, cell: str, length: int) -> Learner:
        layers = (RecurrentSpec(cell, HIDDEN, returns="last"), LinearSpec(1))
        data = DataSpec("marked", SAMPLES, num_steps=length, seed=self.seed)
        train = TrainSpec("binary_cross_entropy", "adam", RATE, BATCH, seed=self.seed)
        return Learner(cell, Trainer(NetworkSpec((length, 2), layers), data, train), LONGEST)

    # What is shown

    def rows(self) -> list[dict[str, Any]]:
        return [self._row(cell) for cell in CELLS]

    def _row(self, cell: str) -> dict[str, Any]:
        learned = [length for length in LENGTHS if self._solved(cell, length)]
        shown: list[Any] = [self.right(cell, length) for length in LENGTHS]
        longest = max(learned) if learned else None
        return {"key": cell, "name": cell.upper(), "detail": "", "values": [*shown, longest]}

    def _solved(self, cell: str, length: int) -> bool:
        learner = self.results.get((cell, length))
        return bool(learner and learner.solved)

    def right(self, cell: str, length: int) -> float | None:
        """The share of the test sequences that were answered rightly; None before the run."""
        learner = self.results.get((cell, length))
        score = learner.trainer.scores()[1] if learner else None
        return float(score.metric) if score else None

    def progress(self) -> dict[str, Any]:
        run = self.next
        if run is None or self.learner is None or run != self.current:
            return {}
        done, all_runs = len(self.results), len(CELLS) * len(LENGTHS)
        share = self.learner.trainer.step_count / LONGEST
        return {"label": f"{run[0].upper()} at T = {run[1]}: run {done + 1} of {all_runs}",
                "value": done + share, "total": all_runs}  # fmt: skip

    def summary(self) -> str:
        """What the sweep has shown so far."""
        if not self.results:
            return (f"Not run yet. Each cell of {HIDDEN} units gets {LONGEST} batches to learn to "
                    "remember a marked value through T steps.")  # fmt: skip
        said = []
        for cell in CELLS:
            learned = [length for length in LENGTHS if self._solved(cell, length)]
            said.append(f"{cell.upper()} up to T = {max(learned)}" if learned
                        else f"{cell.upper()} at none")  # fmt: skip
        return (f"Learned within {LONGEST} batches so far: {', '.join(said)}. Guessing is right "
                "half of the time.")  # fmt: skip

    def explain(self, ref: Ref) -> Explanation:
        """A result, run.CELL at a length; raises ValueError where there is none."""
        cell, (length,) = ref.tensor.removeprefix("run."), ref.index
        learner, right = self.results.get((cell, length)), self.right(cell, length)
        if learner is None or right is None:
            raise ValueError("this run was not made yet")
        count = learner.trainer.step_count
        what = (f"It was learned after {count} batches" if learner.solved
                else f"It was not learned in {count} batches")  # fmt: skip
        note = f"{what} of {BATCH}, which took {learner.seconds:.1f} s. {learner.trainer.message}"
        title = f"Test sequences that the {cell.upper()} answers rightly"
        return Explanation(ref, f"right at T = {length}", title, "function", right, "right / all",
                           f"{round(right * TESTED)} / {TESTED}", note=note)  # fmt: skip
