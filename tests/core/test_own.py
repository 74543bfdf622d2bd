"""Samples of a learner's own: made standard by what is learnt from, and written into an address."""

import numpy as np
import pytest

from core.data.own import (
    SPREAD,
    TARGET_SPREAD,
    painted_samples,
    read_points,
    table_samples,
    write_points,
)
from core.data.table import Taken, read_table, take
from core.spec import TrainSpec, mlp
from core.training import Trainer

BOTH = ("x1", "x2")


@pytest.fixture
def rng():
    return np.random.default_rng(3)


def table(rng, n=200):
    points = rng.normal((50, -3), (10, 0.2), (n, 2))
    return Taken(points, (points[:, 0] > 50).astype(int), ("no", "yes"), ())


def test_the_training_samples_have_mean_0_and_the_wanted_spread(rng):
    taken = table(rng)
    own = table_samples(taken, BOTH, 0.3, rng)
    train, test = own.samples.train_indices, own.samples.test_indices
    assert (len(train), len(test)) == (140, 60)
    np.testing.assert_allclose(own.samples.points[train].mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(own.samples.points[train].std(axis=0), SPREAD)
    assert not np.allclose(own.samples.points.mean(axis=0), 0, atol=1e-6)  # those for testing
    by_hand = SPREAD * (taken.points[:, 0] - own.scales[0].mean) / own.scales[0].deviation
    np.testing.assert_allclose(own.samples.points[:, 0], by_hand)


def test_a_number_is_made_standard_too(rng):
    values = rng.normal(1000, 50, (80, 1))
    own = table_samples(Taken(rng.normal(size=(80, 2)), values, (), ()), BOTH, 0, rng)
    assert own.samples.is_regression
    assert own.samples.targets.std() == pytest.approx(TARGET_SPREAD)
    assert own.scales[2].mean == pytest.approx(values.mean())
    assert len(own.samples.test_indices) == 0


def test_features_are_made_of_the_standard_columns(rng):
    own = table_samples(table(rng), ("x1", "x1*x2"), 0.5, rng)
    points = own.samples.points
    np.testing.assert_allclose(own.samples.inputs[:, 1], points[:, 0] * points[:, 1])


def test_a_table_of_one_training_sample_can_still_be_learnt_from(rng):
    taken = take(read_table("1,2,a\n3,4,b"), 0, 1, 2, "classes")
    own = table_samples(taken, BOTH, 0.5, rng)
    assert np.isfinite(own.samples.points).all()


def test_a_network_learns_what_was_painted(rng):
    points = np.concatenate([rng.normal(m, 0.5, (30, 2)) for m in (-2, 2)])
    samples = painted_samples(points, np.repeat([0, 1], 30), BOTH, 0.5, rng)
    trainer = Trainer(mlp(2, (), 1, "tanh", "tanh"), samples, TrainSpec())
    for _ in range(20):
        trainer.step_epoch()
    assert trainer.snapshot().test.metric == 1


def test_points_of_one_class_are_told_from_a_second_that_may_come(rng):
    assert painted_samples(np.ones((3, 2)), np.zeros(3, int), BOTH, 0, rng).num_classes == 2
    assert painted_samples(np.ones((3, 2)), np.array([0, 4, 1]), BOTH, 0, rng).num_classes == 5


def test_painted_points_survive_an_address_to_a_thousandth_of_the_plane(rng):
    points, labels = rng.uniform(-6, 6, (50, 2)), rng.integers(0, 5, 50)
    text = write_points(points, labels)
    assert len(text) == 5 * 50
    found, classes = read_points(text)
    np.testing.assert_allclose(found, points, atol=12 / 4095 / 2 + 1e-12)
    np.testing.assert_array_equal(classes, labels)
    assert write_points(found, classes) == text
    assert read_points("")[0].shape == (0, 2)


@pytest.mark.parametrize("text", ["AAAA", "AAAA ", "ÄAAAA"])
def test_other_texts_are_no_points(text):
    with pytest.raises(ValueError, match="painted points are 5"):
        read_points(text)
