"""The controls of a convolutional network that learns."""

from __future__ import annotations

from typing import Any

from app.playground.chapters.base import field
from app.playground.chapters.cnn_state import AS_IT_IS, RUNNABLE, LearnState, built
from core.architectures import ARCHITECTURES
from core.functional.activations import ACTIVATIONS
from core.optimizers import OPTIMIZERS
from core.spec import written

Field = dict[str, Any]
LOOKS = {"test": "Test digits", "training": "Training digits", "drawn": "My drawing"}
PUBLISHED = {"value": AS_IT_IS, "label": "As published"}


def fields(state: LearnState, counts: dict[str, int]) -> list[Field]:
    """`counts`: how many pictures there are to look at, by where they come from."""
    return [*_picture(state, counts), *_network(state), *_training(state), *_data(state)]


def _picture(state: LearnState, counts: dict[str, int]) -> list[Field]:
    options = [{"value": look, "label": LOOKS[look]} for look in counts]
    number = field(state, "sample", "integer", "Picture")
    number |= {"max": max(counts[state.look], 1), "help": f"Which of the {counts[state.look]}"}
    return [field(state, "look", "select", "Picture", options=options),
            *([number] if counts[state.look] > 1 else [])]  # fmt: skip


def _network(state: LearnState) -> list[Field]:
    nets = [{"value": key, "label": f"{ARCHITECTURES[key].name}, {written(built(key).input_shape)}"}
            for key in RUNNABLE]  # fmt: skip
    activations = [PUBLISHED, *({"value": a.name, "label": a.label} for a in ACTIVATIONS.values())]
    pools = [PUBLISHED, *({"value": mode, "label": mode.capitalize()} for mode in
                          ("max", "average", "min"))]  # fmt: skip
    return [
        field(state, "net", "select", "Network", options=nets),
        field(state, "activation", "select", "Network", options=activations),
        field(state, "pool", "select", "Network", options=pools),
        {"name": "all_on", "label": "Switch all on", "kind": "button", "value": None,
         "group": "Network", "help": "Every filter takes part again",
         "disabled": "" if state.off else "Nothing is switched off."},
    ]  # fmt: skip


def _training(state: LearnState) -> list[Field]:
    optimizers = [{"value": name, "label": cls.label} for name, cls in OPTIMIZERS.items()]
    return [
        field(state, "optimizer", "select", "Training", options=optimizers),
        field(state, "rate", "number", "Training", scale="log", step=0.01),
        field(state, "batch", "integer", "Training"),
        field(state, "l2", "number", "Training"),
        field(state, "seed", "integer", "Training"),
    ]


def _data(state: LearnState) -> list[Field]:
    return [
        field(state, "samples", "integer", "Data"),
        field(state, "test", "number", "Data"),
        field(state, "noise", "number", "Data"),
    ]
