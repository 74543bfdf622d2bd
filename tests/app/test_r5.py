"""R5: passes in both directions, and a window."""

import pytest

from core.data.gaps import fitting
from core.data.reber import SYMBOLS
from core.training import Trainer
from tests.app.helpers import tell


@pytest.fixture
def app(open_app):
    return open_app("?chapter=r5&hidden=4")


def test_four_networks_and_what_they_cost(app):
    rows = {row["key"]: row["values"] for row in app.chapter.table.rows}
    forward, both = rows["forward"][0], rows["both"][0]
    hidden, tokens, letters = 4, 8, 7
    cell = hidden * (tokens + hidden) + hidden
    assert forward == rows["backward"][0] == cell + letters * hidden + letters
    assert both == rows["window"][0] == 2 * cell + letters * 2 * hidden + letters
    assert rows["forward"][2] == 0
    assert rows["window"][2] == 2
    assert rows["both"][2] == rows["backward"][2] == len(app.chapter._string) - 1 - app.chapter._gap


def test_every_number_opens_to_itself(app):
    tell(app.transport, "step", id="epoch")
    chapter = app.chapter
    for row in chapter.table.rows:
        for column, value in enumerate(row["values"]):
            tell(chapter.table, "open", row=row["key"], column=column)
            assert app.arithmetic.trail[0]["result"] == value
    for row, values in enumerate(chapter.answers.values):
        for column, value in enumerate(values):
            tell(chapter.answers, "open", row=row, column=column)
            assert app.arithmetic.trail[0]["result"] == pytest.approx(value, abs=1e-12)
        assert sum(values) == pytest.approx(1)


def test_an_epoch_is_that_of_the_core(app):
    tell(app.transport, "step", id="epoch")
    state = app.chapter.state
    trainer = Trainer(state.network_spec("both", 2), state.data_spec(), state.train_spec())
    trainer.step_epoch()
    lane = app.chapter.contest.lanes["window"]
    assert (lane.network.parameters == trainer.network.parameters).all()


@pytest.mark.parametrize("sample", range(1, 40, 3))
def test_what_fits_follows_from_what_is_seen(app, sample):
    chapter = app.chapter
    chapter.apply({"sample": sample})
    string, gap = chapter._string, chapter._gap
    fits = {key: set() for key in chapter.lanes}
    for place in chapter.answers.captions:
        row, column = map(int, place.split(","))
        fits[list(chapter.lanes)[row]].add(SYMBOLS[column])
    assert fits["forward"] == set(fitting(string[:gap], None))
    assert fits["both"] == set(fitting(string[:gap], string[gap + 1 :]))
    assert fits["both"] <= fits["window"] <= fits["forward"]
    assert string[gap] in fits["both"]


def test_a_window_of_nothing_sees_what_the_forward_pass_sees(app):
    chapter = app.chapter
    tell(app.controls, "set", name="look_ahead", value=0)
    for sample in range(1, 30):
        chapter.apply({"sample": sample})
        lanes = chapter.lanes
        assert chapter._fitting(lanes["window"]) == chapter._fitting(lanes["forward"])


def test_the_picture_shows_which_letters_reach_the_answer(app):
    chapter = app.chapter
    chapter.apply({"sample": 1, "look_ahead": 1})
    string, gap = chapter._string, chapter._gap
    seen = {"forward": range(gap + 1), "backward": range(gap, len(string)),
            "both": range(len(string)), "window": range(gap + 2)}  # fmt: skip
    for key, steps in seen.items():
        chapter.choose(key)
        lines = chapter.picture.dots.data["line"]
        accent = lines[gap]
        lit = [t for t in range(len(string)) if lines[t] == accent]
        assert lit == list(steps), key


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("merge", ["concatenate", "sum"])
def test_all_cells_and_merges_learn(app, cell, merge):
    app.chapter.apply({"cell": cell, "merge": merge})
    before = app.chapter.table.rows[2]["values"][3]
    tell(app.transport, "step", id="epoch")
    assert app.chapter.table.rows[2]["values"][3] < before
    assert not app.bridge.notices
