"""The confusion matrix of points of the plane: its counts open into samples and where they lie."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from app.playground.chapters.confusion import Confusion, Part
from core.scoring import classes_of
from core.training import Snapshot, Trainer

SHOWN = 6  # samples of an opened cell that are written out
Points = NDArray[np.floating]


class PointConfusion(Confusion):
    """The matrices of the training and of the test samples side by side."""

    def __init__(self, changed: Callable[[], None]) -> None:
        super().__init__(changed)
        self.places: list[Points] = []  # of the samples of each part

    def show_samples(self, trainer: Trainer, snapshot: Snapshot, num_classes: int) -> None:
        network, data = snapshot.network(), trainer.samples
        assert data.points is not None
        sets = [(name, x, indices) for name, x, indices in
                (("training", trainer.train_x, data.train_indices),
                 ("test", trainer.test_x, data.test_indices)) if len(x)]  # fmt: skip
        self.places = [data.points[indices] for _, _, indices in sets]
        parts = [Part(name, data.targets[i], classes_of(network, x)) for name, x, i in sets]
        self.show(parts, [str(k) for k in range(1, num_classes + 1)])

    @property
    def points(self) -> Points:
        """Where the samples of the open cell lie (n, 2); none when no cell is open."""
        which, members = self.members
        return np.empty((0, 2)) if self.cell is None else self.places[which][members]

    @property
    def text(self) -> str:
        """A sentence for the open cell, or for all of the grid."""
        if self.cell is None:
            return ("How many samples of each class are taken for which (→); the right ones are on "
                    "the diagonals. Select a number to see its samples.")  # fmt: skip
        name, points = self.parts[self.members[0]].name, self.points
        if not len(points):
            return f"No {name} samples {self.words}."
        more = f" and {len(points) - SHOWN} more" if len(points) > SHOWN else ""
        listed = ", ".join(_written(point) for point in points[:SHOWN])
        samples = "sample" if len(points) == 1 else "samples"
        return f"{len(points)} {name} {samples} {self.words}, ringed above: {listed}{more}."


def _written(point: Points) -> str:
    return f"({', '.join(f'{x:.2f}' for x in point)})".replace("-", "−")
