"""A11 as a learner uses it: watch a failure, read what it is, repair it, watch it learn."""

import re

from playwright.sync_api import expect

from tests.browser.helpers import counter, go, press


def test_steps_too_large_and_their_repair(shared):
    page = shared.page
    go(page, "?chapter=a11&exhibit=steps")
    expect(page.get_by_role("heading", level=1)).to_have_text("How learning fails")
    press(page, "Batch")
    expect(page.get_by_text("The steps are too large").first).to_be_visible()
    press(page, "Play")
    expect(page.get_by_text("Not a number any more").first).to_be_visible(timeout=20_000)
    page.get_by_label("Repaired").check()
    expect(page.get_by_text("Nothing is wrong")).to_be_visible()
    press(page, "Play")
    expect(counter(page, "training RMSE")).to_have_text(re.compile(r"^0\.0"), timeout=20_000)
    press(page, "Pause")


def test_dead_rectifiers_do_not_move_and_the_repair_learns(shared):
    page = shared.page
    go(page, "?chapter=a11&exhibit=dead")
    expect(page.get_by_text("Dead units").first).to_be_visible()
    loss = counter(page, "training loss").inner_text()
    press(page, "Epoch")
    expect(counter(page, "epoch")).to_have_text("1")
    expect(counter(page, "training loss")).to_have_text(loss)
    page.get_by_label("Repaired").check()
    press(page, "Play")
    learned = re.compile(r"^(9[5-9]|100)\.\d %$")
    expect(counter(page, "training right")).to_have_text(learned, timeout=30_000)
    press(page, "Pause")
