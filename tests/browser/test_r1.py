"""R1 as a learner uses it: walk through time, fold, type, and open states back to the first."""

import numpy as np
from playwright.sync_api import expect

from tests.browser.helpers import arithmetic, cell, counter, expect_opened, go, press

TANH = ("?chapter=r1&steps=5&x=1~-1~0.5~0~1&hidden=1&wih=0.7&whh=-0.9&b=0.1&why=2&by=-0.5&h0=0.4"
        "&act=tanh")  # fmt: skip


def number(page, name):
    """A number of the picture by its symbol."""
    board = page.get_by_role("group", name="The cell along the sequence")
    return board.locator(f"button[aria-label^='{name} =']").last


def test_states_are_those_of_cpython_and_open_back_to_the_first(shared):
    page = shared.page
    go(page, TANH)
    expect(page.get_by_role("heading", level=1)).to_have_text("One cell, again and again")
    h = 0.4
    for t, x in zip("₁₂₃₄₅", (1, -1, 0.5, 0, 1), strict=True):
        h = np.tanh(0.7 * x - 0.9 * h + 0.1)
        for name, value in ((f"h{t}", h), (f"y{t}", 2 * h - 0.5)):
            text = f"{round(float(value), 2):g}".replace("-", "−")
            expect(number(page, name)).to_have_text(text)
    number(page, "h₂").click()
    expect_opened(page, "Hidden state of unit 1 at step 2")
    for name in ("a(h₂)", "h₁", "a(h₁)", "h₀"):
        arithmetic(page).get_by_role("button", name=name).last.click()
    expect_opened(page, "Hidden state of unit 1 before the first step")


def test_walking_goes_h_first_and_folding_shows_one_cell(shared):
    page = shared.page
    go(page, "?chapter=r1&t=1")
    press(page, "Next number")
    expect_opened(page, "Hidden state of unit 1 at step 2")
    expect(counter(page, "step")).to_have_text("2 of 6")
    press(page, "Next number")
    expect_opened(page, "Output y₂")
    page.get_by_label("Folded", exact=True).check()
    board = page.get_by_role("group", name="The cell along the sequence")
    expect(board.locator("button")).to_have_count(7)
    expect(number(page, "h₁[1]")).to_have_text("1")
    press(page, "Walk through time")
    expect(counter(page, "step")).to_have_text("6 of 6", timeout=20_000)
    expect(page.get_by_role("button", name="Walk through time")).to_be_visible()
    page.get_by_label("Folded", exact=True).uncheck()
    expect(board.locator("button")).to_have_count(32)


def test_one_weight_changes_all_steps_by_keyboard_alone(shared):
    page = shared.page
    go(page, "?chapter=r1&t=6")
    number(page, "h₆[1]").focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect_opened(page, "Hidden state of unit 1 at step 5")
    expect(counter(page, "step")).to_have_text("5 of 6")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect_opened(page, "Output y₅")
    cell(page, "Weights into the output", 0, 0).focus()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.keyboard.type("10")
    page.keyboard.press("Enter")
    for t, value in zip("₁₂₃₄₅", (11, 10, 10, 11, 11), strict=True):
        expect(number(page, f"y{t}")).to_have_text(str(value))
    cell(page, "Inputs", 0, 0).focus()
    page.keyboard.press("Enter")
    page.keyboard.type("one")
    page.keyboard.press("Enter")
    expect(page.get_by_text("“one” is not a number")).to_be_visible()
    page.keyboard.press("Escape")
    press(page, "Reset")
