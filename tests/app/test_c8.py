"""C8 without a page: training in slices, what is shown of it, and numbers that open."""

import asyncio
import base64

import numpy as np
import pytest

from app.playground.chapters.cnn_state import LearnState
from core.training import Trainer
from tests.app.helpers import tell

QUICK = "samples=200&seed=3"


def layers(app):
    return {layer["path"]: layer for layer in app.chapter.stage.maps.layers}


def counter(app, label):
    return next(c["value"] for c in app.transport.counters if c["label"] == label)


async def settled(app):
    session = app.chapter.session
    while session.running or not session.is_settled:
        await asyncio.sleep(0)


def train(app, epochs=1):
    async def act():
        for _ in range(epochs):
            tell(app.transport, "step", id="epoch")
            await settled(app)

    asyncio.run(act())


def test_an_epoch_in_slices_is_the_trainer_s(open_app):
    app = open_app(f"?chapter=c8&{QUICK}")
    train(app, 3)
    state = LearnState(samples=200, seed=3)
    trainer = Trainer(state.network_spec(), state.data_spec(), state.train_spec())
    for _ in range(3):
        trainer.step_epoch()
    snapshot = app.chapter.session.snapshot
    assert snapshot.epoch == 3
    assert snapshot.batch == 0
    assert (snapshot.parameters == trainer.network.parameters).all()
    assert snapshot.test.metric == trainer.snapshot().test.metric
    assert counter(app, "test right") == f"{100 * snapshot.test.metric:.1f} %"
    assert counter(app, "scored at step") == str(snapshot.step)


def test_it_learns_and_pauses_and_goes_on(open_app):
    app = open_app("?chapter=c8&samples=600")
    session = app.chapter.session

    async def act():
        tell(app.transport, "play")
        assert app.transport.running
        while session.snapshot.step < 60:
            await asyncio.sleep(0)
        tell(app.transport, "pause")
        paused = session.snapshot.step
        await settled(app)
        assert session.snapshot.step == paused == session.scores.step
        tell(app.transport, "play")
        while session.snapshot.step < 400:
            await asyncio.sleep(0)
        tell(app.transport, "pause")
        await settled(app)

    asyncio.run(act())
    assert session.snapshot.test.metric > 0.8
    assert session.trained_s > 0
    tell(app.transport, "reset")
    assert session.snapshot.step == 0
    assert session.trained_s == 0


def test_the_maps_are_the_layers_and_the_kernels_change(open_app):
    app = open_app(f"?chapter=c8&{QUICK}")
    trace = app.chapter.trace
    shown = layers(app)
    for path, layer in shown.items():
        if path in ("input", "prediction"):
            continue
        values = trace.output(path)[0].ravel()
        bytes_ = np.frombuffer(base64.b64decode(layer["pixels"]), np.uint8)
        expected = np.rint(128 + 127 * values / np.abs(values).max())
        assert (bytes_[: values.size] == expected).all()
    before = app.chapter.stage.kernels.layers
    train(app)
    assert app.chapter.stage.kernels.layers != before
    assert layers(app) != shown


def test_the_picture_is_the_chosen_one_and_stays_in_the_address(open_app):
    app = open_app(f"?chapter=c8&{QUICK}&look=training&sample=7")
    trainer = app.chapter.session.engine.trainer
    assert (app.chapter.trace.inputs[0] == trainer.train_x[6]).all()
    tell(app.controls, "set", name="look", value="test")
    assert (app.chapter.trace.inputs[0] == trainer.test_x[0]).all()
    tell(app.controls, "set", name="sample", value=100)
    assert app.chapter.pictures.number == len(trainer.test_x) - 1
    assert "sample=100" in app.bridge.address


@pytest.mark.parametrize("query", [
    "", "net=lenet5&samples=60&layer=3&map=9&from=4", "layer=7&map=20", "layer=9&map=4",
    "layer=2&map=3&pool=max&act=relu", "net=resnet8_32x32&samples=50&layer=3.0.1&map=3",
    "net=googlenet_32x32&samples=50&layer=3&map=9", "net=vgg_32x32&samples=50&layer=2",
])  # fmt: skip
def test_a_unit_opens_down_to_the_pixels(open_app, query):
    app = open_app(f"?chapter=c8&{query}")
    assert app.bridge.notices == []
    follow(app, {"x"})


