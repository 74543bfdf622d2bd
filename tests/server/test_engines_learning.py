"""How engines learn: losses, penalties, bounds on gradients, optimizers."""

from dataclasses import replace

import numpy as np
import pytest

from app.server.engines.catalogue import ENGINES
from core.spec import ActivationSpec, LinearSpec, NetworkSpec, SwitchSpec, mlp
from tests.server.engine_cases import DENSE, NEAR, VALUES, agree, apart, make, start_of, task_of

pytestmark = pytest.mark.parametrize("name", ENGINES)

RESTING = NetworkSpec((3,), (LinearSpec(6), ActivationSpec("tanh"), SwitchSpec((1, 4)),
                             LinearSpec(2)))  # fmt: skip


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "rmsprop", "adam"])
def test_optimizers_go_on_from_what_they_remember(name, optimizer):
    task = task_of(DENSE, replace(VALUES, optimizer=optimizer, momentum=0.7), 12)
    agree(name, task, place=start_of(task, 3))


@pytest.mark.parametrize("optimizer", ["rmsprop", "adam"])
def test_gradients_next_to_nothing_are_divided_by_no_less_than_epsilon(name, optimizer):
    task = task_of(mlp(3, (), 2), replace(VALUES, optimizer=optimizer, learning_rate=0.001), 12)
    for array in (task.inputs, task.targets):
        array *= 1e-4  # gradients by weights are then about 1e-8
    place = start_of(task)
    place.parameters[:] *= 1e-4
    agree(name, task, place=place)


@pytest.mark.parametrize("extra", [
    {"l1": 0.01}, {"l2": 0.1}, {"clip_value": 0.02}, {"clip_norm": 0.1}, {"clip_norm": 1e6},
    {"l1": 0.02, "l2": 0.3, "clip_value": 0.05, "clip_norm": 0.1},
])  # fmt: skip
@pytest.mark.parametrize("network", [DENSE, RESTING], ids=["plain", "with neurons off"])
def test_penalties_are_on_weights_at_work_and_bounds_on_what_comes_of_them(name, network, extra):
    agree(name, task_of(network, replace(VALUES, **extra), 12))


def test_a_gradient_of_zeros_is_not_clipped_to_nothing_finite(name):
    task = task_of(mlp(3, (), 1), replace(VALUES, clip_norm=1.0))
    place = start_of(task)
    place.parameters[:] = 0
    task.targets[:] = 0
    engine = make(name, task, place)
    engine.run(np.arange(4), 4)
    np.testing.assert_array_equal(engine.unload().parameters, place.parameters)


@pytest.mark.parametrize("loss", ["mse", "binary_cross_entropy", "cross_entropy"])
def test_losses(name, loss):
    agree(name, task_of(mlp(3, (4,), 3), replace(VALUES, loss=loss), 12))


def test_rates_penalties_and_bounds_change_on_the_way(name):
    task = task_of(DENSE, replace(VALUES, optimizer="momentum"), 8)
    engines = agree(name, task)
    for change in ({"learning_rate": 0.5}, {"l2": 0.5, "l1": 0.1}, {"clip_norm": 0.01},
                   {"clip_value": 0.001}, {"learning_rate": 0.0}):  # fmt: skip
        for engine in engines:
            engine.tune(replace(task.train, **change))
            engine.run(np.arange(8), 4)
        ours, theirs = (engine.unload() for engine in engines)
        assert apart(ours.parameters, theirs.parameters) < NEAR, change
        assert apart(ours.gradients, theirs.gradients) < NEAR, change
