"""A5 without a page: sections of the loss, paths in them, the point and how it moves."""

import numpy as np
import pytest
from bokeh.events import Tap

from app.playground.chapters.neurons.landscape_state import FLAT, KEYS
from app.playground.figures.heights import Heights
from app.playground.figures.solid import Solid
from core.network import Network
from core.spec import mlp
from tests.app.helpers import tell


def loss_at(state, **changes):
    """By the layers, of the network with some of its parameters changed."""
    network = Network(mlp(2, (2,), 1, state.activation, state.output))
    network.parameters[:] = state.start
    for key, value in changes.items():
        network.parameters[FLAT[key]] = value
    return float(((network.forward(state.inputs) - state.targets) ** 2).mean())


@pytest.mark.parametrize("key", KEYS)
def test_each_of_the_nine_parameters_can_be_drawn(open_app, key):
    chapter = open_app(f"?chapter=a5&first={key}&second=none").chapter
    x, y = (np.array(chapter.curve.curve.data[name]) for name in "xy")
    assert y[7] == pytest.approx(loss_at(chapter.state, **{key: x[7]}), rel=1e-12)
    each = np.array(chapter.curve.others.data["ys"])
    np.testing.assert_allclose(each.mean(axis=0), y, rtol=1e-12)


def test_the_section_over_two_parameters_is_the_loss(open_app):
    chapter = open_app("?chapter=a5&first=b1&second=w6&reach=4.0").chapter
    heights = chapter.surface.heights
    expected = loss_at(chapter.state, b1=heights.x[5], w6=heights.y[50])
    assert heights.losses[50, 5] == pytest.approx(expected, rel=1e-12)
    picture = chapter.contours.image.data["image"][0]
    assert picture[50, 5] == pytest.approx(heights.lift(heights.losses)[50, 5], rel=1e-6)
    assert chapter.contours.fig.xaxis[0].axis_label == "b₁"


def test_the_path_goes_downhill_and_is_called_a_projection_where_it_is_one(open_app):
    app = open_app("?chapter=a5&steps=20&rate=1.0")
    losses = app.chapter.race.history(0)
    assert len(losses) == 21
    assert (np.diff(losses) < 0).all()
    assert "lies in it" in app.stage.blocks[1]["text"]
    held = app.chapter.race.point(0)[FLAT["w2"]]
    tell(app.controls, "set", name="all_nine", value=True)
    assert "projection" in app.stage.blocks[1]["text"]
    assert held == 1.5
    assert app.chapter.race.point(0)[FLAT["w2"]] != held
    xs, ys = (app.chapter.contours.paths.data[name][0] for name in ("xs", "ys"))
    np.testing.assert_array_equal(np.stack([xs, ys], 1), app.chapter.race.path[:21, 0][:, [0, 3]])


def test_the_next_point_is_where_the_next_step_leads(open_app):
    app = open_app("?chapter=a5&all=1")
    shown = app.chapter.parameters.grid.values
    tell(app.transport, "step", id="next")
    np.testing.assert_allclose(app.chapter.parameters.grid.values[0], shown[2], rtol=1e-12)
    np.testing.assert_allclose(np.array(shown[0]) - 4 * np.array(shown[1]), shown[2], rtol=1e-12)
    tell(app.transport, "step", id="back")
    assert app.chapter.parameters.grid.values == shown


def test_every_number_opens_to_what_its_cell_shows(open_app):
    app = open_app("?chapter=a5&all=1&steps=3&loss=binary_cross_entropy")
    for table in (app.chapter.parameters, app.chapter.samples):
        for i, row in enumerate(table.grid.values):
            for j, value in enumerate(row):
                if value is not None:
                    tell(table.grid, "open", row=i, column=j)
                    assert app.arithmetic.trail[-1]["result"] == value
                    assert [i, j] in table.grid.highlight


