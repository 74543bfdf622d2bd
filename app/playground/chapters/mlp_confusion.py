"""Which classes the network takes for which: counts that open into the samples behind them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.playground.views import NumberGrid
from app.playground.views.component import Message
from core.metrics import confusion_matrix
from core.scoring import classes_of
from core.training import Snapshot, Trainer

SHOWN = 6  # samples of an opened cell that are written out
Classes = NDArray[np.int64]


@dataclass(frozen=True)
class Part:
    """One set of samples: what they are, what they are taken for, and where they lie."""

    name: str
    true: Classes
    predicted: Classes
    points: NDArray[np.floating]


def parts_of(trainer: Trainer, snapshot: Snapshot) -> list[Part]:
    """The training samples and, where there are any, those for testing."""
    network, data = snapshot.network(), trainer.samples
    assert data.points is not None
    sets = (("training", trainer.train_x, data.train_indices),
            ("test", trainer.test_x, data.test_indices))  # fmt: skip
    return [Part(name, data.targets[indices], classes_of(network, x), data.points[indices])
            for name, x, indices in sets if len(x)]  # fmt: skip


class Confusion:
    """The grid, and the cell of it that is open; `changed` is called when another is."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self.changed = changed
        self.parts: list[Part] = []
        self.num_classes = 2
        self.cell: tuple[int, int] | None = None
        self.grid = NumberGrid(self._told, label="Classes taken for one another", decimals=0)

    def show(self, parts: list[Part], num_classes: int) -> None:
        self.parts, self.num_classes = parts, num_classes
        counts = [confusion_matrix(p.predicted, p.true, num_classes) for p in parts]
        classes = range(1, num_classes + 1)
        self.grid.param.update(
            values=np.concatenate(counts, axis=1).tolist(),
            row_labels=[f"is {k}" for k in classes],
            column_labels=[f"{p.name} → {k}" for p in parts for k in classes],
            highlight=[list(self.cell)] if self.cell else [],
        )

    def close(self) -> None:
        self.cell = None

    @property
    def points(self) -> NDArray[np.floating]:
        """Where the samples of the open cell lie (n, 2); none when no cell is open."""
        if self.cell is None:
            return np.empty((0, 2))
        row, column = self.cell
        part = self.parts[column // self.num_classes]
        chosen = (part.true == row) & (part.predicted == column % self.num_classes)
        return part.points[chosen]

    @property
    def text(self) -> str:
        """A sentence for the open cell, or for all of the grid."""
        if self.cell is None:
            return ("How many samples of each class are taken for which (→); the right ones are on "
                    "the diagonals. Select a number to see its samples.")  # fmt: skip
        row, column = self.cell
        name, points = self.parts[column // self.num_classes].name, self.points
        taken = f"of class {row + 1} taken for {column % self.num_classes + 1}"
        if not len(points):
            return f"No {name} samples {taken}."
        more = f" and {len(points) - SHOWN} more" if len(points) > SHOWN else ""
        listed = ", ".join(_written(point) for point in points[:SHOWN])
        samples = "sample" if len(points) == 1 else "samples"
        return f"{len(points)} {name} {samples} {taken}, ringed above: {listed}{more}."

    def _told(self, message: Message) -> None:
        if message["type"] == "open":
            cell = int(message["row"]), int(message["column"])
            self.cell = None if cell == self.cell else cell
            self.changed()


def _written(point: NDArray[np.floating]) -> str:
    return f"({', '.join(f'{x:.2f}' for x in point)})".replace("-", "−")
