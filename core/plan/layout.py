"""Which networks a plan can be made for, and where their parts lie within its arrays."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.plan.forms import FORMS, Form
from core.spec import ActivationSpec, FlattenSpec, LinearSpec, NetworkSpec

Array = NDArray[np.floating]
WASTE = 1000  # multiplications that cost less than the call which a stack saves


class Link(NamedTuple):
    """A linear layer, with the activation behind it if there is one."""

    inputs: int
    outputs: int
    has_bias: bool
    form: Form | None

    @property
    def width(self) -> int:
        """Its inputs, and the one for the bias."""
        return self.inputs + self.has_bias


def links_of(network: NetworkSpec) -> tuple[Link, ...]:
    """The linear layers of a chain, each with its activation; none where there is anything else.

    Pictures may be made flat first; steps of sequences are not for a plan.
    """
    layers, shape = list(network.layers), network.input_shape
    if isinstance(layers[0], FlattenSpec):
        shape = layers.pop(0).output_shape(shape)
    if len(shape) != 1:
        return ()
    size, links = shape[0], list[Link]()
    while layers:
        linear = layers.pop(0)
        if not isinstance(linear, LinearSpec):
            return ()
        form = None
        if layers and isinstance(layers[0], ActivationSpec):
            form = FORMS[layers[0].name]
            del layers[0]
        links.append(Link(size, linear.out_features, linear.bias, form))
        size = linear.out_features
    return tuple(links)


@dataclass(frozen=True)
class Block:
    """A link in its place.

    Its packed parameters begin at `start`: `shape` of them, of which (outputs, width) are its own;
    the weight, and as its last column the bias. What it takes begins at the row `below`, what it
    gives at the row `above`, and the gradient of that before the activation at the row `error`.
    """

    link: Link
    shape: tuple[int, int]
    start: int
    below: int
    above: int
    error: int

    def matrix(self, array: NDArray[Any]) -> NDArray[Any]:
        """Its part (outputs, width, ...) of an array of packed parameters."""
        part = array[self.start : self.start + math.prod(self.shape)]
        padded = part.reshape(*self.shape, *array.shape[1:])
        return padded[: self.link.outputs, : self.link.width]

    def taken(self, a: Array) -> Array:
        return a[self.below : self.below + self.link.width]

    def given(self, a: Array) -> Array:
        return a[self.above : self.above + self.link.outputs]

    def errors(self, e: Array) -> Array:
        return e[self.error : self.error + self.link.outputs]


class Layout:
    """Where everything lies.

    Layers next to each other are in one stack when they are so alike that, each padded to the
    largest, all their gradients come out of one product. A layer's rows `a` are what it takes, a
    row of ones for its bias, and padding; what the last gives ends them. Its rows `e` are the
    gradients before its activation; those of the last end them, and slopes may follow.
    """

    def __init__(self, links: tuple[Link, ...], columns: int) -> None:
        """`columns` are the samples of a batch, of all networks."""
        self.stacks: list[tuple[Block, ...]] = []
        start = below = error = 0
        for stack in _stacks(links, columns):
            shape = _padded(stack)
            blocks = [
                Block(link, shape, start + k * math.prod(shape), below + k * shape[1],
                      below + (k + 1) * shape[1], error + k * shape[0])
                for k, link in enumerate(stack)
            ]  # fmt: skip
            self.stacks.append(tuple(blocks))
            count = len(stack)
            start, below = start + count * math.prod(shape), below + count * shape[1]
            error += count * shape[0]
        self.size = start
        self.blocks = tuple(block for stack in self.stacks for block in stack)
        last = self.blocks[-1]
        self.num_outputs = last.link.outputs
        self.rows = last.above + self.num_outputs
        self.num_errors = last.error + self.num_outputs

    @cached_property
    def cells(self) -> NDArray[np.int64]:
        """Where each of a network's parameters, which have a layer's weight before its bias, lies
        among the packed ones."""
        numbers: NDArray[Any] = np.arange(self.size)
        found = [
            part.ravel()
            for block in self.blocks
            for part in np.split(block.matrix(numbers), [block.link.inputs], axis=1)
        ]
        return np.concatenate(found)


def _padded(stack: tuple[Link, ...]) -> tuple[int, int]:
    return max(link.outputs for link in stack), max(link.width for link in stack)


def _stacks(links: tuple[Link, ...], columns: int) -> list[tuple[Link, ...]]:
    stacks: list[tuple[Link, ...]] = []
    for link in links:
        longer = (*stacks[-1], link) if stacks else (link,)
        own = sum(each.outputs * each.width for each in longer)
        waste = len(longer) * math.prod(_padded(longer)) - own
        if stacks and waste * columns <= WASTE:
            stacks[-1] = longer
        else:
            stacks.append((link,))
    return stacks
