"""Pinned neurons: their pictures follow training, in the address, by keyboard, and undone."""

import base64

import numpy as np

from app.playground.chapters.neurons.mlp_pictures import RESOLUTION
from app.playground.figures.regions import pixels
from core.pictures import plane
from tests.app.helpers import tell


def press(app, what):
    tell(app.bridge, "gesture")
    app.chapter.pins.actions.receive({"type": "press", "id": what})


def select(app, neuron):
    tell(app.controls, "set", name="neuron", value=neuron)


def labels(app):
    return [item["label"] for item in app.chapter.pins.gallery.items]


def test_a_neuron_is_selected_without_a_pointer_pinned_and_unpinned(open_app):
    app = open_app("?chapter=a8")
    assert app.chapter.pins.actions.buttons[0]["off"] == "Select a neuron first"
    for neuron in ("1.2", "2.1", "0.1"):
        select(app, neuron)
        press(app, "pin")
    assert labels(app) == ["h₂⁽¹⁾", "h₁⁽²⁾", "x₁"]
    assert "pins=1.2~2.1~0.1" in app.bridge.address.replace("%7E", "~")
    app.chapter.pins.gallery.receive({"type": "open", "index": 0})
    assert app.chapter.pins.gallery.chosen == 0
    assert app.chapter.pins.actions.buttons[0]["label"] == "Unpin h₂⁽¹⁾"
    press(app, "pin")
    assert labels(app) == ["h₁⁽²⁾", "x₁"]
    tell(app.bridge, "key", key="undo")
    assert labels(app) == ["h₂⁽¹⁾", "h₁⁽²⁾", "x₁"]
    press(app, "none")
    assert labels(app) == []


def test_pinned_pictures_are_those_of_the_network_as_it_learns(open_app):
    app = open_app("?chapter=a8&pins=1.3~2.2")
    before = [item["pixels"] for item in app.chapter.pins.gallery.items]
    tell(app.transport, "step", id="epoch")
    after = [item["pixels"] for item in app.chapter.pins.gallery.items]
    assert all(a != b for a, b in zip(before, after, strict=True))
    layer = app.chapter.pictures.diagram.columns[1][2].layer
    says = plane(app.chapter.network, ("x1", "x2"), RESOLUTION)[layer][2]
    assert after[0] == pixels(says)
    assert len(base64.b64decode(after[0])) == app.chapter.pins.gallery.items[0]["size"] ** 2


def test_pins_change_no_number_keep_the_future_and_outlive_a_smaller_network(open_app):
    app = open_app("?chapter=a8")
    for _ in range(3):
        tell(app.transport, "step", id="epoch")
    tell(app.transport, "time", index=1)
    counters = app.transport.counters
    select(app, "1.4")
    press(app, "pin")
    assert app.transport.counters == counters
    assert app.transport.time["count"] == 4
    tell(app.controls, "set", name="hidden", value=[3])
    assert labels(app) == []
    assert app.bridge.notices == []
    tell(app.controls, "set", name="hidden", value=[4])
    assert labels(app) == ["h₄"]


def test_sides_only_changes_no_loss_no_score_and_not_what_training_comes_to(open_app):
    plain, sides = (open_app(f"?chapter=a8&discrete={flag}") for flag in (0, 1))
    for _ in range(3):
        for app in (plain, sides):
            tell(app.transport, "step", id="epoch")
        first, second = (app.chapter.session.snapshot for app in (plain, sides))
        np.testing.assert_array_equal(first.parameters, second.parameters)
        assert (first.train, first.test) == (second.train, second.test)
        assert plain.transport.counters == sides.transport.counters
        assert plain.chapter.confusion.grid.values == sides.chapter.confusion.grid.values
    shown = sides.chapter.pictures.plane.image.data["image"][0]
    assert set(np.unique(shown)) == {-1.0, 1.0}
    tell(plain.transport, "time", index=1)
    tell(plain.controls, "set", name="discrete", value=True)
    assert plain.transport.time["count"] == 4
