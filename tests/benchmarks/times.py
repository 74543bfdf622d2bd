"""Times, their ratios, and a table of them."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field
from types import ModuleType

from tests.benchmarks.engines import PEERS

OURS = "Glassnet"
MARKS = "¹²³⁴⁵⁶⁷⁸⁹"


@dataclass
class Times:
    """Seconds for a unit of work, one figure a round."""

    rounds: list[float] = field(default_factory=list)

    def add(self, chunks: list[float]) -> None:
        """The 10th percentile of a round's chunks: the work itself, without the interruptions."""
        self.rounds.append(percentile(chunks, 0.1))

    @property
    def median(self) -> float:
        return statistics.median(self.rounds)


def percentile(values: list[float], share: float) -> float:
    """The value with `share` of all at or below it; raises ValueError when there are none."""
    if not values:
        raise ValueError("a round needs at least one chunk")
    return sorted(values)[min(int(share * len(values)), len(values) - 1)]


def ratio(ours: Times, peer: Times) -> tuple[float, float, float]:
    """Median, least and greatest of ours/peer over the rounds, where both were timed in turn."""
    pairs = [a / b for a, b in zip(ours.rounds, peer.rounds, strict=True)]
    return statistics.median(pairs), min(pairs), max(pairs)


class Table:
    """Markdown: a row for each job, a column for each peer, and notes on who is missing where."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def head(self) -> str:
        titles = ["workload", OURS, *(f"ours / {engine.name}" for engine in PEERS)]
        return f"| {' | '.join(titles)} |\n{'|---' * len(titles)}|"

    def row(self, family: ModuleType, job: str, times: dict[str, Times]) -> str:
        cells = [job, written(times[OURS].median)]
        for engine in PEERS:
            if engine.name in times:
                middle, low, high = ratio(times[OURS], times[engine.name])
                cells.append(f"{middle:.2f} ({low:.2f}–{high:.2f})")
            else:
                cells.append(f"–{self._note(f'{engine.name}: {family.ABSENT[engine.name]}')}")
        return f"| {' | '.join(cells)} |"

    def _note(self, text: str) -> str:
        if text not in self.notes:
            self.notes.append(text)
        return MARKS[self.notes.index(text)]

    def foot(self) -> str:
        return "\n".join(f"{MARKS[i]} {note}" for i, note in enumerate(self.notes))


def written(seconds: float) -> str:
    return f"{seconds * 1e6:.0f} µs" if seconds < 0.01 else f"{seconds * 1e3:.1f} ms"
