"""Recurrent layers: RNN, LSTM and GRU, in one or both directions."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.functional.bidirectional import (
    make_plan,
    passes_backward,
    passes_forward,
)
from core.functional.cells import find_cell
from core.functional.recurrence import State
from core.initializers import Initializer
from core.layers.base import INFERENCE, Layer, Pass
from core.layers.embedding import OneHot
from core.spec import RecurrentSpec, Shape

Array = NDArray[np.floating]


class Recurrent(Layer):
    """h_t from x_t and h_{t−1}; see core.functional for the cells' equations.

    weight_ih (gates · hidden_size, features), weight_hh (gates · hidden_size, hidden_size), bias
    (gates · hidden_size,), for a second direction again with `_reverse`; gru has bias_hn, a deep
    transition weight_transition, bias_transition and weight_shortcut besides.
    """

    def __init__(self, spec: RecurrentSpec, shape: Shape) -> None:
        super().__init__(spec.parameter_shapes(shape))
        self.spec = spec
        self.cell = find_cell(spec.cell, spec.activation)
        self.plan = make_plan(spec.direction, spec.merge, spec.look_ahead, spec.returns)
        self.one_hot: OneHot | None = None  # the layer before, where it is one
        self.carried: list[State] | None = None

    def initialize(self, draw: Initializer, bias_value: float, rng: np.random.Generator) -> None:
        """Each gate's matrix is drawn as one of its own; forget gates start open."""
        hidden = self.spec.hidden_size
        for key, array in self.params.items():
            if key.startswith("weight"):
                for matrix in array.reshape(-1, hidden, array.shape[-1]):
                    matrix[...] = draw(rng, matrix.shape)
            else:
                array[...] = bias_value
            if self.spec.cell == "lstm" and key.startswith("bias"):
                array[hidden : 2 * hidden] += self.spec.forget_bias
        self.carried = None

    def forward(self, x: NDArray[Any], run: Pass = INFERENCE) -> Array:
        """x (features, T, N) -> y (out_features, T, N), or (out_features, N) for `last`."""
        tokens = self.one_hot.tokens_behind(x) if self.one_hot else None
        y, ends, caches = passes_forward(
            x if tokens is None else tokens, self.params, self.cell, self.plan,
            self.starts(x.shape[-1]) if run.carry else None, run.mask, self._new(run),
        )  # fmt: skip
        if run.carry:
            self.carried = ends
        self._keep(run, caches)
        return y

    def backward(self, dy: Array, needs_dx: bool = True) -> Array:
        """Through all steps, or back through at most `truncate`; never into a carried state."""
        dx, _ = passes_backward(dy, self._take_cache(), self.plan, self.grads, self.spec.truncate,
                                needs_dx, self._buffers)  # fmt: skip
        return dy if dx is None else dx

    def starts(self, n: int) -> list[State | None] | None:
        """The states that the last pass ended with; a smaller batch takes those of its samples. A
        pass from the end starts from zero: what comes after the batch is not there yet."""
        if self.carried is None:
            return None
        have = self.carried[0].h.shape[1]
        if n > have:
            raise ValueError(
                f"states of {have} sequences were carried on, but this batch has {n}; call forget "
                "before other sequences begin"
            )
        first = [State(end.h[:, :n], None if end.c is None else end.c[:, :n])
                 for end in self.carried]  # fmt: skip
        return [None if way.reverse else state
                for way, state in zip(self.plan.ways, first, strict=True)]  # fmt: skip
