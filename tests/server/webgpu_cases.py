"""One network in the core, in double precision, and on a WebGPU device, trained side by side."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from app.server.engines.base import Place, Task
from app.server.engines.webgpu import WebGPUEngine
from core.clipping import clip
from core.functional.losses import LOSSES
from core.functional.sequence_losses import chosen, spread
from core.masks import ALL
from core.network import Network
from core.optimizers import make_optimizer
from core.spec import NetworkSpec, TrainSpec
from core.switches import penalised


def device():
    """The first device, which on a machine without a graphics card is software."""
    found = WebGPUEngine.devices()
    assert found, (
        "no WebGPU device: install a Vulkan driver (on Debian: apt-get install libvulkan1 "
        "mesa-vulkan-drivers), or run the tests by build.py test, which does"
    )
    return found[0]


@dataclass
class Core:
    """What the trainer does with the core's layers, batch by batch."""

    task: Task
    seed: int = 0

    def __post_init__(self):
        spec, train = self.task.network, self.task.train
        self.network = Network(spec)
        rng = np.random.default_rng(self.seed)
        self.network.initialize(rng)
        self.network.parameters += rng.normal(0, 0.1, len(self.network.parameters))
        self.network.parameters[:] = rounded(self.network.parameters)
        self.optimizer = make_optimizer(
            train.optimizer, self.network.parameters, train.learning_rate, train.momentum
        )

    def place(self):
        """Copies, as a page would hand them over."""
        return Place(
            self.network.parameters.copy(), self.network.gradients.copy(),
            {name: array.copy() for name, array in self.optimizer.state.items()},
            self.optimizer.num_steps,
            {name: array.copy() for name, array in self.network.state().items()},
            self.network.carried(), np.random.default_rng(self.seed),
        )  # fmt: skip

    def run(self, rows, batch_size):
        return [self.step(rows[k : k + batch_size]) for k in range(0, len(rows), batch_size)]

    def step(self, rows):
        train, masks = self.task.train, self.task.masks.rows(rows)
        loss, y = LOSSES[train.loss], self.task.targets[rows]
        output = self.network.forward(self.task.inputs[rows], training=True, mask=masks.exist,
                                      carry=train.carry_state)  # fmt: skip
        if output.ndim == 2:
            value, gradient = loss(output, y)
        else:
            answers, wanted = chosen(loss, output, y, masks.counted)
            value, gradient = loss(answers, wanted)
            gradient = spread(gradient, output, masks.counted)
        self.network.backward(gradient, needs_dx=False)
        self._update()
        return value

    def _update(self):
        train, network = self.task.train, self.network
        weights = penalised(network) * network.parameters
        network.gradients += train.l2 * weights + train.l1 * np.sign(weights)
        clip(network.gradients, train.clip_value, train.clip_norm)
        self.optimizer.step(network.parameters, network.gradients)


def rounded(numbers):
    """To single precision, so that both begin with the same numbers."""
    return numbers.astype(np.float32).astype(np.float64)


def make_task(spec, samples=6, train=None, masks=ALL, length=5, seed=1):
    """Random samples that fit a network and a loss."""
    train = replace(train or TrainSpec(), dtype="float32")
    rng = np.random.default_rng(seed)
    shape = tuple(length if size < 0 else size for size in spec.input_shape)
    if spec.takes_tokens:
        inputs = rng.integers(getattr(spec.layers[0], "num_embeddings", None)
                              or spec.layers[0].num_classes, size=(samples, *shape))  # fmt: skip
    else:
        inputs = rounded(rng.normal(size=(samples, *shape)))
    *places, size = (length if size < 0 else size for size in spec.output_shape)
    if train.loss == "cross_entropy":
        targets = rng.integers(size, size=(samples, *places))
    else:
        targets = rounded(rng.normal(size=(samples, *places, size)))
        targets = (targets > 0) * 1.0 if train.loss == "binary_cross_entropy" else targets
    return Task(spec, train, inputs, targets, masks)


def network(shape, *layers):
    return NetworkSpec(shape, layers)


def error(found, wanted):
    """The largest difference, as a share of the largest number."""
    return np.abs(found - wanted).max() / (np.abs(wanted).max() + 1e-12)


def compare(task, rows=None, batch_size=None, most=2e-6):
    """Train in both, and hold losses, parameters, gradients of each tensor, what optimizers and
    layers remember, and outputs together. Returns the engine, for more."""
    size = batch_size or len(task.inputs)
    rows = np.arange(len(task.inputs)) if rows is None else rows
    core, engine = Core(task), WebGPUEngine(task, device())
    place = core.place()
    engine.load(place)
    losses, wanted = engine.run(rows, size), core.run(rows, size)
    np.testing.assert_allclose(losses, wanted, rtol=most)
    check_place(core, engine.unload(), most)
    outputs = core.network.forward(task.inputs, mask=task.masks.exist)
    assert error(engine.outputs(task.inputs, task.masks.exist), outputs) < 2 * most
    return engine


def check_place(core, place, most):
    network = core.network
    assert place.num_steps == core.optimizer.num_steps
    for name in network.parameter_names:
        for flat, wanted in ((place.gradients, network.gradients),
                             (place.parameters, network.parameters)):  # fmt: skip
            assert error(network.view(name, flat), network.view(name, wanted)) < most, name
    for name, wanted in {**core.optimizer.state, **network.state()}.items():
        assert error({**place.slots, **place.state}[name], wanted) < most, name
    for path, states in network.carried().items():
        for state, found in zip(states, place.carried[path], strict=True):
            assert error(found.h, state.h) < most, path
            assert (state.c is None) == (found.c is None)
            assert state.c is None or error(found.c, state.c) < most, path


def start(task):
    """Where the core begins."""
    return Core(task).place()
