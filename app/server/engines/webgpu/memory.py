"""What of a network stays on the device from step to step, and how it comes there and back."""

from __future__ import annotations

import copy
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.server.engines.base import Array, Carried, EngineError, Place
from app.server.engines.webgpu import schedule
from app.server.engines.webgpu.device import Device
from core.functional.recurrence import State
from core.network import Network
from core.optimizers import OPTIMIZERS
from core.spec import NetworkSpec, RecurrentSpec, TrainSpec
from core.switches import penalised

MOST_STEPS = 256  # between two looks at the losses


class DeviceMemory:
    """Flat buffers in the order of core.network.Network, with names for their parts.

    nothing: a buffer for what a kernel binds but does not read. broken: not 0 once a parameter is
    no finite number. samples_carried: of how many sequences states are carried on; 0 for none.
    """

    def __init__(self, device: Device, network: NetworkSpec, train: TrainSpec) -> None:
        self._device, self._spec = device, network
        layout = Network(network, train.dtype)
        self.dtype, self.count = layout.dtype, len(layout.parameters)
        if 4 * self.count > device.most_bytes:
            raise EngineError(
                f"the network has {self.count} parameters, which take {4 * self.count} bytes in "
                f"single precision; this device has buffers of at most {device.most_bytes} bytes"
            )
        self._starts = _starts({n: layout.view(n) for n in layout.parameter_names})
        self._state = {name: array.shape for name, array in layout.state().items()}
        self._state_starts = _starts(layout.state())
        self._numbers = {path: number for number, (path, _, _) in enumerate(network.walk())}
        self._allocate(OPTIMIZERS[train.optimizer].slots)
        self._device.write(self.penalised, penalised(layout).astype(np.float32))

    def _allocate(self, slots: tuple[str, ...]) -> None:
        room = self._device.buffer
        self.parameters, self.gradients = room(self.count), room(self.count)
        self.slots = {name: room(self.count) for name in slots}
        self.state = room(sum(math.prod(shape) for shape in self._state.values()))
        self.penalised, self.nothing, self.broken = room(self.count), room(1), room(1)
        self.clock, self.now = room(1), room(schedule.SIZE)
        self.schedule, self.losses = room(MOST_STEPS * schedule.SIZE), room(MOST_STEPS)
        self._constants: dict[str, Any] = {}
        self._carried: dict[tuple[str, int, str], Any] = {}
        self.samples_carried = 0

    def number(self, path: str) -> int:
        return self._numbers[path]

    def at(self, name: str) -> int:
        return self._starts[name]

    def state_at(self, name: str) -> int:
        return self._state_starts[name]

    def constant(self, name: str, numbers: list[int]) -> Any:
        if name not in self._constants:
            self._constants[name] = self._device.buffer(len(numbers))
            self._device.write(self._constants[name], np.array(numbers, np.uint32))
        return self._constants[name]

    def carried(self, path: str, way: int, what: str, size: int) -> Any:
        """As large as what is asked for first, which is for a whole batch: kernels that were
        recorded hold on to it."""
        key = (path, way, what)
        if key not in self._carried:
            self._carried[key] = self._device.buffer(size)
        if self._carried[key].size < 4 * size:
            raise EngineError("states are carried on by batches of at most the specification's "
                              "batch_size")  # fmt: skip
        return self._carried[key]

    def load(self, place: Place) -> None:
        """Take over where training stands. The states of recurrent layers are put in where they
        have been recorded for; see `carry_on`."""
        self._write(self.parameters, place.parameters)
        self._write(self.gradients, place.gradients)
        for name, buffer in self.slots.items():
            self._write(buffer, place.slots[name])
        if self._state:
            parts = [place.state[name].reshape(-1) for name in self._state]
            self._write(self.state, np.concatenate(parts))
        self._write(self.broken, np.zeros(1))

    def _write(self, buffer: Any, array: Array) -> None:
        self._device.write(buffer, array.astype(np.float32))

    def begin(self, entries: NDArray[Any]) -> None:
        """A run of steps, which are told these; see schedule.py."""
        self._device.write(self.schedule, entries.view(np.uint32))
        self._device.write(self.clock, np.zeros(1, np.uint32))

    def unload(self, num_steps: int, rng: np.random.Generator, whole: bool) -> Place:
        slots = self.slots if whole else {}
        return Place(
            parameters=self._read(self.parameters, self.count),
            gradients=self._read(self.gradients, self.count if whole else 0),
            slots={name: self._read(buffer, self.count) for name, buffer in slots.items()},
            num_steps=num_steps,
            state=self._read_state(),
            carried=self._read_carried(),
            rng=copy.deepcopy(rng),
        )

    def _read(self, buffer: Any, count: int) -> Array:
        return self._device.read(buffer, count).astype(self.dtype)

    def _read_state(self) -> dict[str, Array]:
        flat = self._read(self.state, sum(math.prod(shape) for shape in self._state.values()))
        return {
            name: flat[start : start + math.prod(self._state[name])].reshape(self._state[name])
            for name, start in self._state_starts.items()
        }

    def _recurrent(self) -> list[tuple[str, RecurrentSpec]]:
        return [(path, layer) for path, layer, _ in self._spec.walk()
                if isinstance(layer, RecurrentSpec)]  # fmt: skip

    def _read_carried(self) -> Carried:
        if not self.samples_carried:
            return {}
        return {
            path: [self._read_state_of(path, way, layer) for way in range(layer.num_directions)]
            for path, layer in self._recurrent()
        }

    def _read_state_of(self, path: str, way: int, layer: RecurrentSpec) -> State:
        """(H, N), as the core has it."""
        n, hidden = self.samples_carried, layer.hidden_size
        h, c = (
            self._read(self.carried(path, way, what, n * hidden), n * hidden)
            .reshape(n, hidden).T.copy() if what == "h" or layer.cell == "lstm" else None
            for what in ("h", "c")
        )  # fmt: skip
        assert h is not None
        return State(h, c)

    def carry_on(self, carried: Carried, most: int) -> None:
        """Let recurrent layers go on from these states, or from zero where there are none; `most`
        is the number of sequences of a whole batch."""
        sizes = {states[0].h.shape[1] for states in carried.values()}
        self.samples_carried = min([*sizes, most]) if sizes else 0
        for path, layer in self._recurrent():
            for way in range(layer.num_directions):
                for what in ("h", "c"):
                    rows = np.zeros((most, layer.hidden_size))
                    given = getattr(carried[path][way], what) if path in carried else None
                    if given is not None:
                        rows[: self.samples_carried] = given.T[:most]
                    self._write(self.carried(path, way, what, rows.size), rows)

    def close(self) -> None:
        everything = [
            self.parameters, self.gradients, *self.slots.values(), self.state, self.penalised,
            self.nothing, self.broken, self.clock, self.now, self.schedule, self.losses,
            *self._constants.values(), *self._carried.values(),
        ]  # fmt: skip
        for buffer in everything:
            buffer.destroy()


def _starts(arrays: dict[str, NDArray[Any]]) -> dict[str, int]:
    """Where each begins, laid side by side."""
    sizes = np.cumsum([0, *(array.size for array in arrays.values())])
    return {name: int(start) for name, start in zip(arrays, sizes, strict=False)}
