"""R7 as a learner uses it: the belt walked, gates moved, learned, and every number opened."""

import re

from playwright.sync_api import expect

from app.playground.chapters.sequences.gate_learning import Learner
from app.playground.chapters.sequences.gate_state import GateState
from core.explain.walk import walks
from tests.browser.helpers import cell, counter, expect_opened, go, press

GATES, STATES = "Gates of the LSTM over time", "States of the LSTM over time"


def shown(value):
    """A number as a small cell shows it."""
    text = f"{round(value, 2):g}"
    return "≈0" if text in ("0", "-0") and value else text.replace("-", "−")


def number(page, name):
    """A number on the wires whose name begins so."""
    group = page.get_by_role("group", name="The LSTM cell at one step")
    return group.get_by_role("button", name=re.compile(f"^{name}"))


def test_numbers_are_those_of_cpython_and_open_on_the_belt(shared):
    page = shared.page
    go(page, "?chapter=r7")
    expect(page.get_by_role("heading", level=1)).to_have_text("The LSTM cell")
    values = walks(GateState().hand_trace("lstm"), "0")[0].record.values
    for row, (name, unit) in enumerate((n, u) for n in "figo" for u in (0, 1)):
        expect(cell(page, GATES, row, 3)).to_have_text(shown(values[name][0, 3, unit]))
    for row, (name, unit) in enumerate((n, u) for n in ("c", "h", "dc") for u in (0, 1)):
        expect(cell(page, STATES, row, 3)).to_have_text(shown(values[name][0, 3, unit]))
    press(page, "Next step")
    expect_opened(page, "Cell state of unit 1 at step 2")
    number(page, "Forget gate").click()
    expect_opened(page, "1 / (1 + e^(−a(f₂[1])))")
    page.get_by_label("The way back").check()
    expect_opened(page, "Gradient of the loss by the cell state")
    number(page, "Gradient: what the forget gate leaves").click()
    expect_opened(page, "∂L/∂c₁[1]")
    page.get_by_label("The way back").uncheck()


def test_the_belt_by_keyboard(shared):
    page = shared.page
    go(page, "?chapter=r7&units=2")
    number(page, "Cell state:").focus()
    keys = (("ArrowDown", "Candidate"), ("ArrowLeft", "Input gate"), ("ArrowUp", "Cell state"))
    for key, title in keys:
        page.keyboard.press(key)
        page.keyboard.press("Enter")
        expect_opened(page, f"{title} of unit 1 at step 1")


def test_a_slider_moves_a_gate_at_every_step(shared):
    page = shared.page
    go(page, "?chapter=r7&step=1")
    slider = page.get_by_label("Forget f, slider")
    for value in (0.9, 0.3):
        slider.evaluate("(e, v) => { e.value = v; e.dispatchEvent(new Event('input')); }", value)
        for step in (0, 5):
            expect(cell(page, GATES, 0, step)).to_have_text(shown(value))
    expect(cell(page, "Weights of the LSTM", 1, 4)).to_have_text("−0.85")
    page.get_by_label("Forget f", exact=True).fill("1")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Type a number from 0.001 to 0.999")).to_be_visible()
    page.keyboard.press("Escape")


def test_gates_are_learned_in_the_page(shared):
    page = shared.page
    go(page, "?chapter=r7&how=learned")
    page.get_by_label("Speed").select_option("as fast as it can")
    press(page, "Train")
    learner = Learner.of("lstm", GateState(how="learned"))
    while not learner.is_done:
        learner.advance(50)
    said = f"LSTM has learned it after {learner.solved} batches."
    expect(page.get_by_text(said)).to_be_visible(timeout=30_000)
    expect(counter(page, "LSTM batches")).to_have_text(str(learner.solved))
    weights = learner.trainer.network.view("layers.0.bias")
    expect(cell(page, "Weights of the LSTM", 1, 5)).to_have_text(
        f"{weights[3]:.2f}".replace("-", "−")
    )
    cell(page, "Weights of the LSTM", 1, 5).click()
    expect_opened(page, "It was drawn at random, and then learned.")
    press(page, "Another sequence")
    press(page, "Reset")
    expect(counter(page, "LSTM batches")).to_have_text("0")
