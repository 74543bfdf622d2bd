"""R3 as a learner uses it: choose a shape, train, open an answer."""

import re

from playwright.sync_api import expect

from app.playground.chapters.sequences.shape_state import ShapeState
from core.training import Trainer
from tests.browser.helpers import cell, counter, expect_opened, go, press

LEARNT_MS = 60_000  # some seconds on a quiet machine


def test_a_step_gives_the_numbers_of_cpython(shared):
    page = shared.page
    go(page, "?chapter=r3&task=echo&hidden=4&sample=3")
    expect(counter(page, "step")).to_have_text("0")
    press(page, "Batch")
    expect(counter(page, "step")).to_have_text("1")
    state = ShapeState(task="echo", hidden=4)
    trainer = Trainer(state.network_spec(), state.data_spec(), state.train_spec())
    trainer.step()
    train, test = trainer.scores()
    expect(counter(page, "training loss")).to_have_text(f"{train.loss:.4f}")
    expect(counter(page, "test loss")).to_have_text(f"{test.loss:.4f}")
    letters = ["ABC"[k] for k in trainer.test_y[2]]
    for t in (2, 5, 7):
        expect(cell(page, "Step by step", 0, t)).to_have_text(letters[t])
    expect(cell(page, "Step by step", 0, 1)).to_have_text("")


def test_one_to_many_is_learnt_while_one_watches_and_opens(shared):
    page = shared.page
    go(page, "?chapter=r3&task=parity")
    page.get_by_label("Task", exact=True).select_option("wave")
    press(page, "Train")
    learnt = page.get_by_text("Learnt: the test loss is below 0.002.").first
    expect(learnt).to_be_visible(timeout=LEARNT_MS)
    page.keyboard.press("k")
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_visible()
    board = page.get_by_role("group", name="The sequence and its answers")
    expect(board.locator("button[data-row=x]")).to_have_count(1)
    expect(board.locator("button[data-row=y]")).to_have_count(10)
    board.locator("button[data-row=h]").nth(6).click()
    expect_opened(page, "Hidden state of unit 1 at step 4")
    expect(page).to_have_url(re.compile("t=4"))
    cell(page, "Step by step", 2, 8).click()
    expect_opened(page, "Loss of sample 1 of the batch at step 9")
    press(page, "Reset")
    expect(counter(page, "step")).to_have_text("0")
