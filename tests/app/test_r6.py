"""R6 without a page: lengths of gradients through time, clipping, and runs at several lengths."""

import asyncio

import numpy as np
import pytest

from app.playground.chapters.sequences import length_sweep
from app.playground.chapters.sequences.length_sweep import Sweep
from app.playground.chapters.sequences.norm_tables import fate
from core.spectrum import blocks, spectral_radius
from tests.app.helpers import tell


def press(app, name, value):
    app.controls.receive({"type": "set", "name": name, "value": value})


def row(table, cell):
    return next(row["values"] for row in table.rows if row["key"] == cell)


def text(app, block):
    return app.stage.blocks[block]["text"]


def test_lengths_are_those_of_the_gradients_and_open(open_app):
    app = open_app("?chapter=r6")
    chapter = app.chapter
    for index, cell in enumerate(("rnn", "lstm", "gru")):
        assert chapter.norms[cell][-1] == pytest.approx(1)  # what was given
        drawn = chapter.figure.lines[cell.upper()].data["y"]
        np.testing.assert_array_equal(drawn, chapter.norms[cell])
        tell(chapter.tables.grid, "open", row=index, column=4)
        opened = app.arithmetic.trail[-1]
        assert opened["result"] == chapter.norms[cell][4]
        assert len(opened["arguments"]) == 8
        assert chapter.tables.grid.highlight[0] == [index, 4]
    assert "step=5" in app.bridge.address
    chapter.figure.on_move(9)
    assert app.arithmetic.trail[-1]["result"] == chapter.norms["gru"][9]


def test_without_input_a_plain_cell_loses_its_radius_at_each_step(open_app):
    """A matrix with one leading eigenvalue: the ratio of two early steps is its size."""
    app = open_app("?chapter=r6&drive=0.0&steps=100&radius=0.7")
    norms = app.chapter.norms["rnn"]
    assert (norms[0] / norms[40]) ** (1 / 40) == pytest.approx(0.7, abs=0.02)
    press(app, "radius", 1.3)
    for matrix in blocks(app.chapter.traces["lstm"].network, "0"):
        assert spectral_radius(matrix) == pytest.approx(1.3)
    assert row(app.chapter.tables.fates, "rnn")[3].startswith("explodes: ×")
    assert "|λ| of the RNN's matrix: 1.3" in text(app, 1)


def test_a_forget_gate_near_one_lets_the_gradient_last(open_app):
    app = open_app("?chapter=r6&forget_bias=6.0")
    assert row(app.chapter.tables.fates, "lstm")[3].startswith("lasts")
    press(app, "forget_bias", -2.0)
    assert row(app.chapter.tables.fates, "lstm")[3].startswith("vanishes: ÷")


@pytest.mark.parametrize(("first", "last", "words"), [
    (1e-9, 1.0, "vanishes: ÷ 1e+09"), (5e4, 1.0, "explodes: × 5e+04"), (0.5, 1.0, "lasts: × 0.5"),
    (0.0, 1.0, "vanishes wholly"), (np.inf, 1.0, "overflows"), (np.nan, 1.0, "overflows"),
])  # fmt: skip
def test_fates_are_named_by_numbers(first, last, words):
    assert fate(first, last) == words


@pytest.mark.parametrize(("clip", "angle"), [("norm", "0.0°"), ("value", None)])
def test_clipping(open_app, clip, angle):
    app = open_app(f"?chapter=r6&activation=relu&radius=3.0&clip={clip}&limit=0.5")
    before, after, turned = row(app.chapter.tables.clipping, "rnn")
    trace = app.chapter.traces["rnn"]
    assert float(before) == pytest.approx(np.linalg.norm(trace.gradients), rel=0.01)
    assert float(after) == pytest.approx(np.linalg.norm(trace.clipped), rel=0.01)
    assert turned == angle if angle else float(turned[:-1]) > 5
    tell(app.chapter.tables.clipping, "open", row="rnn", column=1)
    opened = app.arithmetic.trail[-1]
    assert opened["result"] == pytest.approx(np.linalg.norm(trace.clipped))
    app.chapter.follow({"type": "open", "ref": opened["arguments"][0]["ref"]})
    assert app.arithmetic.trail[-1]["symbol"] == "‖∂L/∂θ‖"
    count = sum(int((np.abs(t.gradients) > 0.5).sum()) for t in app.chapter.traces.values())
    assert f"{count} of" in text(app, 3) if clip == "value" else "stays" in text(app, 3)


def run(app, enough):
    """Play until `enough` says so."""

    async def wait():
        app.transport.receive({"type": "play"})
        while app.transport.running and not enough():
            await asyncio.sleep(0)
        app.transport.receive({"type": "pause"})

    asyncio.run(wait())


def test_runs_go_on_where_they_were_paused_and_are_kept(open_app, monkeypatch):
    monkeypatch.setattr(length_sweep, "LENGTHS", (4, 8))
    monkeypatch.setattr(length_sweep, "SLICE_S", 0)  # a batch at a time
    app = open_app("?chapter=r6")
    sweep = app.chapter.sweep
    run(app, lambda: sweep.learner and sweep.learner.trainer.step_count > 3)
    assert "RNN at T = 4: run 1 of" in app.transport.message
    steps = sweep.learner.trainer.step_count
    run(app, lambda: len(sweep.results) > 1)
    assert sweep.results["rnn", 4].trainer.step_count > steps
    assert sweep.results["rnn", 4].solved
    values = row(app.chapter.runs, "rnn")
    assert values[0] >= 0.99
    assert values[-1] == 4
    app.chapter._run_told({"type": "open", "row": "rnn", "column": 0})
    opened = app.arithmetic.trail[-1]
    assert opened["result"] == values[0]
    assert f"learned after {sweep.results['rnn', 4].solved} batches" in opened["note"]
    app.transport.receive({"type": "reset"})
    assert app.chapter.sweep.results == {}
    assert app.transport.progress == {}


def test_one_run_at_a_time_and_the_seed_starts_anew(open_app):
    app = open_app("?chapter=r6")

    async def step():
        app.transport.receive({"type": "step", "id": "next"})
        while app.transport.running:
            await asyncio.sleep(0)

    asyncio.run(step())
    assert list(app.chapter.sweep.results) == [("rnn", 4)]
    first = app.chapter.sweep.results["rnn", 4].solved
    press(app, "seed", 1)
    assert app.chapter.sweep.results == {}
    press(app, "seed", 0)
    asyncio.run(step())
    assert app.chapter.sweep.results["rnn", 4].solved == first


def test_a_plain_cell_fails_where_gated_ones_still_learn():
    sweep = Sweep(0)
    for cell, learns in (("rnn", False), ("lstm", True), ("gru", True)):
        learner = sweep._learner(cell, 16)
        while not learner.is_done:
            learner.advance(50)
        assert bool(learner.solved) == learns


@pytest.mark.parametrize("query", [
    "?chapter=r6&steps=2&hidden=2", "?chapter=r6&steps=100&hidden=32&step=100",
    "?chapter=r6&activation=relu&radius=0.05", "?chapter=r6&drive=0.0&steps=100&radius=3.0",
])  # fmt: skip
def test_extremes_show_something(open_app, query):
    app = open_app(query)
    assert app.bridge.notices == []
    assert app.arithmetic.trail
    assert len(app.chapter.tables.fates.rows) == 3
