"""The playground's layers, each with its own, neurons that are off, and where training stops."""

import asyncio

import numpy as np
import pytest

from core.spec import Hidden, dense
from tests.app.helpers import tell


def field(app, name):
    everything = [part for each in app.controls.fields for part in (each, *each.get("parts", []))]
    return next(each for each in everything if each["name"] == name)


def spec(app):
    return app.chapter.session.snapshot.network_spec


def test_each_layer_can_have_an_activation_and_a_dropout_of_its_own(open_app):
    app = open_app("?chapter=a8")
    tell(app.controls, "set", name="own", value=True)
    tell(app.controls, "set", name="activation1", value="relu")
    tell(app.controls, "set", name="dropout0", value=0.25)
    tell(app.controls, "set", name="width0", value=6)
    wanted = (Hidden(6, "tanh", 0.25), Hidden(2, "relu"))
    assert spec(app) == dense(2, wanted, 1, "tanh")
    tell(app.controls, "set", name="depth", value=3)
    assert spec(app) == dense(2, (*wanted, Hidden(2, "tanh")), 1, "tanh")
    again = open_app(app.bridge.address)
    assert spec(again) == spec(app)
    tell(app.controls, "set", name="own", value=False)
    assert spec(app) == dense(2, (Hidden(6), Hidden(2), Hidden(2)), 1, "tanh")
    assert "activations" not in app.bridge.address


def test_one_activation_and_one_dropout_for_all_is_what_one_starts_with(open_app):
    app = open_app("?chapter=a8&activation=relu&dropout=0.3")
    assert spec(app) == dense(2, (Hidden(4, "relu", 0.3), Hidden(2, "relu", 0.3)), 1, "tanh")
    assert field(app, "activation")["value"] == "relu"
    assert not field(app, "own")["value"]


def test_without_a_hidden_layer_there_is_nothing_to_set_apart(open_app):
    app = open_app("?chapter=a8&activations=relu~tanh&hidden=")
    assert field(app, "own")["disabled"] == "There is no hidden layer."
    assert not field(app, "own")["value"]


def test_the_number_of_layers_and_neurons_says_why_it_ends(open_app):
    app = open_app("?chapter=a8&hidden=16~16~16~16~16~16&data=gaussians&classes=5")
    assert len(app.chapter.pictures.diagram.flat) == 2 + 6 * 16 + 5
    assert field(app, "depth")["max"] == 6
    assert "no room for more" in field(app, "depth")["help"]
    assert "no room for more" in field(app, "width5")["help"]


@pytest.mark.parametrize("query", ["", "&dropout=0.5&loss=cross_entropy&data=spiral&classes=3"])
def test_a_neuron_that_is_off_says_0_and_training_goes_on_without_it(open_app, query):
    app = open_app(f"?chapter=a8{query}")
    tell(app.transport, "step", id="epoch")
    session, pictures = app.chapter.session, app.chapter.pictures
    before = session.snapshot
    tell(app.controls, "set", name="on0", value=["0", "2", "3"])
    now = session.snapshot
    assert now.step == before.step == 20
    np.testing.assert_array_equal(now.parameters, before.parameters)
    assert now.train.loss != before.train.loss
    node = pictures.diagram.columns[1][1]
    assert not pictures.says[node.layer][1].any()
    opened = app.arithmetic.trail[-1]
    assert opened["result"] == 0
    assert opened["formula"].startswith("off · ")
    assert pictures.diagram.nodes.data["text"][3] == "off"
    assert pictures.diagram.nodes.data["dash"].count("dotted") == 1
    assert pictures.diagram.edges.data["dash"].count("dotted") == 2 + 2
    assert "off, and at rest: h₂⁽¹⁾" in app.stage.blocks[0]["text"]
    assert app.chapter.weights.grid.marks == {f"1,{i}": "resting" for i in range(3)}
    tell(app.transport, "step", id="epoch")
    view = session.snapshot.network().view
    old = before.network().view
    np.testing.assert_array_equal(view("layers.0.weight")[1], old("layers.0.weight")[1])
    assert (view("layers.0.weight")[0] != old("layers.0.weight")[0]).all()
    assert "off=1.2" in app.bridge.address


