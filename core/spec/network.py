"""A network: the shape of its input, and a chain of layers in which branches may lie."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from core.initializers import INITIALIZERS
from core.spec.checks import (
    MAX_WEIGHT,
    require,
    require_choice,
    require_number,
    require_whole,
)
from core.spec.layers import (
    ANY,
    MAX_FEATURES,
    ActivationSpec,
    BranchesSpec,
    LayerSpec,
    LinearSpec,
    Shape,
    chain_shapes,
)

MAX_LAYERS = 512
MAX_PARAMETERS = 50_000_000  # of a network that is built; a description may have more
MAX_VALUES = 50_000_000  # of all layers together, for one sample
FIRST = "layers."  # what the names of all tensors begin with


@dataclass(frozen=True)
class NetworkSpec:
    """A network. `input_shape` is that of one sample; `bias_value` starts every bias."""

    input_shape: Shape
    layers: tuple[LayerSpec, ...]
    initializer: str = "xavier_uniform"
    bias_value: float = 0.0

    def __post_init__(self) -> None:
        require(isinstance(self.input_shape, tuple) and 1 <= len(self.input_shape) <= 3,
                "input_shape", self.input_shape, "a tuple of 1 to 3 sizes")  # fmt: skip
        for size in self.input_shape:
            if size != ANY:
                require_whole("a size of input_shape", size, 1, MAX_FEATURES)
        fits = isinstance(self.layers, tuple) and all(isinstance(s, LayerSpec) for s in self.layers)
        require(fits, "layers", self.layers, "a tuple of layer specifications")
        require_choice("initializer", self.initializer, INITIALIZERS)
        require_number("bias_value", self.bias_value, -MAX_WEIGHT, MAX_WEIGHT)
        require_whole("the number of layers", len(self.layers), 1, MAX_LAYERS)
        require_whole("the number of all layers", len(list(self.walk())), 1, MAX_LAYERS)

    @cached_property
    def shapes(self) -> tuple[Shape, ...]:
        """The shape before the first layer and after each; raises ShapeError naming the layer."""
        return tuple(chain_shapes(self.layers, self.input_shape))

    @property
    def input_size(self) -> int:
        """The features of the input."""
        return self.input_shape[-1]

    @property
    def takes_tokens(self) -> bool:
        """Whether the input is whole numbers, one for each step of a sequence."""
        return self.layers[0].takes_tokens

    @property
    def output_shape(self) -> Shape:
        return self.shapes[-1]

    @property
    def sizes(self) -> tuple[int, ...]:
        """Features before the first layer and after each, of a network without pictures."""
        return tuple(shape[-1] for shape in self.shapes)

    def walk(self) -> Iterator[tuple[str, LayerSpec, Shape]]:
        """Every layer with its path, such as "3" or, within branches, "3.1.0", and its input's
        shape; branches come before the layers within them."""
        yield from _walk(self.layers, self.input_shape, "")

    @cached_property
    def num_parameters(self) -> int:
        return sum(
            math.prod(size)
            for _, layer, shape in self.walk()
            for size in layer.parameter_shapes(shape).values()
        )

    def require_runnable(self) -> None:
        """Raise ValueError when the network is too large to be built here."""
        require(self.num_parameters <= MAX_PARAMETERS, "the number of parameters",
                self.num_parameters, f"at most {MAX_PARAMETERS} to run")  # fmt: skip
        values = sum(abs(math.prod(layer.output_shape(shape))) for _, layer, shape in self.walk())
        require(values <= MAX_VALUES, "the number of all layers' outputs for one sample", values,
                f"at most {MAX_VALUES} to run")  # fmt: skip


def _walk(
    layers: tuple[LayerSpec, ...], shape: Shape, prefix: str
) -> Iterator[tuple[str, LayerSpec, Shape]]:
    for number, (layer, before) in enumerate(
        zip(layers, chain_shapes(layers, shape), strict=False)
    ):
        path = f"{prefix}{number}"
        yield path, layer, before
        if isinstance(layer, BranchesSpec):
            for b, chain in enumerate(layer.branches):
                yield from _walk(chain, before, f"{path}.{b}.")


def is_weight(name: str) -> bool:
    """Whether a tensor such as `layers.0.weight_hh` is a weight, not a bias: penalties are on
    weights alone."""
    return name.rsplit(".", 1)[-1].startswith("weight")


def mlp(
    input_size: int,
    hidden: tuple[int, ...] = (),
    output_size: int = 1,
    activation: str = "tanh",
    output_activation: str = "identity",
    initializer: str = "xavier_uniform",
    bias_value: float = 0.0,
) -> NetworkSpec:
    """A multi-layer perceptron; `identity` adds no layer."""
    layers: list[LayerSpec] = []
    for size, name in [(h, activation) for h in hidden] + [(output_size, output_activation)]:
        layers.append(LinearSpec(size))
        if name != "identity":
            layers.append(ActivationSpec(name))
    return NetworkSpec((input_size,), tuple(layers), initializer, bias_value)
