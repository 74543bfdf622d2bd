"""Data sets: the same from the same seed, balanced, within the picture."""

import numpy as np
import pytest

from core.data.features import FEATURES, design_matrix
from core.data.names import DATASETS, of_family
from core.data.toys import DOMAIN, make, split
from core.metrics import accuracy, confusion_matrix, r2, rmse

CASES = [
    (name, classes)
    for name in of_family("plane")
    for classes in range(DATASETS[name].classes[0], DATASETS[name].classes[1] + 1)
]


@pytest.mark.parametrize(("name", "classes"), CASES)
def test_a_data_set(name, classes):
    first, second, other = (
        make(name, 100, classes, 0.05, np.random.default_rng(seed)) for seed in (3, 3, 4)
    )
    np.testing.assert_array_equal(first.points, second.points)
    np.testing.assert_array_equal(first.targets, second.targets)
    assert not np.array_equal(first.points, other.points)
    assert np.abs(first.points).max() < DOMAIN
    assert first.points.shape == (100, DATASETS[name].input_size)
    assert first.is_regression == DATASETS[name].is_regression
    if not first.is_regression:
        counts = np.bincount(first.targets, minlength=classes)
        assert counts.min() >= 100 / classes * 0.6


def test_without_noise_rings_do_not_touch():
    data = make("circles", 200, 2, 0.0, np.random.default_rng(0))
    radius = np.hypot(*data.points.T)
    assert radius[data.targets == 0].max() < radius[data.targets == 1].min()


def test_plane_and_curve_follow_their_formulas():
    data = make("plane", 50, 1, 0.0, np.random.default_rng(0))
    np.testing.assert_allclose(data.targets[:, 0], data.points.sum(axis=1) / 10)
    data = make("curve", 50, 1, 0.0, np.random.default_rng(0))
    np.testing.assert_allclose(data.targets, 0.8 * np.sin(data.points) + 0.1 * data.points - 0.1)


@pytest.mark.parametrize(("fraction", "tests"), [(0, 0), (0.5, 5), (0.9, 9)])
def test_a_split_uses_every_sample_once(fraction, tests):
    train, test = split(10, fraction, np.random.default_rng(0))
    assert len(test) == tests
    assert sorted([*train, *test]) == list(range(10))


def test_a_split_leaves_something_to_learn_from():
    train, test = split(1, 0.9, np.random.default_rng(0))
    assert (len(train), len(test)) == (1, 0)


def test_features():
    matrix = design_matrix(np.array([[2.0, 3.0]]), tuple(FEATURES))
    np.testing.assert_allclose(matrix, [[2, 3, 4, 9, 6, np.sin(2), np.sin(3)]])
    with pytest.raises(ValueError, match="points must be"):
        design_matrix(np.zeros(3), ("x1",))


def test_metrics():
    predicted, target = np.array([0, 1, 1, 2]), np.array([0, 1, 2, 2])
    assert accuracy(predicted, target) == 0.75
    np.testing.assert_array_equal(
        confusion_matrix(predicted, target, 3), [[1, 0, 0], [0, 1, 0], [0, 1, 1]]
    )
    assert rmse(np.array([1.0, 3.0]), np.array([1.0, 1.0])) == pytest.approx(np.sqrt(2))
    assert r2(np.array([1.0, 2.0]), np.array([1.0, 2.0])) == 1
    with pytest.raises(ValueError, match="filled arrays"):
        accuracy(np.array([]), np.array([]))
