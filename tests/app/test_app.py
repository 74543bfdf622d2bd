"""The app without a page: the first chapters, the address, and what goes wrong."""

import asyncio
import json

import numpy as np
import pytest
from bokeh.document import Document

from app.playground.chapters.weights import packed, unpacked
from core.explain import Ref
from tests.app.helpers import tell


def notices(app):
    return [notice["text"] for notice in app.bridge.notices]


def test_a_document_holds_every_instrument(open_app):
    app = open_app()
    document = Document()
    roots = app.add_to(document)
    document.validate()
    assert sorted(roots.values()) == sorted(f"slot-{slot}" for slot in app.slots)


@pytest.mark.parametrize("activation", ["sigmoid", "identity", "relu"])
@pytest.mark.parametrize("chapter", ["a1", "a3"])
def test_every_cell_of_the_results_opens_and_equals_its_number(open_app, chapter, activation):
    app = open_app(f"?chapter={chapter}&act={activation}&x=0.5~-2.0")
    grid = app.chapter.grids.results
    for row, values in enumerate(grid.values):
        for column in (3, 4):
            tell(grid, "open", row=row, column=column)
            assert app.arithmetic.trail[-1]["result"] == values[column]
        assert values[3] == pytest.approx(sum(values[:3]), rel=1e-15)


def test_pointing_lights_the_sources_and_leaving_lights_the_opened_number_again(open_app):
    app = open_app("?chapter=a1")
    grids = app.chapter.grids
    opened = grids.results.highlight
    tell(grids.results, "point", row=0, column=3)
    assert grids.inputs.highlight == [[0, 0], [0, 1]] or grids.inputs.highlight == [[0, 1], [0, 0]]
    assert sorted(grids.layers[0].highlight) == [[0, 0], [0, 1], [0, 2]]
    tell(grids.results, "leave", row=0, column=3)
    assert grids.results.highlight == opened
    assert grids.inputs.highlight == []


def test_a_parameter_that_is_set_by_hand_moves_the_output_the_controls_and_the_address(open_app):
    app = open_app("?chapter=a1")
    tell(app.chapter.grids.layers[0], "edit", row=0, column=2, value=-3.0)
    assert app.chapter.grids.results.values[0][-1] == 0.5
    assert "b=-3.0" in app.bridge.address
    fields = {field["name"]: field["value"] for field in app.controls.fields}
    assert fields["b0"] == -3.0
    tell(app.controls, "set", name="b0", value=1e9)
    assert "from -100 to 100" in app.controls.errors["b0"]
    assert app.chapter.state.b == [-3.0]


async def trained(app, steps):
    tell(app.transport, "play")
    while app.chapter.session.snapshot.step < steps:
        await asyncio.sleep(0.005)
    tell(app.transport, "pause")


def test_reset_gives_the_very_same_start(open_app):
    app = open_app("?chapter=a8&seed=4")
    session = app.chapter.session
    start = session.snapshot
    asyncio.run(trained(app, 100))
    assert session.snapshot.train.loss < start.train.loss
    assert not app.transport.running
    tell(app.transport, "reset")
    np.testing.assert_array_equal(session.snapshot.parameters, start.parameters)
    assert session.snapshot.step == 0


def test_ten_samples_make_the_update_of_one_batch(open_app):
    batch, samples = (open_app("?chapter=a8&seed=2") for _ in range(2))
    tell(batch.transport, "step", id="batch")
    for _ in range(10):
        tell(samples.transport, "step", id="sample")
    np.testing.assert_array_equal(
        *(app.chapter.session.snapshot.parameters for app in (batch, samples))
    )


@pytest.mark.parametrize(
    "query", ["data=spiral&classes=3&loss=cross_entropy", "data=curve", "data=plane&hidden=",
              "data=xor&features=x1~x1*x2&loss=binary_cross_entropy&optimizer=adam"],
)  # fmt: skip
def test_every_number_on_the_playground_opens(open_app, query):
    app = open_app(f"?chapter=a8&{query}")
    tell(app.transport, "step", id="batch")
    chapter = app.chapter
    for column, value in enumerate(chapter.sample.grid.values[0]):
        tell(chapter.sample.grid, "open", row=0, column=column)
        assert app.arithmetic.trail[-1]["result"] == pytest.approx(value, rel=1e-12)
    for row, values in enumerate(chapter.weights.grid.values):
        for column, value in enumerate(values):
            tell(chapter.weights.grid, "open", row=row, column=column)
            shown = app.arithmetic.trail[-1]
            assert shown["kind"] == "sum"
            assert value in [f["value"] for term in shown["terms"] for f in term["factors"]]
    for node in chapter.pictures.diagram.flat:
        chapter.pictures.diagram.on_node(node)
        assert app.arithmetic.trail
    assert notices(app) == []


