"""C8 as a learner uses it: train, pause, look into layers."""

import re

import pytest
from playwright.sync_api import expect

from app.playground.chapters.cnn_state import LearnState
from core.training import Trainer
from tests.browser.helpers import arithmetic, cell, counter, expect_opened, go, press

SLOW_MS = 60_000  # a loaded machine trains slowly


def trained(state, epochs):
    trainer = Trainer(state.network_spec(), state.data_spec(), state.train_spec())
    for _ in range(epochs):
        trainer.step_epoch()
    return trainer.snapshot()


def number(page, label):
    return float(counter(page, label).inner_text().removesuffix(" %").removesuffix(" s"))


def test_epochs_give_cpython_s_scores(shared):
    page = shared.page
    go(page, "?chapter=c8&samples=900&seed=4")
    expect(page.get_by_role("heading", level=1)).to_have_text("A convolutional network learns")
    expected = trained(LearnState(samples=900, seed=4), 3)
    for epoch in range(1, 4):
        press(page, "Epoch")
        expect(counter(page, "epoch")).to_have_text(str(epoch), timeout=SLOW_MS)
        expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible(timeout=SLOW_MS)
    expect(counter(page, "scored at step")).to_have_text(str(expected.step), timeout=SLOW_MS)
    right = 100 * expected.test.metric
    assert right > 50
    assert number(page, "test right") == pytest.approx(right, abs=0.06)
    assert number(page, "test loss") == pytest.approx(expected.test.loss, abs=2e-3)


def test_it_plays_pauses_at_once_and_goes_on(shared):
    page = shared.page
    go(page, "?chapter=c8&samples=300&seed=5")
    press(page, "Play")
    expect(counter(page, "step")).to_have_text(re.compile(r"\d{2,}"), timeout=SLOW_MS)
    press(page, "Pause")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    step = counter(page, "step").inner_text()
    expect(counter(page, "scored at step")).to_have_text(step, timeout=SLOW_MS)
    press(page, "Play")
    expect(counter(page, "step")).not_to_have_text(step)
    press(page, "Pause")
    press(page, "Reset")
    expect(counter(page, "step")).to_have_text("0")


def test_a_unit_opens_by_pointer_and_by_key(shared):
    page = shared.page
    go(page, "?chapter=c8&samples=900&seed=4")
    page.get_by_role("button", name="conv 2, map 5", exact=True).click(position={"x": 18, "y": 18})
    expect_opened(page, "Output y⁽³⁾[5, 2, 2]")
    expect(page).to_have_url(re.compile("layer=3&map=5&at=2%7E2"))
    page.keyboard.press("ArrowRight")
    expect_opened(page, "Output y⁽³⁾[6, 2, 2]")
    arithmetic(page).get_by_role("button", name=re.compile(r"^y⁽²⁾\[1, 2, 2\]")).click()
    expect_opened(page, "Output y⁽²⁾[1, 2, 2]")
    cell(page, "Weights", 0, 0).click()
    expect_opened(page, "w⁽³⁾[6, 1, 1, 1] after the next step of momentum")
