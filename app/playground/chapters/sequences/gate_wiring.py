"""The numbers on the wires of a cell, at one step and of one unit, forward or on the way back."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np

from app.playground.figures.wiring import DRAWINGS
from app.playground.views import Wiring
from app.playground.views.component import Message
from core.explain import Explanation, Factor, Ref, explain, format_number
from core.explain.walk import Place, Walk

Numbers = dict[str, Factor]
WORDS = {
    "c_before": "Cell state of the step before", "h_before": "State of the step before",
    "f_times_c": "What the forget gate leaves of the cell state", "c": "Cell state",
    "i_times_g": "What is written into the cell state", "tanh_c": "tanh of the cell state",
    "h": "Hidden state, what the cell shows", "f": "Forget gate", "i": "Input gate",
    "g": "Candidate", "o": "Output gate", "x0": "Input: the value", "x1": "Input: the mark",
    "z_times_h": "What the update gate leaves of the state", "new": "What the candidate adds",
    "z": "Update gate", "r": "Reset gate", "n": "Candidate",
    "m": "What the state says to the candidate", "r_times_m": "What the reset gate lets pass of it",
}  # fmt: skip
TINY, SMALL = 1e-300, 1e-3
CURVES = dict.fromkeys("fiorz", "σ ") | dict.fromkeys("gn", "tanh ")  # what makes a gate


class CellWiring:
    """`told` gets each message, and the number that it is about."""

    def __init__(self, cell: str, told: Callable[[Message, Ref], None]) -> None:
        self.cell, self.told = cell, told
        self.drawing = DRAWINGS[cell]
        self.refs: dict[str, Ref] = {}
        self.pending: dict[str, Any] = {}  # what `light` will show as well
        self.view = Wiring(
            self._receive, drop=self.drawing.height, wires=self.drawing.lines(),
            signs=self.drawing.circles(), label=f"The {cell.upper()} cell at one step",
        )  # fmt: skip

    def show(self, walk: Walk, place: Place, unit: int, backward: bool) -> None:
        """Show the numbers at a place (n, t) of one unit."""
        found = (BACKWARD if backward else FORWARD)[self.cell](walk, place, unit)
        scale = _scale(walk) if backward else 1.0
        self.refs = {key: factor.ref for key, factor in found.items() if factor.ref}
        numbers = [self._number(key, found.get(key), scale, backward) for key in self.drawing.spots]
        self.pending = {"numbers_text": json.dumps(numbers), "backward": backward}

    def _number(self, key: str, factor: Factor | None, scale: float,
                backward: bool) -> dict[str, Any]:  # fmt: skip
        x, y, kind = self.drawing.spots[key]
        words = f"Gradient: {WORDS[key].lower()}" if backward else WORDS[key]
        made = {"key": key, "x": x, "y": y, "kind": kind, "name": words, "symbol": "", "value": "",
                "share": 0.0, "fixed": factor is None or factor.ref is None}  # fmt: skip
        if factor is None:
            return made
        share = float(np.clip(np.nan_to_num(factor.value / scale), -1, 1))
        shown = format_number(factor.value, 3 if abs(factor.value) >= SMALL else 2)
        curve = "" if backward else CURVES.get(key, "")
        return made | {"symbol": f"{curve}{factor.symbol}", "value": shown, "share": share}

    def light(self, lit: set[Ref]) -> None:
        keys = sorted(key for key, ref in self.refs.items() if ref in lit)
        self.view.param.update(**self.pending, lit=keys)
        self.pending = {}

    def _receive(self, message: Message) -> None:
        if ref := self.refs.get(str(message["key"])):
            self.told(message, ref)


def _scale(walk: Walk) -> float:
    """The largest gradient by a state, which is drawn with the full tint."""
    values = walk.record.values
    sizes = [float(np.abs(values[name]).max()) for name in ("dh", "dc") if name in values]
    return max(*sizes, TINY)


def _product(walk: Walk, name: str, place: Place, unit: int, terms: slice, symbol: str) -> Factor:
    """A part of a sum, which opens that sum."""
    whole = walk.value(name, place, unit)
    opened: Explanation = explain(walk.trace, whole.ref or Ref(""))
    return Factor(symbol, sum(term.value for term in opened.terms[terms]), whole.ref)


def _inputs(walk: Walk, place: Place) -> Numbers:
    return {f"x{feature}": walk.input(place, feature) for feature in range(2)}


def lstm_forward(walk: Walk, place: Place, unit: int) -> Numbers:
    def part(terms: slice, symbol: str) -> Factor:
        return _product(walk, "c", place, unit, terms, symbol)

    names = ("f", "i", "g", "o", "c", "tanh_c", "h")
    return {
        "c_before": walk.state_before("c", place, unit),
        "h_before": walk.state_before("h", place, unit),
        "f_times_c": part(slice(0, 1), "f · c"), "i_times_g": part(slice(1, 2), "i · g"),
        **{name: walk.value(name, place, unit) for name in names}, **_inputs(walk, place),
    }  # fmt: skip


def lstm_backward(walk: Walk, place: Place, unit: int) -> Numbers:
    found = {name: walk.value(f"d{name}", place, unit) for name in ("f", "i", "g", "o", "c", "h")}
    before = walk.before(place)
    if before is not None:
        found["c_before"] = walk.value("dc", before, unit)
        found["h_before"] = walk.value("dh", before, unit)
        found["f_times_c"] = _product(walk, "dc", before, unit, slice(-1, None), "∂L/∂c · f")
    return found


def gru_forward(walk: Walk, place: Place, unit: int) -> Numbers:
    def part(name: str, terms: slice, symbol: str) -> Factor:
        return _product(walk, name, place, unit, terms, symbol)

    last = slice(-2, -1)  # before the bias
    return {
        "h_before": walk.state_before("h", place, unit),
        "z_times_h": part("h", slice(2, 3), "z · h"), "new": part("h", slice(0, 2), "(1 − z) · n"),
        "r_times_m": part("n_sum", last, "r · m"),
        **{name: walk.value(name, place, unit) for name in ("z", "n", "r", "m", "h")},
        **_inputs(walk, place),
    }  # fmt: skip


def gru_backward(walk: Walk, place: Place, unit: int) -> Numbers:
    found = {name: walk.value(f"d{name}", place, unit) for name in ("z", "n", "r", "m", "h")}
    before = walk.before(place)
    if before is not None:
        found["h_before"] = walk.value("dh", before, unit)
        found["z_times_h"] = _product(walk, "dh", before, unit, slice(-1, None), "∂L/∂h · z")
    return found


Finder = Callable[[Walk, Place, int], Numbers]
FORWARD: dict[str, Finder] = {"lstm": lstm_forward, "gru": gru_forward}
BACKWARD: dict[str, Finder] = {"lstm": lstm_backward, "gru": gru_backward}
