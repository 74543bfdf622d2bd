"""The samples on the device, and how a batch is picked from them.

They are sent once, where they fit; else those of the next steps are sent before these. All numbers
are of 4 bytes: what they mean is up to the kernels.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.server.engines.webgpu.device import Device
from app.server.engines.webgpu.nodes import Memory
from app.server.engines.webgpu.recording import Recording, Tensor

STAGED = 2**28  # bytes of samples that are sent at a time, at most, where not all fit


def as_numbers(array: NDArray[Any]) -> NDArray[Any]:
    """The same numbers in 4 bytes each: whole ones and truth values as uint32, others float32."""
    kind = np.float32 if array.dtype.kind == "f" else np.uint32
    return np.ascontiguousarray(array, kind)


class Samples:
    """Arrays (n, ...) by name, of which each batch gets some rows."""

    def __init__(self, device: Device, arrays: dict[str, NDArray[Any]], most_rows: int) -> None:
        self._device = device
        self._arrays = {name: as_numbers(array) for name, array in arrays.items()}
        count = len(next(iter(self._arrays.values())))
        widest = max(math.prod(array.shape[1:]) for array in self._arrays.values())
        self.is_resident = 4 * widest * count <= device.most_bytes
        staged = max(1, min(STAGED, device.most_bytes) // (4 * widest))
        self.most_rows = most_rows if self.is_resident else min(most_rows, staged)
        room = count if self.is_resident else self.most_rows
        self._buffers = {name: device.buffer(room * math.prod(array.shape[1:]))
                         for name, array in self._arrays.items()}  # fmt: skip
        self._rows = device.buffer(self.most_rows)
        if self.is_resident:
            for name, array in self._arrays.items():
                device.write(self._buffers[name], array)

    def __contains__(self, name: str) -> bool:
        return name in self._arrays

    def choose(self, rows: NDArray[np.int64]) -> None:
        """The rows of the batches that come, one after the other; at most `most_rows`."""
        if not self.is_resident:
            for name, array in self._arrays.items():
                self._device.write(self._buffers[name], array[rows])
            rows = np.arange(len(rows))
        self._device.write(self._rows, rows.astype(np.uint32))

    def record(self, recording: Recording, memory: Memory, name: str, n: int,
               is_sequence: bool) -> Tensor:  # fmt: skip
        """Pick the batch's samples (n, ...); of sequences (T, n, ...), step by step."""
        shape = self._arrays[name].shape[1:]
        steps, rest = (shape[0], shape[1:]) if is_sequence else (1, shape)
        picked = recording.take(*((steps, n) if is_sequence else (n,)), *rest)
        recording.each("gather", picked.size, samples=self._buffers[name], rows=self._rows,
                       now=memory.now, picked=picked, n=n, steps=steps,
                       features=math.prod(rest))  # fmt: skip
        return picked

    def close(self) -> None:
        for buffer in (*self._buffers.values(), self._rows):
            buffer.destroy()
