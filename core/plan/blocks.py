"""Which networks a plan can be made for, and where their parts lie within its arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.plan.forms import FORMS, Form
from core.spec import ActivationSpec, FlattenSpec, LinearSpec, NetworkSpec

Array = NDArray[np.floating]


@dataclass(frozen=True)
class Block:
    """A linear layer, with the activation behind it if there is one.

    Its packed parameters (outputs, width) begin at `start`: the weight, and the bias as its last
    column. Its outputs begin at `row`, and a row of ones follows them.
    """

    inputs: int
    outputs: int
    has_bias: bool
    form: Form | None
    start: int
    row: int

    @property
    def width(self) -> int:
        return self.inputs + self.has_bias

    @property
    def stop(self) -> int:
        return self.start + self.outputs * self.width

    @property
    def end(self) -> int:
        return self.row + self.outputs + 1

    def matrix(self, array: Array) -> Array:
        """The layer's part (outputs, width, ...) of an array of packed parameters."""
        return array[self.start : self.stop].reshape(self.outputs, self.width, *array.shape[1:])

    def rows(self, array: Array) -> Array:
        """The layer's part (outputs, ...) of an array of all layers' rows."""
        return array[self.row : self.row + self.outputs]

    def stacks_on(self, before: Block) -> bool:
        """Whether this layer and the one before it are of one shape that takes as many rows as it
        gives: then all their parts lie at the same distance."""
        sizes = (before.inputs, before.outputs, before.has_bias)
        return sizes == (self.inputs, self.outputs, self.has_bias) and self.inputs == self.outputs


def blocks_of(network: NetworkSpec) -> tuple[Block, ...]:
    """The linear layers of a chain, each with its activation; none where there is anything else.

    Pictures may be made flat first; steps of sequences are not for a plan.
    """
    layers, shape = list(network.layers), network.input_shape
    if isinstance(layers[0], FlattenSpec):
        shape = layers.pop(0).output_shape(shape)
    if len(shape) != 1:
        return ()
    size, blocks, start, row = shape[0], list[Block](), 0, 0
    while layers:
        linear = layers.pop(0)
        if not isinstance(linear, LinearSpec):
            return ()
        form = None
        if layers and isinstance(layers[0], ActivationSpec):
            form = FORMS[layers[0].name]
            del layers[0]
        blocks.append(Block(size, linear.out_features, linear.bias, form, start, row))
        size, start, row = linear.out_features, blocks[-1].stop, blocks[-1].end
    return tuple(blocks)


def places_of(blocks: tuple[Block, ...]) -> NDArray[np.int64]:
    """Where each of the packed parameters lies among a network's, whose layers have the weight
    first and then the bias."""
    return np.concatenate([block.start + _places(block) for block in blocks])


def _places(block: Block) -> NDArray[np.int64]:
    size = block.outputs * block.inputs
    weight = np.arange(size).reshape(block.outputs, block.inputs)
    bias = np.arange(size, size + block.outputs)[:, None]
    return np.hstack([weight, bias][: 1 + block.has_bias]).ravel()
