"""The controls of A6."""

from __future__ import annotations

from typing import Any

from app.playground.chapters.base import field
from app.playground.chapters.neurons.backprop_state import MAX_SAMPLES, SMOOTH, BackpropState
from core.functional.activations import ACTIVATIONS


def fields(state: BackpropState) -> list[dict[str, Any]]:
    activations = [{"value": name, "label": ACTIVATIONS[name].label} for name in SMOOTH]
    samples = {"name": "samples", "label": "Samples", "kind": "integer", "group": "Numbers",
               "value": state.num_samples, "min": 1, "max": MAX_SAMPLES, "step": 1}  # fmt: skip
    return [
        field(state, "by_hand", "switch", "This step"),
        button("take", "Take the step", "This step", "All parameters move to their new values"),
        button("drop", "Drop it", "This step", "Back to its start; nothing has changed"),
        samples,
        field(state, "activation", "select", "Numbers", options=activations),
        field(state, "rate", "number", "Numbers"),
        button("draw", "New numbers", "Numbers", "Draw weights and samples from the next seed"),
    ]


def button(name: str, label: str, group: str, text: str) -> dict[str, Any]:
    return {"name": name, "label": label, "kind": "button", "value": None, "group": group,
            "help": text}  # fmt: skip
