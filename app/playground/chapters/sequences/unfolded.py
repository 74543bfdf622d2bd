"""What the picture of an unfolded network shows, made from a trace."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.explain import Ref, Trace
from core.explain.record import number

Array = NDArray[np.floating]
CELL, READOUT = "layers.0", "layers.1"
ROWS = [
    {"key": "y", "name": "output y", "weight": "W_hy", "scale": 2.0},
    {"key": "h", "name": "state h", "weight": "W_ih", "scale": 1.0},
    {"key": "x", "name": "input x", "weight": "", "scale": 2.0},
]
SEEN = 0.005  # a smaller difference would not show, for outputs of about 1
PATHS = {"x": "input", "h": "0", "y": "1"}
TENSORS = {"x": "input", "h": f"{CELL}.output", "y": f"{READOUT}.output"}


def columns(trace: Trace, marks: dict[tuple[str, int], str]) -> list[dict[str, Any]]:
    """A column for each step; marks by row and step."""
    made = []
    for t in range(trace.inputs.shape[1]):
        boxes = {row: {"cells": _cells(trace, row, t), "mark": marks.get((row, t), "")}
                 for row in PATHS}  # fmt: skip
        made.append({"label": f"t = {t + 1}", "boxes": boxes})
    return made


def _cells(trace: Trace, row: str, step: int) -> list[dict[str, Any]]:
    values = trace.output(PATHS[row])[0, step]
    return [cell(trace, PATHS[row], step, unit, float(v)) for unit, v in enumerate(values)]


def cell(trace: Trace, path: str, step: int, unit: int, value: float) -> dict[str, Any]:
    return {"value": number(value), "name": trace.names.symbol(path, (step, unit))}


def start(trace: Trace, values: Array) -> list[dict[str, Any]]:
    """The state before the first step."""
    return [cell(trace, "0", -1, unit, float(value)) for unit, value in enumerate(values)]


def ref_of(row: str, step: int, unit: int) -> Ref:
    """The number that a cell of the picture shows."""
    if step < 0:
        return Ref(f"{CELL}.h_start", (0, unit))
    return Ref(f"{CELL}.h" if row == "h" else TENSORS[row], (0, step, unit))


def place_of(ref: Ref) -> list[Any] | None:
    """[row, step, unit] of a number in the picture; None where it is not there."""
    rows = {f"{CELL}.{name}": "h" for name in ("h", "h_sum", "output")}
    row = (rows | {"input": "x", TENSORS["y"]: "y"}).get(ref.tensor)
    if row and len(ref.index) == 3:
        return [row, *ref.index[1:]]
    return ["h", -1, ref.index[1]] if ref.tensor == f"{CELL}.h_start" else None


def twin(trace: Trace, step: int) -> int | None:
    """Another step with the same input and, to the eye, another output; an earlier one where there
    is one."""
    x, y = trace.inputs[0], trace.output("1")[0]
    least = SEEN * max(1.0, float(np.abs(y).max()))
    differs = np.abs(y - y[step]).max(axis=1) > least
    found = np.flatnonzero((x == x[step]).all(axis=1) & differs)
    earlier = found[found < step]
    if len(earlier):
        return int(earlier[-1])
    return int(found[0]) if len(found) else None
