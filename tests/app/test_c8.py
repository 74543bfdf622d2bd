"""C8 without a page: training in slices, what is shown of it, and numbers that open."""

import asyncio
import base64
import re

import numpy as np
import pytest

from app.playground.chapters.images.cnn_state import LearnState
from core.data.idx import write_idx
from core.training import Trainer
from tests.app.helpers import follow_link, tell

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


def draw(app, cells):
    app.chapter.pictures.pad.show(cells.astype(np.uint8).tobytes())
    tell(app.chapter.pictures.pad, "draw")


def test_a_drawing_comes_in_as_the_digits_did_and_stays_in_the_address(open_app):
    app = open_app(f"?chapter=c8&{QUICK}&look=drawn")
    assert "while you draw" in app.stage.blocks[1]["text"]
    assert not app.chapter.trace.inputs.any()
    tell(app.controls, "set", name="look", value="test")
    cells = np.zeros((32, 32))
    cells[3:27, 20:24] = 1
    draw(app, cells)
    expected = np.zeros((8, 8))
    expected[:, 3] = expected[:, 4] = 2 / 3  # 24 rows fill 8, so 4 columns fill 4/3 of one
    assert app.chapter.trace.inputs[0, 0] == pytest.approx(expected)
    again = open_app(app.bridge.address)
    assert (again.chapter.trace.inputs == app.chapter.trace.inputs).all()
    assert (np.frombuffer(again.chapter.pictures.pad.cells, np.uint8) == cells.ravel()).all()
    follow(app, {"x"})
    tell(app.controls, "set", name="net", value="lenet5")
    assert app.chapter.trace.inputs.shape == (1, 1, 28, 28)
    assert not app.chapter.trace.inputs[..., :4, :].any()


def test_the_shelf_opens_its_small_networks_here(open_app):
    app = open_app("?chapter=c9&net=resnet8_32x32")
    link = app.chapter.facts.items[0]
    assert link["href"].startswith("?chapter=c8&")
    follow_link(app, link["href"])
    assert app.chapter.id == "c8"
    assert app.chapter.session.snapshot.network_spec.input_shape == (1, 32, 32)
    assert app.bridge.notices == []
    app.navigate("?chapter=c9&net=vgg16")
    assert all("href" not in item for item in app.chapter.facts.items)


def test_a_unit_switched_off_changes_what_follows_and_the_scores(open_app):
    app = open_app(f"?chapter=c8&{QUICK}&layer=0&map=2")
    train(app, 4)
    before, parameters = layers(app), app.chapter.session.snapshot.parameters
    tell(app.controls, "set", name="is_off", value=True)
    assert "off=0u2" in app.bridge.address
    after, trace = layers(app), app.chapter.trace
    assert after["0"]["off"] == [1]
    assert not trace.output("0")[0, 1].any()
    assert after["3"]["pixels"] != before["3"]["pixels"]
    session = app.chapter.session
    network = session.snapshot.network()
    network.view("layers.0.weight")[1] = network.view("layers.0.bias")[1] = 0
    trainer = session.engine.trainer
    right = (network.forward(trainer.test_x).argmax(1) == trainer.test_y).mean()
    assert counter(app, "right without") == f"{100 * right:.1f} %"
    assert np.trace(app.chapter.stage.confusion.grid.values) == round(right * len(trainer.test_y))
    assert (session.snapshot.parameters == parameters).all()
    tell(app.controls, "press", name="all_on")
    assert layers(app) == before
    assert [c["label"] for c in app.transport.counters][-1] == "scored at step"


def test_a_pool_has_nothing_to_switch_off(open_app):
    app = open_app(f"?chapter=c8&{QUICK}&layer=2")
    field = next(f for f in app.controls.fields if f["name"] == "is_off")
    assert "Choose a map of a convolution" in field["disabled"]