def test_a_weight_set_during_training_is_where_training_goes_on(open_app):
    app = open_app("?chapter=a8")
    tell(app.chapter.weights.grid, "edit", row=0, column=0, value=2.5)
    assert app.chapter.session.engine.trainer.network.view("layers.0.weight")[0, 0] == 2.5
    assert app.chapter.trail == [Ref("update.layers.0.weight", (0, 0))]


def test_the_learning_rate_acts_at_once_and_the_depth_starts_afresh(open_app):
    app = open_app("?chapter=a8")
    tell(app.transport, "step", id="epoch")
    tell(app.controls, "set", name="rate", value=0.5)
    assert app.chapter.session.snapshot.step == 20
    assert app.chapter.session.snapshot.train_spec.learning_rate == 0.5
    tell(app.controls, "set", name="depth", value=3)
    assert app.chapter.session.snapshot.step == 0
    assert app.chapter.state.hidden == [4, 2, 2]
    assert "hidden=4~2~2" in app.bridge.address.replace("%7E", "~")


def test_divergence_stops_and_says_so(open_app):
    app = open_app("?chapter=a8&data=plane&hidden=&rate=1.0")
    for _ in range(20):
        tell(app.transport, "step", id="epoch")
    assert "no longer a finite number" in app.transport.message
    assert app.chapter.session.snapshot.diverged


@pytest.mark.parametrize("chapter", ["a1", "a3", "a6"])
def test_no_message_of_another_chapter_stays(open_app, chapter):
    app = open_app("?chapter=a8&data=plane&hidden=&rate=1.0")
    for _ in range(20):
        tell(app.transport, "step", id="epoch")
    assert app.transport.message
    app.navigate(f"?chapter={chapter}")
    assert app.transport.message == ""


def test_what_was_learned_survives_the_loss_of_python(open_app):
    first = open_app("?chapter=a8&seed=3")
    tell(first.transport, "step", id="epoch")
    second = open_app("?chapter=a8&seed=3", first.bridge.checkpoint)
    np.testing.assert_array_equal(
        *(app.chapter.session.snapshot.parameters for app in (first, second))
    )
    assert "from step 20" in notices(second)[0]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_kept_weights_are_the_same_to_the_last_bit(dtype):
    weights = np.random.default_rng(0).normal(size=30).astype(dtype)
    found = unpacked(packed(weights), np.zeros_like(weights))
    assert found.dtype == dtype
    np.testing.assert_array_equal(found, weights)


@pytest.mark.parametrize(
    "parameters", [packed(np.ones(1)), packed(np.full(25, np.nan)), "no base64", None]
)
def test_a_checkpoint_that_does_not_fit_changes_nothing(open_app, parameters):
    plain = open_app("?chapter=a8")
    data = {"step": 5, "parameters": parameters}
    app = open_app("?chapter=a8", json.dumps({"chapter": "a8", "data": data}))
    assert notices(app) == ["The kept weights do not fit the network of this address."]
    np.testing.assert_array_equal(
        *(each.chapter.session.snapshot.parameters for each in (plain, app))
    )


def test_whatever_fails_is_said_in_words_and_logged(open_app, caplog, monkeypatch):
    app = open_app("?chapter=a8")
    monkeypatch.setattr(app.chapter.session, "step", lambda kind: 1 / 0)
    tell(app.transport, "step", id="batch")
    assert notices(app) == [
        "Something went wrong in this page, and was left undone: ZeroDivisionError."
    ]
    assert "Traceback" in caplog.text


def test_training_stops_at_the_loss_that_was_asked_for(open_app):
    app = open_app("?chapter=a8&stop=0.5")
    asyncio.run(until_paused(app))
    assert app.chapter.session.snapshot.train.loss <= 0.5
    assert "come down to 0.5" in app.transport.message


async def until_paused(app):
    tell(app.transport, "play")
    while app.chapter.session.running:
        await asyncio.sleep(0.005)


def test_sides_only_changes_the_picture_and_no_number(open_app):
    app = open_app("?chapter=a8&seed=1")
    before = app.transport.counters
    tell(app.controls, "set", name="discrete", value=True)
    assert set(np.unique(app.chapter.pictures.plane.image.data["image"][0])) == {-1.0, 1.0}
    assert app.transport.counters == before


@pytest.mark.parametrize(
    ("query", "words"),
    [("start=constant", "All units alike"), ("data=plane&hidden=&rate=1.0", "no longer a finite"),
     ("activation=sigmoid&start=zeros", "All units alike")],
)  # fmt: skip
def test_the_detectors_watch_the_playground(open_app, query, words):
    app = open_app(f"?chapter=a8&{query}")
    for _ in range(20):
        tell(app.transport, "step", id="epoch")
    assert words in app.transport.message
