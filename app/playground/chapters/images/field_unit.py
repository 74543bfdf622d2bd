"""The unit that C5 looks at: its layers, its field, and its gradient."""

from __future__ import annotations

from typing import Any

import numpy as np

from app.playground.chapters.images.field_state import FieldState
from core.analysis import analyse
from core.effective import effective_side, unit_gradient, unit_trace
from core.explain import Trace
from core.explain.cost_record import Costs
from core.explain.paths import INPUT
from core.explain.reach import Reach

Place = tuple[int, int]


class LookedAt:
    """All that a state makes of the picture; `compute` follows each of its changes."""

    def __init__(self, state: FieldState) -> None:
        self.state = state
        self.computed: dict[str, str] | None = None
        self.compute()

    def compute(self) -> None:
        """All that does not depend on the unit, when it has changed, and then the unit. Raises
        ValueError where a layer does not fit."""
        values = self.state.values_for_address()
        settings = {key: value for key, value in values.items() if key not in ("layer", "at")}
        if settings != self.computed:
            self.costs = Costs(analyse(self.state.spec()))
            self.inputs = self.state.inputs()
            self.outputs = self._outputs()
            middles = (self._trace(n, self.middle(n)) for n in range(1, self.state.count + 1))
            self._sides = [effective_side(unit_gradient(trace)) for trace in middles]
            self.computed = settings
        self.trace = self._trace(self.layer, self.place)
        self.gradient = unit_gradient(self.trace)
        self.reach = Reach(self.costs, self.path, self.place, self.gradient)

    def _trace(self, layer: int, place: Place) -> Trace:
        return unit_trace(self.state.network(layer), self.inputs, place)

    def _outputs(self) -> dict[str, Any]:
        """The maps (H, W) by their paths, also of the layers behind the unit."""
        after = self.state.network(self.state.count).activations(self.inputs)
        maps = {str(k): np.asarray(values)[0, 0] for k, values in enumerate(after)}
        return {INPUT: self.inputs[0, 0], **maps}

    @property
    def sides(self) -> list[float]:
        """The effective side of the unit, and of the other layers' units in the middle."""
        sides = [*self._sides]
        sides[self.layer - 1] = effective_side(self.gradient)
        return sides

    @property
    def layer(self) -> int:
        """The number of the unit's layer, from 1."""
        return min(self.state.layer, self.state.count)

    @property
    def path(self) -> str:
        return str(self.layer - 1)

    @property
    def place(self) -> Place:
        """The unit's row and column, from 0."""
        _, rows, columns = self.costs.shape(self.path)
        return min(self.state.at[0], rows) - 1, min(self.state.at[1], columns) - 1

    @property
    def name(self) -> str:
        return self.costs.name(self.path)

    def names(self) -> list[str]:
        """What the layers are called."""
        return [self.costs.name(str(number)) for number in range(self.state.count)]

    def middle(self, layer: int) -> Place:
        """The unit in the middle of a layer's map."""
        _, rows, columns = self.costs.shape(str(layer - 1))
        return (rows - 1) // 2, (columns - 1) // 2
