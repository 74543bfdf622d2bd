"""Tasks for engines, places to start from, and what PyTorch in float64 makes of them."""

import copy
from dataclasses import dataclass, replace

import numpy as np

from app.server.engines.base import Place, Task
from app.server.engines.catalogue import engine_class
from app.server.engines.numpy_engine import NumpyEngine
from core.architectures import resnet_32x32
from core.architectures.lenet import lenet5
from core.export import to_pytorch
from core.functional.recurrence import State
from core.masks import ALL
from core.network import Network
from core.optimizers import make_optimizer
from core.spec import (
    ANY,
    EmbeddingSpec,
    LinearSpec,
    NetworkSpec,
    RecurrentSpec,
    TrainSpec,
    mlp,
)

STEPS = 10
LENGTH = 6  # of sequences, where they may have any
TAGGER = NetworkSpec((ANY,), (
    EmbeddingSpec(20, 12), RecurrentSpec("lstm", 16, "both"), RecurrentSpec("lstm", 16, "both"),
    LinearSpec(20),
))  # fmt: skip
CLASSIFY = TrainSpec("cross_entropy", "sgd", 0.01, 4, dtype="float32")
VALUES = TrainSpec("mse", "sgd", 0.1, 4, dtype="float32")
DENSE = mlp(3, (8,), 2, "tanh")
STREAM = NetworkSpec((ANY, 2), (
    RecurrentSpec("lstm", 4), RecurrentSpec("gru", 3, "both"), RecurrentSpec("rnn", 3),
    LinearSpec(2),
))  # fmt: skip
NEAR = 2e-5  # numbers that went through several steps, against float64
# What every engine is held to.
NETWORKS = {"lenet5": lenet5(), "resnet8": resnet_32x32(8), "bidirectional": TAGGER}


def task_of(network, train, count=None, masks=ALL):
    """A task of so many samples, or of one batch: normal numbers or tokens, and targets as the loss
    wants them."""
    rng, count = np.random.default_rng(0), count or train.batch_size
    inner, outer = ([count, *(LENGTH if size == ANY else size for size in shape)]
                    for shape in (network.input_shape, network.output_shape))  # fmt: skip
    inputs = rng.integers(0, 5, inner) if network.takes_tokens else rng.normal(size=inner)
    if not network.takes_tokens:
        inputs = inputs.astype(train.dtype)
    if train.loss == "cross_entropy":
        return Task(network, train, inputs, rng.integers(0, outer[-1], outer[:-1]), masks)
    targets = rng.normal(size=outer) if train.loss == "mse" else rng.integers(0, 2, outer)
    return Task(network, train, inputs, targets.astype(train.dtype), masks)


def start_of(task, steps=0):
    """Freshly drawn weights; after some steps, an optimizer that remembers something."""
    rng, train = np.random.default_rng(1), task.train
    network = Network(task.network, train.dtype)
    network.initialize(rng)
    optimizer = make_optimizer(train.optimizer, network.parameters, train.learning_rate,
                               train.momentum)  # fmt: skip
    if steps:
        for array in optimizer.state.values():
            array[:] = rng.random(array.shape)
    return Place(network.parameters, network.gradients, optimizer.state, steps, network.state(), {},
                 np.random.default_rng(2))  # fmt: skip


def full_place(task):
    """A place whose every array holds something of its own."""
    place, rng = start_of(task, 7), np.random.default_rng(3)
    for array in (place.gradients, *place.state.values()):
        array[:] = rng.random(array.shape)
    carried = {
        path: [State(*(rng.normal(size=(layer.hidden_size, 3)).astype(task.train.dtype)
                       for _ in range(2 if layer.cell == "lstm" else 1)))
               for _ in range(layer.num_directions)]
        for path, layer, _ in task.network.walk() if isinstance(layer, RecurrentSpec)
    }  # fmt: skip
    return replace(place, carried=carried)


def make(name, task, place=None):
    """An engine on the best device that it has here, loaded."""
    made = engine_class(name)
    engine = made(task, made.devices()[0])
    engine.load(copy.deepcopy(place or start_of(task)))
    return engine


