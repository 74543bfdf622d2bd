"""The controls of chapters on gated cells."""

from __future__ import annotations

from typing import Any

from app.playground.chapters.base import field
from app.playground.chapters.sequences.gate_state import HAND, LEARNED, MAX_UNITS, OWN, GateState
from core.gates import CANDIDATES, LEAST, MOST, PRESETS, at_rest, listens
from core.spec.sequences import GATES

Field = dict[str, Any]
HOW = [{"value": HAND, "label": "set by hand"}, {"value": LEARNED, "label": "learned"}]
WORDS = {"i": "Input i", "f": "Forget f", "o": "Output o", "r": "Reset r", "z": "Update z"}
ORDER = {"lstm": "fio", "gru": "zr"}  # as they stand in the picture
SEQUENCE, SHOWN, LEARNING = "Sequence", "Shown", "Learning"


def fields(state: GateState) -> list[Field]:
    how = field(state, "how", "select", "Gates", options=HOW)
    mode = _by_hand(state) if state.is_hand else _learning(state)
    return [how, *mode, *_shown(state), *_sequence(state)]


def _by_hand(state: GateState) -> list[Field]:
    first = PRESETS[state.CELLS[0]]
    options = [{"value": name, "label": preset.label} for name, preset in first.items()]
    options.append({"value": OWN, "label": "your own"})
    unit = state.place[1] + 1
    preset = {"name": "preset", "label": f"Unit {unit}", "kind": "select", "group": "Gates",
              "value": state.preset, "options": options,
              "help": "What the chosen unit does with its state"}  # fmt: skip
    sliders = [made for cell in state.CELLS for made in _sliders(state, cell)]
    return [preset, *sliders]


def _sliders(state: GateState, cell: str) -> list[Field]:
    rows = state.rows(cell)[:, state.place[1]]
    made = []
    for letter in ORDER[cell]:
        assert letter not in CANDIDATES
        row = rows[GATES[cell].index(letter)]
        at = ", at rest" if listens(row) else ""
        made.append({
            "name": f"{cell}.{letter}", "label": f"{WORDS[letter]}{at}", "kind": "number",
            "group": "Gates", "min": LEAST, "max": MOST, "step": 0.001,
            "value": round(min(max(at_rest(row), LEAST), MOST), 3),
            "help": "Sets its weights to 0 and its bias to ln(v / (1 − v))",
        })  # fmt: skip
    return made


def _learning(state: GateState) -> list[Field]:
    bias = [field(state, "forget_bias", "number", LEARNING)] if "lstm" in state.CELLS else []
    return [
        *bias,
        field(state, "hidden", "integer", LEARNING),
        field(state, "rate", "number", LEARNING, scale="log"),
        field(state, "seed", "integer", LEARNING),
    ]


def _shown(state: GateState) -> list[Field]:
    step, unit = state.place
    return [
        field(state, "unit", "integer", SHOWN, value=unit + 1, max=state.size),
        field(state, "step", "integer", SHOWN, value=step + 1, max=state.steps),
        field(state, "back", "switch", SHOWN),
    ]


def _sequence(state: GateState) -> list[Field]:
    steps = field(state, "steps", "integer", SEQUENCE)
    again = {"kind": "button", "value": None, "group": SEQUENCE}
    if state.is_hand:
        return [
            steps, field(state, "units", "integer", SEQUENCE, max=MAX_UNITS),
            field(state, "start", "number", SEQUENCE),
            again | {"name": "fresh", "label": "The pulses again",
                     "help": "Undo what was typed into the sequence"},
        ]  # fmt: skip
    return [steps, again | {"name": "fresh", "label": "Another sequence",
                            "help": "Look at another sequence of the task"}]  # fmt: skip


def changed(state: GateState, name: str, value: Any) -> dict[str, Any]:
    """All parameters that change when the learner sets a field."""
    cell, _, letter = name.partition(".")
    if letter:
        return state.with_gate(cell, letter, float(value))
    if name == "preset":
        return {} if value == OWN else state.with_preset(value)
    if name == "units":
        return state.with_units(int(value))
    if name == "steps":
        return state.with_steps(int(value))
    if name == "fresh":
        return {"x": [], "sample": (state.sample + (not state.is_hand)) % 10_000}
    return {name: value}
