"""Runs that are kept: when, with which scores, opened again, and compared from the same start."""

import numpy as np

from app.playground.chapters.neurons.mlp_runs import MAX_PINNED, MAX_RUNS
from tests.app.helpers import tell


def train(app, epochs):
    for _ in range(epochs):
        tell(app.transport, "step", id="epoch")
    return app.chapter.session.snapshot


def rows(app):
    return app.chapter.runs.table.rows


def press(app, what):
    tell(app.bridge, "gesture")
    app.chapter.runs.actions.receive({"type": "press", "id": what})


def choose(app, number):
    tell(app.chapter.runs.table, "choose", row=str(number))


def test_a_run_is_kept_when_it_is_reset_or_changed_and_its_scores_are_those_of_its_end(open_app):
    app = open_app("?chapter=a8&seed=2")
    first = train(app, 3)
    tell(app.transport, "reset")
    tell(app.transport, "reset")
    second = train(app, 1)
    tell(app.controls, "set", name="activation", value="relu")
    tell(app.controls, "set", name="depth", value=3)
    assert [row["values"][:4] for row in rows(app)] == [
        ["A", 3, first.train.loss, first.test.loss],
        ["A", 1, second.train.loss, second.test.loss],
    ]  # fmt: skip
    assert rows(app)[0]["values"][4:6] == [first.train.metric, first.test.metric]
    assert rows(app)[0]["detail"] == "seed 2"


def test_a_run_is_kept_by_the_button_once(open_app):
    app = open_app("?chapter=a9")
    button = app.chapter.runs.actions.buttons[0]
    assert button["off"] == "Nothing has been trained yet"
    train(app, 1)
    press(app, "keep")
    press(app, "keep")
    assert len(rows(app)) == 1
    assert app.chapter.runs.actions.buttons[0]["off"] == "It is kept already"


def test_opening_a_run_brings_back_settings_weights_and_moments_and_loses_nothing(open_app):
    app = open_app("?chapter=a8")
    first = train(app, 4)
    tell(app.controls, "set", name="hidden", value=[3])
    tell(app.controls, "set", name="rate", value=0.1)
    second = train(app, 2)
    press(app, "open")
    assert app.chapter.session.snapshot is first
    assert app.chapter.state.hidden == [4, 2]
    assert app.chapter.state.rate == 0.03
    assert app.transport.time["count"] == 5
    assert [row["values"][1] for row in rows(app)] == [4, 2]
    assert app.transport.undo == "opened run 1"
    tell(app.bridge, "gesture")
    more = train(app, 1)
    assert more.epoch == 5
    tell(app.bridge, "key", key="undo")
    assert app.chapter.session.snapshot is first
    choose(app, 2)
    press(app, "open")
    assert app.chapter.session.snapshot is second
    assert app.chapter.state.rate == 0.1
    assert app.bridge.notices == []


def test_the_same_start_gives_the_same_samples_and_weights_to_another_training(open_app):
    app = open_app("?chapter=a8&data=moons&seed=5")
    start = app.chapter.session.snapshot
    tell(app.chapter.weights.grid, "edit", row=0, column=0, value=1.25)
    train(app, 2)
    tell(app.controls, "set", name="seed", value=6)
    tell(app.controls, "set", name="optimizer", value="adam")
    press(app, "start")
    now = app.chapter.session.snapshot
    assert app.chapter.state.optimizer == "adam"
    assert app.chapter.state.seed == 5
    assert now.parameters[0] == 1.25
    np.testing.assert_array_equal(now.parameters[1:], start.parameters[1:])
    np.testing.assert_array_equal(now.batch_inputs, start.batch_inputs)
    train(app, 2)
    press(app, "keep")
    tell(app.controls, "set", name="seed", value=9)
    train(app, 1)
    press(app, "keep")
    assert [row["values"][0] for row in rows(app)] == ["A", "A", "B"]


def test_pinned_runs_lie_behind_the_curves_and_are_told_apart_by_dash_and_name(open_app):
    app = open_app("?chapter=a8")
    for rate in range(MAX_PINNED + 1):
        tell(app.controls, "set", name="rate", value=0.01 + rate / 100)
        train(app, 2)
        tell(app.transport, "reset")
        choose(app, rate + 1)
        press(app, "pin")
    kept, names = app.chapter.runs.curves.kept.data, app.chapter.runs.curves.names.data["text"]
    parts = ("training", "test")
    assert names == [f"{n} {part}" for n in range(1, MAX_PINNED + 1) for part in parts]
    assert len(set(kept["dash"])) == MAX_PINNED
    assert len(set(kept["color"])) == MAX_PINNED
    run = app.chapter.book.runs[1]
    np.testing.assert_array_equal(kept["ys"][2], run.snapshot.history[:, 1])
    assert "unpin one" in app.bridge.notices[0]["text"]
    choose(app, 1)
    press(app, "pin")
    assert len(app.chapter.runs.curves.kept.data["dash"]) == 2 * (MAX_PINNED - 1)
    tell(app.bridge, "key", key="undo")
    assert len(app.chapter.runs.curves.kept.data["dash"]) == 2 * MAX_PINNED


def test_there_are_never_too_many_and_what_is_pinned_stays(open_app):
    app = open_app("?chapter=a8&samples=20")
    for turn in range(MAX_RUNS + 3):
        train(app, 1)
        tell(app.transport, "reset")
        if turn == 0:
            press(app, "pin")
    assert [row["name"] for row in rows(app)] == ["1", *map(str, range(5, MAX_RUNS + 4))]
    press(app, "remove")
    assert len(rows(app)) == MAX_RUNS - 1
    tell(app.bridge, "key", key="undo")
    assert len(rows(app)) == MAX_RUNS


def test_a_run_that_diverged_and_one_of_regression_have_their_rows(open_app):
    app = open_app("?chapter=a8&data=plane&hidden=&rate=1.0")
    train(app, 20)
    tell(app.transport, "reset")
    assert rows(app)[0]["values"][2:6] == [None, None, "", ""]
    app.chapter.runs.table.receive({"type": "open", "row": "1", "column": 2})
    assert app.chapter.runs.table.chosen == "1"
