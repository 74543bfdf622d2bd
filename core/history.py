"""The losses of a run so far."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.snapshot import Score

Array = NDArray[np.floating]
MAX_HISTORY = 2000  # points; beyond it every second one is dropped
UNSCORED = Score(float("nan"), float("nan"))


class History:
    """The latest scores and the step they are of, -1 before the first; and the losses by step."""

    def __init__(self, has_test: bool) -> None:
        self.latest: tuple[Score, Score | None] = UNSCORED, (UNSCORED if has_test else None)
        self.step = -1
        self._points: list[tuple[int, float, float]] = []

    def add(self, step: int, train: Score, test: Score | None) -> None:
        """The scores of the network as it was at a step."""
        self.latest, self.step = (train, test), step
        if not self._points or self._points[-1][0] != step:
            self._points.append((step, train.loss, test.loss if test else float("nan")))
        if len(self._points) > MAX_HISTORY:
            del self._points[1:-1:2]

    def points(self) -> Array:
        """(points, 3): step, training loss, test loss (NaN without test samples)."""
        return np.array(self._points).reshape(-1, 3)

    def take(self, points: Array) -> None:
        """Back to these points."""
        self._points = [(int(step), train, test) for step, train, test in points.tolist()]
