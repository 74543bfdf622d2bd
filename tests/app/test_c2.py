"""C2 without a page: the costs open, the convolution follows, the dense layer does not."""

import numpy as np
import pytest

from app.playground.chapters.images.sharing_state import MAP, REACH
from tests.app.helpers import tell


def values(app):
    return {row["key"]: row["values"] for row in app.chapter.costs.rows}


def test_the_numbers_of_the_lecture_open(open_app):
    app = open_app("?chapter=c2")
    assert values(app)["dense"][0] == 2_712_960
    assert values(app)["conv"][0] == 156
    for key, row in values(app).items():
        for column, value in enumerate(row):
            tell(app.chapter.costs, "open", row=key, column=column)
            opened = app.arithmetic.trail[-1]
            assert opened["result"] == value
            assert [key, column] in app.chapter.costs.highlight
            (first, *_) = opened["terms"][0]["factors"]
            tell(app.arithmetic, "open", ref=first["ref"])
            assert app.arithmetic.trail[-1]["result"] == first["value"]


def test_sizes_change_the_costs_the_curves_and_the_address(open_app):
    app = open_app("?chapter=c2")
    tell(app.controls, "set", name="side", value=32)
    assert values(app)["dense"][0] == 1024 * 4704 + 4704
    assert values(app)["conv"][0] == 156
    assert "side=32" in app.bridge.address
    assert app.chapter.growth.here.data == {"x": [32, 32, 32], "y": [4821600, 4704 * 26, 156]}


def test_a_kernel_larger_than_the_picture_is_refused_in_words(open_app):
    app = open_app("?chapter=c2&side=5")
    tell(app.controls, "set", name="kernel_size", value=7)
    assert "does not fit into 1 × 5 × 5" in app.controls.errors["kernel_size"]
    assert app.chapter.state.kernel_size == 5


@pytest.mark.parametrize("dx", [-REACH, 0, 3])
@pytest.mark.parametrize("dy", [-2, REACH])
def test_the_convolution_follows_every_move_and_the_dense_layer_none(open_app, dx, dy):
    app = open_app(f"?chapter=c2&dx={dx}&dy={dy}")
    (_, _, conv), (_, _, dense) = app.chapter.unit.values
    assert conv == 0
    assert dense > 0.5
    assert "It has moved along." in app.stage.blocks[3]["text"]


def test_every_output_opens_before_and_after_the_move(open_app):
    app = open_app("?chapter=c2")
    for row in range(2):
        for column, value in enumerate(app.chapter.unit.values[row]):
            tell(app.chapter.unit, "open", row=row, column=column)
            assert app.arithmetic.trail[-1]["result"] == pytest.approx(value, rel=1e-12)
            assert app.chapter.unit.highlight == [[row, column]]
    tell(app.chapter.unit, "open", row=0, column=0)
    assert len(app.arithmetic.trail[-1]["terms"]) == 25
    tell(app.chapter.unit, "open", row=1, column=0)
    assert len(app.arithmetic.trail[-1]["terms"]) == 18 * 18


def test_tapping_a_map_looks_at_that_unit(open_app):
    app = open_app("?chapter=c2&dx=2")
    app.chapter.maps["conv"].on_tap(4, 9)
    assert (app.chapter.state.row, app.chapter.state.column) == (4, 7)
    shown = app.chapter.moving.map("conv1")[4, 9]
    assert app.arithmetic.trail[-1]["result"] == pytest.approx(shown, rel=1e-12)
    app.chapter.maps["dense"].on_tap(4, 0)
    assert (app.chapter.state.row, app.chapter.state.column) == (4, 7)


def test_what_leaves_the_map_has_no_value_after(open_app):
    app = open_app(f"?chapter=c2&dx=4&col={MAP - 1}")
    assert [row[1] for row in app.chapter.unit.values] == [None, None]


def test_new_weights_and_the_walk(open_app):
    app = open_app("?chapter=c2&dx=2")
    before = np.array(app.chapter.moving.map("conv0"))
    tell(app.controls, "press", name="draw")
    assert not np.array_equal(before, app.chapter.moving.map("conv0"))
    tell(app.transport, "step", id="next")
    tell(app.transport, "step", id="next")
    tell(app.transport, "step", id="next")
    assert app.chapter.state.dx == REACH
    tell(app.transport, "reset")
    assert app.chapter.state.seed == 1
