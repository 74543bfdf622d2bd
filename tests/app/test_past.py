"""Undo and redo, in every chapter: what was done comes back exactly, with words that say what."""

import asyncio

import numpy as np
import pytest

from app.playground import chapters
from app.playground.changes import values_of
from app.playground.past import LIMIT
from tests.app.helpers import follow_link, tell


def gesture(app):
    tell(app.bridge, "gesture")


def do(app, view, kind, **message):
    """One thing that the learner does, with the gesture that begins it."""
    gesture(app)
    tell(view, kind, **message)


def undo(app):
    gesture(app)
    tell(app.transport, "undo")


def redo(app):
    tell(app.bridge, "key", key="redo")


def words(app):
    return app.transport.undo, app.transport.redo


def same(first, second):
    np.testing.assert_array_equal(first.parameters, second.parameters)
    np.testing.assert_array_equal(first.history, second.history)
    assert (first.step, first.train, first.test) == (second.step, second.train, second.test)


def trained(app):
    """A snapshot after two more epochs and a batch."""
    for kind in ("epoch", "epoch", "batch"):
        tell(app.transport, "step", id=kind)
    return app.chapter.session.snapshot


@pytest.mark.parametrize("name", chapters.MODULES)
def test_every_setting_of_every_chapter_comes_back_and_goes_again(open_app, name):
    app = open_app(f"?chapter={name}")
    usable = [f for f in app.controls.fields if not f.get("disabled")]
    for field in usable:
        if field["kind"] not in ("switch", "select"):
            continue
        now = next(f for f in app.controls.fields if f["name"] == field["name"])["value"]
        other = not now if field["kind"] == "switch" else next(
            (o["value"] for o in field["options"] if o["value"] != now), now)  # fmt: skip
        before = values_of(app.chapter.state)
        do(app, app.controls, "set", name=field["name"], value=other)
        after = values_of(app.chapter.state)
        if after == before:
            continue
        assert app.transport.undo
        address = app.bridge.address
        undo(app)
        assert values_of(app.chapter.state) == before
        redo(app)
        assert values_of(app.chapter.state) == after
        assert app.bridge.notices == []
        assert app.bridge.address == address
        undo(app)
    assert app.bridge.notices == []


def test_a_drag_is_one_step_and_its_words_follow_it(open_app):
    app = open_app("?chapter=a8")
    gesture(app)
    for rate in (0.04, 0.07, 0.1):
        tell(app.controls, "set", name="rate", value=rate)
    assert words(app) == ("learning rate 0.03 → 0.1", "")
    do(app, app.controls, "set", name="activation", value="relu")
    assert words(app) == ("activation Tanh → ReLU", "")
    undo(app)
    assert words(app) == ("learning rate 0.03 → 0.1", "activation Tanh → ReLU")
    undo(app)
    assert words(app) == ("", "learning rate 0.03 → 0.1")
    assert app.chapter.state.rate == 0.03
    undo(app)
    assert app.chapter.state.rate == 0.03
    redo(app)
    assert app.chapter.state.rate == 0.1
    assert app.bridge.announcement == "Done again: learning rate 0.03 → 0.1."


def test_a_drag_that_comes_back_and_a_refused_value_are_no_steps(open_app):
    app = open_app("?chapter=a1")
    gesture(app)
    for value in (1.0, 2.0, 0.0):
        tell(app.controls, "set", name="w0", value=value)
    gesture(app)
    tell(app.controls, "set", name="w0", value=1e9)
    assert words(app) == ("", "")


def test_something_new_forgets_what_could_be_done_again_and_old_steps_are_forgotten(open_app):
    app = open_app("?chapter=a1")
    for value in range(1, LIMIT + 6):
        do(app, app.controls, "set", name="b0", value=float(value))
    for _ in range(LIMIT + 5):
        undo(app)
    assert app.chapter.state.b == [5.0]
    assert app.transport.redo
    do(app, app.chapter.grids.layers[0], "edit", row=0, column=0, value=7.0)
    assert app.transport.redo == ""
    undo(app)
    assert app.chapter.state.w == [0.0, 1.0]


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
@pytest.mark.parametrize("chapter", ["a8", "a9"])
def test_training_comes_back_to_the_weights_before_and_goes_on_as_it_did(
    open_app, chapter, optimizer
):
    app = open_app(f"?chapter={chapter}&optimizer={optimizer}")
    before = trained(app)
    do(app, app.transport, "step", id="epoch")
    assert app.transport.undo == "trained 1 epoch"
    after = app.chapter.session.snapshot
    further = trained(app)
    undo(app)
    same(app.chapter.session.snapshot, before)
    redo(app)
    same(app.chapter.session.snapshot, further)
    undo(app)
    tell(app.transport, "step", id="epoch")
    same(app.chapter.session.snapshot, after)


def test_playing_until_the_pause_is_one_step_and_undoing_pauses(open_app):
    app = open_app("?chapter=a11")
    start = app.chapter.session.snapshot

    async def play():
        do(app, app.transport, "play")
        while app.chapter.session.snapshot.epoch < 3:
            await asyncio.sleep(0.001)
        undo(app)
        await asyncio.sleep(0.01)

    asyncio.run(play())
    assert not app.transport.running
    same(app.chapter.session.snapshot, start)
    redo(app)
    assert app.chapter.session.snapshot.epoch >= 3


