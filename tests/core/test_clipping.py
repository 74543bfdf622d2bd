"""Gradient clipping by value and by the norm of all gradients."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.clipping import clip_by_norm, clip_by_value, global_norm

numbers = arrays(float, st.integers(1, 6), elements=st.floats(-100, 100))


@given(numbers, st.floats(0.1, 50))
def test_by_norm_the_direction_stays_and_the_length_is_bounded(gradients, limit):
    clipped = gradients.copy()
    norm = clip_by_norm(clipped, limit)
    assert math.isclose(norm, math.hypot(*gradients), rel_tol=1e-12)
    assert np.linalg.norm(clipped) <= limit * (1 + 1e-12)
    share = min(1, limit / norm) if norm else 1
    np.testing.assert_allclose(clipped, gradients * share, rtol=1e-12)


@given(numbers, st.floats(0.1, 50))
def test_by_value_every_number_is_held(gradients, limit):
    clipped = gradients.copy()
    clip_by_value(clipped, limit)
    wanted = [max(-limit, min(limit, g)) for g in gradients]
    np.testing.assert_array_equal(clipped, wanted)


def test_squares_that_overflow_do_not():
    gradients = np.full(4, 1e30, np.float32)
    assert math.isclose(global_norm(gradients), 2e30, rel_tol=1e-6)
    clip_by_norm(gradients, 1)
    np.testing.assert_allclose(gradients, 0.5, rtol=1e-6)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_what_is_not_finite_stays_to_be_found(bad):
    gradients = np.array([1.0, bad, 2.0])
    clip_by_norm(gradients, 0.1)
    np.testing.assert_array_equal(gradients, [1.0, bad, 2.0])


@pytest.mark.parametrize("limit", [0, -1, math.nan, math.inf])
def test_limits_are_numbers_above_zero(limit):
    with pytest.raises(ValueError, match="limit"):
        clip_by_value(np.ones(2), limit)
    with pytest.raises(ValueError, match="max_norm"):
        clip_by_norm(np.ones(2), limit)
