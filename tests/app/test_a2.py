"""A2 without a page: every value opens, the curves are the functions, the line is the collapse."""

import numpy as np
import pytest

from core.functional.activations import ACTIVATIONS
from tests.app.helpers import tell


@pytest.mark.parametrize("row", range(len(ACTIVATIONS)))
def test_every_value_and_slope_opens(open_app, row):
    app = open_app("?chapter=a2&z=-0.7")
    for column in (0, 1):
        tell(app.chapter.values, "open", row=row, column=column)
        opened = app.arithmetic.trail[-1]
        assert opened["result"] == app.chapter.values.values[row][column]
        assert app.chapter.values.highlight[-1][0] == row


def test_the_tangent_touches_the_curve(open_app):
    app = open_app("?chapter=a2&act=gelu&z=0.5")
    x, y = (np.array(app.chapter.function.tangent.data[key]) for key in "xy")
    gelu = ACTIVATIONS["gelu"]
    slope = (y[1] - y[0]) / (x[1] - x[0])
    assert slope == pytest.approx(gelu.derivative(np.array(0.5)), rel=1e-12)
    assert np.interp(0.5, x, y) == pytest.approx(gelu.function(np.array(0.5)), rel=1e-12)


def test_flat_regions_are_marked_where_the_slope_is_small(open_app):
    app = open_app("?chapter=a2&act=sigmoid")
    flat = app.chapter.function.flat.data
    assert flat["left"][0] == -8
    assert flat["right"][-1] == 8
    assert 5.9 < flat["left"][-1] < 6.1


def test_the_slope_of_the_line_opens_and_equals_its_number(open_app):
    app = open_app("?chapter=a2&act=identity")
    for column in (0, 1):
        tell(app.chapter.line, "open", row=0, column=column)
        assert app.arithmetic.trail[-1]["result"] == app.chapter.line.values[0][column]
    curve = app.chapter.curve.line.data
    slope, start = app.chapter.line.values[0]
    np.testing.assert_allclose(curve["y"], slope * curve["x"] + start, rtol=1e-12)


def test_a_typed_weight_and_the_moved_point_reach_the_address(open_app):
    app = open_app("?chapter=a2")
    tell(app.chapter.weights, "edit", row=1, column=2, value=7.0)
    assert app.chapter.state.w[4] == 7.0
    tell(app.chapter.weights, "edit", row=3, column=1, value=-1.0)
    assert app.chapter.state.b[3] == -1.0
    app.chapter.function.on_move(2.345)
    assert "z=2.35" in app.bridge.address or "z=2.34" in app.bridge.address
