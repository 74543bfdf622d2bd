"""What a layer is: its own description, the shapes it takes and gives, and what it costs.

Shapes are those of one sample, as the API orders them: (features,), (channels, height, width), or
(length, features) for a sequence, whose length may be ANY; a sequence of tokens is (length,).
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from core.functional.activations import ACTIVATIONS
from core.spec.checks import require, require_choice, require_flag, require_whole

MAX_FEATURES = 65_536  # inputs or outputs of one layer
MAX_BRANCHES = 8
ANY = -1  # the length of a sequence, where each batch may have its own

Shape = tuple[int, ...]


class ShapeError(ValueError):
    """A layer cannot take the shape before it; the message says which shapes would do."""


def written(shape: Shape) -> str:
    """A shape for reading, such as 3 × 32 × 32 or T × 8."""
    return " × ".join("T" if size == ANY else str(size) for size in shape)


class LayerSpec(ABC):
    """The description of a layer: data, never code."""

    kind: ClassVar[str]  # its name in JSON
    takes_tokens: ClassVar[bool] = False  # whether its input is whole numbers, one a step

    @abstractmethod
    def output_shape(self, shape: Shape) -> Shape:
        """The shape after the layer; raises ShapeError where it cannot take `shape`."""

    def parameter_shapes(self, shape: Shape) -> dict[str, tuple[int, ...]]:
        """Its trainable tensors by name, for an input of `shape`."""
        return {}

    def multiply_adds(self, shape: Shape) -> int:
        """Multiplications, each with its addition, for one sample; one step of a sequence."""
        return 0


@dataclass(frozen=True)
class LinearSpec(LayerSpec):
    """A fully connected layer over the features, at each step of a sequence alike."""

    kind: ClassVar[str] = "linear"
    out_features: int
    bias: bool = True

    def __post_init__(self) -> None:
        require_whole("out_features", self.out_features, 1, MAX_FEATURES)
        require_flag("bias", self.bias)

    def output_shape(self, shape: Shape) -> Shape:
        if len(shape) == 3:
            raise ShapeError(
                f"a linear layer takes features, not pictures of {written(shape)}; a flatten layer "
                f"before it makes them {math.prod(shape)} features"
            )
        return (*shape[:-1], self.out_features)

    def parameter_shapes(self, shape: Shape) -> dict[str, tuple[int, ...]]:
        bias = {"bias": (self.out_features,)} if self.bias else {}
        return {"weight": (self.out_features, shape[-1]), **bias}

    def multiply_adds(self, shape: Shape) -> int:
        return self.out_features * shape[-1]


@dataclass(frozen=True)
class ActivationSpec(LayerSpec):
    """An activation, element by element."""

    kind: ClassVar[str] = "activation"
    name: str

    def __post_init__(self) -> None:
        require_choice("activation name", self.name, ACTIVATIONS)

    def output_shape(self, shape: Shape) -> Shape:
        return shape


@dataclass(frozen=True)
class FlattenSpec(LayerSpec):
    """Pictures (C, H, W) as features (C · H · W,), in reading order, channel by channel."""

    kind: ClassVar[str] = "flatten"

    def output_shape(self, shape: Shape) -> Shape:
        if ANY in shape:
            raise ShapeError(
                f"a flatten layer needs a fixed size, and {written(shape)} has steps without number"
            )
        return (math.prod(shape),)


@dataclass(frozen=True)
class SwitchSpec(LayerSpec):
    """Some features are switched off, so that what follows is given 0 for them. Their parameters
    rest meanwhile; see `core.switches`."""

    kind: ClassVar[str] = "switch"
    off: tuple[int, ...]

    def __post_init__(self) -> None:
        require(isinstance(self.off, tuple) and len(self.off) > 0, "off", self.off,
                "a tuple of at least one unit")  # fmt: skip
        for unit in self.off:
            require_whole("a unit that is off", unit, 0, MAX_FEATURES - 1)

    def output_shape(self, shape: Shape) -> Shape:
        if max(self.off) >= shape[-1]:
            raise ShapeError(f"there is no unit {max(self.off)} among {shape[-1]} to switch off")
        return shape


@dataclass(frozen=True)
class BranchesSpec(LayerSpec):
    """Chains of layers side by side on one input, merged: by adding them up, as in a residual
    block, or by putting their channels after each other, as in an Inception block. An empty chain
    passes its input on: a skip connection."""

    kind: ClassVar[str] = "branches"
    branches: tuple[tuple[LayerSpec, ...], ...]
    merge: str = "add"

    def __post_init__(self) -> None:
        fits = isinstance(self.branches, tuple) and all(
            isinstance(chain, tuple) and all(isinstance(layer, LayerSpec) for layer in chain)
            for chain in self.branches
        )
        require(fits, "branches", self.branches, "a tuple of chains of layer specifications")
        require_whole("the number of branches", len(self.branches), 2, MAX_BRANCHES)
        require_choice("merge", self.merge, ("add", "concatenate"))

    def output_shape(self, shape: Shape) -> Shape:
        ends = [chain_shapes(chain, shape, f"branch {b}, ")[-1]
                for b, chain in enumerate(self.branches)]  # fmt: skip
        axis = 0 if len(shape) == 3 else -1
        if self.merge == "add":
            self._require_same(ends, ends, "adding")
            return ends[0]
        rest = [tuple(n for i, n in enumerate(end) if i != axis % len(end)) for end in ends]
        self._require_same(rest, ends, "putting channels after each other")
        merged = list(ends[0])
        merged[axis] = sum(end[axis] for end in ends)
        return tuple(merged)

    @staticmethod
    def _require_same(parts: list[Shape], ends: list[Shape], doing: str) -> None:
        for number, part in enumerate(parts):
            if part != parts[0]:
                raise ShapeError(
                    f"{doing} needs branches that fit, but branch 0 gives {written(ends[0])} and "
                    f"branch {number} gives {written(ends[number])}"
                )


def chain_shapes(layers: tuple[LayerSpec, ...], shape: Shape, where: str = "") -> list[Shape]:
    """The shape before the first layer of a chain and after each.

    Raises ShapeError naming the layer, within `where`, that cannot take what comes to it.
    """
    shapes = [shape]
    for number, layer in enumerate(layers):
        try:
            shapes.append(layer.output_shape(shapes[-1]))
        except ShapeError as error:
            kind = layer.kind.replace("_", " ")
            raise ShapeError(f"{where}layer {number} ({kind}): {error}") from None
    return shapes
