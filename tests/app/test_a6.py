"""A6 without a page: the step that is walked is the step that happens; work by hand is marked."""

import json

import numpy as np
import pytest

from app.playground.chapters.neurons.backprop_tables import AFTER, GRADIENT, TRYING, value_of
from core.functional.losses import LOSSES
from core.network import Network
from core.spec import mlp
from tests.app.helpers import tell

TWO = "?chapter=a6&x=2.0~3.0~-1.0~0.5&y=1.0~0.0"


def walk_to_the_end(app):
    for _ in range(4):
        tell(app.transport, "step", id="stage")


def test_a_walk_shows_each_number_in_its_turn_and_the_way_back_hides_it(open_app):
    app = open_app("?chapter=a6")
    forward = app.chapter.tables.grids[0]
    assert forward.values == [[""] * 6]
    tell(app.transport, "step", id="next")
    tell(app.transport, "step", id="next")
    assert forward.values[0][0] == pytest.approx(0.5 * 2 - 0.4 * 3 + 0.1)
    assert forward.values[0][2:] == [""] * 4
    assert app.arithmetic.trail[-1]["symbol"] == "h₁"
    tell(app.transport, "step", id="back")
    assert forward.values[0][1:] == [""] * 5


def test_the_step_is_that_of_gradient_descent(open_app):
    app = open_app(TWO + "&rate=0.3")
    network = Network(mlp(2, (2,), 1, "sigmoid", "sigmoid"))
    before = np.array([*app.chapter.state.w[:4], *app.chapter.state.b[:2],
                       *app.chapter.state.w[4:], app.chapter.state.b[2]])  # fmt: skip
    network.parameters[:] = before
    x, y = np.array([[2.0, 3.0], [-1.0, 0.5]]), np.array([[1.0], [0.0]])
    output = network.forward(x, training=True)
    network.backward(LOSSES["mse"].gradient(output, y))
    walk_to_the_end(app)
    rows = app.chapter.tables.grids[3].values
    order = [0, 1, 2, 3, 6, 7, 4, 5, 8]
    np.testing.assert_allclose(rows[GRADIENT], network.gradients[order], rtol=1e-12)
    np.testing.assert_allclose(rows[TRYING], network.gradients[order], rtol=1e-6, atol=1e-9)
    after = (before - 0.3 * network.gradients)[order]
    np.testing.assert_allclose(rows[AFTER], after, rtol=1e-12)
    tell(app.controls, "press", name="take")
    np.testing.assert_allclose([*app.chapter.state.w, *app.chapter.state.b], after, rtol=1e-12)
    assert app.chapter.tables.grids[0].values == [[""] * 6] * 2


def test_a_step_that_is_dropped_changes_nothing(open_app):
    app = open_app("?chapter=a6")
    weights = list(app.chapter.state.w)
    walk_to_the_end(app)
    tell(app.controls, "press", name="drop")
    assert app.chapter.state.w == weights
    assert app.chapter.progress.reached == 0


def test_every_number_that_was_reached_opens_to_what_its_cell_shows(open_app):
    app = open_app(TWO)
    walk_to_the_end(app)
    for place in app.chapter.tables.places:
        grid = app.chapter.tables.grids[place.table]
        tell(grid, "open", row=place.row, column=place.column)
        assert app.arithmetic.trail[-1]["result"] == grid.values[place.row][place.column]
        assert [place.row, place.column] in grid.highlight


def answer(app, place, text):
    grid = app.chapter.tables.grids[place.table]
    value = float(text.replace("−", "-"))
    tell(grid, "edit", row=place.row, column=place.column, value=value, text=text)
    return grid


def test_by_hand_all_numbers_can_be_found(open_app):
    app = open_app(TWO + "&hand=1")
    asked = [p for p in app.chapter.tables.places if p.asked]
    for place in asked:
        grid = answer(app, place, f"{value_of(app.chapter.trace, place.ref):.4e}")
        assert grid.error == ""
        assert grid.marks[f"{place.row},{place.column}"] == "right"
    counters = {c["label"]: c["value"] for c in app.transport.counters}
    assert counters["numbers"] == f"{len(asked)} of {len(asked)}"
    assert counters["wrong tries"] == "0"


def test_a_wrong_number_stays_with_a_hint_and_nothing_is_given_away(open_app):
    app = open_app("?chapter=a6&hand=1")
    z = app.chapter.tables.places[0]
    grid = answer(app, z, "-0.2")  # without the bias
    assert "bias is missing" in grid.error
    assert grid.values[0][0] == "-0.2"
    assert grid.marks == {"0,0": "wrong"}
    opened = app.arithmetic.trail[-1]
    assert opened["result"] == "?"
    assert opened["terms"] == []
    answer(app, z, "-0.1")
    assert grid.marks == {"0,0": "right"}
    assert grid.error == ""


def test_work_by_hand_survives_the_loss_of_python(open_app):
    app = open_app("?chapter=a6&hand=1")
    first, second = app.chapter.tables.places[:2]
    answer(app, first, "-0.1")
    answer(app, second, "0.9")
    app.save()
    again = open_app(app.bridge.address, app.bridge.checkpoint)
    grid = again.chapter.tables.grids[0]
    assert grid.marks == {"0,0": "right", "0,1": "wrong"}
    assert grid.values[0][1] == "0.9"
    assert json.loads(again.bridge.checkpoint or app.bridge.checkpoint)["chapter"] == "a6"


def test_new_numbers_come_from_the_seed(open_app):
    first, second = open_app("?chapter=a6"), open_app("?chapter=a6")
    tell(first.controls, "press", name="draw")
    tell(second.controls, "press", name="draw")
    assert first.chapter.state.w == second.chapter.state.w != [0.5, -0.4, 0.3, 0.8, 1.2, -0.7]
    assert "seed=1" in first.bridge.address
    tell(first.controls, "set", name="samples", value=3)
    assert first.chapter.state.num_samples == 3
    assert len(first.chapter.tables.grids[0].values) == 3
