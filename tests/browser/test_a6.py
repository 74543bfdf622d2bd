"""A6 as a learner uses it: walk, open, take the step; then by hand."""

import re

import numpy as np
from playwright.sync_api import expect

from tests.browser.helpers import arithmetic, cell, counter, expect_opened, go, press


def test_a_step_is_walked_and_taken(shared):
    page = shared.page
    go(page, "?chapter=a6")
    press(page, "Reset")
    press(page, "Next number")
    expect_opened(page, "Weighted sum of neuron h₁")
    expect(cell(page, "Forward", 0, 0)).to_have_text("−0.1000")
    h1 = 1 / (1 + np.exp(0.1))
    press(page, "Next number")
    expect(cell(page, "Forward", 0, 1)).to_have_text(f"{h1:.4f}")
    for _ in range(4):
        press(page, "Next stage")
    expect(page.get_by_text("All computed: take the step")).to_be_visible()
    for column in range(9):
        trying = cell(page, "Parameters", 2, column).inner_text()
        expect(cell(page, "Parameters", 1, column)).to_have_text(trying)
    cell(page, "Parameters", 1, 0).click()
    expect_opened(page, "Gradient of the loss by w₁")
    arithmetic(page).get_by_role("button").filter(has_text="∂L/∂z(h₁)").first.click()
    expect_opened(page, "chain rule: one path")
    after = cell(page, "Parameters", 3, 0).inner_text()
    press(page, "Take the step")
    expect(cell(page, "Parameters", 0, 0)).to_have_text(after)
    expect(counter(page, "steps taken")).to_have_text("1")
    expect(page).to_have_url(re.compile("w="))


def test_by_hand_with_the_keyboard(shared):
    page = shared.page
    go(page, "?chapter=a6&hand=1&seed=0")
    expect(counter(page, "wrong tries")).to_have_text("0")
    first = cell(page, "Forward", 0, 0)
    first.click()
    page.keyboard.type("-0.2")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The bias is missing.").first).to_be_visible()
    expect(first).to_have_attribute("data-mark", "wrong")
    expect_opened(page, "Compute it, then type it into its cell.")
    page.keyboard.press("Enter")
    page.keyboard.type("-0.1")
    page.keyboard.press("Enter")
    expect(first).to_have_attribute("data-mark", "right")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.keyboard.type("abc")
    page.keyboard.press("Enter")
    expect(page.get_by_text("is not a number")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.type("0,475")
    page.keyboard.press("Enter")
    expect(counter(page, "numbers")).to_have_text("2 of 36")
    press(page, "Next number")
    expect(cell(page, "Forward", 0, 2)).to_have_text("2.8000")
