"""The engine: records the step of each batch size once, and then only names rows."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.server.engines.base import Array, Engine, EngineError, Place, Task
from app.server.engines.webgpu.device import SOFTWARE, adapters, open_device
from app.server.engines.webgpu.memory import MOST_STEPS, DeviceMemory
from app.server.engines.webgpu.obstacles import obstacle
from app.server.engines.webgpu.optimizer import extras_of
from app.server.engines.webgpu.programs import Programs
from app.server.engines.webgpu.samples import Samples
from app.server.engines.webgpu.schedule import make_schedule
from core.spec import DropoutSpec, NetworkSpec, TrainSpec

MOST_ROWS = 2**16  # of a run between two looks at the losses, unless one batch has more
AT_ONCE = 500  # kernels that are handed over together, about: a driver may stop what takes long


class WebGPUEngine(Engine):
    """WebGPU by wgpu-py, in single precision."""

    name = "webgpu"

    @classmethod
    def devices(cls) -> tuple[str, ...]:
        """The adapters; those that are no graphics card end in SOFTWARE, and are there for tests:
        never choose one unasked."""
        return tuple(adapters())

    @classmethod
    def is_software(cls, device: str) -> bool:
        """Whether a device of these words is a processor that acts as a graphics card, many times
        slower than the same processor by itself."""
        return device.endswith(SOFTWARE)

    @classmethod
    def obstacle(cls, network: NetworkSpec, train: TrainSpec) -> str:
        return obstacle(network, train)

    def __init__(self, task: Task, device: str) -> None:
        if device not in adapters():
            raise EngineError(f"there is no WebGPU device {device!r}; there are "
                              f"{', '.join(adapters()) or 'none'}")  # fmt: skip
        if reason := obstacle(task.network, task.train):
            raise EngineError(f"the webgpu engine cannot train this network: {reason}")
        self.device, self._gpu = device, open_device(device)
        self._train, self._masks = task.train, task.masks
        self._drops = any(isinstance(layer, DropoutSpec) for _, layer, _ in task.network.walk())
        self._is_sequence = len(task.network.output_shape) == 2
        self._memory = DeviceMemory(self._gpu, task.network, task.train)
        arrays = {"inputs": task.inputs, "targets": task.targets, "exist": task.masks.exist,
                  "counted": task.masks.counted if self._is_sequence else None}  # fmt: skip
        given = {name: array for name, array in arrays.items() if array is not None}
        self._samples = Samples(self._gpu, given, max(MOST_ROWS, task.train.batch_size))
        self._programs = Programs(self._gpu, self._memory, self._samples, task)
        self._num_steps, self._rng = 0, np.random.default_rng(0)

    def load(self, place: Place) -> None:
        self._memory.load(place)
        if self._train.carry_state:
            self._memory.carry_on(place.carried, self._train.batch_size)
        self._num_steps, self._rng = place.num_steps, copy.deepcopy(place.rng)

    def unload(self, whole: bool = True) -> Place:
        return self._memory.unload(self._num_steps, self._rng, whole)

    def run(self, rows: NDArray[np.int64], batch_size: int) -> NDArray[np.float64]:
        most = max(1, min(MOST_STEPS, self._samples.most_rows // batch_size))
        parts = [self._run(rows[first : first + most * batch_size], batch_size)
                 for first in range(0, len(rows), most * batch_size)]  # fmt: skip
        return np.concatenate([np.zeros(0), *parts])

    def _run(self, rows: NDArray[np.int64], batch_size: int) -> NDArray[np.float64]:
        """At most as many steps as there is room for losses."""
        batches = [rows[k : k + batch_size] for k in range(0, len(rows), batch_size)]
        sizes = [len(batch) for batch in batches]
        self._require_carried(sizes)
        programs = {size: self._programs.training(size) for size in sorted(set(sizes))[::-1]}
        seeds = self._seeds(len(batches))
        counts = np.array([self._counted(batch) for batch in batches])
        entries = make_schedule(self._train, batch_size, counts, self._num_steps, seeds)
        self._samples.choose(rows)
        self._memory.begin(entries)
        for size, program in programs.items():  # the smaller last one comes last
            self._submit(program, sizes.count(size))
        self._num_steps += len(batches)
        return self._gpu.read(self._memory.losses, len(batches)).astype(np.float64)

    def _seeds(self, count: int) -> NDArray[np.uint32]:
        """One for each step, so that training goes on alike from wherever it was left off."""
        if not self._drops:
            return np.zeros(count, np.uint32)
        return self._rng.integers(2**32, size=count, dtype=np.uint32)

    def _submit(self, program: list[Any], times: int) -> None:
        together = max(1, AT_ONCE // len(program))
        for done in range(0, times, together):
            self._gpu.submit(program, min(together, times - done))

    def _counted(self, rows: NDArray[np.int64]) -> int:
        """Of how many rows of outputs the loss is the mean."""
        if not self._is_sequence:
            return len(rows)
        if self._masks.counted is None:
            return len(rows) * self._programs.length
        counted = int(self._masks.counted[rows].sum())
        if not counted:
            raise EngineError("at least one step of each batch must count for the loss; none does")
        return counted

    def _require_carried(self, sizes: list[int]) -> None:
        if not self._train.carry_state:
            return
        for size in sizes:
            have = self._memory.samples_carried
            if have and size > have:
                raise EngineError(f"states of {have} sequences were carried on, but this batch has "
                                  f"{size}; call forget before others begin")  # fmt: skip
            self._memory.samples_carried = size

    def outputs(self, inputs: NDArray[Any], exist: NDArray[np.bool_] | None = None) -> Array:
        return self._programs.outputs(inputs, exist).astype(self._memory.dtype)

    def tune(self, train: TrainSpec) -> None:
        if extras_of(train) != extras_of(self._train):
            self._programs.forget()
        self._train = self._programs.train = train

    def forget(self) -> None:
        if self._train.carry_state:
            self._memory.carry_on({}, self._train.batch_size)

    def close(self) -> None:
        self._programs.close()
        self._samples.close()
        self._memory.close()
