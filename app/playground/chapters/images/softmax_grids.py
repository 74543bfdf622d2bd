"""The grids of C7: feature maps, the dense layer, its logits, and softmax number by number."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from app.playground.chapters.images.softmax_state import CLASSES, FAR, FEATURES, LIMIT
from app.playground.views import NumberGrid
from app.playground.views.component import Message
from core.explain import Ref, Trace
from core.explain.record import number, subscript
from core.explain.softmax import SoftmaxHead, ref

NAMES = [f"class {k + 1}" for k in range(CLASSES)]
COLUMNS = ("plain_power", "plain_probability", "shifted", "power", "probability", "gradient")
SUMS = {"plain_power": "plain_sum", "power": "sum"}
FLAT = [f"f{subscript(i + 1)}" for i in range(FEATURES)]
LOSS = ("max", "log_sum", "loss")


class SoftmaxGrids:
    """`told` gets each message, and the number that it is about."""

    def __init__(self, told: Callable[[Message, Ref], None]) -> None:
        self.told = told
        limits = {"minimum": -LIMIT, "maximum": LIMIT, "decimals": 2, "scale": 2.0,
                  "editable": True}  # fmt: skip
        self.logits = NumberGrid(self._logit_told, label="Logits", column_labels=NAMES,
                                 **limits | {"minimum": -FAR, "maximum": FAR})  # fmt: skip
        self.numbers = NumberGrid(
            self._number_told, label="Softmax, number by number", decimals=4,
            row_labels=[*NAMES, "sum"], column_labels=["e^(z/τ)", "p, plain", "z − m",
                                                       "e^((z−m)/τ)", "p, stable", "∂L/∂z"],
        )  # fmt: skip
        self.loss = NumberGrid(self._loss_told, label="Cross-entropy", decimals=5,
                               column_labels=["largest m", "log Σ", "loss"])  # fmt: skip
        self.maps = NumberGrid(self._map_told, label="Feature maps", row_labels=["row 1", "row 2"],
                               column_labels=["map 1", "", "map 2", ""], **limits)  # fmt: skip
        self.flat = NumberGrid(self._flat_told, label="Flattened", decimals=2, scale=2.0,
                               column_labels=FLAT)
        self.weights = NumberGrid(self._weight_told, label="Weights and biases", row_labels=NAMES,
                                  column_labels=[*FLAT, "bias"],
                                  **limits | {"minimum": -FAR, "maximum": FAR})  # fmt: skip

    # Showing

    def show(self, trace: Trace, head: SoftmaxHead) -> None:
        self._show_layers(trace)
        self.logits.values = [[logit.value for logit in head.logits]]
        rows = [[number(head.values[name][k]) for name in COLUMNS] for k in range(CLASSES)]
        sums = [number(head.values[SUMS[name]][0]) if name in SUMS else None for name in COLUMNS]
        self.numbers.values = [*rows, sums]
        self.loss.values = [[number(head.values[name][0]) for name in LOSS]]

    def _show_layers(self, trace: Trace) -> None:
        maps = trace.inputs[0]
        self.maps.values = [[*maps[0, row].tolist(), *maps[1, row].tolist()] for row in range(2)]
        self.flat.values = trace.outputs[0].tolist()
        network = trace.network
        weight, bias = network.view("layers.1.weight"), network.view("layers.1.bias")
        self.weights.values = np.column_stack([weight, bias]).tolist()

    def light(self, lit: set[Ref]) -> None:
        self._light_layers(lit)
        self.logits.highlight = [[0, at.index[1]] for at in lit if at.tensor == "layers.1.output"]
        sums = [[CLASSES, COLUMNS.index(c)] for c, name in SUMS.items() if ref(name) in lit]
        self.numbers.highlight = [
            [at.index[0], COLUMNS.index(name)] for at in lit
            if (name := at.tensor.removeprefix("softmax.")) in COLUMNS
        ] + sums  # fmt: skip
        self.loss.highlight = [[0, i] for i, name in enumerate(LOSS) if ref(name) in lit]

    def _light_layers(self, lit: set[Ref]) -> None:
        self.maps.highlight = [[at.index[2], 2 * at.index[1] + at.index[3]] for at in lit
                               if at.tensor == "input"]  # fmt: skip
        self.flat.highlight = [[0, at.index[1]] for at in lit if at.tensor == "layers.0.output"]
        self.weights.highlight = [
            [at.index[0], at.index[1] if at.tensor.endswith("weight") else FEATURES]
            for at in lit if at.tensor in ("layers.1.weight", "layers.1.bias")
        ]  # fmt: skip

    # What the learner does

    def _logit_told(self, message: Message) -> None:
        self.told(message, Ref("layers.1.output", (0, int(message["column"]))))

    def _number_told(self, message: Message) -> None:
        row, name = int(message["row"]), COLUMNS[int(message["column"])]
        if row < CLASSES:
            self.told(message, ref(name, row))
        elif name in SUMS:
            self.told(message, ref(SUMS[name]))

    def _loss_told(self, message: Message) -> None:
        self.told(message, ref(LOSS[int(message["column"])]))

    def _map_told(self, message: Message) -> None:
        channel, column = divmod(int(message["column"]), 2)
        self.told(message, Ref("input", (0, channel, int(message["row"]), column)))

    def _flat_told(self, message: Message) -> None:
        self.told(message, Ref("layers.0.output", (0, int(message["column"]))))

    def _weight_told(self, message: Message) -> None:
        row, column = int(message["row"]), int(message["column"])
        is_bias = column == FEATURES
        self.told(message, Ref("layers.1.bias", (row,)) if is_bias else Ref(
            "layers.1.weight", (row, column)))  # fmt: skip
