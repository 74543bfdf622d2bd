"""Losses over steps, over those that count, and over the last one; softmax with temperature."""

import math

import numpy as np
import pytest

from core.functional.losses import LOSSES, softmax
from core.functional.sequence_losses import last_step, last_steps, per_step
from tests.core.gradcheck import assert_close, numeric_gradient

N, T, K = 3, 4, 2
MASK = np.arange(T) < np.array([[4], [2], [1]])


def targets_for(loss, rng, places):
    if loss == "cross_entropy":
        return rng.integers(0, K, places)
    return rng.integers(0, 2, (*places, K)).astype(float)


@pytest.fixture
def rng():
    return np.random.default_rng(5)


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("masked", [False, True])
def test_the_mean_over_the_steps_that_count(rng, name, masked):
    output, target = rng.normal(size=(N, T, K)), targets_for(name, rng, (N, T))
    counted = MASK if masked else None
    value, gradient = per_step(LOSSES[name], output, target, counted)
    single = [
        LOSSES[name](output[n, t][None], target[n, t][None])[0]
        for n, t in np.ndindex(N, T)
        if not masked or MASK[n, t]
    ]
    assert math.isclose(value, np.mean(single), rel_tol=1e-12)
    numeric = numeric_gradient(lambda: per_step(LOSSES[name], output, target, counted)[0], output)
    assert_close(gradient, numeric)
    if masked:
        assert not gradient[~MASK].any()


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("masked", [False, True])
def test_the_last_step_alone(rng, name, masked):
    output, target = rng.normal(size=(N, T, K)), targets_for(name, rng, (N,))
    mask = MASK if masked else None
    value, gradient = last_step(LOSSES[name], output, target, mask)
    ends = [3, 1, 0] if masked else [3, 3, 3]
    wanted = LOSSES[name](np.stack([output[n, t] for n, t in enumerate(ends)]), target)[0]
    assert math.isclose(value, wanted, rel_tol=1e-12)
    numeric = numeric_gradient(lambda: last_step(LOSSES[name], output, target, mask)[0], output)
    assert_close(gradient, numeric)


def test_steps_that_do_not_count_may_hold_anything(rng):
    output, target = rng.normal(size=(N, T, K)), rng.normal(size=(N, T, K))
    wanted = per_step(LOSSES["mse"], output, target, MASK)
    target[~MASK] = np.nan
    value, gradient = per_step(LOSSES["mse"], output, target, MASK)
    assert value == wanted[0]
    np.testing.assert_array_equal(gradient, wanted[1])


def test_a_gap_does_not_hide_the_last_step():
    np.testing.assert_array_equal(last_steps(np.array([[1, 0, 1, 0], [1, 0, 0, 0]], bool)), [2, 0])


def test_answers_without_steps_are_losses_as_ever(rng):
    output, target = rng.normal(size=(N, K)), rng.integers(0, K, N)
    value, gradient = per_step(LOSSES["cross_entropy"], output, target)
    wanted = LOSSES["cross_entropy"](output, target)
    assert value == wanted[0]
    np.testing.assert_array_equal(gradient, wanted[1])


OUTPUT, CLASSES = np.zeros((N, T, K)), np.zeros((N, T), int)


@pytest.mark.parametrize(
    ("name", "output", "target", "counted", "words"),
    [
        ("mse", OUTPUT, np.full((N, T, K), np.nan), None, "must be finite"),
        ("mse", OUTPUT, np.full((N, T, K), np.inf), None, "must be finite"),
        ("mse", OUTPUT, np.zeros((N, K, T)), None, r"\(3, 4, 2\) values"),
        ("cross_entropy", OUTPUT, np.zeros((N, 1), int), None, r"\(3, 4\) classes"),
        ("cross_entropy", OUTPUT, CLASSES + 2, None, "from 0 to 1"),
        ("cross_entropy", OUTPUT, CLASSES.astype(float), None, "whole class numbers"),
        ("cross_entropy", OUTPUT[:0], CLASSES[:0], None, "each at least 1"),
        ("cross_entropy", OUTPUT[:, :0], CLASSES[:, :0], None, "each at least 1"),
        ("cross_entropy", OUTPUT, CLASSES, MASK.T, r"of shape \(3, 4\)"),
        ("cross_entropy", OUTPUT, CLASSES, MASK.astype(float), "true or false"),
        ("cross_entropy", OUTPUT, CLASSES, MASK & False, "at least one step"),
    ],
)
def test_what_does_not_fit_is_named(name, output, target, counted, words):
    with pytest.raises(ValueError, match=words):
        per_step(LOSSES[name], output, target, counted)


def test_a_sample_without_steps_has_no_last_one():
    with pytest.raises(ValueError, match="at least one step"):
        last_step(LOSSES["cross_entropy"], OUTPUT, CLASSES[:, 0], MASK & [[True], [True], [False]])
    with pytest.raises(ValueError, match=r"\(N, T, K\)"):
        last_step(LOSSES["cross_entropy"], OUTPUT[0], CLASSES[:, 0])


def test_temperature_sharpens_and_flattens():
    logits = np.array([[1.0, 2, 4]])
    np.testing.assert_allclose(softmax(logits, 2), softmax(logits / 2), rtol=1e-14)
    np.testing.assert_allclose(softmax(logits, 1e9), np.full((1, 3), 1 / 3), rtol=1e-8)
    np.testing.assert_allclose(softmax(logits, 0.01), [[0, 0, 1]], atol=1e-80)
    for wrong in (0, -1, math.nan, math.inf):
        with pytest.raises(ValueError, match="temperature"):
            softmax(logits, wrong)
