"""Recurrent layers: the products with the inputs for all steps at once, then step by step a product
with the state before and a kernel for the gates; back in the same way.

Shapes: x (T, N, F), gates (T, N, gates · H); states (T + 1, N, H), so that a pass from the start
has the state before step t in block t and its own in block t + 1, a pass from the end the other
way round.
"""

from __future__ import annotations

from typing import Any

from app.server.engines.webgpu.nodes import Node, Pass
from app.server.engines.webgpu.products import Matrix, multiply, rows_of, sum_rows
from app.server.engines.webgpu.recording import Tensor
from core.spec.sequences import GATES, REVERSE


class Recurrent(Node):
    """One or two passes, merged by putting their features side by side, or by adding."""

    learns = True

    def __init__(self, spec: Any, path: str, run: Pass) -> None:
        super().__init__(spec, path, run)
        ways = {"forward": (False,), "backward": (True,), "both": (False, True)}[spec.direction]
        self._passes = [OnePass(self, number, reverse) for number, reverse in enumerate(ways)]

    def forward(self, x: Tensor) -> Tensor:
        places = x.shape[:2] if self.spec.returns == "sequence" else x.shape[1:2]
        y = self.recording.take(*places, self.spec.out_features)
        for each in self._passes:
            each.forward(x, y)
        return y

    def backward(self, dy: Tensor, needs_dx: bool) -> Tensor | None:
        dx = self.like(self._passes[0].x) if needs_dx else None
        for each in self._passes:
            each.backward(dy, dx)
        return dx


