"""Going back through a run of the playground: all as it was, and on from there as it went."""

import numpy as np
import pytest

from app.playground.chapters.neurons.mlp_readings import SPARK_POINTS
from app.playground.chapters.neurons.moments import LIMIT, Moments
from core.spec import DataSpec, TrainSpec, mlp
from core.training import Trainer
from tests.app.helpers import tell


def train(app, epochs):
    for _ in range(epochs):
        tell(app.transport, "step", id="epoch")
    return app.chapter.session.snapshot


def shown(app):
    """Everything that the page shows of the network."""
    chapter = app.chapter
    return [app.transport.counters, chapter.weights.grid.values, chapter.sample.grid.values,
            chapter.confusion.grid.values, app.arithmetic.trail,
            [p.tolist() for p in chapter.pictures.diagram.images.data["image"]],
            chapter.pictures.plane.image.data["image"][0].tolist()]  # fmt: skip


@pytest.mark.parametrize("chapter", ["a8&optimizer=adam", "a9"])
def test_every_picture_and_number_is_as_it_was_and_training_goes_on_as_it_did(open_app, chapter):
    app = open_app(f"?chapter={chapter}")
    tell(app.chapter.weights.grid, "open", row=0, column=0)
    seen = [shown(app)]
    for _ in range(5):
        train(app, 1)
        seen.append(shown(app))
    last = app.chapter.session.snapshot
    for index in (0, 3, 5, 2):
        tell(app.transport, "time", index=index)
        assert app.transport.time["at"] == index
        assert app.transport.history["at"] == index * app.chapter.session.snapshot.num_batches
        assert app.transport.history["x"][-1] == last.step
        assert shown(app) == seen[index]
    assert "Training goes on from here" in app.transport.message
    for index in (3, 4, 5):
        train(app, 1)
        assert shown(app) == seen[index]
        assert app.transport.time["count"] == index + 1
    np.testing.assert_array_equal(app.chapter.session.snapshot.parameters, last.parameters)


def test_a_weight_opened_in_the_past_is_updated_as_it_was(open_app):
    app = open_app("?chapter=a8")
    train(app, 3)
    tell(app.transport, "time", index=1)
    tell(app.chapter.weights.grid, "open", row=1, column=1)
    promised = app.arithmetic.trail[-1]["result"]
    tell(app.transport, "step", id="batch")
    assert app.chapter.weights.grid.values[1][1] == pytest.approx(promised, rel=1e-12)


def test_the_rate_of_then_comes_back_and_a_change_makes_another_future(open_app):
    app = open_app("?chapter=a8")
    train(app, 2)
    tell(app.controls, "set", name="rate", value=0.5)
    train(app, 2)
    tell(app.transport, "time", index=1)
    assert app.chapter.state.rate == 0.03
    assert "rate" not in app.bridge.address
    tell(app.transport, "time", index=4)
    assert app.chapter.state.rate == 0.5
    tell(app.transport, "time", index=1)
    tell(app.chapter.weights.grid, "edit", row=0, column=0, value=1.0)
    assert app.transport.time["count"] == 2


def test_a_drag_through_time_is_one_step_and_undoing_brings_back_the_future(open_app):
    app = open_app("?chapter=a8")
    last = train(app, 4)
    tell(app.bridge, "gesture")
    for index in (3, 2, 1):
        tell(app.transport, "time", index=index)
    assert app.transport.undo == "to step 20"
    tell(app.bridge, "gesture")
    train(app, 1)
    tell(app.transport, "undo")
    tell(app.transport, "undo")
    assert app.chapter.session.snapshot is last
    assert app.transport.time["count"] == 5


def test_neurons_that_were_off_then_are_off_again(open_app):
    app = open_app("?chapter=a8")
    train(app, 1)
    before = shown(app)
    tell(app.controls, "set", name="off", value=["1.2"])
    assert app.chapter.state.off == ["1.2"]
    train(app, 2)
    tell(app.transport, "time", index=0)
    assert app.chapter.state.off == []
    train(app, 1)
    assert shown(app)[:2] == before[:2]
    assert app.bridge.notices == []


def test_moments_are_bounded_and_thin_out_towards_the_start():
    trainer = Trainer(mlp(2, (2,), 1, "tanh", "tanh"), DataSpec(num_samples=20), TrainSpec())
    moments = Moments()
    for _ in range(5 * LIMIT):
        moments = moments.seen(trainer.snapshot(), {})
        trainer.step()
    steps = [m.snapshot.step for m in moments.kept]
    assert len(steps) <= LIMIT
    assert (steps[0], steps[-1]) == (0, 5 * LIMIT - 1)
    gaps = np.diff(steps)
    assert gaps[-1] == 1
    assert gaps[0] > 8


def test_the_small_curve_of_a_long_run_is_short_and_has_both_ends(open_app):
    app = open_app("?chapter=a8&samples=20")
    first = app.transport.history["series"][0]["values"][0]
    last = train(app, SPARK_POINTS + 50)
    shown = app.transport.history
    assert len(shown["x"]) == SPARK_POINTS
    assert (shown["x"][0], shown["x"][-1]) == (0, last.step)
    assert shown["series"][0]["values"][0] == first
    assert shown["series"][0]["values"][-1] == last.train.loss
