"""The WebGPU engine, option by option, against the core in double precision; its layers on pictures
and sequences have files of their own."""

from dataclasses import replace

import numpy as np
import pytest

from app.server.engines.base import EngineError, Task
from app.server.engines.webgpu import WebGPUEngine
from core.functional.activations import ACTIVATIONS
from core.network import Network
from core.spec import (
    ANY,
    ActivationSpec,
    BatchNorm2dSpec,
    Conv2dSpec,
    DropoutSpec,
    FlattenSpec,
    LinearSpec,
    NetworkSpec,
    RecurrentSpec,
    SwitchSpec,
    TrainSpec,
)
from tests.server.webgpu_cases import compare, device, error, make_task, network, start

TANH = ActivationSpec("tanh")


# Dense layers


def test_a_perceptron():
    spec = network((4,), LinearSpec(7), TANH, LinearSpec(40, bias=False), TANH, LinearSpec(3))
    compare(make_task(spec, 9), batch_size=4)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations(name):
    """Over the whole range of each curve, where it is curved and where it is flat."""
    spec = network((30,), ActivationSpec(name), LinearSpec(4))
    task = make_task(spec, 5)
    task.inputs[:] *= np.array([0.01, 0.3, 1, 5, 30])[:, None]
    compare(task)
    compare(make_task(network((4,), LinearSpec(6), ActivationSpec(name), LinearSpec(2))))


def test_switched_off_neurons_rest():
    spec = network((4,), LinearSpec(5), SwitchSpec((1, 3)), TANH, LinearSpec(2))
    compare(make_task(spec, train=TrainSpec(l2=0.1, l1=0.05)))


def test_large_products_in_both_kinds_of_tiles(monkeypatch):
    """Long sums are cut into slices; a graphics card takes the tiles that share memory."""
    task = make_task(network((150,), LinearSpec(128), TANH, LinearSpec(70)), 1100)
    compare(task, most=3e-6)
    gpu = compare(task, most=3e-6)._gpu
    monkeypatch.setattr(gpu, "is_software", not gpu.is_software)
    compare(task, most=3e-6)


# Losses and what follows the backward pass


@pytest.mark.parametrize("loss", ["mse", "binary_cross_entropy", "cross_entropy"])
@pytest.mark.parametrize("shape", [(4,), (ANY, 4)])
def test_losses(loss, shape):
    task = make_task(network(shape, LinearSpec(3)), 5, TrainSpec(loss=loss))
    task.inputs[0] *= 30  # where exponentials would overflow
    compare(task)


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "rmsprop", "adam"])
@pytest.mark.parametrize(
    "extras", [{}, {"l1": 0.02, "l2": 0.1}, {"clip_value": 0.05}, {"clip_norm": 0.1, "l2": 0.1}]
)
def test_optimizers(optimizer, extras):
    train = TrainSpec(optimizer=optimizer, learning_rate=0.01, momentum=0.7, **extras)
    task = make_task(network((3,), LinearSpec(4), TANH, LinearSpec(2)), 8, train)
    compare(task, rows=np.array([0, 3, 1, 5, 7, 2, 3]), batch_size=2, most=2e-5)


def test_the_bound_on_the_norm_of_huge_and_of_no_gradients():
    train = TrainSpec(clip_norm=2.0, learning_rate=1e-3)
    task = make_task(network((3,), LinearSpec(2)), 4, train)
    task.inputs[:] *= 1e15
    engine = WebGPUEngine(task, device())
    place = start(task)
    engine.load(place)
    engine.run(np.arange(4), 4)
    assert np.linalg.norm(engine.unload().gradients) == pytest.approx(2, rel=1e-5)
    task.inputs[:], task.targets[:] = 0, 0
    engine = WebGPUEngine(task, device())
    place.parameters[:] = 0
    engine.load(place)
    assert engine.run(np.arange(4), 4) == [0]
    assert not engine.unload().gradients.any()


def test_tuned_while_it_trains():
    task = make_task(network((3,), LinearSpec(4)), 4, TrainSpec(learning_rate=0.1))
    engine, other = WebGPUEngine(task, device()), WebGPUEngine(task, device())
    changed = replace(task.train, learning_rate=0.02, l2=0.5, clip_norm=1.0)
    engine.load(start(task))
    engine.run(np.arange(4), 2)
    place = engine.unload()
    engine.tune(changed)
    other.tune(changed)
    other.load(place)
    assert engine.run(np.arange(4), 2) == pytest.approx(other.run(np.arange(4), 2), abs=0)
    assert (engine.unload().parameters == other.unload().parameters).all()
    assert np.linalg.norm(engine.unload().gradients) < 1.0001


# Dropout


def test_dropout_drops_its_share_and_keeps_the_mean():
    """From inputs of 1 a linear layer without training's noise would give what it gives on
    average; each step drops others, each layer too."""
    spec = network((64,), DropoutSpec(0.25), DropoutSpec(0.5), LinearSpec(1, bias=False))
    task = make_task(spec, 2000, TrainSpec(learning_rate=0.0))
    task.inputs[:], task.targets[:] = 1, 0
    place = start(task)
    place.parameters[:] = 1 / 64
    engine = WebGPUEngine(task, device())
    engine.load(place)
    losses = engine.run(np.tile(np.arange(2000), 5), 2000)
    assert len(set(losses)) == 5
    # E y² = 1 + Var: 64 independent factors of mean 1 and variance 1 / (0.75 · 0.5) − 1 over 64².
    assert losses.mean() == pytest.approx(1 + (1 / 0.375 - 1) / 64, rel=0.012)
    assert engine.outputs(task.inputs) == pytest.approx(1, rel=1e-6)


