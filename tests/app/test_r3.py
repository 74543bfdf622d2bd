"""R3 without a page: which answers there are and which count, and that each task is learnt."""

import numpy as np
import pytest

from app.playground.chapters.sequences.shape_state import TASKS
from tests.app.helpers import tell

# By task, for sequences of six steps: those with an input, with an answer, and that count.
EVERY, LAST = list(range(6)), [5]
THERE = {
    "wave": ([0], EVERY, EVERY), "last": (EVERY, LAST, LAST), "adding": (EVERY, LAST, LAST),
    "parity": (EVERY, EVERY, EVERY), "echo": (EVERY, EVERY, [2, 3, 4, 5]),
    "copy": (EVERY, EVERY, [4, 5]),
}  # fmt: skip


def opened(app, task, **choices):
    app = app(f"?chapter=r3&task={task}&" + "&".join(f"{k}={v}" for k, v in choices.items()))
    assert app.bridge.notices == []
    return app


def steps_with(app, row):
    return [t for t, step in enumerate(app.chapter.picture.steps) if row in step["boxes"]]


@pytest.mark.parametrize("task", TASKS)
def test_what_there_is_and_what_counts(open_app, task):
    app = opened(open_app, task, steps=6)
    inputs, answers, counted = THERE[task]
    assert steps_with(app, "x") == inputs
    assert steps_with(app, "h") == EVERY
    assert steps_with(app, "y") == answers
    assert steps_with(app, "target") == counted
    boxes = [step["boxes"].get("y") for step in app.chapter.picture.steps]
    masked = [t for t, box in enumerate(boxes) if box and box["mark"] == "uncounted"]
    assert masked == [t for t in answers if t not in counted]
    losses = enumerate(app.chapter.table.grid.values[2])
    assert [t for t, value in losses if value is not None] == counted
    assert f"{len(counted)} of 6 answers count." in app.stage.blocks[1]["text"]


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("task", TASKS)
def test_every_number_opens_as_what_it_shows(open_app, task, cell):
    app = opened(open_app, task, steps=5, cell=cell, hidden=3)
    for t, step in enumerate(app.chapter.picture.steps):
        for row, box in step["boxes"].items():
            for unit, shown in enumerate(box["cells"]):
                tell(app.chapter.picture, "open", row=row, step=t, unit=unit)
                assert [row, t, unit] in app.chapter.picture.lit
                if not isinstance(shown["value"], str):
                    assert app.arithmetic.trail[-1]["result"] == pytest.approx(shown["value"])
    for row, values in enumerate(app.chapter.table.grid.values):
        for column, value in enumerate(values):
            if isinstance(value, float):
                tell(app.chapter.table.grid, "open", row=row, column=column)
                assert app.arithmetic.trail[-1]["result"] == value
                assert [row, column] in app.chapter.table.grid.highlight


def test_the_loss_is_the_mean_over_the_steps_that_count(open_app):
    app = opened(open_app, "echo", steps=6)
    trace = app.chapter.trace
    losses = [value for value in app.chapter.table.grid.values[2] if value is not None]
    assert trace.losses[0].sum() == pytest.approx(sum(losses))
    probabilities = trace.loss.predict(trace.outputs[-1])[0]
    wanted = [probabilities[t, trace.targets[0, t]] for t in range(2, 6)]
    np.testing.assert_allclose(losses, -np.log(wanted), rtol=1e-5)


@pytest.mark.parametrize("task", TASKS)
def test_each_task_is_learnt(open_app, task):
    app = open_app("?chapter=r3")
    tell(app.controls, "set", name="task", value=task)
    for _ in range(60):
        tell(app.transport, "step", id="epoch")
        if app.transport.message:
            break
    assert app.transport.message.startswith("Learnt")
    marks = [step["boxes"]["y"]["mark"] for step in app.chapter.picture.steps
             if "target" in step["boxes"]]  # fmt: skip
    assert set(marks) == ({"right"} if TASKS[task].loss != "mse" else {""})


def test_another_sample_or_step_goes_on_training_and_another_length_starts_afresh(open_app):
    app = opened(open_app, "parity")
    tell(app.transport, "step", id="batch")
    tell(app.controls, "set", name="sample", value=7)
    tell(app.chapter.picture, "go", step=4)
    tell(app.controls, "set", name="rate", value=0.05)
    assert app.chapter.session.snapshot.step == 1
    assert (app.chapter.picture.current, app.chapter.state.sample) == (4, 7)
    assert app.arithmetic.trail[-1]["title"].endswith("at step 5")
    before = app.chapter.session.snapshot.train.loss
    tell(app.controls, "set", name="length", value=12)
    assert app.chapter.session.snapshot.step == 0
    assert len(app.chapter.picture.steps) == 12
    assert app.stage.blocks[1]["wide"]
    tell(app.controls, "press", name="new_seed")
    assert app.chapter.session.snapshot.train.loss != before


def test_a_rate_that_is_too_large_says_what_happened(open_app):
    app = opened(open_app, "wave", rate=1)
    for _ in range(20):
        tell(app.transport, "step", id="epoch")
    assert app.bridge.notices == []
    assert "Learnt" not in app.transport.message


def test_training_is_undone_and_done_again(open_app):
    app = opened(open_app, "parity")
    start = app.chapter.table.grid.values
    tell(app.transport, "step", id="epoch")
    trained = app.chapter.table.grid.values
    assert trained != start
    tell(app.transport, "undo")
    assert app.chapter.table.grid.values == start
    tell(app.transport, "redo")
    assert app.chapter.table.grid.values == trained
    tell(app.controls, "set", name="task", value="wave")
    tell(app.transport, "undo")
    assert app.chapter.state.task == "parity"
    assert app.chapter.table.grid.values == trained
