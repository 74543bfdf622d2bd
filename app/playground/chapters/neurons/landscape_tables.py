"""The number grids of a point of the landscape: its nine parameters, and the samples."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from app.playground.chapters.neurons.landscape_state import KEYS, LIMIT, SYMBOLS, LandscapeState
from app.playground.chapters.ref_grid import RefGrid
from app.playground.views.component import Message
from core.explain import Ref, Trace, explain, format_number

Receive = Callable[[Message, Ref], None]
NOW, GRADIENT, NEXT = range(3)
GIVEN = 3  # columns of a sample that are given: two inputs and the target


def shown(trace: Trace, ref: Ref) -> Any:
    """A number as a cell shows it; words for what is no number."""
    value = explain(trace, ref).result
    return value if np.isfinite(value) else format_number(value)


class ParameterTable(RefGrid):
    """A column for each of the nine: where it is, its gradient, and where the next step leads."""

    def __init__(self, receive: Receive) -> None:
        super().__init__(
            receive, label="Parameters", editable=True, decimals=3, minimum=-LIMIT,
            maximum=LIMIT, locked={"rows": [GRADIENT, NEXT]},
            row_labels=["here", "∂L/∂", "next"], column_labels=list(SYMBOLS.values()),
        )  # fmt: skip

    def show(self, state: LandscapeState, trace: Trace) -> None:
        """Parameters that are held have no next value."""
        free = [key for key in KEYS if state.all_nine or key in state.drawn]
        self.refs = [
            [state.ref(key) for key in KEYS],
            [self._gradient(state.ref(key)) for key in KEYS],
            [state.ref(key, "update.layers") if key in free else None for key in KEYS],
        ]
        self.grid.values = [[shown(trace, ref) if ref else None for ref in row]
                            for row in self.refs]  # fmt: skip

    @staticmethod
    def _gradient(ref: Ref) -> Ref:
        layer, name = ref.tensor.rsplit(".", 1)
        return Ref(f"{layer}.d{name}", ref.index)


class SampleTable(RefGrid):
    """A row for each sample: inputs, target, what the network says, its loss; below, their mean."""

    def __init__(self, receive: Receive) -> None:
        super().__init__(receive, label="Samples", editable=True, decimals=3,
                         minimum=-LIMIT, maximum=LIMIT)  # fmt: skip

    def show(self, state: LandscapeState, trace: Trace) -> None:
        n, is_mse = state.num_samples, state.loss == "mse"
        rows: list[list[Ref | None]] = [
            [*(Ref("input", (k, i)) for i in (0, 1)), Ref("target", (k, 0)),
             self._answer(trace, k), Ref("sample_loss", (k,))] for k in range(n)
        ]  # fmt: skip
        self.refs = [*rows, [None] * (GIVEN + 1) + [Ref("loss")]]
        self.grid.param.update(
            values=[[shown(trace, ref) if ref else None for ref in row] for row in self.refs],
            row_labels=[*(str(k + 1) for k in range(n)), "mean"],
            column_labels=["x₁", "x₂", "y_true", "y_pred" if is_mse else "p",
                           "error²" if is_mse else "loss"],
            locked={"rows": [n], "columns": [GIVEN, GIVEN + 1]},
        )  # fmt: skip

    @staticmethod
    def _answer(trace: Trace, k: int) -> Ref:
        """What the loss compares with the target."""
        if trace.loss.name == "mse":
            return Ref(f"layers.{len(trace.network.layers) - 1}.output", (k, 0))
        return Ref("prediction", (k, 0))