def test_saliency_and_occlusion_open(open_app):
    app = open_app(f"?chapter=c8&{QUICK}&about=3")
    train(app)
    sight = app.chapter.sight
    saliency, occlusion = sight.view.layers[1:]
    sight.view.receive({"type": "choose", "path": saliency["path"], "channel": 0, "row": 3,
                        "column": 4})  # fmt: skip
    assert app.arithmetic.trail[-1]["result"] == sight.back.dinput("0")[0, 0, 3, 4]
    assert sight.view.layers[0]["frame"] == [3, 4, 3, 4]
    for _ in range(12):
        factors = [f for t in app.arithmetic.trail[-1]["terms"] for f in t["factors"]]
        back = [f["ref"] for f in factors if f["ref"] and "/" in f["ref"]["tensor"]
                and "doutput" in f["ref"]["tensor"]]  # fmt: skip
        if not back:
            break
        app.arithmetic.receive({"type": "open", "ref": back[0]})
    assert "L is the logit here" in app.arithmetic.trail[-1]["note"]
    sight.view.receive({"type": "choose", "path": occlusion["path"], "channel": 0, "row": 2,
                        "column": 5})  # fmt: skip
    assert sight.view.layers[0]["frame"] == [2, 5, 3, 6]
    shown = app.arithmetic.trail[-1]
    assert shown["result"] == pytest.approx(sight.occlusion.drops[2, 5])
    app.arithmetic.receive({"type": "open", "ref": shown["terms"][1]["factors"][1]["ref"]})
    follow(app, {"x"})


def idx(count=40, side=28, classes=3):
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (count, side, side)).astype(np.uint8)
    return images, (np.arange(count) % classes).astype(np.uint8)


def choose_files(app, images, labels):
    files = {"images": images, "labels": labels}
    tell(app.chapter.data.files, "files", names={"images": "mine-images", "labels": "mine-labels"},
         files={key: base64.b64encode(data).decode() for key, data in files.items()})  # fmt: skip


def test_files_of_one_s_own_are_learnt(open_app):
    app = open_app(f"?chapter=c8&{QUICK}")
    images, labels = idx()
    choose_files(app, write_idx(images, compress=True), write_idx(labels))
    assert app.chapter.data.files.error == ""
    assert app.chapter.state.net == "lenet5"
    samples = app.chapter.session.engine.trainer.samples
    assert (samples.inputs == images[:, None] / 255).all()
    assert samples.targets.tolist() == labels.tolist()
    assert app.chapter.data.classes == ["0", "1", "2"]
    said = {block["kind"]: block["text"] for block in app.stage.blocks}
    assert "40 pictures of 28 × 28, 3 classes" in said["files"]
    train(app)
    assert np.sum(app.chapter.stage.confusion.grid.values) == len(samples.test_indices)
    tell(app.controls, "press", name="digits")
    assert len(app.chapter.session.engine.trainer.samples.inputs) == 200


@pytest.mark.parametrize(("change", "words"), [
    (lambda i, n: (i[:-5], n), "by 5|bytes, but"),
    (lambda i, n: (b"\x89PNG" + i[4:], n), "not an IDX file: it starts with 89 50 4e 47"),
    (lambda i, n: (n, i), "perhaps the two files are swapped"),
    (lambda i, n: (i, write_idx(np.zeros(39, np.uint8))), "40 images but 39 labels"),
    (lambda i, n: (i, write_idx(np.full(40, 99, np.uint8))), "labels go up to 99"),
    (lambda i, n: (write_idx(np.zeros((4, 8, 8), np.uint8)), write_idx(np.zeros(4, np.uint8))),
     "at least 20 are needed"),
    (lambda i, n: (b"\x1f\x8b" + b"no gzip", n), "damaged"),
    (lambda i, n: (b"", n), "starts with nothing"),
])  # fmt: skip
def test_wrong_files_are_answered_in_words_and_change_nothing(open_app, change, words):
    app = open_app(f"?chapter=c8&{QUICK}")
    before = app.chapter.session.snapshot
    images, labels = idx()
    choose_files(app, *change(write_idx(images), write_idx(labels)))
    assert re.search(words, app.chapter.data.files.error)
    assert app.chapter.data.files.error.endswith("Nothing was changed.")
    assert app.chapter.session.snapshot is before
    assert app.bridge.notices == []