class OnePass:
    """A pass through the sequence, forward or `reverse`, with weights of its own."""

    def __init__(self, layer: Recurrent, number: int, reverse: bool) -> None:
        self.layer, self.number, self.reverse = layer, number, reverse
        self.spec, self.run, self.recording = layer.spec, layer.run, layer.recording
        self.hidden = self.spec.hidden_size
        self.rows = len(GATES[self.spec.cell]) * self.hidden
        self._ending = REVERSE if number else ""
        self._goes_on = self.run.carry and not reverse

    def _weight(self, name: str, columns: int, buffer: Any = None) -> Matrix:
        parameters = self.layer.memory.parameters if buffer is None else buffer
        return Matrix(parameters, columns, 1, self._at(name))

    def _at(self, name: str) -> int:
        return self.layer.at(f"{name}{self._ending}")

    @property
    def _order(self) -> list[int]:
        steps = range(self.x.shape[0])
        return [*reversed(steps)] if self.reverse else [*steps]

    def forward(self, x: Tensor, y: Tensor) -> None:
        self.x, (steps, n, size) = x, x.shape
        take = self.recording.take
        self.gates = take(steps, n, self.rows)
        self.h = take(steps + 1, n, self.hidden)
        self.c = self.h if self.spec.cell == "rnn" else take(steps + 1, n, self.hidden)
        multiply(self.recording, rows_of(x), self._weight("weight_ih", size).transposed,
                 rows_of(self.gates), (steps * n, self.rows, size),
                 bias=(self.layer.memory.parameters, self._at("bias")))  # fmt: skip
        self._start()
        product = take(n, self.rows)
        for place, step in enumerate(self._order):
            self._step(place, step, product, y)
        self.recording.give(product)
        self._end()

    def _step(self, place: int, step: int, product: Tensor, y: Tensor) -> None:
        n, has_product = self.x.shape[1], place > 0 or self._goes_on
        if has_product:
            multiply(self.recording, rows_of(self.h, self._before(step) * n * self.hidden),
                     self._weight("weight_hh", self.hidden).transposed, rows_of(product),
                     (n, self.rows, self.hidden))  # fmt: skip
        self.recording.each(
            f"{self.spec.cell}_forward", n * self.hidden, gates=self.gates, product=product,
            h=self.h, c=self.c, y=y, has_product=has_product, bias_start=self._bias_hn,
            parameters=self.layer.memory.parameters, **self._shown(place, step, y),
            **self._numbers(step),
        )  # fmt: skip

    def _numbers(self, step: int) -> dict[str, Any]:
        n = self.x.shape[1]
        exist = self.run.exist
        return {
            "hidden": self.hidden, "step_start": step * n, "before": self._before(step) * n,
            "after": self._after(step) * n, "has_mask": exist is not None,
            "exist": self.layer.memory.nothing if exist is None else exist,
            "relu": self.spec.activation == "relu",
        }  # fmt: skip

    def _before(self, step: int) -> int:
        """The block of the state before a step, and of that after it."""
        return step + self.reverse

    def _after(self, step: int) -> int:
        return step + (not self.reverse)

    @property
    def _bias_hn(self) -> int:
        return self._at("bias_hn") if self.spec.cell == "gru" else 0

    def _shown(self, place: int, step: int, y: Tensor) -> dict[str, Any]:
        """Where the state shows in the output (..., features), or its gradient: all states or the
        last; added to what is there by a second pass, where passes are summed."""
        n, width = self.x.shape[1], self.spec.out_features
        is_last = place == self.x.shape[0] - 1
        every = self.spec.returns == "sequence"
        aside = self.number * self.hidden if self.spec.merge == "concatenate" else 0
        adds = self.number > 0 and self.spec.merge == "sum"
        return {
            "is_shown": every or is_last, "adds": adds, "y_row": width,
            "y_start": (step * n * width if every else 0) + aside,
        }  # fmt: skip

    @property
    def _states(self) -> list[tuple[str, Tensor]]:
        """What goes on from step to step; c of a GRU is something else, see its kernels."""
        return [("h", self.h), ("c", self.c)][: 2 if self.spec.cell == "lstm" else 1]

    def _start(self) -> None:
        """The state before the first step: 0, or what the last batch ended with."""
        n, start = self.x.shape[1], self._before(self._order[0])
        for name, states in self._states:
            self.recording.each(
                "copy" if self._goes_on else "fill", n * self.hidden, y=states, value=0.0,
                x=self._carried(name), x_start=0, y_start=start * n * self.hidden,
            )  # fmt: skip

    def _end(self) -> None:
        """Keep the last state for the next batch."""
        if not self.run.carry:
            return
        n, end = self.x.shape[1], self._after(self._order[-1])
        for name, states in self._states:
            self.recording.each("copy", n * self.hidden, x=states, y=self._carried(name),
                                x_start=end * n * self.hidden, y_start=0)  # fmt: skip

    def _carried(self, name: str) -> Any:
        if not self.run.carry:
            return None
        size = self.x.shape[1] * self.hidden
        return self.layer.memory.carried(self.layer.path, self.number, name, size)

    def backward(self, dy: Tensor, dx: Tensor | None) -> None:
        """Through all steps; dh and dc are what the steps behind pass back."""
        (steps, n, _), take = self.x.shape, self.recording.take
        dgates = take(steps, n, self.rows)
        dproduct = take(steps, n, self.rows) if self.spec.cell == "gru" else dgates
        dh, dc = take(n, self.hidden), take(n, self.hidden)
        for each in (dh, dc):
            self.recording.each("fill", each.size, y=each, y_start=0, value=0.0)
        for place, step in reversed([*enumerate(self._order)]):
            self._step_back(place, step, dy, dgates, dproduct, dh, dc)
        self._gradients(dgates, dproduct, dx)
        self.recording.give(dh, dc, dgates)
        if dproduct is not dgates:
            self.recording.give(dproduct)

    def _step_back(
        self, place: int, step: int, dy: Tensor, dgates: Tensor, dproduct: Tensor, dh: Tensor,
        dc: Tensor,
    ) -> None:  # fmt: skip
        n, cut = self.x.shape[1], self.spec.truncate
        is_cut = bool(cut and place % cut == 0)
        self.recording.each(
            f"{self.spec.cell}_backward", n * self.hidden, gates=self.gates, h=self.h, c=self.c,
            dy=dy, dh=dh, dc=dc, dgates=dgates, dproduct=dproduct, is_cut=is_cut,
            **self._shown(place, step, dy), **self._numbers(step),
        )  # fmt: skip
        if place and not is_cut:
            multiply(self.recording, rows_of(dproduct, step * n * self.rows),
                     self._weight("weight_hh", self.hidden), rows_of(dh),
                     (n, self.hidden, self.rows), add=True)  # fmt: skip

    def _gradients(self, dgates: Tensor, dproduct: Tensor, dx: Tensor | None) -> None:
        """Those of the weights, and by the inputs, for all steps at once."""
        steps, n, size = self.x.shape
        count, into = steps * n, self.layer.memory.gradients
        multiply(self.recording, rows_of(dgates).transposed, rows_of(self.x),
                 self._weight("weight_ih", size, into), (self.rows, size, count))  # fmt: skip
        before = rows_of(self.h, int(self.reverse) * n * self.hidden)
        multiply(self.recording, rows_of(dproduct).transposed, before,
                 self._weight("weight_hh", self.hidden, into),
                 (self.rows, self.hidden, count))  # fmt: skip
        sum_rows(self.recording, rows_of(dgates), (count, self.rows), into, self._at("bias"))
        if self.spec.cell == "gru":
            sum_rows(self.recording, rows_of(dproduct, 2 * self.hidden), (count, self.hidden), into,
                     self._bias_hn)  # fmt: skip
        if dx is not None:
            multiply(self.recording, rows_of(dgates), self._weight("weight_ih", size),
                     rows_of(dx), (count, size, self.rows), add=self.number > 0)  # fmt: skip
