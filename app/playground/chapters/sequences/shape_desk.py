"""One sequence under the lens in R3: what goes in, what counts, what is wanted, what is said."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.playground.chapters.sequences.shape_state import Task
from core.explain import Ref, Trace
from core.explain.record import number
from core.explain.walk import recorded
from core.targets import classify

Array = NDArray[np.floating]
UNITS = 2  # of the state, that the picture has room for
ROWS = [
    {"key": "target", "name": "wanted", "weight": "", "scale": 1.0},
    {"key": "y", "name": "answer y", "weight": "W_hy", "scale": 1.0},
    {"key": "h", "name": "state h", "weight": "W_ih", "scale": 1.0},
    {"key": "x", "name": "input x", "weight": "", "scale": 1.0},
]
Cells = list[tuple[Ref, Any]]  # the number that a cell opens, and what it shows


@dataclass(frozen=True)
class ShapeDesk:
    """A trace of one sample of a task."""

    task: Task
    trace: Trace

    @property
    def cell(self) -> int:
        """The recurrent layer; a linear one follows."""
        return int(self.trace.network.spec.takes_tokens)

    @property
    def length(self) -> int:
        return int(self.trace.inputs.shape[1])

    def answers(self, step: int) -> bool:
        """Whether there is an answer at a step."""
        return not self.task.is_last or step == self.length - 1

    def counts(self, step: int) -> bool:
        counting = self.trace.counting
        return self.answers(step) and (counting is None or bool(counting[0, step]))

    def place(self, step: int) -> tuple[int, ...]:
        """The index of an answer, without the output's number."""
        return (0,) if self.task.is_last else (0, step)

    @cached_property
    def said(self) -> Array:
        """What is compared with the targets: values, or probabilities of the classes."""
        return self.trace.loss.predict(self.trace.outputs[-1])

    @cached_property
    def states(self) -> Array:
        """The states (T, H)."""
        return recorded(self.trace, str(self.cell)).passes[0].values["h"][0]

    # The cells of the picture, by rows

    def cells(self, row: str, step: int) -> Cells:
        return self._cells[row, step]

    @cached_property
    def _cells(self) -> dict[tuple[str, int], Cells]:
        """Those of every row and step, computed once."""
        makers = {"target": self._target, "y": self._answer, "h": self._state, "x": self._inputs}
        return {(row, t): make(t) for t in range(self.length) for row, make in makers.items()}

    def _inputs(self, step: int) -> Cells:
        x = self.trace.inputs[0, step]
        if self.task.letters:
            return [(Ref("input", (0, step)), self.task.letters[int(x)])]
        if self.task.data == "wave" and step:
            return []  # nothing comes in, which is 0 for the network
        return [(Ref("input", (0, step, f)), number(float(v))) for f, v in enumerate(x)]

    def _state(self, step: int) -> Cells:
        name, state = f"layers.{self.cell}.h", self.states[step]
        return [(Ref(name, (0, step, unit)), number(float(value)))
                for unit, value in enumerate(state[:UNITS])]  # fmt: skip

    def _answer(self, step: int) -> Cells:
        if not self.answers(step):
            return []
        said = self.said[self.place(step)]
        if len(said) == 1:
            return [(self.answer_ref(step), number(float(said[0])))]
        best = int(said.argmax())
        index = (*self.place(step), best)
        return [(Ref(f"layers.{self.cell + 1}.output", index), self.task.letters[best]),
                (Ref("prediction", index), number(float(said[best])))]  # fmt: skip

    def _target(self, step: int) -> Cells:
        return [(self.target_ref(step), self._wanted(step))] if self.counts(step) else []

    def _wanted(self, step: int) -> Any:
        assert self.trace.targets is not None
        value = self.trace.targets[self.place(step)]
        return self.task.letters[int(value)] if self.task.letters else number(float(value[0]))

    def is_right(self, step: int) -> bool | None:
        """Whether the right class is said; None where there is none, or it does not count."""
        assert self.trace.targets is not None
        if self.task.loss == "mse" or not self.counts(step):
            return None
        wanted = self.trace.targets[self.place(step)]
        said = classify(self.trace.outputs[-1][self.place(step)])
        return bool(said == (wanted if np.ndim(wanted) == 0 else wanted[0]))

    def mark(self, row: str, step: int) -> str:
        if row != "y":
            return ""
        if not self.counts(step):
            return "uncounted"
        return {True: "right", False: "wrong", None: ""}[self.is_right(step)]

    # Addresses

    def target_ref(self, step: int) -> Ref:
        return Ref("target", (*self.place(step), 0))

    def answer_ref(self, step: int) -> Ref:
        """The answer; of several classes the probability of the one that is wanted."""
        assert self.trace.targets is not None
        several = self.task.num_outputs > 1
        k = int(self.trace.targets[self.place(step)]) if several else 0
        return Ref("prediction", (*self.place(step), k))

    def loss_ref(self, step: int) -> Ref:
        return Ref("sample_loss", self.place(step))

    # The picture and the table

    def columns(self) -> list[dict[str, Any]]:
        return [
            {"label": f"t = {t + 1}",
             "boxes": {key: {"cells": [{"value": value, "name": self._name(key, t, ref)}
                                       for ref, value in found],
                             "mark": self.mark(key, t)}
                       for key in ("target", "y", "h", "x") if (found := self.cells(key, t))}}
            for t in range(self.length)
        ]  # fmt: skip

    def _name(self, row: str, step: int, ref: Ref) -> str:
        """What a number is called, such as h₃[1]."""
        names, place = self.trace.names, ref.index[1:]
        if row == "target":
            return f"wanted at step {step + 1}"
        if row == "h":
            return names.inner(str(self.cell), "h", place)
        if ref.tensor == "prediction" and self.task.letters:
            return f"probability of {self.task.letters[place[-1]]}"
        return names.symbol("input" if row == "x" else str(self.cell + 1), place)

    def places(self) -> dict[Ref, list[Any]]:
        """[row, step, unit] of the numbers in the picture, and of those that stand for them."""
        found: dict[Ref, list[Any]] = {}
        layers = {"h": f"layers.{self.cell}.output", "y": f"layers.{self.cell + 1}.output"}
        for (row, t), cells in self._cells.items():
            for unit, (ref, _) in enumerate(cells):
                found[ref] = [row, t, unit]
                if row in layers:
                    found.setdefault(Ref(layers[row], ref.index), [row, t, unit])
        return found

    def shown(self, row: str, step: int) -> Any:
        """The number, or the letter, of a row of the table at a step that counts."""
        if row == "wanted":
            return self._wanted(step)
        if row == "answer":
            return number(float(self.said[self.answer_ref(step).index]))
        return number(float(self.trace.losses[self.place(step)]))

    def table(self) -> dict[str, list[Ref | None]]:
        """What is wanted and said, and the loss, at each step that counts."""
        steps = [t if self.counts(t) else None for t in range(self.length)]
        rows = {"wanted": self.target_ref, "answer": self.answer_ref, "loss": self.loss_ref}
        return {name: [None if t is None else ref(t) for t in steps] for name, ref in rows.items()}
