"""C7 without a page: every number opens, logits move, both forms, pointing lights what it means."""

import numpy as np
import pytest

from core.functional.losses import softmax
from tests.app.helpers import tell


def test_the_start_is_softmax_of_its_logits(open_app):
    app = open_app("?chapter=c7")
    chapter = app.chapter
    assert chapter.grids.logits.values == [[2.0, 1.0, pytest.approx(0.1), -1.0]]
    wanted = softmax(np.array(chapter.grids.logits.values[0]))
    shown = [row[4] for row in chapter.grids.numbers.values[:4]]
    np.testing.assert_allclose(shown, wanted, rtol=1e-14)
    np.testing.assert_allclose([t["share"] for t in chapter.fraction.terms], wanted, rtol=1e-14)


@pytest.mark.parametrize("query", ["", "&tau=0.3&right=2", "&c=800.0", "&form=stable&c=-800.0"])
def test_every_number_opens_to_what_its_cell_shows(open_app, query):
    app = open_app(f"?chapter=c7{query}")
    chapter = app.chapter
    all_of = chapter.grids
    for grid in (all_of.numbers, all_of.loss, all_of.logits, all_of.maps, all_of.flat,
                 all_of.weights):  # fmt: skip
        for row, values in enumerate(grid.values):
            for column, value in enumerate(values):
                if value is not None:
                    tell(grid, "open", row=row, column=column)
                    assert app.arithmetic.trail[-1]["result"] == value
                    assert [row, column] in grid.highlight


def test_pointing_at_a_term_lights_its_logit_and_back(open_app):
    app = open_app("?chapter=c7")
    chapter = app.chapter
    tell(chapter.fraction, "point", part="term", index=2)
    assert chapter.grids.logits.highlight == [[0, 2]]
    assert chapter.fraction.highlight == [2]
    assert chapter.logit_bars.bars.data["width"] == [1, 1, 3, 1]
    tell(chapter.fraction, "leave", part="term", index=2)
    tell(chapter.grids.logits, "point", row=0, column=1)
    assert chapter.fraction.highlight == [1]
    assert sorted(chapter.grids.weights.highlight) == [[1, column] for column in range(9)]


def test_a_dragged_slid_or_typed_logit_is_what_was_asked_for_whatever_the_shift(open_app):
    app = open_app("?chapter=c7&c=5.0")
    chapter = app.chapter
    chapter.logit_bars.on_move(1, 7.5)
    assert chapter.grids.logits.values[0][1] == pytest.approx(7.5, abs=1e-9)
    assert "b=0.0~1.5" in app.bridge.address
    tell(app.controls, "set", name="z3", value=-2.0)
    assert chapter.grids.logits.values[0][3] == pytest.approx(3.0, abs=1e-9)
    tell(chapter.grids.logits, "edit", row=0, column=0, value=6.25)
    assert chapter.grids.logits.values[0][0] == pytest.approx(6.25, abs=1e-9)
    tell(chapter.grids.weights, "edit", row=0, column=8, value=5.0)
    assert chapter.state.b[0] == 0.0


def test_the_plain_form_ends_and_the_stable_goes_on(open_app):
    app = open_app("?chapter=c7&c=800.0")
    chapter = app.chapter
    assert [row[:2] for row in chapter.grids.numbers.values[:4]] == [["∞", "NaN"]] * 4
    assert chapter.fraction.result == "NaN"
    assert "64 bits" in chapter.fraction.note
    assert "no answer" in app.stage.blocks[1]["text"]
    tell(app.controls, "set", name="form", value="stable")
    assert chapter.fraction.note == ""
    assert float(chapter.fraction.result) == pytest.approx(softmax(np.array([2, 1, 0.1, -1]))[0],
                                                           rel=1e-5)  # fmt: skip


def test_what_is_flattened_reaches_the_logits(open_app):
    app = open_app("?chapter=c7")
    tell(app.chapter.grids.maps, "edit", row=1, column=2, value=4.0)
    assert app.chapter.grids.flat.values[0][6] == 4.0
    assert app.chapter.grids.logits.values[0][1] == pytest.approx(1.5 - 2.0)


def test_the_walk_goes_through_all_numbers_and_the_reset_brings_all_back(open_app):
    app = open_app("?chapter=c7&tau=2.0")
    titles = []
    for _ in range(40):
        tell(app.transport, "step", id="next")
        titles.append(app.arithmetic.trail[-1]["title"])
    assert titles[-1] == "Gradient of the loss by the logit of class 4"
    assert "Cross-entropy, with class 1 as the right one" in titles
    tell(app.transport, "step", id="back")
    assert app.arithmetic.trail[-1]["title"] == "Gradient of the loss by the logit of class 3"
    tell(app.transport, "reset")
    assert app.chapter.state.temperature == 1.0
