"""The controls of a convolutional network that learns."""

from __future__ import annotations

from typing import Any

from app.playground.chapters.base import field
from app.playground.chapters.images.cnn_state import AS_IT_IS, RUNNABLE, LearnState, built
from core.ablation import can_switch
from core.architectures import ARCHITECTURES
from core.functional.activations import ACTIVATIONS
from core.optimizers import OPTIMIZERS
from core.spec import written

Field = dict[str, Any]
LOOKS = {"test": "Test samples", "training": "Training samples", "drawn": "My drawing"}
PUBLISHED = {"value": AS_IT_IS, "label": "As published"}


def fields(state: LearnState, counts: dict[str, int], layer: str, is_own: bool,
           channels: int) -> list[Field]:  # fmt: skip
    """`counts`: how many pictures there are to look at, by where they come from; `layer`: the name
    of the chosen one; is_own: whether the pictures, of so many channels, are the learner's own."""
    return [*_picture(state, counts), *_switches(state, layer), *_network(state, channels),
            *_training(state), *_data(state, is_own)]  # fmt: skip


def _picture(state: LearnState, counts: dict[str, int]) -> list[Field]:
    options = [{"value": look, "label": LOOKS[look]} for look in counts]
    number = field(state, "sample", "integer", "Picture")
    number |= {"max": max(counts[state.look], 1), "help": f"Which of the {counts[state.look]}"}
    return [field(state, "look", "select", "Picture", options=options),
            *([number] if counts[state.look] > 1 else []),
            field(state, "about", "integer", "Picture")]  # fmt: skip


def _switches(state: LearnState, layer: str) -> list[Field]:
    """The chosen unit, and all that are switched off."""
    group = f"{layer}, {state.channel}"
    spec = next(spec for path, spec, _ in state.network_spec().walk() if path == state.path)
    why = "" if can_switch(spec) else "Choose a map of a convolution, or a unit of a dense layer."
    return [
        {"name": "is_off", "label": "Switched off", "kind": "switch", "group": group,
         "value": f"{state.path}u{state.channel}" in state.off, "disabled": why,
         "help": "Let what follows be given 0 for it; training does not mind"},
        {"name": "all_on", "label": "Switch all on", "kind": "button", "value": None,
         "group": group, "help": "Every filter takes part again",
         "disabled": "" if state.off else "Nothing is switched off."},
    ]  # fmt: skip


def _network(state: LearnState, channels: int) -> list[Field]:
    nets = [{"value": key, "label": _network_label(key, channels)} for key in RUNNABLE]
    activations = [PUBLISHED, *({"value": a.name, "label": a.label} for a in ACTIVATIONS.values())]
    pools = [PUBLISHED, *({"value": mode, "label": mode.capitalize()} for mode in
                          ("max", "average", "min"))]  # fmt: skip
    return [
        field(state, "net", "select", "Network", options=nets),
        field(state, "activation", "select", "Network", options=activations),
        field(state, "pool", "select", "Network", options=pools),
    ]  # fmt: skip


def _network_label(key: str, channels: int) -> str:
    where = ", on a training server" if ARCHITECTURES[key].is_large else ""
    return f"{ARCHITECTURES[key].name}, {written(built(key, channels=channels).input_shape)}{where}"


def _training(state: LearnState) -> list[Field]:
    optimizers = [{"value": name, "label": cls.label} for name, cls in OPTIMIZERS.items()]
    return [
        field(state, "optimizer", "select", "Training", options=optimizers),
        field(state, "rate", "number", "Training", scale="log", step=0.01),
        field(state, "batch", "integer", "Training"),
        field(state, "l2", "number", "Training"),
        field(state, "seed", "integer", "Training"),
    ]


def _data(state: LearnState, is_own: bool) -> list[Field]:
    why = "These are for the digits that come with the page." if is_own else ""
    return [
        field(state, "samples", "integer", "Data", disabled=why),
        field(state, "test", "number", "Data"),
        field(state, "noise", "number", "Data", disabled=why),
        {"name": "digits", "label": "Use the digits again", "kind": "button", "value": None,
         "group": "Data", "help": "In place of pictures of your own",
         "disabled": "" if is_own else "They are in use."},
    ]  # fmt: skip