def test_dropout_goes_back_through_the_same_places():
    """With y = Σ w x f, of one sample, the gradient by w is 2 (y − t) x f: 0 where f is."""
    spec = network((200,), DropoutSpec(0.3), LinearSpec(1, bias=False))
    task = make_task(spec, 1, TrainSpec(learning_rate=0.0))
    engine = WebGPUEngine(task, device())
    engine.load(start(task))
    engine.run(np.zeros(1, int), 1)
    gradients = engine.unload().gradients
    factors = gradients / task.inputs[0]
    kept = factors != 0
    assert 0.6 < kept.mean() < 0.8
    assert np.ptp(factors[kept]) < 1e-5 * abs(factors[kept]).max()


def test_goes_on_from_where_it_was_left():
    """With dropout, Adam and batch normalisation, bit for bit as if nobody had looked."""
    spec = network((2, 3, 3), Conv2dSpec(3, 2), BatchNorm2dSpec(), DropoutSpec(0.4), FlattenSpec(),
                   LinearSpec(2))  # fmt: skip
    task = make_task(spec, 8, TrainSpec(optimizer="adam"))
    first, second = WebGPUEngine(task, device()), WebGPUEngine(task, device())
    first.load(start(task))
    losses = first.run(np.arange(8), 2)
    second.load(start(task))
    halves = [second.run(np.arange(4), 2)]
    place = second.unload()
    second.close()
    third = WebGPUEngine(task, device())
    third.load(place)
    halves.append(third.run(np.arange(4, 8), 2))
    assert (np.concatenate(halves) == losses).all()
    assert (third.unload().parameters == first.unload().parameters).all()


# The engine


def test_diverged_training_is_told():
    task = make_task(network((3,), LinearSpec(4)), 4, TrainSpec(learning_rate=1000))
    engine = WebGPUEngine(task, device())
    engine.load(start(task))
    assert not np.isfinite(engine.run(np.tile(np.arange(4), 40), 4)[-1])
    assert not np.isfinite(engine.unload().parameters).all()
    engine.load(start(task))
    assert np.isfinite(engine.run(np.arange(4), 4)).all()


def test_outputs_of_many_samples_and_lengths():
    task = make_task(network((ANY, 3), RecurrentSpec("lstm", 4), LinearSpec(2)), 70)
    core = Network(task.network)
    engine = WebGPUEngine(task, device())
    place = start(task)
    engine.load(place)
    core.parameters[:] = place.parameters
    for count, length in ((70, 5), (3, 9), (1, 1)):
        inputs = np.random.default_rng(2).normal(size=(count, length, 3))
        assert error(engine.outputs(inputs), core.forward(inputs)) < 2e-6


def test_many_steps_in_one_run():
    """More than there is room for between two looks at the losses, and all different rows."""
    task = make_task(network((2,), LinearSpec(1)), 700, TrainSpec(learning_rate=0.01))
    compare(task, batch_size=2, most=5e-6)


def test_samples_too_large_for_the_device_are_sent_step_by_step(monkeypatch):
    task = make_task(network((40,), LinearSpec(2)), 400)
    gpu = compare(task, batch_size=8)._gpu
    monkeypatch.setattr(gpu, "most_bytes", 50_000)
    engine = compare(task, batch_size=8)
    assert not engine._samples.is_resident
    with pytest.raises(EngineError, match="at most 50000; smaller batches"):
        engine.run(np.arange(400), 400)
    with pytest.raises(EngineError, match="20001 parameters, which take 80004 bytes"):
        compare(make_task(network((20_000,), LinearSpec(1)), 1))


@pytest.mark.parametrize(
    ("layers", "word"),
    [
        ((LinearSpec(1),), "choose float32"),
        ((RecurrentSpec("rnn", 3, "both", look_ahead=1),), "look_ahead"),
        ((RecurrentSpec("rnn", 3, transition_layers=1),), "stack recurrent layers"),
        ((Conv2dSpec(2, 1),), "flatten"),
    ],
)
def test_obstacles(layers, word):
    shape = (1, 2, 2) if isinstance(layers[0], Conv2dSpec) else (ANY, 2)
    train = TrainSpec(dtype="float64" if word == "choose float32" else "float32")
    spec = NetworkSpec(shape, layers)
    assert word in WebGPUEngine.obstacle(spec, train)
    with pytest.raises(EngineError, match=word):
        WebGPUEngine(Task(spec, train, np.zeros((1, 2, 2)), np.zeros((1, 3))), device())
    train = TrainSpec(dtype="float32")
    assert not WebGPUEngine.obstacle(network((2,), LinearSpec(1)), train)


def test_devices():
    assert all(WebGPUEngine.is_software(name) == name.endswith("(software)")
               for name in WebGPUEngine.devices())  # fmt: skip
    with pytest.raises(EngineError, match="there is no WebGPU device 'Voodoo'"):
        WebGPUEngine(make_task(network((2,), LinearSpec(1))), "Voodoo")
