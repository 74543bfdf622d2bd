"""A trainer that has a plan keeps everything in step with the layers: counts, optimizer, the moment
training breaks, and what a learner changes midway."""

from dataclasses import replace

import numpy as np
import pytest

from core.plan import Plan
from core.spec import DataSpec, TrainSpec, mlp
from core.training import Trainer

NET = mlp(2, (4, 2), 1, "tanh")
DATA = DataSpec(num_samples=60, noise=0.1)  # 30 of them to train on
TRAIN = TrainSpec(optimizer="adam", batch_size=7, l2=0.01)


@pytest.fixture
def pair(monkeypatch):
    """Makes two trainers of the same kind, of which only the first has a plan."""

    def make(net=NET, train=TRAIN, data=DATA):
        planned = Trainer(net, data, train)
        with monkeypatch.context() as patch:
            patch.setattr(Plan, "fits", lambda network: False)
            layered = Trainer(net, data, train)
        return planned, layered

    return make


def assert_same(planned, layered):
    a, b = planned.snapshot(), layered.snapshot()
    for name in ("step", "epoch", "batch", "sample", "message"):
        assert getattr(a, name) == getattr(b, name)
    np.testing.assert_array_equal(a.batch_samples, b.batch_samples)
    np.testing.assert_allclose(a.parameters, b.parameters, rtol=1e-11)
    np.testing.assert_allclose(a.gradients, b.gradients, rtol=1e-11, atol=1e-14)
    assert a.optimizer.num_steps == b.optimizer.num_steps
    for name, array in a.optimizer.state.items():
        np.testing.assert_allclose(array, b.optimizer.state[name], rtol=1e-11, atol=1e-18)


def test_steps_and_epochs_in_any_order(pair):
    planned, layered = pair()
    for advance in ("step", "step", "step_epoch", "step_sample", "step", "step_epoch", "step"):
        for trainer in (planned, layered):
            getattr(trainer, advance)()
        assert_same(planned, layered)


def test_an_epoch_gives_bit_for_bit_what_its_steps_give():
    by_epoch, by_step = (Trainer(NET, DATA, TRAIN) for _ in range(2))
    for _ in range(3):
        by_epoch.step_epoch()
    for _ in range(3 * by_step.num_batches):
        by_step.step()
    assert_same(by_epoch, by_step)
    np.testing.assert_array_equal(by_epoch.network.parameters, by_step.network.parameters)


@pytest.mark.parametrize("optimizer", ["sgd", "momentum"])
def test_an_epoch_that_diverges_stops_at_the_same_step(pair, optimizer):
    train = TrainSpec(optimizer=optimizer, learning_rate=200, batch_size=1)
    planned, layered = pair(mlp(2, (8, 8), 1, "relu"), train)
    planned.step_epoch()
    while not layered.message:
        layered.step()
    assert 1 < planned.batch < planned.num_batches
    assert planned.message == layered.message
    assert planned.step_count == layered.step_count
    np.testing.assert_array_equal(
        np.isfinite(planned.network.parameters), np.isfinite(layered.network.parameters)
    )


def test_a_weight_set_midway_counts_and_training_goes_on(pair):
    both = pair()
    for trainer in both:
        trainer.step()
        trainer.set_parameter("layers.2.weight", (1, 3), -0.75)
        trainer.step_epoch()
    assert_same(*both)


@pytest.mark.parametrize("change", [{"learning_rate": 0.5}, {"l1": 0.1, "l2": 0.0}])
def test_what_is_tuned_midway_counts_from_then_on(pair, change):
    both = pair()
    for trainer in both:
        trainer.step()
        trainer.tune(replace(TRAIN, **change))
        trainer.step_epoch()
    assert_same(*both)


@pytest.mark.parametrize("bound", [{"clip_norm": 0.01}, {"clip_value": 0.01}])
def test_gradients_that_are_clipped_are_left_to_the_layers(pair, bound):
    both = pair(train=replace(TRAIN, optimizer="sgd", **bound))
    free = Trainer(NET, DATA, replace(TRAIN, optimizer="sgd"))
    for trainer in (*both, free):
        trainer.step_epoch()
    assert_same(*both)
    assert np.abs(free.network.parameters - both[0].network.parameters).max() > 1e-4


def test_a_run_takes_steps_for_about_so_long(pair):
    for trainer in pair():
        steps = trainer.run(0)
        assert steps == trainer.step_count == 1
        assert trainer.run(0.02) > 1


def test_reset_goes_back_to_the_very_start(pair):
    planned, layered = pair()
    planned.step_epoch()
    planned.reset()
    assert_same(planned, layered)
    for trainer in (planned, layered):
        trainer.step_epoch()
    assert_same(planned, layered)


@pytest.mark.parametrize(
    ("data", "loss", "outputs"),
    [
        (DATA, "mse", 1),
        (DATA, "binary_cross_entropy", 1),
        (DataSpec("spiral", num_classes=3, num_samples=61), "cross_entropy", 3),
        (DataSpec("plane", num_classes=1, num_samples=50), "mse", 1),
        (DataSpec(num_samples=2503), "mse", 1),  # more than are answered at once
        (DataSpec(num_samples=20, test_fraction=0), "mse", 1),
    ],
)
def test_both_scores_are_those_of_the_layers(pair, data, loss, outputs):
    planned, layered = pair(mlp(2, (4, 3), outputs), TrainSpec(loss), data)
    for trainer in (planned, layered):
        trainer.step_epoch()
    for short, long in zip(planned.scores(), layered.scores(), strict=True):
        assert (short is None) == (long is None)
        if long is not None:
            assert short.loss == pytest.approx(long.loss, rel=1e-12)
            assert short.metric == pytest.approx(long.metric, rel=1e-12)
