"""Sentences about gated cells, made from the numbers that are shown."""

from __future__ import annotations

from app.playground.chapters.sequences.gate_state import GateState
from core.explain import explain, format_number
from core.explain.walk import Walk
from core.gates import INPUTS
from core.spec.sequences import GATES


def short(value: float) -> str:
    return format_number(value, 3)


def wiring(walk: Walk, state: GateState) -> str:
    """What happens at the step that is shown."""
    step, unit = state.place
    where = f"Step {step + 1}, unit {unit + 1}: "
    if state.back:
        return where + _backward(walk, step, unit)
    cell, place = walk.spec.cell, (0, step)
    gate, name = ("f", "c") if cell == "lstm" else ("z", "h")
    keep, now = walk.value(gate, place, unit), walk.value(name, place, unit)
    assert now.ref is not None
    *others, last = (term.value for term in explain(walk.trace, now.ref).terms)
    added = last if cell == "lstm" else sum(others)
    before = walk.state_before(name, place, unit)
    return (f"{where}{keep.symbol} = {short(keep.value)} of {before.symbol} stays, {short(added)} "
            f"is added: {name} goes from {short(before.value)} to {short(now.value)}.")  # fmt: skip


def _backward(walk: Walk, step: int, unit: int) -> str:
    gate, name = ("f", "dc") if walk.spec.cell == "lstm" else ("z", "dh")
    here = walk.value(name, (0, step), unit)
    factor = walk.value(gate, (0, step), unit)
    return (f"{here.symbol} = {short(here.value)} goes back along the belt times "
            f"{factor.symbol} = {short(factor.value)}.")  # fmt: skip


def gates(state: GateState) -> str:
    which = "" if state.is_small else f"Unit {state.place[1] + 1}. "
    return f"{which}A column is a step; the framed one is drawn above. Select a number to open it."


def states(walk: Walk, state: GateState) -> str:
    """How much of the first state is left."""
    unit = state.place[1]
    kept, name = walk.value("kept", (0, 0), unit), "c" if walk.spec.cell == "lstm" else "h"
    return (f"{kept.symbol} = {short(kept.value)}: along the belt, so much of {name} after step 1 "
            f"is left at the end in unit {unit + 1}, and so much gradient comes back.")  # fmt: skip


def heat(state: GateState) -> str:
    return (f"{state.size} units (rows) over {state.steps} steps. Gates: from 0, dark, to 1, "
            "light; others by their share of the largest. Select or drag to open.")  # fmt: skip


def inputs(state: GateState) -> str:
    if state.is_hand:
        return "x[1] is a value, x[2] a mark. Type to change them."
    return "The task: say at the end whether x[1] was positive where x[2] is 1. Type to try."


def weights(state: GateState) -> str:
    unit = state.place[1] + 1
    if state.is_hand:
        return f"Unit {unit}. A gate with weights listens; one with a bias alone stands still."
    return f"Unit {unit}, as it is learned by now. Select a number to open it."


def parameters(cell: str, state: GateState) -> str:
    """The count with its numbers in."""
    x, h, count = INPUTS, state.size, len(GATES[cell])
    letters, more = (" + h", f" + {h}") if cell == "gru" else ("", "")
    return (f"{cell.upper()}: {count} (h·x + h·h + h){letters} = {count} ({h}·{x} + {h}·{h} + {h})"
            f"{more} = {state.cell_parameters(cell)}.")  # fmt: skip
