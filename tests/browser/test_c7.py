"""C7 as a learner uses it: drag logits, open exponentials, see the plain form end."""

import math
import re

import numpy as np
from playwright.sync_api import expect

from core.functional.losses import softmax
from tests.browser.helpers import arithmetic, cell, expect_opened, go, press

GRID = "Softmax, number by number"


def test_probabilities_are_those_of_cpython_and_every_exponential_opens(shared):
    page = shared.page
    go(page, "?chapter=c7&tau=2.0")
    expect(page.get_by_role("heading", level=1)).to_have_text("From maps to probabilities")
    wanted = softmax(np.array([2.0, 1.0, 0.1, -1.0]), 2.0)
    for k, p in enumerate(wanted):
        expect(cell(page, GRID, k, 1)).to_have_text(f"{p:.4f}")
        expect(cell(page, GRID, k, 4)).to_have_text(f"{p:.4f}")
    fraction = page.get_by_role("group", name="Probability of class 1")
    fraction.get_by_role("button", name="e^(z₂/τ)").click()
    expect_opened(page, "e^(1 / 2)")
    expect_opened(page, str(math.exp(0.5)))
    arithmetic(page).get_by_role("button", name="z₂ 1").click()
    expect_opened(page, "Output y⁽¹⁾[2] of layer 1")
    arithmetic(page).get_by_role("button", name=re.compile("1.5$")).click()
    expect_opened(page, "the same number as x[2, 1, 2]")


SLOW = """
const slow = async (url) => {
  await new Promise((resolve) => setTimeout(resolve, window.delay ?? 0));
  return slow.real(url);
};
Object.defineProperty(window, "importShim", {
  get: () => slow.real && slow,
  set: (real) => Object.assign(slow, real, { real }),
});
"""


def test_a_view_whose_module_comes_late_keeps_the_others_whole(watched, site):
    view = watched()
    view.page.add_init_script(SLOW)
    page = view.open(site)
    page.evaluate("window.delay = 300")  # in which the stage, emptied, changes its size
    go(page, "?chapter=c7")
    expect(page.get_by_role("group", name="Probability of class 1")).to_be_visible()
    expect(page.locator("#slot-stage canvas").first).to_be_visible()


def test_pointing_at_a_term_lights_its_logit_and_back(shared):
    page = shared.page
    go(page, "?chapter=c7&tau=1.0")
    fraction = page.get_by_role("group", name="Probability of class 1")
    fraction.get_by_role("button", name="e^(z₃/τ)").hover()
    expect(cell(page, "Logits", 0, 2)).to_have_class(re.compile("lit"))
    cell(page, "Logits", 0, 1).hover()
    expect(fraction.get_by_role("button", name="e^(z₂/τ)")).to_have_class(re.compile("lit"))


def test_a_logit_is_dragged(shared):
    page = shared.page
    go(page, "?chapter=c7&right=1")
    expect(page.get_by_text("of the right class, class 2")).to_be_visible()
    expect(cell(page, "Logits", 0, 1)).to_have_text("1.00")
    picture = page.locator("#slot-stage canvas").first
    picture.scroll_into_view_if_needed()
    box = picture.bounding_box()
    x = box["x"] + box["width"] * 0.43
    page.mouse.move(x, box["y"] + box["height"] * 0.5)
    page.mouse.down()
    page.mouse.move(x, box["y"] + box["height"] * 0.4, steps=4)
    page.mouse.move(x, box["y"] + box["height"] * 0.2, steps=8)
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"b=0\.0(~|%7E)[1-9]"))
    z = float(page.get_by_label("class 2", exact=True).input_value())
    assert z > 2
    wanted = softmax(np.array([2.0, z, 0.1, -1.0]))
    expect(cell(page, GRID, 1, 4)).to_have_text(f"{wanted[1]:.4f}")
    press(page, "Reset")
    expect(cell(page, "Logits", 0, 1)).to_have_text("1.00")


def test_the_plain_form_ends_at_c_800_and_the_stable_form_does_not(shared):
    page = shared.page
    go(page, "?chapter=c7&c=800.0")
    expect(cell(page, GRID, 0, 1)).to_have_text("NaN")
    expect(cell(page, GRID, 0, 4)).to_have_text("0.6381")
    cell(page, GRID, 0, 1).click()
    expect_opened(page, "There is no such number")
    page.get_by_label("Form").select_option("stable: shifted by the largest")
    fraction = page.get_by_role("group", name="Probability of class 1")
    expect(fraction.get_by_role("button", name="p₁")).to_contain_text("0.638066")


def test_softmax_by_keyboard_alone(shared):
    page = shared.page
    go(page, "?chapter=c7&c=0.0")
    page.keyboard.press(".")
    expect_opened(page, "Probability of class 2")
    page.get_by_label("class 1, slider").focus()
    page.keyboard.press("ArrowRight")
    expect(cell(page, "Logits", 0, 0)).to_have_text("2.10")
    logit = cell(page, "Logits", 0, 0)
    logit.focus()
    page.keyboard.press("Enter")
    page.keyboard.type("-3")
    page.keyboard.press("Enter")
    expect(logit).to_have_text("−3.00")
    page.get_by_role("button", name="p₁").focus()
    page.keyboard.press("Enter")
    expect_opened(page, "Probability of class 1")
