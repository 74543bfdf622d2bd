"""A2 as a learner uses it: drag the point, choose functions, see a network collapse."""

import math
import re

import numpy as np
from playwright.sync_api import expect

from tests.browser.helpers import arithmetic, cell, expect_opened, go, press


def test_values_and_slopes_are_those_of_the_functions(shared):
    page = shared.page
    go(page, "?chapter=a2&z=0.0")
    expect(page.get_by_role("heading", level=1)).to_have_text("Why an activation")
    expect(cell(page, "All activations at z", 1, 0)).to_have_text("0.500000")
    expect(cell(page, "All activations at z", 1, 1)).to_have_text("0.250000")
    go(page, "?chapter=a2&z=1.0")
    expect(cell(page, "All activations at z", 2, 0)).to_have_text(f"{math.tanh(1):.6f}")
    cell(page, "All activations at z", 2, 1).click()
    expect_opened(page, "Slope of tanh at 1")
    expect(page).to_have_url(re.compile("act=tanh"))


def test_dragging_the_point_changes_every_number(shared):
    page = shared.page
    go(page, "?chapter=a2&act=sigmoid&z=1.0")
    expect(cell(page, "All activations at z", 1, 0)).to_have_text("0.731059")
    box = page.locator("#slot-stage canvas").first.bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.8, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.7, middle, steps=4)
    page.mouse.move(box["x"] + box["width"] * 0.3, middle, steps=8)
    page.mouse.up()
    field = page.get_by_label("z", exact=True)
    expect(field).to_have_value(re.compile("^−"))
    sigmoid = cell(page, "All activations at z", 1, 0)
    for _ in range(100):  # answers to the last moves may still come, one after the other
        z = float(field.input_value().replace("−", "-"))
        if sigmoid.inner_text() == f"{1 / (1 + math.exp(-z)):.6f}":
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"at z = {z} the sigmoid is said to be {sigmoid.inner_text()}")


def test_a_sweep_runs_to_the_end_and_can_be_paused(shared):
    page = shared.page
    go(page, "?chapter=a2&z=7.0")
    press(page, "Sweep")
    expect(page.get_by_label("z", exact=True)).to_have_value("8")
    expect(page.get_by_role("button", name="Sweep")).to_be_visible()
    press(page, "Reset")
    expect(page.get_by_label("z", exact=True)).to_have_value("1")


def test_without_an_activation_the_network_is_one_line_that_opens(shared):
    page = shared.page
    go(page, "?chapter=a2&act=identity&w=2.0~1.0~0.5~3.0~-1.0~4.0&b=1.0~0.0~0.0~5.0")
    slope = np.dot([2, 1, 0.5], [3, -1, 4])
    expect(cell(page, "The one line", 0, 0)).to_have_text(f"{slope:.4f}")
    expect(cell(page, "The one line", 0, 1)).to_have_text("8.0000")
    cell(page, "The one line", 0, 0).click()
    expect_opened(page, "3 × 2 + (−1) × 1 + 4 × 0.5")
    arithmetic(page).get_by_role("button", name="W₁,₁ 2", exact=True).click()
    expect_opened(page, "Slope of the one line")
    go(page, "?chapter=a2&act=tanh")
    expect(cell(page, "The one line", 0, 0)).to_have_text("–")
    expect(page.get_by_text("the layers do not collapse")).to_be_visible()


def test_editing_by_keyboard_skips_the_cells_that_hold_nothing(shared):
    page = shared.page
    go(page, "?chapter=a2")
    press(page, "Reset")
    weights = cell(page, "Weights and biases", 0, 0)
    weights.click()
    page.keyboard.type("2.5")
    page.keyboard.press("Enter")
    expect(weights).to_have_text("2.50")
    expect(page).to_have_url(re.compile("w=2.5"))
    blank = cell(page, "Weights and biases", 3, 0)
    blank.click()
    page.keyboard.press("Enter")
    expect(blank.get_by_role("textbox")).to_have_count(0)
