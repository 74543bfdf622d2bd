"""The layers, and how each is made from its description."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from core.layers.base import INFERENCE, Layer, Pass
from core.layers.chain import Branches, Chain, Record
from core.layers.dense import ActivationLayer, Flatten, Linear, Switch
from core.layers.embedding import Embedding, OneHot
from core.layers.images import Conv2d, Pool
from core.layers.recurrent import Recurrent
from core.layers.regularization import BatchNorm2d, Dropout, LocalResponseNorm
from core.spec import (
    ActivationSpec,
    BatchNorm2dSpec,
    BranchesSpec,
    Conv2dSpec,
    DropoutSpec,
    EmbeddingSpec,
    FlattenSpec,
    LayerSpec,
    LinearSpec,
    LocalResponseNormSpec,
    OneHotSpec,
    PoolSpec,
    RecurrentSpec,
    Shape,
    SwitchSpec,
)
from core.spec.layers import chain_shapes

__all__ = [
    "INFERENCE",
    "ActivationLayer",
    "BatchNorm2d",
    "Branches",
    "Chain",
    "Conv2d",
    "Dropout",
    "Embedding",
    "Flatten",
    "Layer",
    "Linear",
    "LocalResponseNorm",
    "OneHot",
    "Pass",
    "Pool",
    "Record",
    "Recurrent",
    "Switch",
    "make_chain",
]

# From the description of a layer and the shape of its input to the layer.
MAKERS: dict[type[LayerSpec], Callable[[Any, Shape], Layer]] = {
    ActivationSpec: ActivationLayer,
    BatchNorm2dSpec: BatchNorm2d,
    Conv2dSpec: Conv2d,
    DropoutSpec: Dropout,
    EmbeddingSpec: Embedding,
    FlattenSpec: Flatten,
    LinearSpec: Linear,
    LocalResponseNormSpec: LocalResponseNorm,
    OneHotSpec: OneHot,
    PoolSpec: Pool,
    RecurrentSpec: Recurrent,
    SwitchSpec: Switch,
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
