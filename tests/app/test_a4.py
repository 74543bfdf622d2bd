"""A4 without a page: errors, losses and their mean, built up sample by sample."""

import numpy as np
import pytest

from core.functional.losses import LOSSES
from tests.app.helpers import tell


@pytest.mark.parametrize("loss", LOSSES)
def test_every_number_opens_to_what_its_cell_shows(open_app, loss):
    app = open_app(f"?chapter=a4&loss={loss}&samples=3")
    for n, row in enumerate(app.chapter.made.values):
        for column, value in enumerate(row):
            tell(app.chapter.made, "open", row=n, column=column)
            assert app.arithmetic.trail[-1]["result"] == value
            assert [n, column] in app.chapter.made.highlight
    tell(app.chapter.mean, "open", row=0, column=0)
    losses = [row[-2] for row in app.chapter.made.values]
    assert app.arithmetic.trail[-1]["result"] == pytest.approx(np.mean(losses), rel=1e-12)


def test_the_mean_builds_up_sample_by_sample(open_app):
    app = open_app("?chapter=a4")
    squares = [row[1] for row in app.chapter.made.values]
    for count in (1, 2, 3, 4):
        tell(app.transport, "step", id="next")
        assert app.chapter.mean.values[0][0] == pytest.approx(np.mean(squares[:count]), rel=1e-12)
        assert [row == [""] * 3 for row in app.chapter.made.values] == [
            n >= count for n in range(4)
        ]


def test_the_gradient_has_exactly_two_over_n(open_app):
    app = open_app("?chapter=a4&samples=3&a=0.5~0.2~0.7")
    errors = np.array([1 - 0.5, 0 - 0.2, 1 - 0.7])
    shown = [row[2] for row in app.chapter.made.values]
    np.testing.assert_allclose(shown, -2 * errors / 3, rtol=1e-12)


def test_dragging_moves_the_prediction_of_the_drawn_sample(open_app):
    app = open_app("?chapter=a4&sample=3")
    app.chapter.figure.on_move(-1.5)
    assert app.chapter.state.a[2] == -1.5
    assert app.chapter.figure.point.data["y"] == [(1 - -1.5) ** 2]
    assert "-1.5" in app.bridge.address


def test_a_target_that_the_loss_does_not_know_is_refused_and_nothing_is_lost(open_app):
    app = open_app("?chapter=a4&loss=cross_entropy")
    before = app.chapter.given.values
    tell(app.chapter.given, "edit", row=0, column=0, value=7.0)
    assert "whole number from 0 to 2" in app.chapter.given.error
    assert app.chapter.given.values == before
    app = open_app("?chapter=a4&loss=binary_cross_entropy")
    tell(app.chapter.given, "edit", row=0, column=0, value=3.0)
    assert "probability" in app.chapter.given.error
    tell(app.chapter.given, "edit", row=0, column=0, value=0.5)
    assert app.chapter.given.error == ""