def follow(app, ends):
    """Open the first number of each explanation, until one that comes from nothing."""
    for _ in range(60):
        shown = app.arithmetic.trail[-1]
        if shown["kind"] == "given":
            assert shown["symbol"][0] in ends
            return
        if shown["kind"] == "sum":
            total = sum(term["value"] for term in shown["terms"])
            assert total == pytest.approx(shown["result"], abs=1e-9)
        factors = [f for term in shown["terms"] for f in term["factors"]] + shown["arguments"]
        refs = [f["ref"] for f in factors if f["ref"] and not f["ref"]["tensor"].endswith(
            ("weight", "bias", "mean", "var"))]  # fmt: skip
        app.arithmetic.receive({"type": "open", "ref": refs[0]})
    raise AssertionError("it never ends")


def test_a_weight_opens_as_its_next_value_and_can_be_typed(open_app):
    app = open_app(f"?chapter=c8&{QUICK}&net=resnet8_32x32&samples=60&batch=4")
    tell(app.chapter.stage.grids.weights.grid, "open", row=1, column=1)
    shown = app.arithmetic.trail[-1]
    assert shown["ref"]["tensor"] == "batch/update.layers.0.weight"
    tell(app.transport, "step", id="batch")
    weight = app.chapter.session.engine.trainer.network.view("layers.0.weight")
    assert shown["result"] == pytest.approx(weight[0, 0, 1, 1], rel=1e-5)
    tell(app.chapter.stage.grids.weights.grid, "edit", row=1, column=1, value=0.5)
    assert weight[0, 0, 1, 1] == 0.5
    assert app.chapter.stage.grids.weights.grid.values[1][1] == 0.5


def test_tiles_and_kernels_choose_what_is_looked_at(open_app):
    app = open_app(f"?chapter=c8&{QUICK}")
    choose = app.chapter.stage.maps.receive
    choose({"type": "choose", "path": "3", "channel": 11, "row": 1, "column": 0})
    assert app.arithmetic.trail[-1]["symbol"] == "y⁽³⁾[12, 2, 1]"
    assert "layer=3&map=12&at=2~1" in app.bridge.address
    choose({"type": "choose", "path": "7", "channel": 0, "row": 1, "column": 3})
    assert app.arithmetic.trail[-1]["symbol"] == "y⁽⁷⁾[20]"
    choose({"type": "choose", "path": "0", "channel": 2, "row": None, "column": None})
    assert app.arithmetic.trail[-1]["symbol"] == "y⁽⁰⁾[3, 2, 1]"
    choose({"type": "choose", "path": "prediction", "channel": 4, "row": None, "column": None})
    assert app.arithmetic.trail[-1]["symbol"] == "p₅"
    tell(app.chapter.stage.grids.out.grid, "open", row=0, column=0)
    assert app.arithmetic.trail[-1]["symbol"] == "y⁽⁰⁾[3, 1, 1]"
    assert app.chapter.stage.grids.out.grid.highlight == [[0, 0]]


def test_the_confusion_matrix_is_the_accuracy_and_opens_into_pictures(open_app):
    app = open_app(f"?chapter=c8&{QUICK}")
    train(app)
    stage, session = app.chapter.stage, app.chapter.session
    counts = np.array(stage.confusion.grid.values)
    assert np.trace(counts) / counts.sum() == session.snapshot.test.metric
    wrong = counts - np.diag(np.diag(counts))
    row, column = np.unravel_index(wrong.argmax(), wrong.shape)
    tell(stage.confusion.grid, "open", row=row, column=column)
    assert len(stage.gallery.items) == min(wrong.max(), 12)
    assert all(item["label"] == f"{row} taken for {column}" for item in stage.gallery.items)
    tell(stage.gallery, "open", index=0)
    trainer = session.engine.trainer
    assert trainer.test_y[app.chapter.pictures.number] == row
    assert stage.gallery.chosen == 0


def test_what_an_address_says_wrongly_is_said(open_app):
    app = open_app("?chapter=c8&layer=3.0.1")
    assert "no layer '3.0.1' with" in app.bridge.notices[0]["text"]
    assert app.chapter.state.path == "0"
    app = open_app("?chapter=c8&off=0u7")
    assert "units 1 to 6, not 7" in app.bridge.notices[0]["text"]
    app = open_app("?chapter=c8&net=alexnet")
    assert "it must be one of lenet5" in app.bridge.notices[0]["text"]


def test_trained_weights_come_back_after_python_stopped(open_app):
    app = open_app(f"?chapter=c8&{QUICK}")
    train(app)
    app.save()
    parameters = app.chapter.session.snapshot.parameters
    again = open_app(f"?chapter=c8&{QUICK}", app.bridge.checkpoint)
    assert (again.chapter.session.snapshot.parameters == parameters).all()
    assert "before Python stopped" in again.bridge.notices[0]["text"]
