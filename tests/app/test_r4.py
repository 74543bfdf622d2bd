"""R4: networks that are deep in four ways learn beside each other."""

import asyncio

import numpy as np
import pytest

from app.playground.chapters.sequences.deep_state import DeepState
from core.architectures.deep_rnn import Deepening, path_lengths
from core.training import Trainer
from tests.app.helpers import tell


@pytest.fixture
def app(open_app):
    return open_app("?chapter=r4&steps=8&hidden=4")


def epoch(app):
    tell(app.transport, "step", id="epoch")


def test_lanes_follow_the_switches(app):
    chapter = app.chapter
    assert list(chapter.lanes) == ["plain", "input", "transition", "output", "stacked", "together"]
    for name in ("input_layers", "output_layers", "stacked"):
        tell(app.controls, "set", name=name, value=0)
    assert list(chapter.lanes) == ["plain", "transition"]
    tell(app.controls, "set", name="transition_layers", value=0)
    assert list(chapter.lanes) == ["plain"]
    assert not app.bridge.notices


def test_an_epoch_is_that_of_the_core(app):
    epoch(app)
    state = app.chapter.state
    for key, ways in {"plain": Deepening(), "together": state.ways}.items():
        trainer = Trainer(state.network_spec(ways), state.data_spec(), state.train_spec())
        trainer.step_epoch()
        assert (trainer.network.parameters == app.chapter.contest.lanes[key].network.parameters
                ).all()  # fmt: skip
        row = next(row for row in app.chapter.table.rows if row["key"] == key)
        assert row["values"][-2:] == list(vars(trainer.scores()[1]).values())


def test_every_number_of_the_table_opens_to_itself(app):
    epoch(app)
    chapter = app.chapter
    for row in chapter.table.rows:
        for column, value in enumerate(row["values"]):
            tell(chapter.table, "open", row=row["key"], column=column)
            opened = app.arithmetic.trail[0]
            assert opened["result"] == value
            assert [row["key"], column] in chapter.table.highlight


@pytest.mark.parametrize("task", ["parity", "echo", "sine"])
def test_every_answer_opens_to_itself(app, task):
    app.chapter.apply({"task": task, "sample": 3})
    epoch(app)
    answers = app.chapter.answers
    for row, values in enumerate(answers.values):
        for column, value in enumerate(values):
            if value is not None:
                tell(answers, "open", row=row, column=column)
                assert app.arithmetic.trail[0]["result"] == pytest.approx(value, abs=1e-12)


def test_echo_leaves_out_the_steps_that_do_not_count(app):
    app.chapter.apply({"task": "echo"})
    answers = app.chapter.answers.values
    assert answers[1][:5] == [None] * 5
    assert answers[1][5:] == answers[0][:3]


def test_every_dot_opens_a_number_of_its_layer(app):
    chapter = app.chapter
    chapter.apply({"transition_layers": 2, "shortcut": True})
    chapter.choose("together")
    for at in range(3 * len(chapter.plan.levels)):
        chapter.picture.on_dot(at)
        assert app.arithmetic.trail[0]["ref"]["tensor"] == chapter.plan.levels[at // 3].tensor


def test_the_bold_path_is_the_shortest_one(app):
    chapter = app.chapter
    chapter.apply({"transition_layers": 2, "shortcut": True})
    for key, lane in chapter.lanes.items():
        chapter.choose(key)
        lit = [tone for tone in chapter.picture.dots.data["line"]]
        curves = {"transition", "state", "input layer", "output layer"}
        names = [level.name for level in chapter.plan.levels for _ in range(3)]
        accent = lit[0]  # the first input is where the path starts
        count = sum(hue == accent and name in curves
                    for hue, name in zip(lit, names, strict=True))  # fmt: skip
        assert count == path_lengths(lane.network).shortest(2)


def test_all_lanes_learn_in_step_and_stop_at_the_end(app):
    chapter = app.chapter
    chapter.contest.max_epochs = 3

    async def train():
        tell(app.transport, "play")
        while app.transport.running:
            await asyncio.sleep(0.01)

    asyncio.run(train())
    assert {trainer.epoch for trainer in chapter.contest.lanes.values()} == {3}
    assert [len(values) for values in chapter.curves.curves.data["ys"]] == [4] * 6
    assert app.transport.message == "All epochs are done."
    tell(app.transport, "reset")
    assert {trainer.epoch for trainer in chapter.contest.lanes.values()} == {0}


def test_a_change_that_is_only_looked_at_does_not_start_again(app):
    epoch(app)
    tell(app.controls, "set", name="sample", value=9)
    assert app.chapter.contest.epoch == 1
    tell(app.controls, "set", name="hidden", value=5)
    assert app.chapter.contest.epoch == 0


def test_divergence_is_said_and_the_others_go_on(app):
    chapter = app.chapter
    chapter.contest.lanes["plain"].network.parameters[:] = np.nan
    epoch(app)
    epoch(app)
    row = chapter.table.rows[0]
    assert row["state"] == "failed"
    assert row["detail"]
    assert chapter.contest.lanes["input"].epoch == 2
    assert not app.bridge.notices


def test_the_state_bounds_what_can_be():
    state = DeepState()
    with pytest.raises(ValueError, match="stacked"):
        state.apply({"stacked": 9})
