"""Layers after each other, and chains side by side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.layers.base import INFERENCE, Layer, Pass

Array = NDArray[np.floating]


@dataclass
class Record:
    """What went through the layers, by path: kept only between `start` and `stop`.

    outputs: what each layer gave; doutputs: the gradient that came back to it; dinputs: the
    gradient that it passed on.
    """

    outputs: dict[str, Array] = field(default_factory=dict)
    doutputs: dict[str, Array] = field(default_factory=dict)
    dinputs: dict[str, Array] = field(default_factory=dict)


class Chain:
    """Layers after each other. `prefix` begins their paths."""

    def __init__(self, layers: list[Layer], prefix: str = "") -> None:
        self.layers = layers
        self.prefix = prefix

    def walk(self) -> Iterator[tuple[str, Layer]]:
        """Every layer with its path; branches come before the layers within them."""
        for number, layer in enumerate(self.layers):
            yield f"{self.prefix}{number}", layer
            if isinstance(layer, Branches):
                yield from layer.walk()

    @cached_property
    def first_learning(self) -> int:
        """The number of the first layer with parameters of its own or in its branches."""
        learning = (
            number
            for number, layer in enumerate(self.layers)
            if layer.params
            or (isinstance(layer, Branches) and any(each.params for _, each in layer.walk()))
        )
        return next(learning, len(self.layers))

    def forward(self, x: Array, run: Pass = INFERENCE, record: Record | None = None) -> Array:
        for number, layer in enumerate(self.layers):
            # Not isinstance, which takes long to ask an abstract class.
            is_plain = type(layer) is not Branches
            x = layer.forward(x, run) if is_plain else self._branch(layer, x, run, record)
            if record:
                record.outputs[f"{self.prefix}{number}"] = x
        return x

    @staticmethod
    def _branch(layer: Layer, x: Array, run: Pass, record: Record | None) -> Array:
        assert isinstance(layer, Branches)
        return layer.forward(x, run, record)

    def backward(self, dy: Array, needs_dx: bool = True, record: Record | None = None) -> Array:
        """dL/d output -> dL/d input. Without `needs_dx` it ends at the first layer that learns."""
        end = 0 if needs_dx or record else self.first_learning
        for number in reversed(range(end, len(self.layers))):
            layer, path = self.layers[number], f"{self.prefix}{number}"
            if record:
                record.doutputs[path] = dy
            if isinstance(layer, Branches):
                dy = layer.backward(dy, needs_dx or number > end, record)
            else:
                dy = layer.backward(dy, needs_dx or number > end)
            if record:
                record.dinputs[path] = dy
        return dy


class Branches(Layer):
    """Chains side by side on one input, merged along the features or by adding up."""

    def __init__(self, chains: list[Chain], merge: str) -> None:
        super().__init__()
        self.chains, self.merge = chains, merge

    def walk(self) -> Iterator[tuple[str, Layer]]:
        """Every layer of the chains with its path."""
        for chain in self.chains:
            yield from chain.walk()

    def forward(self, x: Array, run: Pass = INFERENCE, record: Record | None = None) -> Array:
        """x (in, ..., N) -> (out, ..., N)."""
        ends = [chain.forward(x, run, record) for chain in self.chains]
        self._keep(run, [len(end) for end in ends])
        shape = (sum(map(len, ends)) if self.merge == "concatenate" else len(ends[0]),
                 *ends[0].shape[1:])  # fmt: skip
        y = self._new(run)("y", shape, ends[0].dtype)
        if self.merge == "concatenate":
            return np.concatenate(ends, out=y)
        np.add(ends[0], ends[1], out=y)
        for end in ends[2:]:
            y += end
        return y

    def backward(self, dy: Array, needs_dx: bool = True, record: Record | None = None) -> Array:
        """The gradient by the input is the sum of those that come out of the chains."""
        sizes = self._take_cache()
        starts = np.cumsum([0, *sizes])
        total: Array | None = None
        for chain, start, size in zip(self.chains, starts, sizes, strict=False):
            part = dy[start : start + size] if self.merge == "concatenate" else dy
            dx = chain.backward(part, needs_dx, record)
            if not needs_dx:
                continue
            if total is None:
                total = self._buffers("dx", dx.shape, dx.dtype)
                np.copyto(total, dx)
            else:
                total += dx
        return dy if total is None else total
