"""The engine that computes with PyTorch."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from app.server.engines.base import Array, Engine, EngineError, Place, Task
from app.server.engines.torch.devices import device_of, found, prepare
from app.server.engines.torch.learning import Learner, mean_loss
from app.server.engines.torch.model import Model, array_of, tensor_of
from app.server.engines.torch.run import Run
from app.server.engines.torch.samples import Batch, Samples
from core.network import Network
from core.spec import DropoutSpec, NetworkSpec, TrainSpec
from core.switches import penalised


class TorchEngine(Engine):
    """Every network that the core has, by PyTorch's own kernels.

    What dropout draws depends on the generator that was loaded and on the number of the step alone:
    training that is stopped anywhere, and goes on from there, draws what it would have drawn.
    """

    name = "torch"

    @classmethod
    def devices(cls) -> tuple[str, ...]:
        return tuple(found())

    @classmethod
    def obstacle(cls, network: NetworkSpec, train: TrainSpec) -> str:
        return ""

    def __init__(self, task: Task, device: str) -> None:
        self.task, self.device = task, device
        at = device_of(device)
        if at.type == "mps" and task.train.dtype != "float32":
            raise EngineError(f"{device} computes in float32 only; choose that, or the CPU")
        prepare(at)
        network = Network(task.network, task.train.dtype)
        self._model = model = Model(network, at)
        self._learner = Learner(task.train, model.parameters,
                                tensor_of(penalised(network), model.parameters))  # fmt: skip
        self._samples = Samples(task, network, at)
        drops = any(isinstance(layer, DropoutSpec) for _, layer, _ in task.network.walk())
        self._generator = torch.Generator(at) if drops else None
        self._use(np.random.default_rng(0))  # until `load` brings another

    def _use(self, rng: np.random.Generator) -> None:
        self._rng = copy.deepcopy(rng)
        self._seed = int(copy.deepcopy(rng).integers(2**63))

    def load(self, place: Place) -> None:
        model, learner = self._model, self._learner
        model.parameters.copy_(tensor_of(place.parameters, model.parameters))
        model.gradients.copy_(tensor_of(place.gradients, model.gradients))
        for own, given in ((model.state, place.state), (learner.slots, place.slots)):
            for name, array in given.items():
                own[name].copy_(tensor_of(array, own[name]))
        learner.num_steps = place.num_steps
        model.carry_on(place.carried)
        self._use(place.rng)

    def unload(self, whole: bool = True) -> Place:
        model, learner = self._model, self._learner
        gradients = model.gradients if whole else model.gradients[:0]
        slots = {name: array_of(tensor) for name, tensor in learner.slots.items() if whole}
        state = {name: array_of(tensor) for name, tensor in model.state.items()}
        return Place(array_of(model.parameters), array_of(gradients), slots, learner.num_steps,
                     state, model.carried_states(), copy.deepcopy(self._rng))

    def run(self, rows: NDArray[np.int64], batch_size: int) -> NDArray[np.float64]:
        losses = [self._step(batch) for batch in self._samples.batches(rows, batch_size)]
        return array_of(torch.stack(losses)).astype(np.float64)

    def _step(self, batch: Batch) -> torch.Tensor:
        """Learn from a batch; return its loss before that, which stays on the device."""
        run = Run(True, batch.exist, generator=self._seeded())
        if self._learner.train.carry_state:
            run.carried = self._model.carried
        output = self._model.forward(batch.inputs, run)
        counted = batch.counted if output.ndim > 2 else None
        loss = mean_loss(self.task.train.loss, output, batch.targets, counted)
        self._model.backward(loss)
        self._learner.step(self._model.gradients)
        return loss.detach()

    def _seeded(self) -> torch.Generator | None:
        if self._generator is not None:
            words = np.random.SeedSequence((self._seed, self._learner.num_steps))
            self._generator.manual_seed(int(words.generate_state(1, np.uint64)[0] >> 1))
        return self._generator

    def outputs(self, inputs: NDArray[Any], exist: NDArray[np.bool_] | None = None) -> Array:
        x, there = self._samples.given(inputs, exist)
        with torch.no_grad():
            return array_of(self._model.forward(x, Run(exist=there)))

    def tune(self, train: TrainSpec) -> None:
        self._learner.train = train

    def forget(self) -> None:
        self._model.carried.clear()