def test_another_network_can_be_undone_with_all_that_the_old_one_had_learned(open_app):
    app = open_app("?chapter=a8")
    before = trained(app)
    do(app, app.controls, "set", name="depth", value=4)
    assert app.chapter.session.snapshot.step == 0
    undo(app)
    same(app.chapter.session.snapshot, before)
    assert app.transport.history["x"][-1] == before.step
    do(app, app.transport, "reset")
    assert app.transport.undo == "reset"
    undo(app)
    same(app.chapter.session.snapshot, before)


def test_the_same_link_again_starts_afresh_and_can_be_undone(open_app):
    app = open_app("?chapter=a8&hidden=3")
    before = trained(app)
    follow_link(app, "?chapter=a8&hidden=3")
    assert app.chapter.session.snapshot.step == 0
    undo(app)
    same(app.chapter.session.snapshot, before)


def test_the_page_is_told_when_a_link_was_opened_or_could_not_be(open_app, monkeypatch):
    app = open_app("?chapter=a1")
    follow_link(app, "?chapter=a3")
    assert app.bridge.arrivals == 1

    def fail(query):
        raise ValueError("there is no such thing")

    monkeypatch.setattr(app, "navigate", fail)
    follow_link(app, "?chapter=a2")
    assert app.bridge.arrivals == 2
    assert app.bridge.notices[0]["text"] == "There is no such thing."


def test_a_weight_that_was_set_by_hand_comes_back(open_app):
    app = open_app("?chapter=a8")
    before = trained(app)
    gesture(app)
    for value in (1.0, 1.5, 2.0):
        tell(app.chapter.weights.grid, "edit", row=0, column=0, value=value)
    old = app.chapter.session.engine.trainer.network.view("layers.0.weight")
    assert old[0, 0] == 2.0
    assert app.transport.undo.startswith("weight ")
    assert app.transport.undo.endswith(" → 2")
    undo(app)
    same(app.chapter.session.snapshot, before)


def test_chapters_have_their_own_past(open_app):
    app = open_app("?chapter=a1")
    do(app, app.controls, "set", name="b0", value=1.0)
    follow_link(app, "?chapter=a8")
    assert words(app) == ("", "")
    undo(app)
    follow_link(app, "?chapter=a1")
    assert words(app) == ("bias 4 → 1", "")
    undo(app)
    assert app.chapter.state.b == [4.0]


def test_steps_taken_and_answers_by_hand_come_back(open_app):
    app = open_app("?chapter=a6")
    before = list(app.chapter.state.w)
    do(app, app.controls, "press", name="take")
    assert app.transport.undo == "the step taken"
    undo(app)
    assert (app.chapter.state.w, app.chapter.taken) == (before, 0)
    redo(app)
    assert app.chapter.taken == 1
    do(app, app.transport, "step", id="next")
    undo(app)
    assert app.chapter.progress.reached == 0
    do(app, app.controls, "set", name="by_hand", value=True)
    place = next(p for p in app.chapter.tables.places if p.asked)
    grid = app.chapter.tables.grids[place.table]
    do(app, grid, "edit", row=place.row, column=place.column, value=1e6, text="1e6")
    assert app.chapter.progress.hand.tries == 1
    undo(app)
    assert app.chapter.progress.hand.tries == 0


def test_the_walk_of_the_loss_goes_back_a_step(open_app):
    app = open_app("?chapter=a4")
    for _ in range(3):
        do(app, app.transport, "step", id="next")
    undo(app)
    assert (app.chapter.reached, app.chapter.state.sample) == (2, 2)


def test_another_architecture_comes_back_with_its_layer_and_its_edits(open_app):
    app = open_app("?chapter=c9&net=lenet5&layer=3&edits=3s2")
    before = values_of(app.chapter.state)
    do(app, app.controls, "set", name="architecture", value="vgg16")
    assert values_of(app.chapter.state) != before
    undo(app)
    assert values_of(app.chapter.state) == before


def test_a_network_over_pictures_comes_back_with_its_scores(open_app):
    app = open_app("?chapter=c8&samples=200")
    session = app.chapter.session
    session.settle()
    start, counters = session.snapshot, app.transport.counters
    do(app, app.transport, "step", id="batch")
    assert app.transport.undo == "trained 1 batch"
    after = session.snapshot.parameters
    undo(app)
    np.testing.assert_array_equal(session.snapshot.parameters, start.parameters)
    assert [c for c in app.transport.counters if "time" not in c["label"]] == [
        c for c in counters if "time" not in c["label"]]  # fmt: skip
    tell(app.transport, "step", id="batch")
    np.testing.assert_array_equal(session.snapshot.parameters, after)


@pytest.mark.parametrize("chapter", ["r4", "r5"])
def test_networks_side_by_side_come_back_together(open_app, chapter):
    app = open_app(f"?chapter={chapter}")
    contest = app.chapter.contest
    do(app, app.transport, "step", id="epoch")
    before, table = contest.snapshots, app.chapter.table.rows
    do(app, app.transport, "step", id="epoch")
    assert app.transport.undo == "trained 1 epoch"
    after = contest.snapshots
    undo(app)
    assert app.chapter.table.rows == table
    tell(app.transport, "step", id="epoch")
    for key, snapshot in contest.snapshots.items():
        same(snapshot, after[key])
        assert snapshot is not before[key]
