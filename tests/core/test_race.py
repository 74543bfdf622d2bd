"""Every lane of a race does what a network of its own would do, batch by batch."""

import numpy as np
import pytest

from core.functional.losses import LOSSES
from core.landscape import Landscape
from core.network import Network
from core.optimizers import OPTIMIZERS, make_optimizer
from core.race import Batches, Lane, Race
from core.rate_finder import find_rates
from core.spec import mlp

RNG = np.random.default_rng(5)
X, Y = RNG.normal(size=(8, 2)), RNG.normal(size=(8, 1))
SPEC = mlp(2, (2,))
START = RNG.normal(size=9)
BOWL = np.isin(np.arange(9), (6, 7, 8))  # of the output alone: the loss is quadratic in them


def descend(lane, steps, free, seed):
    """By the layers: the path of one network."""
    network = Network(SPEC)
    network.parameters[:] = START
    optimizer = make_optimizer(lane.optimizer, network.parameters, lane.learning_rate, 0.9)
    batches, path = Batches(8, lane.batch_size, seed), [START]
    for _ in range(steps):
        rows = batches.take()
        output = network.forward(X[rows], training=True)
        network.backward(LOSSES["mse"].gradient(output, Y[rows]))
        optimizer.step(network.parameters, network.gradients * free)
        path.append(network.parameters.copy())
    return np.array(path)


@pytest.mark.parametrize("free", [np.ones(9, bool), BOWL])
def test_each_lane_goes_its_own_way(free):
    lanes = [Lane(name, 0.03 * (k + 1), size) for k, name in enumerate(OPTIMIZERS)
             for size in (1, 3, 8)] + [Lane("sgd", 0.5, 3)]  # fmt: skip
    race = Race(Landscape(SPEC, X, Y), START, lanes, free, seed=4)
    race.run(2)
    race.run(11)
    for k, lane in enumerate(lanes):
        expected = descend(lane, 11, free, 4)
        np.testing.assert_allclose(race.path[:, k], expected, rtol=1e-9)
        assert race.history(k)[-1] == pytest.approx(float(race.landscape.losses(expected[-1])))
    assert (race.path[..., ~free] == START[~free]).all()


def test_a_lane_can_be_taken_up_where_it_is():
    race = Race(Landscape(SPEC, X, Y), START, [Lane("sgd"), Lane("adam", 0.1, 3)], seed=1)
    race.run(5)
    optimizer, batch, point = race.optimizer(1), race.batch(1), race.point(1).copy()
    race.run(6)
    optimizer.step(point, race.landscape.gradients(point[None], batch)[0])
    np.testing.assert_allclose(race.point(1), point, rtol=1e-12)
    assert optimizer.num_steps == 6


def test_every_epoch_has_every_sample_once():
    batches = Batches(8, 3, 0)
    epochs = [np.concatenate([batches.take() for _ in range(3)]) for _ in range(3)]
    assert [sorted(epoch) for epoch in epochs] == [list(range(8))] * 3
    assert not np.array_equal(epochs[0], epochs[1])
    np.testing.assert_array_equal(Batches(8, 20, 0).take(), np.arange(8))


def test_divergence_is_named_and_a_lane_without_finite_numbers_stops():
    """On a bowl, steps longer than 2 / curvature jump higher each time."""
    race = Race(Landscape(SPEC, X, Y), START, [Lane("sgd", 0.01, 8), Lane("sgd", 1e3, 8)], BOWL)
    race.run(20)
    assert race.trouble(0) is None
    assert race.trouble(1).kind == "diverging"
    race.run(400)
    assert race.num_steps == 400
    assert race.has_stopped(1)
    assert np.isfinite(race.point(1)).all()
    assert np.isnan(race.losses[-1, 1])
    assert race.history(0)[-1] < race.history(0)[0]


def test_the_edge_of_a_sweep_is_two_over_the_curvature():
    made, step = Landscape(SPEC, X, Y), 1e-4
    moved = [made.gradients((START + step * axis)[None])[0] for axis in np.eye(9)[BOWL]]
    curvature = np.linalg.eigvalsh((moved - made.gradients(START[None])[0])[:, BOWL] / step)[-1]
    rates = np.geomspace(1e-3, 1e3, 61)
    sweep = find_rates(made, START, Lane("sgd", 1.0, 8), rates, 300, BOWL)
    assert sweep.edge == rates[rates > 2 / curvature][0]
    assert sweep.best < sweep.edge
    assert sweep.losses[0] < made.losses(START)
    assert not sweep.diverges[rates < sweep.edge].any()
    assert np.isnan(sweep.losses[-1])


@pytest.mark.parametrize("count", [0, 257])
def test_a_race_has_its_limits(count):
    with pytest.raises(ValueError, match="from 1 to 256"):
        Race(Landscape(SPEC, X, Y), START, [Lane()] * count)
