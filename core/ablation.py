"""Switching units off: what would a network say without some of its filters or neurons?

A unit is switched off by taking its weights and its bias as 0, and those of a normalisation that
follows, so that its output is 0 (or what the activation makes of 0), and every number still opens.
"""

from __future__ import annotations

from collections.abc import Collection

from core.explain.paths import following
from core.network import Network
from core.spec import FIRST, BatchNorm2dSpec, Conv2dSpec, LayerSpec, LinearSpec, NetworkSpec

Unit = tuple[str, int]  # a layer's path, and the number of its channel or neuron


def can_switch(spec: LayerSpec) -> bool:
    """Whether a layer has units that can be switched off."""
    return isinstance(spec, Conv2dSpec | LinearSpec)


def require_units(spec: NetworkSpec, units: Collection[Unit]) -> None:
    """Raise ValueError for a unit that is none, or cannot be switched off."""
    layers = {path: (layer, shape) for path, layer, shape in spec.walk()}
    for path, unit in units:
        if path not in layers or not can_switch(layers[path][0]):
            raise ValueError(f"layer {path} has no unit that could be switched off")
        layer, shape = layers[path]
        count = layer.output_shape(shape)[0]
        if not 0 <= unit < count:
            raise ValueError(f"layer {path} has units 1 to {count}, not {unit + 1}")


def switch_off(network: Network, units: Collection[Unit]) -> None:
    """Take the parameters of these units as 0, in place; raises ValueError for one that is not."""
    require_units(network.spec, units)
    kinds = {path: type(layer) for path, layer, _ in network.spec.walk()}
    for path, unit in units:
        behind = following(network.spec, path)
        normalized = behind is not None and kinds[behind] is BatchNorm2dSpec
        for place in (path, behind) if normalized else (path,):
            for key in network.layer(str(place)).params:
                network.view(f"{FIRST}{place}.{key}")[unit] = 0
