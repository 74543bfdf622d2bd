"""The weights and biases of one layer of the MLP playground, to be opened and changed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from app.playground.chapters.neurons.hand_grids import parameter_at, parameter_cells
from app.playground.views import NumberGrid
from app.playground.views.component import Message
from core.explain import Ref, Trace
from core.network import Network
from core.switches import resting

LIMIT = 1000.0


class WeightGrid:
    """`receive` is told each message, and of which parameter it is about the next value."""

    def __init__(self, receive: Callable[[Message, Ref], None]) -> None:
        self.receive = receive
        self.layer = 0  # the linear layer that is shown
        self.grid = NumberGrid(self._told, label="Weights and biases", editable=True, scale=2.0,
                               minimum=-LIMIT, maximum=LIMIT)  # fmt: skip

    def show(self, trace: Trace) -> None:
        network, names = trace.network, trace.names
        weight = network.view(f"layers.{self.layer}.weight")
        bias = network.view(f"layers.{self.layer}.bias")
        self.inputs = weight.shape[1]
        sources = [f"from {names.output(self.layer - 1, i)}" for i in range(self.inputs)]
        end = names.end(self.layer)
        self.grid.param.update(
            values=np.concatenate([weight, bias[:, None]], axis=1).tolist(),
            column_labels=[*sources, "bias"],
            row_labels=[names.output(end, j) for j in range(len(weight))],
            marks=self._marks(trace.network),
        )

    def _marks(self, network: Network) -> dict[str, str]:
        """What rests because a neuron at either end is off."""
        rests = resting(network)
        weight, bias = (network.view(f"layers.{self.layer}.{k}", rests) for k in ("weight", "bias"))
        both = np.concatenate([weight, bias[:, None]], axis=1)
        return {f"{j},{i}": "resting" for j, i in np.argwhere(both)}

    def light(self, lit: set[Ref]) -> None:
        self.grid.highlight = parameter_cells(lit, self.layer, self.inputs)

    def _told(self, message: Message) -> None:
        ref = parameter_at(self.layer, int(message["row"]), int(message["column"]), self.inputs)
        self.receive(message, Ref(f"update.{ref.tensor}", ref.index))
