"""Each layer of a specification as a function on PyTorch's tensors; samples come first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.nn import functional as F

from app.server.engines.torch.pictures import batch_norm2d, conv2d, local_response_norm, pool
from app.server.engines.torch.run import Forward, Given, Run, Tensors
from app.server.engines.torch.sequences import recurrent
from core.functional.activations import LEAKY_SLOPE
from core.spec import (
    FIRST,
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
    chain_shapes,
)

# From a layer and what it is made with to what it computes.
Maker = Callable[[Any, Given], Forward]

ACTIVATIONS: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "identity": lambda z: z,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "leaky_relu": lambda z: F.leaky_relu(z, LEAKY_SLOPE),
    "elu": F.elu,
    "gelu": F.gelu,
    "softplus": lambda z: torch.logaddexp(z, torch.zeros_like(z)),  # never overflows
    "step": lambda z: (z >= 0).to(z.dtype),
}


def chain(
    specs: tuple[LayerSpec, ...], shape: Shape, tensors: Tensors, like: torch.Tensor,
    prefix: str = "",
) -> Forward:  # fmt: skip
    """Layers after each other; `tensors` are the whole network's, by name."""
    layers = []
    for number, (spec, before) in enumerate(
        zip(specs, chain_shapes(specs, shape), strict=False)
    ):
        path = f"{prefix}{number}"
        own = {name.rpartition(".")[2]: tensor for name, tensor in tensors.items()
               if name.rpartition(".")[0] == f"{FIRST}{path}"}  # fmt: skip
        layers.append(_branches(spec, before, tensors, like, path)
                      if isinstance(spec, BranchesSpec)
                      else MAKERS[type(spec)](spec, Given(before, own, path, like)))  # fmt: skip

    def forward(x: torch.Tensor, run: Run) -> torch.Tensor:
        for layer in layers:
            x = layer(x, run)
        return x

    return forward


def _branches(
    spec: BranchesSpec, shape: Shape, tensors: Tensors, like: torch.Tensor, path: str
) -> Forward:
    chains = [chain(specs, shape, tensors, like, f"{path}.{b}.")
              for b, specs in enumerate(spec.branches)]  # fmt: skip
    axis = 1 if len(shape) == 3 else -1

    def forward(x: torch.Tensor, run: Run) -> torch.Tensor:
        ends = [each(x, run) for each in chains]
        return torch.cat(ends, axis) if spec.merge == "concatenate" else sum(ends[1:], ends[0])

    return forward


def activation(spec: ActivationSpec, given: Given) -> Forward:
    function = ACTIVATIONS[spec.name]
    return lambda z, run: function(z)


def flatten(spec: FlattenSpec, given: Given) -> Forward:
    return lambda x, run: x.flatten(1)


def linear(spec: LinearSpec, given: Given) -> Forward:
    return lambda x, run: F.linear(x, given.own["weight"], given.own.get("bias"))


def embedding(spec: EmbeddingSpec, given: Given) -> Forward:
    return lambda tokens, run: F.embedding(tokens, given.own["weight"])


def one_hot(spec: OneHotSpec, given: Given) -> Forward:
    table = torch.eye(spec.num_classes).to(given.like)
    return lambda tokens, run: F.embedding(tokens, table)


def switch(spec: SwitchSpec, given: Given) -> Forward:
    off = torch.zeros(given.shape[-1], dtype=torch.bool)
    off[list(spec.off)] = True
    off = off.to(given.like.device)
    return lambda x, run: x.masked_fill(off, 0)


def dropout(spec: DropoutSpec, given: Given) -> Forward:
    kept = 1 - spec.p

    def forward(x: torch.Tensor, run: Run) -> torch.Tensor:
        if not run.training:
            return x
        return x * torch.empty_like(x).bernoulli_(kept, generator=run.generator).div_(kept)

    return forward


MAKERS: dict[type[LayerSpec], Maker] = {
    ActivationSpec: activation,
    BatchNorm2dSpec: batch_norm2d,
    Conv2dSpec: conv2d,
    DropoutSpec: dropout,
    EmbeddingSpec: embedding,
    FlattenSpec: flatten,
    LinearSpec: linear,
    LocalResponseNormSpec: local_response_norm,
    OneHotSpec: one_hot,
    PoolSpec: pool,
    RecurrentSpec: recurrent,
    SwitchSpec: switch,
}
