"""The controls of the MLP playground, with the reason where one is switched off."""

from __future__ import annotations

from typing import Any

from app.playground.chapters.base import field
from app.playground.chapters.mlp_state import MAX_DEPTH, MAX_WIDTH, PlaygroundState
from core.data.features import FEATURES
from core.data.names import DATASETS, of_family
from core.functional.activations import ACTIVATIONS
from core.functional.losses import LOSSES
from core.initializers import INITIALIZERS
from core.optimizers import OPTIMIZERS

Field = dict[str, Any]


def fields(state: PlaygroundState) -> list[Field]:
    picture = field(state, "discrete", "switch", "Picture")
    return [*data_fields(state), *network_fields(state), *training_fields(state), picture]


def data_fields(state: PlaygroundState) -> list[Field]:
    low, high = DATASETS[state.data].classes
    sets = [{"value": name, "label": DATASETS[name].label} for name in of_family("plane")]
    features = [{"value": name, "label": f.symbol} for name, f in FEATURES.items()]
    count = "no" if high == 1 else low
    fixed = "" if low < high else f"This data set has {count} classes to choose."
    classes = field(state, "classes", "integer", "Data", disabled=fixed)
    return [
        field(state, "data", "select", "Data", options=sets),
        classes,
        field(state, "samples", "integer", "Data"),
        field(state, "noise", "number", "Data"),
        field(state, "test", "number", "Data"),
        field(state, "features", "chips", "Data", options=features),
    ]


def network_fields(state: PlaygroundState) -> list[Field]:
    widths = [
        {"name": f"width{i}", "label": f"Neurons in {i + 1}", "kind": "integer", "value": width,
         "min": 1, "max": MAX_WIDTH, "step": 1, "group": "Network"}
        for i, width in enumerate(state.hidden)
    ]  # fmt: skip
    depth = {"name": "depth", "label": "Hidden layers", "kind": "integer",
             "value": len(state.hidden), "min": 0, "max": MAX_DEPTH, "step": 1,
             "group": "Network"}  # fmt: skip
    activations = [{"value": a.name, "label": a.label} for a in ACTIVATIONS.values()]
    starts = [
        {"value": name, "label": name.replace("_", ", ").capitalize()} for name in INITIALIZERS
    ]
    return [
        depth,
        *widths,
        field(state, "activation", "select", "Network", options=activations),
        field(state, "start", "select", "Network", options=starts),
    ]


def training_fields(state: PlaygroundState) -> list[Field]:
    losses = [{"value": loss.name, "label": loss.label} for loss in LOSSES.values()]
    optimizers = [{"value": name, "label": cls.label} for name, cls in OPTIMIZERS.items()]
    loss = field(state, "loss", "select", "Training", options=losses)
    if state.used_loss != state.loss:
        loss |= {"value": state.used_loss, "help": "The chosen loss does not fit these data."}
    return [
        loss,
        field(state, "optimizer", "select", "Training", options=optimizers),
        field(state, "rate", "number", "Training", scale="log", step=0.01),
        field(state, "batch", "integer", "Training"),
        field(state, "l1", "number", "Training"),
        field(state, "l2", "number", "Training"),
        field(state, "stop", "number", "Training"),
        field(state, "seed", "integer", "Training"),
        {"name": "new_seed", "label": "Other random numbers", "kind": "button", "value": None,
         "group": "Training", "help": "Take the next seed"},
    ]  # fmt: skip


def new_seed(seed: int) -> int:
    return (seed + 1) % 1_000_000
