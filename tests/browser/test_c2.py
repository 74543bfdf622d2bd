"""C2 as a learner uses it: open the costs, change the sizes, move the picture."""

import re

from playwright.sync_api import expect

from core.comparison import Comparison
from tests.browser.helpers import arithmetic, cell, counter, expect_opened, go, press


def cost(page, row, column):
    table = page.get_by_role("grid", name="Costs", exact=True)
    return table.locator("tbody tr").nth(row).get_by_role("gridcell").nth(column)


def test_the_costs_are_those_of_cpython_and_open(shared):
    page = shared.page
    go(page, "?chapter=c2")
    expect(page.get_by_role("heading", level=1)).to_have_text("Why convolution")
    expect(cost(page, 0, 0)).to_have_text("2,712,960")
    expect(cost(page, 2, 0)).to_have_text("156")
    cost(page, 0, 0).click()
    expect_opened(page, "3,456 × 784 + 3,456")
    arithmetic(page).get_by_role("button", name="features of the dense layer 3456").first.click()
    expect_opened(page, "as many features as the layer has neurons".capitalize())
    page.get_by_label("Side", exact=True).fill("40")
    page.keyboard.press("Enter")
    expect(cost(page, 0, 0)).to_have_text(f"{Comparison(40).number('dense', 'parameters'):,.0f}")
    expect(page).to_have_url(re.compile("side=40"))


def test_a_kernel_that_does_not_fit_is_refused_in_words(shared):
    page = shared.page
    go(page, "?chapter=c2&side=6")
    page.get_by_label("Kernel", exact=True).fill("8")
    page.keyboard.press("Enter")
    expect(page.get_by_text("does not fit into 1 × 6 × 6")).to_be_visible()


def test_the_convolution_follows_the_picture(shared):
    page = shared.page
    go(page, "?chapter=c2&dx=0&dy=0")
    expect(counter(page, "dense off by")).to_have_text("0")
    press(page, "One pixel")
    expect(counter(page, "convolution off by")).to_have_text("0")
    expect(counter(page, "dense off by")).to_have_text(re.compile(r"^1\.\d+$"))
    before = cell(page, "One unit", 0, 0).inner_text()
    expect(cell(page, "One unit", 0, 1)).to_have_text(before)
    cell(page, "One unit", 1, 2).click()
    expect_opened(page, "Σ |after − moved before| / Σ |moved before|")
    cell(page, "One unit", 0, 1).click()
    expect_opened(page, "Output y[7, 8]")


def test_a_unit_is_chosen_by_keyboard_or_by_tapping(shared):
    page = shared.page
    go(page, "?chapter=c2&dx=0&dy=0&row=6")
    page.get_by_label("Row, slider").focus()
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile("row=7"))
    picture = page.get_by_label("Map of the convolution").locator("canvas").first
    picture.evaluate("it => it.scrollIntoView({ block: 'center' })")
    box = picture.bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.2)
    expect_opened(page, "Output y[")
    expect(page).to_have_url(re.compile("row=2"))