def test_dragging_starts_anew_and_is_in_the_address(open_app):
    app = open_app("?chapter=a5&steps=9")
    app.chapter.contours.on_move(2.5, -3.25)
    assert app.chapter.state.steps == 0
    assert app.chapter.parameters.grid.values[0][0] == 2.5
    assert app.chapter.parameters.grid.values[0][3] == -3.25
    assert "w=2.5~1.5~-1.5~-3.25" in app.bridge.address
    tell(app.stage, "arrow", index=0, x=1, y=-5)
    assert app.chapter.state.w[0] == pytest.approx(2.5 + 8 / 50)
    assert app.chapter.state.w[3] == pytest.approx(-3.25 - 5 * 8 / 50)


def test_pictures_answer_again_after_a_visit_to_another_chapter(open_app):
    app = open_app("?chapter=a5")
    figure = app.chapter.contours.fig
    app.navigate("?chapter=a1")
    app.navigate("?chapter=a5")
    figure.document.callbacks.trigger_event(Tap(figure, sx=1, sy=1, x=-1.5, y=2.5))
    assert (app.chapter.state.w[0], app.chapter.state.w[3]) == (-1.5, 2.5)


def test_the_surface_turns_by_arrow_keys_and_pointer(open_app):
    app = open_app("?chapter=a5")
    before = app.chapter.surface.image.data["image"][0]
    tell(app.stage, "arrow", index=1, x=1, y=0)
    app.chapter.surface.on_turn(10, 100)
    assert (app.chapter.state.turn, app.chapter.state.tilt) == (45, 80)
    assert "turn=45.0" in app.bridge.address
    assert not np.array_equal(app.chapter.surface.image.data["image"][0], before, equal_nan=True)


def test_what_does_not_fit_is_refused_and_nothing_is_lost(open_app):
    app = open_app("?chapter=a5&loss=binary_cross_entropy")
    before = app.chapter.samples.grid.values
    tell(app.chapter.samples.grid, "edit", row=0, column=2, value=3.0)
    assert "from 0 to 1" in app.chapter.samples.grid.error
    assert app.chapter.samples.grid.values == before
    tell(app.chapter.samples.grid, "edit", row=0, column=2, value=1.0)
    assert app.chapter.samples.grid.error == ""
    assert app.chapter.samples.grid.values[0][2] == 1.0


def test_choosing_the_other_parameter_swaps_them(open_app):
    app = open_app("?chapter=a5&first=w1&second=w4")
    tell(app.controls, "set", name="first", value="w4")
    assert (app.chapter.state.first, app.chapter.state.second) == ("w4", "w1")
    tell(app.controls, "set", name="second", value="none")
    tell(app.controls, "set", name="first", value="b3")
    assert app.chapter.state.drawn == ("b3",)


def test_a_point_beyond_the_picture_is_said_to_be_there(open_app):
    app = open_app("?chapter=a5&w=1.2~1.5~-1.5~-9.0~2.0~2.0")
    assert "outside" in app.stage.blocks[0]["text"]


def test_heights_by_powers_of_ten():
    heights = Heights(np.arange(2), np.arange(2), np.array([[0.01, 1], [0.1, 10]]), 0.01, 1, True)
    np.testing.assert_allclose(heights.lift(heights.losses), [[0, 1], [0.5, 1]])


@pytest.mark.parametrize(("turn", "tilt"), [(0, 10), (30, 35), (-120, 80)])
def test_a_hill_hides_what_is_behind_it(turn, tilt):
    """Seen from the front, a wall hides the ground behind it, but not itself or what is before."""
    solid = Solid(np.zeros((41, 41)), turn, tilt)
    across, up, depth = solid.project(*(np.array([v]) for v in (0.3, -0.4, 0.0)))
    assert solid.is_visible(*(np.array([v]) for v in (0.3, -0.4, 0.0))).all()
    wall = np.zeros((41, 41))
    wall[20] = 1.0
    solid = Solid(wall, 0, 20)
    where = np.array([0.0]), np.array([0.3]), np.array([0.0])
    assert not solid.is_visible(*where).any()
    assert solid.is_visible(np.array([0.0]), np.array([-0.5]), np.array([0.0])).all()
    assert solid.is_visible(np.array([0.0]), np.array([0.0]), np.array([1.0])).all()
    assert np.isfinite([across, up, depth]).all()