def exactly(task):
    """The same task in float64, and where it starts: the very same numbers."""
    train = replace(task.train, dtype="float64")
    inputs, targets = (array.astype(float) if array.dtype.kind == "f" else array
                       for array in (task.inputs, task.targets))  # fmt: skip
    return Task(task.network, train, inputs, targets, task.masks)


def wide(place):
    """The same place in float64."""
    def of(arrays):
        return {name: array.astype(float) for name, array in arrays.items()}

    carried = {path: [State(*(part.astype(float) for part in (s.h, s.c) if part is not None))
                      for s in states] for path, states in place.carried.items()}  # fmt: skip
    return Place(place.parameters.astype(float), place.gradients.astype(float), of(place.slots),
                 place.num_steps, of(place.state), carried, place.rng)  # fmt: skip


@dataclass(frozen=True)
class Reference:
    """gradients: those of the first batch, by tensor; losses: of all steps."""

    gradients: dict
    losses: list


def by_pytorch(task, place):
    """What PyTorch makes of a task in float64: its own layers, its own gradients, its own SGD."""
    import torch

    torch.set_num_threads(1)
    model, exact = pytorch_model(task.network, place), exactly(task)
    x, y = torch.from_numpy(exact.inputs), torch.from_numpy(exact.targets)
    optimizer = torch.optim.SGD(model.parameters(), lr=task.train.learning_rate)
    gradients, losses = {}, []
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(x).flatten(0, -2), y.flatten())
        loss.backward()
        gradients = gradients or _gradients(model, Network(task.network))
        optimizer.step()
        losses.append(loss.item())
    return Reference(gradients, losses)


def pytorch_model(spec, place):
    """The module that the page exports, in float64, with the weights and averages of a place."""
    import torch

    names = {"__name__": "exported"}
    exec(to_pytorch(spec), names)
    model, network = names["Model"]().double(), Network(spec)
    network.parameters[:] = place.parameters
    network.load_state(place.state)
    tensors = {name: torch.from_numpy(array) for name, array in network.state_dict().items()}
    counts = {name: b for name, b in model.named_buffers() if name.endswith("batches_tracked")}
    renamed = names.get("renamed", lambda given, _: given)
    model.load_state_dict(renamed(tensors | counts, model.state_dict()))
    return model


def _gradients(model, network):
    """The gradients by the names that the tensors have here."""
    own = dict(model.named_parameters())

    def of(name):
        if name in own:
            return own[name].grad
        layer, key = name.rsplit(".", 1)
        key, reverse, _ = key.partition("_reverse")
        key = "bias_ih" if key == "bias" else key
        return own[f"{layer}.layer.{key}_l0{reverse}"].grad

    return {name: of(name).clone().numpy() for name in network.parameter_names}


def apart(value, wanted):
    """The norm of the difference, as a share of the norm."""
    norm = np.linalg.norm(wanted)
    return np.linalg.norm(np.asarray(value, float) - wanted) / (norm or 1)


def exact(task, place):
    """NumPy's engine on the same numbers in float64."""
    engine = NumpyEngine(exactly(task), "CPU")
    engine.load(wide(place))
    return engine


def agree(name, task, rows=None, place=None, within=NEAR):
    """Train on some rows; losses and all that is left must be as in float64."""
    place = place or start_of(task)
    rows = np.arange(len(task.inputs)) if rows is None else rows
    engines = make(name, task, place), exact(task, place)
    losses, wanted = (engine.run(rows, task.train.batch_size) for engine in engines)
    np.testing.assert_allclose(losses, wanted, rtol=within)
    ours, theirs = (engine.unload() for engine in engines)
    assert ours.num_steps == theirs.num_steps
    assert apart(ours.parameters, theirs.parameters) < within
    assert apart(ours.gradients, theirs.gradients) < within
    for own, other in ((ours.slots, theirs.slots), (ours.state, theirs.state)):
        assert own.keys() == other.keys()
        for key, array in other.items():
            assert apart(own[key], array) < within, key
    assert ours.carried.keys() == theirs.carried.keys()
    for path, states in theirs.carried.items():
        for state, wanted_state in zip(ours.carried[path], states, strict=True):
            assert apart(state.h, wanted_state.h) < within
            assert wanted_state.c is None or apart(state.c, wanted_state.c) < within
    return engines
