"""The layers, and how each is made from its description."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from core.layers.base import INFERENCE, Layer, Pass
from core.layers.chain import Branches, Chain, Record
from core.layers.dense import ActivationLayer, Flatten, Linear
from core.layers.embedding import Embedding, OneHot
from core.layers.recurrent import Recurrent
from core.spec import (
    ActivationSpec,
    BranchesSpec,
    EmbeddingSpec,
    FlattenSpec,
    LayerSpec,
    LinearSpec,
    OneHotSpec,
    RecurrentSpec,
    Shape,
)
from core.spec.layers import chain_shapes

__all__ = [
    "INFERENCE",
    "ActivationLayer",
    "Branches",
    "Chain",
    "Embedding",
    "Flatten",
    "Layer",
    "Linear",
    "OneHot",
    "Pass",
    "Record",
    "Recurrent",
    "make_chain",
]

# From the description of a layer and the shape of its input to the layer.
MAKERS: dict[type[LayerSpec], Callable[[Any, Shape], Layer]] = {
    ActivationSpec: ActivationLayer,
    EmbeddingSpec: Embedding,
    FlattenSpec: Flatten,
    LinearSpec: Linear,
    OneHotSpec: OneHot,
    RecurrentSpec: Recurrent,
}


def make_chain(specs: tuple[LayerSpec, ...], shape: Shape, prefix: str = "") -> Chain:
    """The layers of a chain for inputs of `shape`; `prefix` begins their paths."""
    layers = [
        _make(spec, before, f"{prefix}{number}.")
        for number, (spec, before) in enumerate(
            zip(specs, chain_shapes(specs, shape), strict=False)
        )
    ]
    for before, after in pairwise(layers):  # its products are then columns of its weights
        if isinstance(before, OneHot) and isinstance(after, Recurrent):
            after.one_hot = before
    return Chain(layers, prefix)


def _make(spec: LayerSpec, shape: Shape, prefix: str) -> Layer:
    if isinstance(spec, BranchesSpec):
        chains = [make_chain(c, shape, f"{prefix}{b}.") for b, c in enumerate(spec.branches)]
        return Branches(chains, spec.merge)
    return MAKERS[type(spec)](spec, shape)
