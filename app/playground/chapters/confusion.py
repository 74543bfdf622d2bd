"""Which classes a network takes for which: counts that open into the samples behind them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.playground.views import NumberGrid
from app.playground.views.component import Message
from core.metrics import confusion_matrix

Classes = NDArray[np.int64]


@dataclass(frozen=True)
class Part:
    """One set of samples: what they are, and what they are taken for."""

    name: str
    true: Classes
    predicted: Classes


class Confusion:
    """The grid of one or several parts beside each other, and the cell of it that is open;
    `changed` is called when another is."""

    def __init__(self, changed: Callable[[], None], compact: bool = False) -> None:
        self.changed = changed
        self.parts: list[Part] = []
        self.classes: list[str] = []
        self.cell: tuple[int, int] | None = None
        self.grid = NumberGrid(self._told, label="Classes taken for one another", decimals=0,
                               compact=compact)  # fmt: skip

    def show(self, parts: list[Part], classes: list[str]) -> None:
        self.parts, self.classes = parts, classes
        counts = [confusion_matrix(p.predicted, p.true, len(classes)) for p in parts]
        named = len(parts) > 1
        self.grid.param.update(
            values=np.concatenate(counts, axis=1).tolist(),
            scale=max(float(count.max()) for count in counts),
            row_labels=[f"is {name}" for name in classes],
            column_labels=[f"{p.name} → {name}" if named else f"→ {name}"
                           for p in parts for name in classes],
            highlight=[list(self.cell)] if self.cell else [],
        )  # fmt: skip

    def close(self) -> None:
        self.cell = None

    @property
    def members(self) -> tuple[int, Classes]:
        """The part of the open cell, and the numbers of its samples; none when no cell is open."""
        if self.cell is None:
            return 0, np.arange(0)
        row, column = self.cell
        which, predicted = divmod(column, len(self.classes))
        part = self.parts[which]
        return which, np.flatnonzero((part.true == row) & (part.predicted == predicted))

    @property
    def words(self) -> str:
        """What the open cell counts: of which class, taken for which."""
        assert self.cell is not None
        row, column = self.cell
        taken = self.classes[column % len(self.classes)]
        return f"of class {self.classes[row]} taken for {taken}"

    def _told(self, message: Message) -> None:
        if message["type"] == "open":
            cell = int(message["row"]), int(message["column"])
            self.cell = None if cell == self.cell else cell
            self.changed()
