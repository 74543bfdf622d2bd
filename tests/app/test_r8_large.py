"""R8 shows a model that only a training server trains."""

from app.playground.chapters.sequences.learning_state import LARGE
from core.data.text import make_vocabulary, sample_text
from core.explain import Ref
from tests.app.helpers import tell


def test_two_layers_of_512_units_are_shown_and_not_trained_here(open_app):
    app = open_app("?chapter=r8")
    tell(app.controls, "set", name="large", value=None)
    state, n = app.chapter.state, len(make_vocabulary(sample_text()))
    assert {name: getattr(state, name) for name in LARGE} == LARGE
    parameters = app.chapter.session.snapshot.parameters.size
    assert parameters == 4 * 512 * (n + 512 + 1) + 4 * 512 * (512 + 512 + 1) + 513 * n
    for kind, more in (("play", {}), ("step", {"id": "batch"})):
        app.bridge.notices = []
        tell(app.transport, kind, **more)
        assert "build.py server" in app.bridge.notices[0]["text"]
    assert app.chapter.barred.startswith(f"LSTM 512 × 2 has {parameters:,} numbers to learn")
    assert app.transport.menu["remedy"].endswith("Connect to a training server:")
    app.chapter.open(Ref("layers.2.output", (0, 3, 500)))
    assert app.arithmetic.trail
    assert "parameters" not in app.chapter.checkpoint()
    button = next(f for f in app.controls.fields if f["name"] == "large")
    assert button["disabled"]


def test_back_to_a_small_one(open_app):
    app = open_app("?chapter=r8")
    app.bridge.receive({"type": "gesture"})
    tell(app.controls, "set", name="hidden", value=200)
    assert app.chapter.barred
    tell(app.transport, "undo")
    assert app.chapter.state.hidden == 16
    assert not app.chapter.barred
    tell(app.transport, "step", id="batch")
    assert app.chapter.session.snapshot.step == 1
