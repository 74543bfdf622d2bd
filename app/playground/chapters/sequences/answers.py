"""What a network answers to one sequence, as a grid of numbers that open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.playground.chapters.ref_grid import RefGrid
from app.playground.views.component import Message
from core.data.reber import SYMBOLS, legal_sets
from core.explain import Ref, Trace
from core.explain.record import subscript

Mask = NDArray[np.bool_]
Row = list[Ref | None]
ECHO = "abcdefghijklmnop"


@dataclass(frozen=True)
class Sheet:
    """Rows of addresses by their labels, None for no cell; what is right and what is wrong."""

    rows: dict[str, Row]
    marks: dict[str, str]


class Answer(RefGrid):
    """`receive` is told of its numbers."""

    def __init__(self, receive: Callable[[Message, Ref], None]) -> None:
        super().__init__(receive, label="What it answers", decimals=2, scale=1.0, compact=True)

    def show(self, task: str, trace: Trace, steps: list[str]) -> None:
        sheet = SHEETS[task](trace)
        self.refs = list(sheet.rows.values())
        values = [[None if ref is None else value(trace, ref) for ref in row] for row in self.refs]
        self.grid.param.update(values=values, row_labels=list(sheet.rows), column_labels=steps,
                               marks=sheet.marks)  # fmt: skip


def value(trace: Trace, ref: Ref) -> float:
    """The number at an address of a sheet."""
    if ref.tensor == "input":
        return float(trace.inputs[ref.index])
    if ref.tensor == "target":
        assert trace.targets is not None
        return float(trace.targets[ref.index])
    return float(trace.loss.predict(trace.outputs[-1])[ref.index])


def letters(task: str, tokens: NDArray[np.integer]) -> list[str]:
    """The symbols of a sequence, as they are written."""
    alphabet = SYMBOLS if task == "reber" else ECHO
    return [alphabet[token] for token in tokens]


def step_names(task: str, trace: Trace) -> list[str]:
    """What the steps are called: the symbol that is shown there, and its number."""
    shown = trace.inputs[0]
    if shown.ndim > 1:
        return [str(t + 1) for t in range(len(shown))]
    return [f"{letter}{subscript(t + 1)}" for t, letter in enumerate(letters(task, shown))]


def _shares(task: str, trace: Trace, fits: Mask) -> Sheet:
    """How likely each symbol (T, K) is at each step; `fits` are those that are right there."""
    count = fits.shape[1]
    asked: Mask = np.asarray(fits.any(axis=1))
    names = letters(task, np.arange(count))
    rows = {name: [Ref("prediction", (0, t, k)) if asked[t] else None for t in range(len(fits))]
            for k, name in enumerate(names)}  # fmt: skip
    output = trace.outputs[-1][0]
    least = np.where(fits, output, np.inf).min(axis=1)
    marks = {}
    for t, k in np.ndindex(fits.shape):
        above = bool(output[t, k] >= least[t])
        if asked[t] and (fits[t, k] or above):
            marks[f"{k},{t}"] = "right" if fits[t, k] else "wrong"
    return Sheet(rows, marks)


def _reber(trace: Trace) -> Sheet:
    """Every letter that the grammar allows is right, and is to be likelier than all others."""
    everywhere = np.ones(trace.inputs.shape, bool)
    return _shares("reber", trace, legal_sets(trace.inputs, everywhere)[0])


def _echo(trace: Trace) -> Sheet:
    assert trace.targets is not None
    fits = np.eye(trace.outputs[-1].shape[2], dtype=bool)[trace.targets[0]]
    counted = np.ones(len(fits), bool) if trace.counting is None else trace.counting[0]
    return _shares("echo", trace, fits & counted[:, None])


def _adding(trace: Trace) -> Sheet:
    steps = range(trace.inputs.shape[1])
    end: Row = [None] * (len(steps) - 1)
    return Sheet({
        "value": [Ref("input", (0, t, 0)) for t in steps],
        "marked": [Ref("input", (0, t, 1)) for t in steps],
        "true sum": [*end, Ref("target", (0, 0))],
        "its answer": [*end, Ref("prediction", (0, 0))],
    }, {})  # fmt: skip


def _sine(trace: Trace) -> Sheet:
    steps = range(trace.inputs.shape[1])
    return Sheet({
        "shown": [Ref("input", (0, t, 0)) for t in steps],
        "true next": [Ref("target", (0, t, 0)) for t in steps],
        "foretold": [Ref("prediction", (0, t, 0)) for t in steps],
    }, {})  # fmt: skip


SHEETS: dict[str, Callable[[Trace], Sheet]] = {
    "reber": _reber, "echo": _echo, "adding": _adding, "sine": _sine,
}  # fmt: skip
