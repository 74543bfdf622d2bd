"""What the learner chooses in C5: a stack of layers, a unit of one of them, a picture, weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import param
from numpy.typing import NDArray

from app.playground.chapters.base import field
from app.playground.state import ChapterState, Integers
from core.data.colour import rgb_to_grey
from core.data.images import DRAWINGS, draw
from core.network import Network
from core.spec import Conv2dSpec, LayerSpec, NetworkSpec, PoolSpec

MAX_LAYERS, MAX_KERNEL, MAX_STRIDE, MAX_PADDING, MAX_DILATION = 6, 7, 4, 3, 4
KINDS = ("conv", "max", "average")
LABELS = {"conv": "convolution", "max": "max pool", "average": "average pool"}
# Of a layer: the parameter with one number for each layer, the field's label, its help.
SETTINGS = {
    "kind": ("kinds", "Kind", "What the layer does with a window"),
    "kernel": ("kernels", "Kernel", "Pixels along each side of the window, without dilation"),
    "stride": ("strides", "Stride", "From each window to the next"),
    "padding": ("paddings", "Padding", "Rings of zeros around what comes in"),
    "dilation": ("dilations", "Dilation", "How far apart the weights lie"),
}
NEW = {"kinds": 0, "kernels": 3, "strides": 1, "paddings": 0, "dilations": 1}


def _each(default: list[float], low: int, high: int, label: str) -> Integers:
    return Integers(default, count=(1, MAX_LAYERS), limits=(low, high), label=label)


class FieldState(ChapterState):
    kinds = _each([0, 0, 2, 0, 0, 2], 0, len(KINDS) - 1, "Kinds")
    kernels = _each([3, 3, 2, 3, 3, 2], 1, MAX_KERNEL, "Kernels")
    strides = _each([1, 1, 2, 1, 1, 2], 1, MAX_STRIDE, "Strides")
    paddings = _each([0] * 6, 0, MAX_PADDING, "Paddings")
    dilations = _each([1] * 6, 1, MAX_DILATION, "Dilations")
    layer = param.Integer(default=5, bounds=(1, MAX_LAYERS), label="Layer",
                          doc="The layer of the unit that is looked at")  # fmt: skip
    at = Integers([5, 5], count=(2, 2), limits=(1, 64), label="Unit")
    picture = param.Selector(default="house", objects=list(DRAWINGS), label="Picture")
    size = param.Integer(default=32, bounds=(8, 64), label="Side", doc="Pixels along each side")
    weights = param.Selector(default="equal", objects=["equal", "random"],
                             label="Of all kernels")  # fmt: skip
    seed = param.Integer(default=1, bounds=(0, 999_999), label="Seed",
                         doc="Random weights are drawn from it")  # fmt: skip

    ADDRESS = {"kinds": "kinds", "kernels": "k", "strides": "s", "paddings": "p",  # noqa: RUF012
               "dilations": "d", "layer": "layer", "at": "at", "picture": "picture", "size": "side",
               "weights": "weights", "seed": "seed"}  # fmt: skip

    @property
    def count(self) -> int:
        """How many layers there are; the shortest list says, should an address give unlike ones."""
        return min(len(getattr(self, name)) for name in NEW)

    def layers(self) -> tuple[LayerSpec, ...]:
        return tuple(map(_layer, self.kinds, self.kernels, self.strides, self.paddings,
                         self.dilations))  # fmt: skip

    def spec(self) -> NetworkSpec:
        """Raises ValueError where a layer does not fit into what comes to it."""
        return NetworkSpec((1, self.size, self.size), self.layers())

    def network(self, count: int) -> Network:
        """The first `count` layers; their weights do not depend on those that follow."""
        network = Network(NetworkSpec((1, self.size, self.size), self.layers()[:count]), "float64")
        for number, kernel in enumerate(self.kernels[:count]):
            if self.kinds[number] == 0:
                network.view(f"layers.{number}.weight")[...] = self._weight(number, kernel)
        return network

    def _weight(self, number: int, kernel: int) -> NDArray[np.floating]:
        if self.weights == "equal":
            return np.full((1, 1, kernel, kernel), 1 / kernel**2)
        rng = np.random.default_rng([self.seed, number])
        return rng.normal(0, 1 / kernel, (1, 1, kernel, kernel))

    def inputs(self) -> NDArray[np.floating]:
        """The picture in grey: (1, 1, size, size)."""
        image = draw(self.picture, self.size)
        return (rgb_to_grey(image) if len(image) == 3 else image)[None].astype(float)

    def with_setting(self, number: int, what: str, value: int) -> dict[str, Any]:
        """The parameter that changes with a setting of a layer, counted from 0."""
        name = SETTINGS[what][0]
        values = list(getattr(self, name))
        values[number] = value
        return {name: values}

    def with_layer(self, number: int) -> dict[str, Any]:
        """Another convolution behind a layer."""
        kept = {name: getattr(self, name)[: self.count] for name in NEW}
        return {name: [*values[: number + 1], NEW[name], *values[number + 1 :]]
                for name, values in kept.items()}  # fmt: skip

    def without_layer(self, number: int) -> dict[str, Any]:
        kept = {name: getattr(self, name)[: self.count] for name in NEW}
        return {name: [v for i, v in enumerate(values) if i != number]
                for name, values in kept.items()}  # fmt: skip


def _layer(kind: int, kernel: int, stride: int, padding: int, dilation: int) -> LayerSpec:
    if kind == 0:
        return Conv2dSpec(1, kernel, stride, padding, dilation, bias=False)
    return PoolSpec(KINDS[kind], kernel, stride, padding)


def field_controls(state: FieldState, layer: int, place: tuple[int, int], names: list[str],
                   ) -> list[dict[str, Any]]:  # fmt: skip
    """The settings; `layer`, from 1, and `place`, from 0, are of the unit that is looked at."""
    group = f"Layer {layer}: {names[layer - 1]}"
    chosen = {"kind": "integer", "group": "The unit", "min": 1, "max": 64, "step": 1}
    return [
        {"name": "layer", "label": "Of layer", "kind": "select", "group": "The unit",
         "value": layer, "help": "The layer of the unit that is looked at",
         "options": [{"value": i + 1, "label": f"{i + 1}: {n}"} for i, n in enumerate(names)]},
        {"name": "row", "label": "Row", "value": place[0] + 1, "help": "In its map", **chosen},
        {"name": "column", "label": "Column", "value": place[1] + 1, "help": "In its map",
         **chosen},
        *(_setting(state, layer - 1, what, group) for what in SETTINGS),
        {"name": "add", "label": "Add a layer behind it", "kind": "button", "value": None,
         "group": group, "disabled": "" if state.count < MAX_LAYERS else "There is room for six."},
        {"name": "remove", "label": "Remove it", "kind": "button", "value": None, "group": group,
         "disabled": "" if state.count > 1 else "One layer must stay."},
        field(state, "weights", "select", "Weights",
              options=[{"value": "equal", "label": "all equal: a mean"},
                       {"value": "random", "label": "random"}]),
        *([field(state, "seed", "integer", "Weights")] if state.weights == "random" else []),
        field(state, "picture", "select", "Picture",
              options=[{"value": k, "label": d.label} for k, d in DRAWINGS.items()]),
        field(state, "size", "integer", "Picture"),
    ]  # fmt: skip


def _setting(state: FieldState, number: int, what: str, group: str) -> dict[str, Any]:
    name, label, words = SETTINGS[what]
    value = getattr(state, name)[number]
    made = {"name": what, "label": label, "group": group, "value": value, "help": words}
    if what == "kind":
        options = [{"value": i, "label": LABELS[kind]} for i, kind in enumerate(KINDS)]
        return made | {"kind": "select", "options": options}
    low, high = state.param[name].limits
    disabled = "A pool has none." if what == "dilation" and state.kinds[number] else ""
    return made | {"kind": "integer", "min": low, "max": high, "step": 1, "disabled": disabled}
