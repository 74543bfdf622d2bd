"""Layers after each other, and chains side by side."""

from __future__ import annotations

import math
from typing import Any

from app.server.engines.webgpu.conv import Conv2d
from app.server.engines.webgpu.dense import Activation, Dropout, Flatten, Linear, Switch
from app.server.engines.webgpu.nodes import Node, Pass
from app.server.engines.webgpu.norm import BatchNorm2d, LocalResponseNorm
from app.server.engines.webgpu.pool import Pool
from app.server.engines.webgpu.recording import Tensor
from app.server.engines.webgpu.recurrent import Recurrent
from app.server.engines.webgpu.tokens import Embedding, OneHot
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
    SwitchSpec,
)

NODES: dict[type[LayerSpec], type[Node]] = {
    ActivationSpec: Activation,
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


class Chain:
    """Layers after each other. `prefix` begins their paths."""

    def __init__(self, specs: tuple[LayerSpec, ...], run: Pass, prefix: str = "") -> None:
        self.recording = run.recording
        self.nodes = [
            (Branches if isinstance(spec, BranchesSpec) else NODES[type(spec)])(
                spec, f"{prefix}{number}", run
            )
            for number, spec in enumerate(specs)
        ]
        learning = (k for k, node in enumerate(self.nodes) if node.learns)
        self._first_learning = next(learning, len(self.nodes))

    @property
    def learns(self) -> bool:
        return self._first_learning < len(self.nodes)

    def forward(self, x: Tensor) -> Tensor:
        for node in self.nodes:
            x = node.forward(x)
        return x

    def backward(self, dy: Tensor, needs_dx: bool) -> Tensor | None:
        """Without `needs_dx` it ends at the first layer that learns. Each gradient's memory is free
        again as soon as the layer has passed it on; that of dy stays the caller's."""
        end = 0 if needs_dx else self._first_learning
        passed: Tensor | None = dy
        for number in reversed(range(end, len(self.nodes))):
            assert passed is not None
            before = self.nodes[number].backward(passed, needs_dx or number > end)
            kept = [each.buffer for each in (dy, before) if each is not None]
            if all(passed.buffer is not buffer for buffer in kept):
                self.recording.give(passed)
            passed = before
        return passed


class Branches(Node):
    """Chains side by side on one input, merged by adding, or by putting features side by side."""

    def __init__(self, spec: Any, path: str, run: Pass) -> None:
        super().__init__(spec, path, run)
        self.chains = [Chain(chain, run, f"{path}.{b}.") for b, chain in enumerate(spec.branches)]
        self.learns = any(chain.learns for chain in self.chains)

    def forward(self, x: Tensor) -> Tensor:
        ends = [chain.forward(x) for chain in self.chains]
        if self.spec.merge == "add":
            return self._sum(ends)
        return self._joined(ends)

    def backward(self, dy: Tensor, needs_dx: bool) -> Tensor | None:
        """The gradient by the input is the sum of those that come out of the chains."""
        parts = [dy] * len(self.chains) if self.spec.merge == "add" else self._parted(dy)
        back = [chain.backward(part, needs_dx)
                for chain, part in zip(self.chains, parts, strict=True)]  # fmt: skip
        made = [each for each in back if each is not None]
        total = self._sum(made) if needs_dx else None
        mine = {id(each.buffer): each for each in [*parts, *made]}
        mine.pop(id(dy.buffer), None)
        self.recording.give(*mine.values())
        return total

    def _sum(self, tensors: list[Tensor]) -> Tensor:
        total = self.like(tensors[0])
        first, second, *rest = tensors
        self.recording.each("add", total.size, x=first, other=second, y=total)
        for each in rest:
            self.recording.each("add_to", total.size, x=each, y=total)
        return total

    def _joined(self, ends: list[Tensor]) -> Tensor:
        """Features side by side; of pictures, channels."""
        self._ends = ends
        axis = self._axis
        shape = list(ends[0].shape)
        shape[axis] = sum(end.shape[axis] for end in ends)
        y = self.recording.take(*shape)
        self._copy(y, ends, "join")
        return y

    def _parted(self, dy: Tensor) -> list[Tensor]:
        parts = [self.like(end) for end in self._ends]
        self._copy(dy, parts, "part")
        return parts

    @property
    def _axis(self) -> int:
        return 1 if len(self._ends[0].shape) == 4 else len(self._ends[0].shape) - 1

    def _copy(self, whole: Tensor, parts: list[Tensor], kernel: str) -> None:
        """A row of the whole is one of each part after the other."""
        axis, start = self._axis, 0
        inner = math.prod(whole.shape[axis + 1 :])
        for part in parts:
            width = part.shape[axis] * inner
            self.recording.each(kernel, part.size, part=part, whole=whole, start=start,
                                width=width, row=whole.shape[axis] * inner)  # fmt: skip
            start += width
