"""Data of the learner's own in the MLP playground: painted points, or a table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.playground.chapters.neurons.mlp_paint import Painting, painted_from
from app.playground.chapters.neurons.mlp_state import PAINTED, PlaygroundState
from app.playground.chapters.neurons.mlp_table import Field, OwnTable
from app.playground.figures.plane import PlanePicture
from core.data.samples import Samples
from core.spec import DataSpec

TABLE_SAID = ("Paste a table or choose a file, and say in the settings which columns are inputs "
              "and target.")  # fmt: skip
Block = tuple[Any, dict[str, Any]]


class OwnData:
    """`change` is told what changes of the state; nothing when a table does, which the state does
    not hold. `look` is called when only what is shown of a table changes."""

    def __init__(self, plane: PlanePicture, change: Callable[[dict[str, Any]], None],
                 look: Callable[[], None]) -> None:  # fmt: skip
        self.painting = Painting(plane, lambda points: change({"points": points}))
        self.table = OwnTable(lambda: change({}), look)

    def blocks(self, state: PlaygroundState) -> list[Block]:
        """Where the learner brings data, if they do."""
        if state.data == "painted":
            return [(self.painting.view, {"title": "Paint", "wide": True, "text": " "})]
        if state.data == "table":
            return [(self.table.view, {"title": "Your table", "wide": True, "text": " "})]
        return []

    def said(self, state: PlaygroundState) -> list[str]:
        """A sentence for each of the blocks."""
        if state.data == "painted":
            return [self.painting.said()]
        return [TABLE_SAID] if state.data == "table" else []

    def data(self, state: PlaygroundState) -> DataSpec | Samples:
        """What to learn from; the state is told how many classes a table has."""
        if state.data == "painted":
            return state.painted_samples()
        if state.data == "table":
            own = self.table.samples(state.used_features, float(state.test), state.seed)
            state.table_classes = own.samples.num_classes
            return own.samples
        return state.data_spec()

    def chosen(self, state: PlaygroundState, name: str, samples: Samples) -> dict[str, Any]:
        """What follows for the state when the learner chooses a data set. Who begins to paint goes
        on from the points of the data set before."""
        begins = name == "painted" and state.points == PAINTED and state.data != "painted"
        return {"data": name} | ({"points": painted_from(samples)} if begins else {})

    def fields(self) -> list[Field]:
        return self.table.fields()

    def show(self, state: PlaygroundState) -> None:
        self.painting.show(state)
        if state.data == "table":
            self.table.show()
