"""The controls that A5 and A7 share."""

from __future__ import annotations

from typing import Any

from app.playground.chapters.base import field
from app.playground.chapters.neurons.landscape_state import (
    BENDS,
    LOSS_NAMES,
    MAX_SAMPLES,
    OUTPUTS,
    SYMBOLS,
    LandscapeState,
)
from core.functional.activations import ACTIVATIONS
from core.functional.losses import LOSSES

Field = dict[str, Any]


def section_fields(state: LandscapeState) -> list[Field]:
    """Which parameters are drawn, and how far."""
    group = "The picture"
    across, upwards = (
        [{"value": key, "label": SYMBOLS.get(key, "nothing: a curve")}
         for key in state.param[name].objects] for name in ("first", "second")
    )  # fmt: skip
    return [
        field(state, "first", "select", group, options=across),
        field(state, "second", "select", group, options=upwards),
        field(state, "reach", "number", group),
        field(state, "is_log", "switch", group),
    ]


def point_fields(state: LandscapeState, values: dict[str, float], group: str) -> list[Field]:
    """A slider for each drawn parameter; its name is that of the parameter."""
    return [
        {"name": key, "label": SYMBOLS[key], "kind": "number", "group": group,
         "value": round(value, 2), "min": -state.reach, "max": state.reach,
         "step": state.reach / 100, "help": "Arrow keys on the picture move it, too"}
        for key, value in values.items()
    ]  # fmt: skip


def network_fields(state: LandscapeState) -> list[Field]:
    group = "Network and samples"
    bends = [{"value": name, "label": ACTIVATIONS[name].label} for name in BENDS]
    outputs = [{"value": name, "label": ACTIVATIONS[name].label} for name in OUTPUTS]
    losses = [{"value": name, "label": LOSSES[name].label} for name in LOSS_NAMES]
    fixed = "" if state.loss == "mse" else "Binary cross-entropy has the sigmoid within it."
    samples = {"name": "samples", "label": "Samples", "kind": "integer", "group": group,
               "value": state.num_samples, "min": 1, "max": MAX_SAMPLES, "step": 1}  # fmt: skip
    return [
        field(state, "loss", "select", group, options=losses),
        field(state, "activation", "select", group, options=bends),
        field(state, "output", "select", group, options=outputs, disabled=fixed),
        samples,
    ]
