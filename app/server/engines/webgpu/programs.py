"""The recorded lists of kernels: a training step for each batch size, and passes for outputs."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.server.engines.base import Array, Task
from app.server.engines.webgpu.chain import Chain
from app.server.engines.webgpu.device import Device, Launch
from app.server.engines.webgpu.loss import record_loss, record_mean
from app.server.engines.webgpu.memory import DeviceMemory
from app.server.engines.webgpu.nodes import Pass
from app.server.engines.webgpu.optimizer import extras_of, record_update
from app.server.engines.webgpu.recording import Arena, Recording, Tensor
from app.server.engines.webgpu.samples import Samples, as_numbers
from app.server.engines.webgpu.sources import source

MOST_AT_ONCE = 64  # samples of one pass for outputs
MOST_VALUES = 2**26  # outputs of all layers in such a pass, unless one sample has more
MOST_LENGTHS = 16  # recorded passes for outputs; sequences may come in many lengths


class Programs:
    """`train` may change; what is recorded then stays right, but for `extras_of` it."""

    def __init__(self, device: Device, memory: DeviceMemory, samples: Samples, task: Task) -> None:
        self._device, self._memory, self._samples = device, memory, samples
        self._network, self.train = task.network, task.train
        self.length = task.inputs.shape[1]  # of sequences
        self._is_sequence = task.network.takes_tokens or len(task.network.input_shape) == 2
        self._arena = Arena(device)
        self._training: dict[int, list[Launch]] = {}
        self._passes: dict[tuple[Any, ...], tuple[list[Launch], Tensor, Tensor, Tensor | None]] = {}

    def training(self, size: int) -> list[Launch]:
        """One step on a batch of so many samples."""
        if size not in self._training:
            self._training[size] = self._record_training(size)
        return self._training[size]

    def _record_training(self, n: int) -> list[Launch]:
        recording, memory = Recording(self._device, self._arena), self._memory
        recording.groups(source("tick"), (1, 1, 1), clock=memory.clock, now=memory.now,
                         schedule=memory.schedule)  # fmt: skip
        exist = self._picked(recording, "exist", n, True)
        run = Pass(recording, memory, True, exist, self.train.carry_state)
        chain = Chain(self._network.layers, run)
        x = self._picked(recording, "inputs", n, self._is_sequence)
        assert x is not None
        losses = self._record_there_and_back(recording, chain, x, n)
        record_update(recording, memory, memory.count, self.train.optimizer,
                      extras_of(self.train))  # fmt: skip
        record_mean(recording, memory, losses)
        return recording.launches()

    def _record_there_and_back(
        self, recording: Recording, chain: Chain, x: Tensor, n: int
    ) -> Tensor:
        """Returns the losses of the rows of the output."""
        output = chain.forward(x)
        every = len(output.shape) == 3  # an output at each step
        targets = self._picked(recording, "targets", n, every)
        assert targets is not None
        counted = self._picked(recording, "counted", n, every)
        losses, doutput = record_loss(recording, self._memory, self.train.loss, output, targets,
                                      counted)  # fmt: skip
        chain.backward(doutput, needs_dx=False)
        return losses

    def _picked(self, recording: Recording, name: str, n: int, is_sequence: bool) -> Tensor | None:
        if name not in self._samples:
            return None
        return self._samples.record(recording, self._memory, name, n, is_sequence)

    def outputs(self, inputs: NDArray[Any], exist: NDArray[np.bool_] | None) -> Array:
        """In parts of a few fixed sizes, the last of which is filled up."""
        size = self._part_size(len(inputs))
        parts = []
        for first in range(0, len(inputs), size):
            part = slice(first, first + size)
            mask = None if exist is None else exist[part]
            parts.append(self._part(inputs[part], mask, size)[: len(inputs[part])])
        return np.concatenate(parts)

    def _part_size(self, count: int) -> int:
        values = sum(abs(int(np.prod(layer.output_shape(shape))))
                     for _, layer, shape in self._network.walk())  # fmt: skip
        most = max(1, min(MOST_AT_ONCE, MOST_VALUES // (values * self._steps)))
        return min(most, 1 << (count - 1).bit_length())

    @property
    def _steps(self) -> int:
        return self.length if self._is_sequence else 1

    def _part(self, inputs: NDArray[Any], exist: NDArray[Any] | None, size: int) -> Array:
        key = (size, inputs.shape[1:], exist is not None)
        if key not in self._passes:
            while len(self._passes) >= MOST_LENGTHS:
                self._passes.pop(next(iter(self._passes)))
            self._passes[key] = self._record_pass(*key)
        launches, x, y, mask = self._passes[key]
        self._send(x, inputs, self._is_sequence)
        if exist is not None and mask is not None:
            self._send(mask, exist, True)
        self._device.submit(launches)
        output = self._device.read(y.buffer, y.size).reshape(y.shape)
        return output.swapaxes(0, 1) if output.ndim == 3 else output

    def _record_pass(
        self, n: int, shape: tuple[int, ...], has_mask: bool
    ) -> tuple[list[Launch], Tensor, Tensor, Tensor | None]:
        recording = Recording(self._device, self._arena)
        mask = recording.take(shape[0], n) if has_mask else None
        x = recording.take(*((shape[0], n, *shape[1:]) if self._is_sequence else (n, *shape)))
        chain = Chain(self._network.layers, Pass(recording, self._memory, False, mask))
        y = chain.forward(x)
        return recording.launches(), x, y, mask

    def _send(self, tensor: Tensor, array: NDArray[Any], is_sequence: bool) -> None:
        """Samples that are missing are those that lay there before, and nobody looks at them."""
        numbers = as_numbers(array)
        if is_sequence:
            filled = np.zeros((tensor.shape[1], *array.shape[1:]), numbers.dtype)
            filled[: len(array)] = numbers
            numbers = np.ascontiguousarray(filled.swapaxes(0, 1))
        self._device.write(tensor.buffer, numbers)

    def forget(self) -> None:
        """Record training steps anew."""
        self._training.clear()

    def close(self) -> None:
        self._training.clear()
        self._passes.clear()
        self._arena.close()
