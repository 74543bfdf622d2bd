"""A list of kernels in the making: what a network's nodes write their work into.

Kernels run one after the other, so memory may be taken again as soon as the last kernel that reads
it has been recorded. Nothing is computed while recording.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from app.server.engines.webgpu.device import Device, Launch
from app.server.engines.webgpu.sources import Source, source

GROUP = 64  # invocations of a workgroup, where each makes one number
ACROSS = 32_768  # workgroups along the first axis, at most


@dataclass(frozen=True)
class Tensor:
    """Numbers on the device, all of a buffer or its front. Shapes: (N, features), (N, C, H, W),
    (T, N, features), and tokens (T, N): steps first, so that those of one step lie together."""

    buffer: Any
    shape: tuple[int, ...]

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    @property
    def rows(self) -> int:
        """Of what the last axis is the features of."""
        return self.size // self.shape[-1]


def spread(groups: int) -> tuple[int, int]:
    """Workgroups along two axes, as one alone has too few; there may be some more."""
    down = -(-groups // ACROSS)
    return -(-groups // down), down


class Arena:
    """Memory that all recordings of an engine share, as only one of them runs at a time."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._all: list[Any] = []
        self._free: list[Any] = []

    def rewind(self) -> None:
        """Another recording begins: all memory is free."""
        self._free = sorted(self._all, key=lambda buffer: buffer.size)

    def take(self, count: int) -> Any:
        """The smallest free buffer that holds so many numbers, or a new one."""
        fitting = [each for each in self._free if each.size >= 4 * count]
        if not fitting:
            self._all.append(self._device.buffer(count))
            return self._all[-1]
        best = min(fitting, key=lambda buffer: buffer.size)
        self._free.remove(best)
        return best

    def give(self, buffer: Any) -> None:
        self._free.append(buffer)

    def close(self) -> None:
        for buffer in self._all:
            buffer.destroy()
        self._all, self._free = [], []


class Recording:
    """Kernels with their buffers and numbers; `launches` makes them ready to run."""

    def __init__(self, device: Device, arena: Arena) -> None:
        self.device, self._arena = device, arena
        self._kernels: list[tuple[Source, dict[str, Any], tuple[int, int, int]]] = []
        self._packed: list[bytes] = []
        arena.rewind()

    def take(self, *shape: int) -> Tensor:
        """Memory whose contents are undefined."""
        return Tensor(self._arena.take(math.prod(shape)), shape)

    def give(self, *tensors: Tensor) -> None:
        """Nothing recorded from here on reads these."""
        for tensor in tensors:
            self._arena.give(tensor.buffer)

    def groups(self, kernel: Source, groups: tuple[int, int, int], /, **given: Any) -> None:
        """Run a kernel in so many workgroups; buffers, or tensors, and numbers by their names."""
        buffers = {
            each.name: getattr(given[each.name], "buffer", given[each.name])
            for each in kernel.bindings
            if each.access != "uniform"
        }
        self._kernels.append((kernel, buffers, groups))
        self._packed.append(kernel.packed(given))

    def each(self, name: str, count: int, /, **given: Any) -> None:
        """Run a kernel of which each invocation makes one of `count` numbers."""
        groups = (*spread(-(-count // GROUP)), 1)
        self.groups(source(name), groups, count=count, **given)

    def launches(self) -> list[Launch]:
        uniforms = self.device.uniforms(self._packed)
        return [
            self.device.launch(kernel, uniforms, number, buffers, groups)
            for number, (kernel, buffers, groups) in enumerate(self._kernels)
        ]
