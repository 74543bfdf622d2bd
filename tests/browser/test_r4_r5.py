"""R4 and R5 as a learner uses them: networks that learn beside each other."""

import re

import pytest
from playwright.sync_api import expect

from app.playground.chapters.sequences.bidirectional_state import BidirectionalState
from app.playground.chapters.sequences.deep_state import DeepState
from core.architectures.deep_rnn import Deepening
from core.training import Trainer
from tests.browser.helpers import cell, counter, expect_opened, go, press


def scores(network, state):
    """Test loss and share of right answers after an epoch, in CPython."""
    trainer = Trainer(network, state.data_spec(), state.train_spec())
    trainer.step_epoch()
    return trainer.scores()[1]


def number(page, network, column):
    """A cell of the table, by the network's name and the column's place."""
    table = page.get_by_role("grid", name="Networks", exact=True)
    row = table.locator("tbody tr").filter(has=page.get_by_text(network, exact=True))
    return row.locator("td").nth(column)


def test_deep_networks_learn_as_in_cpython(shared):
    page = shared.page
    go(page, "?chapter=r4&steps=8&hidden=4")
    expect(page.get_by_role("heading", level=1)).to_have_text("Four ways to go deep")
    press(page, "Epoch")
    expect(counter(page, "epoch")).to_have_text("1 of 60")
    state = DeepState(steps=8, hidden=4)
    for name, ways in (("plain", Deepening()), ("together", state.ways)):
        score = scores(state.network_spec(ways), state)
        shown = number(page, name, 5).inner_text()
        assert float(shown) == pytest.approx(score.loss, abs=2e-4)
    number(page, "together", 3).click()
    expect_opened(page, "the fewest non-linear layers")
    expect_opened(page, "depth + steps × a step of time")
    cell(page, "Answers", 2, 3).click()
    expect_opened(page, "Predicted probability of class 1")


def test_a_switch_changes_the_networks_by_keyboard(shared):
    page = shared.page
    go(page, "?chapter=r4&steps=8&hidden=4")
    field = page.get_by_label("States on states", exact=True)
    field.fill("0")
    field.press("Enter")
    expect(page.get_by_role("grid", name="Networks").get_by_text("stacked")).to_have_count(0)
    expect(page).to_have_url(re.compile("stacked=0"))


def test_both_directions_learn_as_in_cpython_and_say_what_fits(shared):
    page = shared.page
    go(page, "?chapter=r5&hidden=4")
    expect(page.get_by_role("heading", level=1)).to_have_text("From both ends")
    press(page, "Epoch")
    expect(counter(page, "epoch")).to_have_text("1 of 40")
    state = BidirectionalState(hidden=4)
    for name, spec in (("forward", state.network_spec("forward")),
                       ("both", state.network_spec("both")),
                       ("both, window 2", state.network_spec("both", 2))):  # fmt: skip
        score = scores(spec, state)
        assert float(number(page, name, 3).inner_text()) == pytest.approx(score.loss, abs=2e-4)
    page.get_by_role("grid", name="Networks").get_by_text("forward", exact=True).click()
    expect(page.get_by_text("The network that reads forward.")).to_be_visible()
    number(page, "backward", 2).click()
    expect_opened(page, "letters − place of the gap")


def test_training_can_be_paused(shared):
    page = shared.page
    go(page, "?chapter=r5&hidden=4&seed=3")
    press(page, "Train")
    expect(counter(page, "epoch")).not_to_have_text("0 of 40")
    press(page, "Pause")
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_visible()
    at = counter(page, "epoch").inner_text()
    page.wait_for_timeout(500)
    assert counter(page, "epoch").inner_text() == at
