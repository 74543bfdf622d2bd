"""Cells that learn to remember a marked value, each from the same seed and on the same samples."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from app.playground.chapters.sequences.gate_state import GateState
from app.playground.chapters.trains import Kept, trained
from core.explain import Trace, format_number
from core.network import Network
from core.spec import DataSpec, TrainSpec
from core.training import Snapshot, Trainer

SAMPLES, BATCH = 400, 20  # half of the samples are for the test
STRETCH = 10  # steps between two looks at whether the task is solved
LONGEST = 2000  # steps; who has not learned by then is stopped
PICTURE_S = 0.06  # training between two pictures, at most
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
    _snapshot: Snapshot | None = None

    @classmethod
    def of(cls, cell: str, state: GateState) -> Learner:
        data = DataSpec("marked", SAMPLES, num_steps=state.steps, seed=state.seed)
        return cls(cell, Trainer(state.network_spec(cell), data, train_spec(state)))

    @property
    def snapshot(self) -> Snapshot:
        """Where training stands; the same one until it goes on."""
        if self._snapshot is None or self._snapshot.step != self.trainer.step_count:
            self._snapshot = self.trainer.snapshot()
        return self._snapshot

    def kept(self) -> Kept:
        return Kept(self.snapshot, (self.solved, self.seconds))

    def bring_back(self, kept: Kept) -> None:
        """Back to where training stood then."""
        assert kept.snapshot
        self.trainer.restore(kept.snapshot)
        self.solved, self.seconds = kept.more
        self._snapshot = kept.snapshot

    @property
    def is_done(self) -> bool:
        trainer = self.trainer
        return bool(self.solved or trainer.message) or trainer.step_count >= self.longest

    def advance(self, steps: int) -> int:
        """So many steps, or fewer, up to the next look at whether the task is solved; return how
        many were taken."""
        begin = time.perf_counter()
        count = min(steps, STRETCH - self.trainer.step_count % STRETCH)
        for _ in range(count):
            self.trainer.step()
        if self.trainer.step_count % STRETCH == 0 and self._is_right():
            self.solved = self.solved or self.trainer.step_count
        self.seconds += time.perf_counter() - begin
        return count

    def go_on(self, steps: int) -> None:
        """So many steps, or as many as there is time for between two pictures."""
        end = time.perf_counter() + PICTURE_S
        while steps > 0 and not self.is_done and time.perf_counter() < end:
            steps -= self.advance(steps)

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


class Learners:
    """The cells of a chapter in training; there are none until they are asked for."""

    def __init__(self, cells: tuple[str, ...]) -> None:
        self.cells = cells
        self.learners: dict[str, Learner] = {}

    def dismiss(self) -> None:
        """Training starts anew when it is asked for next."""
        self.learners = {}

    def gather(self, state: GateState) -> dict[str, Learner]:
        self.learners = self.learners or {cell: Learner.of(cell, state) for cell in self.cells}
        return self.learners

    def traces(self, state: GateState) -> dict[str, Trace]:
        """What each cell, as it is by now, makes of the sequence that is shown."""
        return {cell: self._trace(learner.trainer, state)
                for cell, learner in self.gather(state).items()}  # fmt: skip

    def _trace(self, trainer: Trainer, state: GateState) -> Trace:
        network = Network(trainer.network_spec)
        network.parameters[:] = trainer.network.parameters
        return state.learned_trace(network, train_spec(state))

    def train(self, count: int) -> list[Learner]:
        """So many steps for each that is not done; return those that are done."""
        for learner in self.learners.values():
            learner.go_on(count)
        return [learner for learner in self.learners.values() if learner.is_done]

    @property
    def all_done(self) -> bool:
        return all(learner.is_done for learner in self.learners.values())

    def kept(self) -> dict[str, Kept]:
        """Where the training of each cell stands."""
        return {cell: learner.kept() for cell, learner in self.learners.items()}

    def bring_back(self, kept: dict[str, Kept], state: GateState) -> None:
        for cell, learner in self.gather(state).items():
            learner.bring_back(kept[cell])


def what_was_trained(before: dict[str, Kept], after: dict[str, Kept]) -> str:
    """What training did to the first cell that it did something to, in a few words."""
    cells = [cell for cell in before if cell in after]
    words = (trained(before[cell].snapshot, after[cell].snapshot) for cell in cells)
    return next(filter(None, words), "")
