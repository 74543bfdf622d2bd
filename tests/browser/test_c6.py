"""C6 as a learner uses it: pools side by side, disturbed, routed back."""

import numpy as np
from playwright.sync_api import expect

from app.playground.chapters.images.pool_state import PoolState
from tests.browser.helpers import arithmetic, cell, expect_opened, go, press


def test_pools_are_those_of_cpython_and_open(shared):
    page = shared.page
    go(page, "?chapter=c6")
    expect(page.get_by_role("heading", level=1)).to_have_text("Pooling")
    picture = PoolState().clean()
    for name, reduce in (("Max", np.max), ("Min", np.min), ("Average", np.mean)):
        for row, column in ((0, 0), (1, 2), (3, 3)):
            window = picture[2 * row : 2 * row + 2, 2 * column : 2 * column + 2]
            expected = f"{round(float(reduce(window)), 2):g}"
            expect(cell(page, name, row, column)).to_have_text(expected)
    cell(page, "Max", 0, 1).click()
    expect_opened(page, "the largest of 4 pixels")
    expect(cell(page, "Image", 0, 3)).to_have_attribute("data-mark", "won")
    cell(page, "Gradient for the image", 0, 3).click()
    expect_opened(page, "chain rule: one path")
    arithmetic(page).get_by_role("button", name="won 1").click()
    expect_opened(page, "Whether x[1, 4] won")


def test_a_shift_and_noise_mark_what_changed(shared):
    page = shared.page
    go(page, "?chapter=c6&picture=square")
    shift = page.get_by_role("group", name="Shift").get_by_label("Across", exact=True)
    shift.fill("2")
    page.keyboard.press("Enter")
    expect(cell(page, "Max", 1, 1)).to_have_text("0")
    expect(cell(page, "Max", 1, 1)).to_have_attribute("data-mark", "changed")
    expect(page.get_by_text("Disturbed; it cannot be typed into.")).to_be_visible()
    press(page, "Reset")
    page.get_by_label("Noise", exact=True).fill("2")
    page.keyboard.press("Enter")
    expect(page.get_by_text("16 of 16 changed (Δ)").first).to_be_visible()
    before = cell(page, "Max", 0, 0).inner_text()
    press(page, "Other noise")
    expect(cell(page, "Max", 0, 0)).not_to_have_text(before)
    press(page, "Reset")


def test_what_is_being_typed_is_not_taken_back_by_what_was_done_before(shared):
    page = shared.page
    go(page, "?chapter=c6&picture=square")
    shift = page.get_by_role("group", name="Shift").get_by_label("Across", exact=True)
    shift.fill("2")
    shift.press("Enter")
    expect(cell(page, "Max", 1, 1)).to_have_text("0")
    noise = page.get_by_label("Noise", exact=True)
    noise.fill("2")
    page.get_by_role("button", name="Reset", exact=True).dispatch_event("click")
    expect(shift).to_have_value("0")
    expect(noise).to_have_value("2")
    noise.press("Enter")
    expect(page.get_by_text("16 of 16 changed (Δ)").first).to_be_visible()
    press(page, "Reset")


def test_sliding_by_key(shared):
    page = shared.page
    go(page, "?chapter=c6")
    press(page, "Reset")
    cell(page, "Average", 0, 0).click()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("grid", name="Image", exact=True).locator("xpath=..").locator(
        ".window")).to_have_count(1)  # fmt: skip
    page.keyboard.press("Space")
    expect_opened(page, "Output y[1, 2]")
