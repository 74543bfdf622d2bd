"""Isolines lie where the values are their level."""

import numpy as np
import pytest

from core.isolines import even_levels, isolines, log_levels

AXIS = np.linspace(-3, 3, 61)
X, Y = np.meshgrid(AXIS, AXIS)


def test_circles_around_a_bowl():
    pieces, level = isolines(AXIS, AXIS, X**2 + Y**2, np.array([1.0, 4.0]))
    ends = pieces.reshape(-1, 2, 2)
    radius = np.hypot(ends[..., 0], ends[..., 1])
    np.testing.assert_allclose(radius, np.array([1.0, 2.0])[level, None].repeat(2, 1), atol=5e-3)
    lengths = np.hypot(*(ends[:, 1] - ends[:, 0]).T)
    for k, r in enumerate((1, 2)):
        assert lengths[level == k].sum() == pytest.approx(2 * np.pi * r, rel=0.01)


def test_a_plane_has_straight_lines():
    pieces, level = isolines(AXIS, AXIS[:10], (2 * X + Y)[:10], np.array([0.35, 1.0]))
    ends = pieces.reshape(-1, 2, 2)
    heights = 2 * ends[..., 0] + ends[..., 1]
    np.testing.assert_allclose(heights, np.array([0.35, 1.0])[level, None].repeat(2, 1), atol=1e-9)


def test_cells_without_finite_values_have_no_lines():
    values = X**2 + Y**2
    values[:, 31:] = np.nan
    pieces, _ = isolines(AXIS, AXIS, values, np.array([1.0]))
    assert len(pieces) > 0
    assert pieces[:, [0, 2]].max() <= AXIS[30]


def test_levels_are_round_and_inside():
    np.testing.assert_allclose(even_levels(0.13, 0.72, 14), np.arange(3, 15) / 20)
    np.testing.assert_allclose(even_levels(-1, 1, 4), [-0.5, 0, 0.5])
    for low, high in ((0, 1e-9), (3, 1e6), (-7.3, 0.01)):
        levels = even_levels(low, high, 12)
        assert 4 <= len(levels) <= 12
        assert low < levels[0]
        assert levels[-1] < high
    assert len(even_levels(1, 1, 12)) == 0
    assert len(even_levels(0, np.inf, 12)) == 0


def test_levels_by_powers_of_ten_have_equal_ratios():
    levels = log_levels(2e-4, 30, 12)
    assert 5 <= len(levels) <= 12
    np.testing.assert_allclose(levels[1:] / levels[:-1], levels[1] / levels[0])
