"""A7 without a page: races of optimizers and of batch sizes, a sweep of learning rates."""

import numpy as np
import pytest

from app.playground.chapters.neurons.landscape_state import FLAT
from core.optimizers import OPTIMIZERS
from tests.app.helpers import tell


def test_all_lanes_begin_at_the_start_and_the_least_loss_is_named(open_app):
    app = open_app("?chapter=a7&steps=0")
    losses = [row[2] for row in app.chapter.table.grid.values]
    assert len(losses) == len(OPTIMIZERS)
    assert len(set(losses)) == 1
    tell(app.transport, "step", id="ten")
    losses = [row[2] for row in app.chapter.table.grid.values]
    best = app.chapter.state.labels[int(np.argmin(losses))]
    assert app.stage.blocks[1]["text"].endswith(f": {best}.")
    xs = app.chapter.contours.paths.data["xs"]
    assert {path[0] for path in xs} == {app.chapter.state.w[4]}
    assert all(len(path) == 11 for path in xs)


@pytest.mark.parametrize("race", ["optimizers", "batches"])
def test_the_next_step_goes_where_the_table_says(open_app, race):
    app = open_app(f"?chapter=a7&race={race}&steps=4&size=mini&optimizer=adam")
    ahead = [row[3:] for row in app.chapter.table.grid.values]
    tell(app.transport, "step", id="next")
    here = [row[:2] for row in app.chapter.table.grid.values]
    np.testing.assert_allclose(here, ahead, rtol=1e-9)


def test_every_number_opens_to_what_its_cell_shows(open_app):
    app = open_app("?chapter=a7&race=batches&steps=5")
    for i, row in enumerate(app.chapter.table.grid.values):
        for j, value in enumerate(row):
            tell(app.chapter.table.grid, "open", row=i, column=j)
            assert app.arithmetic.trail[-1]["result"] == value
            assert [i, j] in app.chapter.table.grid.highlight


def test_batches_are_counted_in_samples_and_epochs(open_app):
    app = open_app("?chapter=a7&race=batches&steps=10&mini=3")
    assert app.chapter.state.labels == ["One sample", "Mini-batch of 3", "All 8 samples"]
    assert "10, 30, 80. An epoch is 8." in app.stage.blocks[2]["text"]
    before = app.chapter.race.path.copy()
    tell(app.controls, "set", name="seed", value=1)
    after = app.chapter.race.path
    assert not np.array_equal(before[:, 0], after[:, 0])
    np.testing.assert_array_equal(before[:, 2], after[:, 2])


def test_divergence_is_named_with_its_lane(open_app):
    app = open_app("?chapter=a7")
    assert app.chapter.findings.items == []
    assert app.transport.message == ""
    tell(app.controls, "set", name="rate", value=1.5)
    assert app.chapter.findings.items[0]["title"].startswith("Gradient descent: ")
    assert "Diverging: Gradient descent" in app.transport.message
    assert "smaller" in app.chapter.findings.items[0]["remedy"]


def test_the_sweep_foretells_where_descent_diverges(open_app):
    app = open_app("?chapter=a7")
    sweep = app.chapter.sweep
    assert f"{sweep.best:.2g}" in app.stage.blocks[3]["text"]
    assert f"From {sweep.edge:.2g} on" in app.stage.blocks[3]["text"]
    below = sweep.rates[sweep.rates < sweep.edge][-1]
    for rate, diverges in ((below, False), (sweep.edge, True)):
        app.chapter.apply({"rate": float(rate), "steps": 50})
        assert (app.chapter.race.trouble(0) is not None) == diverges
    app.chapter.rates.on_move(0.25)
    assert app.chapter.state.rate == 0.25
    assert "rate=0.25" in app.bridge.address


def test_the_sweep_is_of_the_chosen_lane(open_app):
    app = open_app("?chapter=a7")
    descent = app.chapter.sweep
    tell(app.controls, "set", name="lane", value=4)
    assert app.stage.blocks[3]["text"].startswith("Adam, 50 steps")
    assert not np.array_equal(app.chapter.sweep.losses, descent.losses, equal_nan=True)
    tell(app.controls, "set", name="race", value="batches")
    assert app.stage.blocks[3]["text"].startswith("All 8 samples")


def test_moving_the_start_races_anew(open_app):
    app = open_app("?chapter=a7&steps=12")
    app.chapter.contours.on_move(3.0, -2.0)
    assert app.chapter.race.num_steps == 12
    np.testing.assert_array_equal(app.chapter.race.path[0][:, [FLAT["w5"], FLAT["w6"]]],
                                  [[3.0, -2.0]] * 4)  # fmt: skip
    tell(app.controls, "set", name="w5", value=-1.0)
    assert app.chapter.state.w[4] == -1.0


def test_fewer_samples_and_batches_that_take_all_of_them(open_app):
    app = open_app("?chapter=a7&race=batches&mini=7")
    tell(app.controls, "set", name="samples", value=2)
    assert len(app.chapter.samples.grid.values) == 3
    assert app.chapter.state.labels[1:] == ["Mini-batch of 2", "All 2 samples"]
    assert app.chapter.table.grid.values[1] == app.chapter.table.grid.values[2]


def test_one_parameter_cannot_be_drawn_both_ways(open_app):
    app = open_app("?chapter=a7&first=w1&second=w1")
    assert "choose two different ones" in app.bridge.notices[0]["text"]
    assert app.chapter.state.drawn == ("w5", "w6")
