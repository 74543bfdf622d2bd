"""Which picture goes through the network: one of the data."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from app.playground.chapters.cnn_state import LearnState
from core.training import Trainer

Array = NDArray[np.floating]
Classes = NDArray[np.int64]


class Pictures:
    """What there is to look at, and what the learner looks at."""

    def __init__(self, state: LearnState) -> None:
        self.state = state

    def take(self, trainer: Trainer) -> None:
        """Look at the data of a trainer."""
        self.sets: dict[str, tuple[Array, Classes]] = {
            "test": (trainer.test_x, trainer.test_y), "training": (trainer.train_x, trainer.train_y)
        }  # fmt: skip

    @property
    def counts(self) -> dict[str, int]:
        """How many pictures there are, by where they come from."""
        return {name: len(pictures) for name, (pictures, _) in self.sets.items()}

    @property
    def number(self) -> int:
        """Which picture of those is shown, from 0."""
        return min(self.state.sample, self.counts[self.state.look]) - 1

    @property
    def shown(self) -> tuple[Array, Classes]:
        """The picture (1, 1, H, W) and its class (1,)."""
        pictures, labels = self.sets[self.state.look]
        return pictures[[self.number]].astype(float), labels[[self.number]]
