"""Networks in a stack become what trainers of their own make of them."""

from dataclasses import replace

import numpy as np
import pytest

from core.spec import ActivationSpec, DataSpec, LinearSpec, NetworkSpec, TrainSpec, mlp
from core.stack import Stack
from core.training import Trainer

NET = mlp(2, (4, 2), 1, "tanh", "tanh")
DATA = DataSpec(num_samples=60, noise=0.1)  # 30 of them to train on
TRAIN = TrainSpec(optimizer="momentum", batch_size=7)
RATES = [replace(TRAIN, learning_rate=rate) for rate in (0.3, 0.003, 0.03)]
SEEDS = [replace(TRAIN, learning_rate=0.01 * (seed + 1), seed=seed) for seed in range(3)]


def assert_same(stack, trainers):
    for k, trainer in enumerate(trainers):
        assert stack.steps[k] == trainer.step_count
        assert stack.messages[k] == trainer.message
        np.testing.assert_allclose(stack.parameters[k], trainer.network.parameters, rtol=1e-10)
        np.testing.assert_allclose(stack.gradients[k], trainer.network.gradients, rtol=1e-10)
        for name, array in trainer.optimizer.state.items():
            np.testing.assert_allclose(stack.state[name][k], array, rtol=1e-10, atol=1e-18)


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
@pytest.mark.parametrize("trains", [RATES, SEEDS])
def test_each_network_trains_as_on_its_own(trains, optimizer):
    trains = [replace(train, optimizer=optimizer) for train in trains]
    stack, trainers = Stack(NET, DATA, trains), [Trainer(NET, DATA, train) for train in trains]
    for advance in ("step", "step_epoch", "step_epoch", "step", "step"):
        for each in (stack, *trainers):
            getattr(each, advance)()
        assert_same(stack, trainers)
    assert (stack.epoch, stack.batch) == (trainers[0].epoch, trainers[0].batch)


@pytest.mark.parametrize("data", [DATA, replace(DATA, test_fraction=0)])
def test_each_network_is_scored_as_on_its_own(data):
    stack, trainers = Stack(NET, data, SEEDS), [Trainer(NET, data, train) for train in SEEDS]
    for each in (stack, *trainers):
        each.step_epoch()
    for scores, trainer in zip(stack.scores(), trainers, strict=True):
        for ours, theirs in zip(scores, trainer.scores(), strict=True):
            assert (ours is None) == (theirs is None)
            if theirs:
                assert ours.loss == pytest.approx(theirs.loss, rel=1e-10)
                assert ours.metric == theirs.metric


def test_one_that_diverges_stops_at_its_step_and_the_others_go_on():
    train = TrainSpec(batch_size=1)
    trains = [replace(train, learning_rate=rate) for rate in (0.001, 200, 0.002, 150)]
    net = mlp(2, (8, 8), 1, "relu")
    stack, trainers = Stack(net, DATA, trains), [Trainer(net, DATA, train) for train in trains]
    for _ in range(2):
        for each in (stack, *trainers):
            each.step_epoch()
    assert stack.are_running.tolist() == [True, False, True, False]
    for k, trainer in enumerate(trainers):
        assert stack.messages[k] == trainer.message
        assert stack.steps[k] == trainer.step_count
        if not trainer.message:
            ours, theirs = stack.parameters[k], trainer.network.parameters
            np.testing.assert_allclose(ours, theirs, rtol=1e-9)
    kept = stack.parameters.copy()
    stack.step_epoch()
    np.testing.assert_array_equal(stack.parameters[1], kept[1])
    assert (stack.parameters[0] != kept[0]).any()


def test_when_all_have_diverged_nothing_moves():
    trains = [TrainSpec(batch_size=1, learning_rate=rate) for rate in (150, 200)]
    stack = Stack(mlp(2, (8, 8), 1, "relu"), DATA, trains)
    for _ in range(3):
        stack.step_epoch()
    steps, epoch = stack.steps.copy(), stack.epoch
    stack.step()
    np.testing.assert_array_equal(stack.steps, steps)
    assert stack.epoch == epoch
    assert not stack.are_running.any()


def test_reset_goes_back_to_the_very_start():
    stack, again = Stack(NET, DATA, SEEDS), Stack(NET, DATA, SEEDS)
    stack.step_epoch()
    stack.reset()
    for each in (stack, again):
        each.step_epoch()
    np.testing.assert_array_equal(stack.parameters, again.parameters)


@pytest.mark.parametrize(
    ("net", "trains", "words"),
    [
        (NET, [], "from 1 to 256"),
        (NET, [TRAIN] * 257, "from 1 to 256"),
        (NET, [TRAIN, replace(TRAIN, batch_size=8)], "may differ in seed and learning_rate only"),
        (NET, [replace(TRAIN, clip_norm=1.0)], "not clipped"),
        (NetworkSpec((2,), (ActivationSpec("tanh"), LinearSpec(1))), [TRAIN], "other layers"),
    ],
)
def test_what_cannot_be_stacked_is_named(net, trains, words):
    with pytest.raises(ValueError, match=words):
        Stack(net, DATA, trains)
