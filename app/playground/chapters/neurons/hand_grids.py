"""The number grids of a network that is set by hand: inputs, weights and biases, results."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from app.playground.views import NumberGrid
from app.playground.views.component import Message
from core.explain import Ref, Trace
from core.functional.activations import ACTIVATIONS
from core.spec import ActivationSpec, LinearSpec, NetworkSpec

INPUTS = ("x₁", "x₂")


class Layout:
    """Where the numbers of a chain of linear layers are, each with or without an activation."""

    def __init__(self, spec: NetworkSpec) -> None:
        self.spec = spec
        self.linear = [k for k, s in enumerate(spec.layers) if isinstance(s, LinearSpec)]
        self.span = len(spec.layers) // len(self.linear)  # layers from one linear one to the next

    def end(self, layer: int) -> int:
        """The layer that gives the output of the neurons of linear layer `layer`."""
        return layer + self.span - 1

    @property
    def steps(self) -> list[Ref]:
        """The forward pass, one number after the other."""
        return [
            Ref(f"layers.{layer}.output", (0, unit))
            for first in self.linear
            for unit in range(self.spec.sizes[first + 1])
            for layer in range(first, self.end(first) + 1)
        ]


class HandGrids:
    """`receive` is told each message, and the number that it is about."""

    def __init__(self, depth: int, limit: float, receive: Callable[[Message, Ref], None]) -> None:
        self.receive = receive
        limits = {"minimum": -limit, "maximum": limit, "editable": True, "decimals": 2}
        self.inputs = NumberGrid(
            partial(self._told, self._input), label="Inputs", column_labels=list(INPUTS), **limits
        )
        self.layers = [
            NumberGrid(partial(self._told, partial(self._parameter, i)), scale=2.0,
                       label=f"Weights and biases, layer {i + 1}", **limits)
            for i in range(depth)
        ]  # fmt: skip
        self.results = NumberGrid(partial(self._told, self._result), label="Results", decimals=6)

    def show(self, trace: Trace, layout: Layout) -> None:
        self.trace, self.layout = trace, layout
        self.inputs.values = trace.inputs.tolist()
        for layer, grid in zip(layout.linear, self.layers, strict=True):
            self._show_layer(layer, grid)
        self._show_results()

    def _show_layer(self, layer: int, grid: NumberGrid) -> None:
        weight, bias = self._parameters(layer)
        names = self.trace.names
        sources = [names.output(layer - 1, i) for i in range(weight.shape[1])]
        grid.param.update(
            values=np.concatenate([weight, bias[:, None]], axis=1).tolist(),
            column_labels=[*(f"from {source}" for source in sources), "bias"],
            row_labels=[names.output(self.layout.end(layer), j) for j in range(len(weight))],
        )

    def _show_results(self) -> None:
        """A row for each neuron: its products, its bias, their sum, its output."""
        labels = [
            self.trace.names.output(self.layout.end(layer), unit)
            for layer in self.layout.linear
            for unit in range(self.layout.spec.sizes[layer + 1])
        ]
        columns = ["1st product", "2nd product", "+ bias", "= sum z", "output"]
        last = self.layout.spec.layers[-1]
        if isinstance(last, ActivationSpec):
            columns[-1] = f"{ACTIVATIONS[last.name].label.lower()}(z)"
        rows = [row for layer in self.layout.linear for row in self._rows(layer)]
        self.results.param.update(values=rows, row_labels=labels, column_labels=columns)

    def _rows(self, layer: int) -> list[list[float]]:
        """The results of the neurons of one layer, (units, 5)."""
        weight, bias = self._parameters(layer)
        products = weight * self.trace.layer_input(layer)[0]
        sums = self.trace.outputs[layer][0]
        outputs = self.trace.outputs[self.layout.end(layer)][0]
        rows: list[list[float]] = np.column_stack([products, bias, sums, outputs]).tolist()
        return rows

    def _parameters(self, layer: int) -> tuple[Any, Any]:
        network = self.trace.network
        return network.view(f"layers.{layer}.weight"), network.view(f"layers.{layer}.bias")

    def light(self, lit: set[Ref]) -> None:
        self.inputs.highlight = [[0, r.index[1]] for r in lit if r.tensor == "input"]
        for layer, grid in zip(self.layout.linear, self.layers, strict=True):
            grid.highlight = parameter_cells(lit, layer, self.layout.spec.sizes[layer])
        span, columns = self.layout.span, len(self.results.column_labels)
        rows = {ref: i for i, ref in enumerate(self.layout.steps)}
        self.results.highlight = [
            [rows[ref] // span, columns - span + rows[ref] % span] for ref in lit if ref in rows
        ]

    # Which number a cell shows

    def _told(self, find: Callable[[int, int], Ref], message: Message) -> None:
        self.receive(message, find(int(message["row"]), int(message["column"])))

    def _input(self, row: int, column: int) -> Ref:
        return Ref("input", (row, column))

    def _parameter(self, i: int, row: int, column: int) -> Ref:
        layer = self.layout.linear[i]
        return parameter_at(layer, row, column, self.layout.spec.sizes[layer])

    def _result(self, row: int, column: int) -> Ref:
        """A product or the bias opens the sum that it is in."""
        span = self.layout.span
        steps = self.layout.steps[row * span : (row + 1) * span]
        return steps[-1] if column == len(self.results.column_labels) - 1 else steps[0]


def parameter_at(layer: int, row: int, column: int, inputs: int) -> Ref:
    """The weight or bias in a cell of a layer's grid, where the biases are the last column."""
    if column == inputs:
        return Ref(f"layers.{layer}.bias", (row,))
    return Ref(f"layers.{layer}.weight", (row, column))


def parameter_cells(refs: set[Ref], layer: int, inputs: int) -> list[list[int]]:
    """The cells, [row, column], of those numbers that a layer's grid shows."""
    weight, bias = f"layers.{layer}.weight", f"layers.{layer}.bias"
    tensors = [(ref.tensor.removeprefix("update."), ref.index) for ref in refs]
    weights = [[*index] for tensor, index in tensors if tensor == weight]
    return weights + [[index[0], inputs] for tensor, index in tensors if tensor == bias]
