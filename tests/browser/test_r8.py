"""R8 in a page: an LSTM learns the grammar, a pause acts at once, numbers are those of CPython."""

import re

from playwright.sync_api import expect

from app.playground.chapters.sequences.learning_state import LearningState
from core.explain import Trace
from core.explain.walk import recorded
from core.training import Trainer
from tests.browser.helpers import cell, counter, expect_opened, go, press

SOLVING_MS = 120_000  # some ten seconds on a quiet machine
PAUSE_MS = 4000


def trained(steps, **choices):
    """The same run outside of a page."""
    state = LearningState(**choices)
    trainer = Trainer(
        state.network_spec(state.num_classes), state.data_spec(), state.train_spec(), 200
    )
    for _ in range(steps):
        trainer.step()
    return trainer


def test_a_step_gives_the_numbers_of_cpython(shared):
    page = shared.page
    go(page, "?chapter=r8&hidden=8&sample=5&unit=3")
    expect(counter(page, "step")).to_have_text("0")
    page.keyboard.press(".")
    expect(counter(page, "step")).to_have_text("1")
    trainer = trained(1, hidden=8)
    snapshot = trainer.snapshot()
    expect(counter(page, "held-out loss")).to_have_text(f"{snapshot.test.loss:.4f}")
    length = int(trainer.test_masks.exist[4].sum())
    values = recorded(Trace(snapshot.network(), trainer.test_x[4:5, :length]), "1").passes[0].values
    for row, name in enumerate("ifgoch"):
        value = float(values[name][0, 2, 2])
        expected = f"{value:.2f}".replace("-", "−")
        expect(cell(page, "Unit 3 over time", row, 2)).to_have_text(expected)
    cell(page, "Unit 3 over time", 4, 2).click()
    expect_opened(page, "Cell state of unit 3 at step 3")
    expect_opened(page, "f₃[3] · c₂[3] + i₃[3] · g₃[3]")


def test_the_lstm_solves_the_grammar_in_the_page_and_a_pause_acts_at_once(shared):
    page = shared.page
    go(page, "?chapter=r8&task=reber&seed=1")
    page.keyboard.press("k")
    expect(page.get_by_text(re.compile("^Solved after"))).to_be_visible(timeout=SOLVING_MS)
    page.keyboard.press("k")
    train = page.get_by_role("button", name="Train", exact=True)
    expect(train).to_be_visible(timeout=PAUSE_MS)
    share = counter(page, "held-out strings understood")
    expect(share).to_have_text(re.compile(r"^(9\d\.\d|100\.0) %$"))
    page.get_by_label("Cell", exact=True).select_option("rnn")
    expect(counter(page, "step")).to_have_text("0")
    expect(page.get_by_text("Dotted and named, from before: LSTM 16.")).to_be_visible()


def test_what_is_too_short_is_said_and_the_keyboard_reaches_all(shared):
    page = shared.page
    go(page, "?chapter=r8&task=adding&hidden=4")
    length = page.get_by_label("Sequence length", exact=True)
    length.fill("1")
    page.keyboard.press("Enter")
    expect(page.get_by_text("too short for the adding problem; it must be 2")).to_be_visible()
    length.fill("12")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Held-out sequence 1 of 200: 12 steps")).to_be_visible()
    cell(page, "What it answers", 0, 0).focus()
    page.keyboard.press("End")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    expect_opened(page, "w_hy[1, 4]")
    press(page, "Batch")
    expect(counter(page, "step")).to_have_text("1")
