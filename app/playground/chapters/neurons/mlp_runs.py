"""The runs of the playground that are kept to compare: what each was, and where it came to."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from app.playground.chapters.neurons.moments import Moments
from core.training import Snapshot, Trainer

MAX_RUNS = 12
MAX_PINNED = 4  # more curves could not be told apart


@dataclass(frozen=True, eq=False)
class Run:
    """One run. `values` are its settings, `words` those that are not the chapter's own; `start`
    stands for its samples and first weights."""

    number: int
    words: str
    start: str
    values: dict[str, Any]
    snapshot: Snapshot
    moments: Moments
    is_regression: bool
    is_pinned: bool = False

    @property
    def key(self) -> str:
        return str(self.number)


@dataclass(frozen=True, eq=False)
class RunBook:
    """The kept runs, oldest first; `chosen` is the key of the one that the buttons act upon."""

    runs: tuple[Run, ...] = ()
    counted: int = 0
    chosen: str = ""

    def with_run(self, run: Run) -> RunBook:
        """With one more; when there are too many, the oldest that is not pinned goes."""
        runs = [*self.runs, replace(run, number=self.counted + 1)]
        if len(runs) > MAX_RUNS:
            runs.remove(next((r for r in runs[:-1] if not r.is_pinned), runs[0]))
        return RunBook(tuple(runs), self.counted + 1, self.chosen or runs[-1].key)

    def has(self, snapshot: Snapshot) -> bool:
        return any(run.snapshot is snapshot for run in self.runs)

    @property
    def run(self) -> Run | None:
        """The chosen one."""
        return next((run for run in self.runs if run.key == self.chosen), None)

    @property
    def pinned(self) -> list[Run]:
        return [run for run in self.runs if run.is_pinned]

    def choosing(self, key: str) -> RunBook:
        return replace(self, chosen=key)

    def pinning(self) -> RunBook:
        """The chosen one pinned, or no longer; raises ValueError where too many are."""
        assert self.run
        if not self.run.is_pinned and len(self.pinned) == MAX_PINNED:
            raise ValueError(f"{MAX_PINNED} runs are pinned already, so unpin one of them first")
        turned = replace(self.run, is_pinned=not self.run.is_pinned)
        return replace(self, runs=tuple(turned if r is self.run else r for r in self.runs))

    def removing(self) -> RunBook:
        """Without the chosen one; its neighbour is chosen then."""
        assert self.run
        at = self.runs.index(self.run)
        runs = self.runs[:at] + self.runs[at + 1 :]
        chosen = runs[min(at, len(runs) - 1)].key if runs else ""
        return replace(self, runs=runs, chosen=chosen)

    def letters(self) -> dict[str, str]:
        """A, B, … for the different starts, in the order in which they came."""
        starts = dict.fromkeys(run.start for run in self.runs)
        return {start: chr(ord("A") + i) for i, start in enumerate(starts)}


def start_of(trainer: Trainer, first: Snapshot) -> str:
    """Equal for runs that began with the same samples, their order, and the same weights."""
    digest = hashlib.blake2b(digest_size=8)
    for array in (trainer.train_x, trainer.test_x, trainer.samples.targets, first.order,
                  first.parameters):  # fmt: skip
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()
