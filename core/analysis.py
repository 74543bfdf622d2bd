"""What a network would cost, layer by layer, from its description alone: nothing is allocated.

Shapes follow Dumoulin and Visin 2016, arXiv 1603.07285 (see core.spec.images), receptive fields
Araujo et al. 2019 (see core.receptive). A multiply-add is one product of a weight and an input,
summed up: biases, activations, pools and normalisations count as none, as is usual. All numbers are
for one sample; where a sequence may have any length, for one of its steps.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from core.receptive import ReceptiveField, union
from core.spec import (
    ANY,
    BranchesSpec,
    Conv2dSpec,
    FlattenSpec,
    LayerSpec,
    NetworkSpec,
    PoolSpec,
    Shape,
)
from core.spec.layers import chain_shapes


@dataclass(frozen=True)
class LayerCost:
    """One layer. `path` is its place, such as "3" or, within branches, "3.1.0"; branches count
    only what they do themselves, see `Analysis.within` for what lies in them.

    activation_bytes: of its output; none for a flatten layer, which only reads it differently.
    field: what a unit of its output sees of the picture; None in a network without pictures.
    depth: how many layers with a weight matrix lie on the longest way to its output.
    """

    path: str
    spec: LayerSpec
    input_shape: Shape
    output_shape: Shape
    parameters: int
    multiply_adds: int
    activation_bytes: int
    field: ReceptiveField | None
    depth: int

    @property
    def kind(self) -> str:
        return self.spec.kind


@dataclass(frozen=True)
class Analysis:
    """A network's layers in the order of NetworkSpec.walk, and their sums.

    activation_bytes: the input and all layers' outputs, which training keeps for each sample.
    itemsize: the bytes of one number.
    """

    spec: NetworkSpec
    layers: tuple[LayerCost, ...]
    itemsize: int
    parameters: int
    parameter_bytes: int
    multiply_adds: int
    activation_bytes: int
    depth: int

    def layer(self, path: str) -> LayerCost:
        """The layer at a path; raises ValueError when there is none."""
        for layer in self.layers:
            if layer.path == path:
                return layer
        paths = ", ".join(layer.path for layer in self.layers)
        raise ValueError(f"there is no layer {path!r}; there are {paths}")

    def within(self, path: str) -> tuple[LayerCost, ...]:
        """The layer at a path, and all that lie in its branches."""
        inside = tuple(each for each in self.layers if each.path.startswith(f"{path}."))
        return (self.layer(path), *inside)


def analyse(spec: NetworkSpec, dtype: str = "float32") -> Analysis:
    """All costs of a network whose numbers are of `dtype`.

    Raises ShapeError, naming the layer, where shapes do not fit.
    """
    itemsize = np.dtype(dtype).itemsize
    field = ReceptiveField() if len(spec.input_shape) == 3 else None
    layers, _, depth = _chain(spec.layers, spec.input_shape, "", field, 0, itemsize)
    parameters = sum(layer.parameters for layer in layers)
    activations = sum(layer.activation_bytes for layer in layers)
    return Analysis(
        spec=spec,
        layers=tuple(layers),
        itemsize=itemsize,
        parameters=parameters,
        parameter_bytes=parameters * itemsize,
        multiply_adds=sum(layer.multiply_adds for layer in layers),
        activation_bytes=_count(spec.input_shape) * itemsize + activations,
        depth=depth,
    )


Walked = tuple[list[LayerCost], ReceptiveField | None, int]


def _chain(
    specs: tuple[LayerSpec, ...],
    shape: Shape,
    prefix: str,
    field: ReceptiveField | None,
    depth: int,
    itemsize: int,
) -> Walked:
    """The costs of a chain, then the field and the depth at its end."""
    costs: list[LayerCost] = []
    for number, (spec, before) in enumerate(zip(specs, chain_shapes(specs, shape), strict=False)):
        path = f"{prefix}{number}"
        inside: list[LayerCost] = []
        if isinstance(spec, BranchesSpec):
            inside, field, depth = _branches(spec, before, path, field, depth, itemsize)
        else:
            field = field and _through(spec, before, field)
            depth += any(len(size) > 1 for size in spec.parameter_shapes(before).values())
        costs += [_cost(path, spec, before, field, depth, itemsize), *inside]
    return costs, field, depth


def _branches(
    spec: BranchesSpec,
    shape: Shape,
    path: str,
    field: ReceptiveField | None,
    depth: int,
    itemsize: int,
) -> Walked:
    ends = [
        _chain(chain, shape, f"{path}.{b}.", field, depth, itemsize)
        for b, chain in enumerate(spec.branches)
    ]
    costs = [cost for chain, _, _ in ends for cost in chain]
    fields = [end for _, end, _ in ends if end is not None]
    return costs, _union(fields, spec.output_shape(shape)), max(deep for _, _, deep in ends)


def _union(fields: list[ReceptiveField], shape: Shape) -> ReceptiveField | None:
    """What units see through any of the branches."""
    if not fields:
        return None
    height, width = shape[1:] if len(shape) == 3 else (1, 1)
    return ReceptiveField(
        union([field.rows for field in fields], height),
        union([field.columns for field in fields], width),
    )


def _through(spec: LayerSpec, shape: Shape, field: ReceptiveField) -> ReceptiveField:
    """The field after one layer. Flat features see whatever the map does that they come from."""
    if isinstance(spec, Conv2dSpec | PoolSpec):
        window = spec.window(shape)
        top, _, left, _ = window.sides(shape)
        (eh, ew), (sh, sw) = window.extent, window.stride
        return field.through(((eh, sh, top), (ew, sw, left)))
    if isinstance(spec, FlattenSpec) and len(shape) == 3:
        return field.through(((shape[1], 1, 0), (shape[2], 1, 0)))
    return field


def _cost(
    path: str,
    spec: LayerSpec,
    shape: Shape,
    field: ReceptiveField | None,
    depth: int,
    itemsize: int,
) -> LayerCost:
    after = spec.output_shape(shape)
    return LayerCost(
        path=path,
        spec=spec,
        input_shape=shape,
        output_shape=after,
        parameters=sum(math.prod(size) for size in spec.parameter_shapes(shape).values()),
        multiply_adds=spec.multiply_adds(shape),
        activation_bytes=0 if isinstance(spec, FlattenSpec) else _count(after) * itemsize,
        field=field,
        depth=depth,
    )


def _count(shape: Shape) -> int:
    """The numbers in a shape; those of one step where there may be any number of steps."""
    return math.prod(1 if size == ANY else size for size in shape)
