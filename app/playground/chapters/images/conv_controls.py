"""The controls of C3."""

from __future__ import annotations

from typing import Any

from app.playground.chapters.base import field
from app.playground.chapters.images.conv_state import LOSSES, OWN, ConvState
from core.data.small import KERNELS, PICTURES

OWN_OPTION = {"value": OWN, "label": "your own"}
KERNEL_OPTIONS = [*({"value": n, "label": k.label} for n, k in KERNELS.items()), OWN_OPTION]
PICTURE_OPTIONS = [*({"value": n, "label": p.label} for n, p in PICTURES.items()), OWN_OPTION]


def fields(state: ConvState) -> list[dict[str, Any]]:
    return [*_picture(state), *_kernel(state), *_way_back(state)]


def _picture(state: ConvState) -> list[dict[str, Any]]:
    _, height, width = state.pixels().shape
    return [
        field(state, "picture", "select", "Picture", options=PICTURE_OPTIONS),
        field(state, "height", "integer", "Picture", value=height),
        field(state, "width", "integer", "Picture", value=width),
        field(state, "channels", "integer", "Picture"),
    ]


def _kernel(state: ConvState) -> list[dict[str, Any]]:
    shown = min(state.shown, state.kernels)
    preset = {"name": "preset", "label": "Preset", "kind": "select", "group": "Kernel",
              "value": state.kernel_name, "options": KERNEL_OPTIONS,
              "help": "Weights of the shown kernel, in every channel"}  # fmt: skip
    bias = {"name": "bias", "label": "Bias", "kind": "number", "group": "Kernel", "min": -10,
            "max": 10, "step": 0.5, "value": state.biases()[shown - 1],
            "help": "Added to every sum of products"}  # fmt: skip
    which = field(state, "shown", "integer", "Kernel", label="Shown", value=shown,
                  max=state.kernels)  # fmt: skip
    return [
        preset,
        field(state, "kernel_height", "integer", "Kernel"),
        field(state, "kernel_width", "integer", "Kernel"),
        bias,
        field(state, "kernels", "integer", "Kernel"),
        *([which] if state.kernels > 1 else []),
        field(state, "flip", "switch", "Kernel"),
    ]


def _way_back(state: ConvState) -> list[dict[str, Any]]:
    losses = [{"value": name, "label": label} for name, (label, _) in LOSSES.items()]
    loss = field(state, "loss", "select", "The way back", options=losses)
    switch = field(state, "gradients", "switch", "The way back")
    return [switch, *([loss] if state.gradients else [])]


def changed(state: ConvState, name: str, value: Any) -> dict[str, Any]:
    """All parameters that change when the learner sets a field."""
    if name == "picture":
        return state.with_picture(value)
    if name == "preset":
        return {} if value == OWN else state.with_kernel(value)
    if name in ("height", "width"):
        return state.with_size(name, int(value))
    if name in ("kernel_height", "kernel_width"):
        return state.with_kernel_size(name, int(value))
    if name == "channels":
        return state.with_channels(int(value))
    if name == "kernels":
        return state.with_kernels(int(value))
    if name == "bias":
        biases = [float(b) for b in state.biases()]
        biases[min(state.shown, state.kernels) - 1] = float(value)
        return {"bias": biases}
    return {name: value}
