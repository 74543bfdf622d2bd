"""C8 shows networks that only a training server trains: all but the training."""

import pytest

from core.explain import Ref
from tests.app.helpers import tell

VGG = "?chapter=c8&net=vgg11_32x32&optimizer=adam&batch=32&rate=0.0003"


def kinds(app):
    return [block["kind"] for block in app.stage.blocks]


def test_a_large_network_is_shown_and_says_what_it_takes(open_app):
    app = open_app(VGG)
    assert kinds(app)[:2] == ["takes", "maps"]
    assert not {"sight", "confusion", "gallery"} & set(kinds(app))
    facts = {item["term"]: item["text"] for item in app.chapter.stage.takes.items}
    assert facts["parameters"].startswith("9,227,210, in 9 layers")
    assert facts["multiply-adds"].startswith("151,589,888 for one picture; a batch of 32")
    assert "build.py server" in facts["to train it"]
    layers = {layer["path"]: layer for layer in app.chapter.stage.maps.layers}
    assert layers["0"]["count"] == 16
    assert layers["0"]["detail"].startswith("64 × 32 × 32")
    assert layers["30"]["count"] == 10


def test_its_numbers_open_down_to_the_weights(open_app):
    app = open_app(VGG)
    app.chapter.open(Ref("layers.4.output", (0, 2, 5, 5)))
    assert len(app.arithmetic.trail[0]["terms"]) > 0
    app.chapter.open(Ref("layers.0.weight", (3, 0, 1, 1)))
    assert app.arithmetic.trail[0]["ref"]["tensor"] == "layers.0.weight"


def test_play_without_a_server_says_how_to_get_one(open_app):
    app = open_app(VGG)
    for kind, more in (("play", {}), ("step", {"id": "batch"})):
        app.bridge.notices = []
        tell(app.transport, kind, **more)
        assert "build.py server" in app.bridge.notices[0]["text"]
        assert not app.transport.running
    assert "9,227,210 parameters" in app.chapter.barred
    assert app.transport.menu["remedy"].endswith("Connect to a training server:")
    assert app.chapter.session.snapshot.step == 0


def test_the_choice_is_undone_and_its_settings_come_with_it(open_app):
    app = open_app("?chapter=c8&samples=100")
    tell(app.controls, "set", name="net", value="vgg11_32x32")
    state = app.chapter.state
    assert state.net == "vgg11_32x32"
    assert (state.optimizer, state.batch, state.rate) == ("adam", 32, 0.0003)
    assert app.chapter.checkpoint() == {}
    app.bridge.receive({"type": "gesture"})
    tell(app.controls, "set", name="net", value="lenet_8x8")
    assert (state.optimizer, state.batch, state.rate) == ("momentum", 16, 0.05)
    assert "sight" in kinds(app)
    tell(app.transport, "undo")
    assert (state.net, kinds(app)[0]) == ("vgg11_32x32", "takes")
    tell(app.transport, "undo")
    assert (state.net, state.samples) == ("lenet_8x8", 100)


@pytest.mark.parametrize("key", ["resnet18_32x32", "vgg11_32x32"])
def test_the_settings_say_where_it_is_trained(open_app, key):
    app = open_app("?chapter=c8&samples=60")
    options = next(f for f in app.controls.fields if f["name"] == "net")["options"]
    label = next(each["label"] for each in options if each["value"] == key)
    assert label.endswith(", 1 × 32 × 32, on a training server")
