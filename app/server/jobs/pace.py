"""How much to do at once, and how often to do what takes long."""

from __future__ import annotations

import math
import time

SLICE_S = 0.05  # what passes at most between two looks at the orders, but for a slow batch
PATIENCE = 4  # how many times as long as a score takes passes before the next one, in a hurry
GROWTH = 4  # how many times as long as the one before a slice may be


class Pace:
    """Sizes slices of training, and measures how fast it is."""

    def __init__(self) -> None:
        self.rate = 0.0  # steps a second, smoothed
        self._latest, self._before = 0.0, 0

    def count(self, most: int) -> int:
        """How many batches take about SLICE_S: at least one, no more than `most`."""
        fitting = min(int(self._latest * SLICE_S), GROWTH * self._before)
        return min(max(1, fitting), most)

    def measure(self, taken: int, seconds: float) -> None:
        self._latest, self._before = taken / max(seconds, 1e-6), taken
        before = self.rate or self._latest
        self.rate = 0.9 * before + 0.1 * self._latest


class ScoreTimer:
    """Measures what scoring takes, as a context, and says when enough time has passed since."""

    def __init__(self) -> None:
        self._start, self._end, self._seconds = 0.0, -math.inf, 0.0

    @property
    def is_due(self) -> bool:
        return time.perf_counter() - self._end >= PATIENCE * self._seconds

    def __enter__(self) -> None:
        self._start = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        self._end = time.perf_counter()
        self._seconds = self._end - self._start
