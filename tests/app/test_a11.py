"""A11 without a page: what the detectors say is shown, and a repair starts afresh."""

import pytest

from app.playground.chapters.neurons.exhibits import EXHIBITS
from tests.app.helpers import tell


@pytest.mark.parametrize("name", ["dead", "saturated", "symmetric"])
def test_a_failure_is_named_before_the_first_step_and_gone_when_repaired(open_app, name):
    app = open_app(f"?chapter=a11&exhibit={name}")
    assert app.chapter.findings.items
    assert app.stage.blocks[0]["text"] == EXHIBITS[name].story
    tell(app.controls, "set", name="repaired", value=True)
    assert app.chapter.findings.items == []
    assert EXHIBITS[name].repair in app.stage.blocks[0]["text"]
    assert "repaired=1" in app.bridge.address


def test_numbers_that_overflow_are_drawn_and_named(open_app):
    app = open_app("?chapter=a11&exhibit=overflow")
    for _ in range(8):
        tell(app.transport, "step", id="batch")
    assert "no longer a finite number" in app.transport.message
    assert app.chapter.findings.items[0]["title"] == "Not a number any more"
    tell(app.transport, "reset")
    assert app.transport.message == ""


def test_a_weight_that_does_not_move_opens_into_a_gradient_of_nothing(open_app):
    app = open_app("?chapter=a11&exhibit=dead")
    app.chapter.diagram.on_edge(0, 0, 0)
    opened = app.arithmetic.trail[-1]
    assert opened["terms"][1]["value"] == 0