def test_a_neuron_is_switched_on_again_with_the_weights_it_had(open_app):
    app = open_app("?chapter=a8&off=1.2~2.1")
    start = app.chapter.session.snapshot.network().view("layers.0.weight").copy()
    tell(app.transport, "step", id="epoch")
    tell(app.controls, "set", name="on0", value=["0", "1", "2", "3"])
    tell(app.controls, "set", name="on1", value=["0", "1"])
    network = app.chapter.session.snapshot.network()
    assert network.spec == dense(2, (Hidden(4), Hidden(2)), 1, "tanh")
    np.testing.assert_array_equal(network.view("layers.0.weight")[1], start[1])
    assert not app.chapter.weights.grid.marks
    assert "off" not in app.bridge.address


def test_switching_keeps_the_layer_and_the_neuron_that_are_shown(open_app):
    app = open_app("?chapter=a8")
    pictures = app.chapter.pictures
    pictures.diagram.on_node(pictures.diagram.columns[2][1])
    assert app.chapter.weights.layer == 2
    tell(app.controls, "set", name="on0", value=["0"])
    assert app.chapter.weights.layer == 3
    assert pictures.node == pictures.diagram.columns[2][1]
    assert app.stage.blocks[1]["text"].startswith("Showing neuron h₂⁽²⁾")


def test_a_layer_is_chosen_in_the_settings_or_in_the_diagram(open_app):
    app = open_app("?chapter=a8&hidden=4~3~2")
    tell(app.controls, "set", name="layer", value=2)
    assert app.chapter.weights.grid.row_labels == ["h₁⁽³⁾", "h₂⁽³⁾"]
    assert [each["label"] for each in field(app, "on2")["options"]] == ["h₁", "h₂"]
    app.chapter.pictures.diagram.on_edge(2, 0, 0)
    assert field(app, "layer")["value"] == 1
    tell(app.controls, "set", name="layer", value=3)
    assert not [each for each in app.controls.fields if each["name"].startswith("on")]


def test_layers_that_go_take_their_neurons_along(open_app):
    app = open_app("?chapter=a8&off=1.4~2.2")
    tell(app.controls, "set", name="width0", value=3)
    assert app.chapter.state.off == ["2.2"]
    tell(app.controls, "set", name="depth", value=1)
    assert app.chapter.state.off == []


@pytest.mark.parametrize("speed", range(2, 4))
def test_training_stops_exactly_at_the_epoch_that_was_asked_for(open_app, speed):
    app = open_app("?chapter=a8&epochs=7")
    tell(app.transport, "speed", index=speed)

    async def until_paused():
        tell(app.transport, "play")
        while app.chapter.session.running:
            await asyncio.sleep(0.005)

    asyncio.run(until_paused())
    snapshot = app.chapter.session.snapshot
    assert (snapshot.epoch, snapshot.batch, snapshot.step) == (7, 0, 140)
    assert app.transport.message == "Paused at epoch 7, as was asked."
    assert not app.transport.running
    tell(app.transport, "step", id="batch")
    assert app.chapter.session.snapshot.step == 141


@pytest.mark.parametrize(
    ("query", "words"),
    [("off=0.1", "layers and neurons such as 1.3"), ("activations=tanh~swish", "up to 6 of"),
     ("dropouts=0.95", "from 0 to 0.9"), ("epochs=-1", "from 0 to 100000")],
)  # fmt: skip
def test_what_an_address_says_wrongly_is_named(open_app, query, words):
    app = open_app(f"?chapter=a8&{query}")
    assert words in app.bridge.notices[0]["text"]


def test_switching_is_undone_and_done_again(open_app):
    app = open_app("?chapter=a8")
    tell(app.transport, "step", id="epoch")
    before = app.chapter.session.snapshot
    tell(app.bridge, "gesture")
    tell(app.controls, "set", name="on0", value=["0", "1"])
    tell(app.bridge, "gesture")
    tell(app.transport, "step", id="epoch")
    tell(app.transport, "undo")
    tell(app.transport, "undo")
    now = app.chapter.session.snapshot
    assert now.network_spec == before.network_spec
    np.testing.assert_array_equal(now.parameters, before.parameters)
    tell(app.transport, "redo")
    assert app.chapter.state.off == ["1.3", "1.4"]
    assert app.chapter.session.snapshot.step == 20
    tell(app.transport, "redo")
    assert app.chapter.session.snapshot.step == 40
