"""The layers, and how each is made from its description."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.layers.base import INFERENCE, Layer, Pass
from core.layers.chain import Branches, Chain, Record
from core.layers.dense import ActivationLayer, Flatten, Linear
from core.spec import ActivationSpec, BranchesSpec, FlattenSpec, LayerSpec, LinearSpec, Shape
from core.spec.layers import chain_shapes

__all__ = [
    "INFERENCE",
    "ActivationLayer",
    "Branches",
    "Chain",
    "Flatten",
    "Layer",
    "Linear",
    "Pass",
    "Record",
    "make_chain",
]

# From the description of a layer and the shape of its input to the layer.
MAKERS: dict[type[LayerSpec], Callable[[Any, Shape], Layer]] = {
    ActivationSpec: ActivationLayer,
    FlattenSpec: Flatten,
    LinearSpec: Linear,
}


def make_chain(specs: tuple[LayerSpec, ...], shape: Shape, prefix: str = "") -> Chain:
    """The layers of a chain for inputs of `shape`; `prefix` begins their paths."""
    layers = [
        _make(spec, before, f"{prefix}{number}.")
        for number, (spec, before) in enumerate(
            zip(specs, chain_shapes(specs, shape), strict=False)
        )
    ]
    return Chain(layers, prefix)


def _make(spec: LayerSpec, shape: Shape, prefix: str) -> Layer:
    if isinstance(spec, BranchesSpec):
        chains = [make_chain(c, shape, f"{prefix}{b}.") for b, c in enumerate(spec.branches)]
        return Branches(chains, spec.merge)
    return MAKERS[type(spec)](spec, shape)
