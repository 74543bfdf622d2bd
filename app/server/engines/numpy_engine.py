"""The engine that is always there: the core itself."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.server.engines.base import Array, Engine, EngineError, Place, Task
from core.network import Network
from core.optimizers import make_optimizer
from core.spec import NetworkSpec, TrainSpec
from core.stepping import Stepper


class NumpyEngine(Engine):
    """Bit for bit what the page's own Python computes, layer by layer."""

    name = "numpy"

    @classmethod
    def devices(cls) -> tuple[str, ...]:
        return ("CPU",)

    @classmethod
    def obstacle(cls, network: NetworkSpec, train: TrainSpec) -> str:
        return ""

    def __init__(self, task: Task, device: str) -> None:
        if device not in self.devices():
            raise EngineError(f"NumPy does not find {device!r}; it computes on the CPU alone")
        self.task, self.device = task, device
        self.network, spec = Network(task.network, task.train.dtype), task.train
        self.optimizer = make_optimizer(spec.optimizer, self.network.parameters,
                                        spec.learning_rate, spec.momentum)  # fmt: skip
        self._stepper = Stepper(self.network, spec)
        self._rng = np.random.default_rng(0)  # until `load` brings another

    def load(self, place: Place) -> None:
        self.network.parameters[:] = place.parameters
        self.network.gradients[:] = place.gradients
        self.network.load_state(place.state)
        self.network.carry_on(copy.deepcopy(place.carried))
        self.optimizer.num_steps = place.num_steps
        for name, array in place.slots.items():
            self.optimizer.state[name][:] = array
        self._rng = copy.deepcopy(place.rng)

    def unload(self, whole: bool = True) -> Place:
        network, optimizer = self.network, self.optimizer
        gradients = network.gradients if whole else network.gradients[:0]
        slots = {name: array.copy() for name, array in optimizer.state.items() if whole}
        state = {name: array.copy() for name, array in network.state().items()}
        return Place(network.parameters.copy(), gradients.copy(), slots, optimizer.num_steps,
                     state, copy.deepcopy(network.carried()), copy.deepcopy(self._rng))

    def run(self, rows: NDArray[np.int64], batch_size: int) -> NDArray[np.float64]:
        losses = []
        with np.errstate(all="ignore"):
            for start in range(0, len(rows), batch_size):
                losses.append(self._step(rows[start : start + batch_size]))
        return np.array(losses)

    def _step(self, rows: NDArray[np.int64]) -> float:
        x, y, masks = self.task.inputs[rows], self.task.targets[rows], self.task.masks.rows(rows)
        output = self._stepper.step(x, y, masks, self.optimizer, self._rng)
        return self._stepper.mean_loss(output, y, masks)

    def outputs(self, inputs: NDArray[Any], exist: NDArray[np.bool_] | None = None) -> Array:
        with np.errstate(all="ignore"):
            return self.network.forward(inputs, mask=exist)

    def tune(self, train: TrainSpec) -> None:
        self._stepper.train = train
        self.optimizer.learning_rate = train.learning_rate

    def forget(self) -> None:
        self.network.forget()
