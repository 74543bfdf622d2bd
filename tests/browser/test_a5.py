"""A5 as a learner uses it: choose parameters, move the point, descend, turn the surface."""

import re

import numpy as np
from playwright.sync_api import expect

from app.playground.chapters.neurons.a5_landscape import SectionState
from core.explain import format_number
from core.landscape import Landscape
from tests.browser.helpers import cell, counter, expect_opened, go, press


def shown(value, digits=3):
    return f"{value:.{digits}f}".replace("-", "−")


def test_the_point_moves_and_the_numbers_are_those_of_cpython(shared):
    page = shared.page
    go(page, "?chapter=a5&steps=0")
    state = SectionState()
    made = Landscape(state.spec, state.inputs, state.targets, state.loss)
    expect(counter(page, "loss")).to_have_text(format_number(float(made.losses(state.start))))
    expect(cell(page, "Parameters", 1, 3)).to_have_text(
        shown(made.gradients(state.start[None])[0][3])
    )
    picture = page.get_by_role("application", name="The loss from above.")
    picture.focus()
    page.keyboard.press("Shift+ArrowLeft")
    expect(cell(page, "Parameters", 0, 0)).to_have_text("0.400")
    box = picture.locator("canvas").first.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 3)
    expect(cell(page, "Parameters", 0, 0)).not_to_have_text("0.400")
    expect(page).to_have_url(re.compile("w="))
    page.mouse.move(0, 0)


def test_descending_goes_where_the_table_says(shared):
    page = shared.page
    go(page, "?chapter=a5&all=1")
    expect(cell(page, "Parameters", 0, 0)).to_have_text("1.200")
    ahead = cell(page, "Parameters", 2, 0).inner_text()
    press(page, "Step")
    expect(cell(page, "Parameters", 0, 0)).to_have_text(ahead)
    expect(page.get_by_text("All nine are trained: the path is a projection.")).to_be_visible()
    cell(page, "Parameters", 2, 0).click()
    expect_opened(page, "after the next step of gradient descent")
    press(page, "Descend")
    expect(counter(page, "step")).to_have_text(re.compile(r"^([3-9]|\d\d+)$"), timeout=30_000)
    press(page, "Pause")
    press(page, "Reset")
    expect(counter(page, "step")).to_have_text("0")


def test_one_parameter_is_a_curve_even_on_the_way_from_another_chapter(shared):
    page = shared.page
    go(page, "?chapter=a5")
    expect(page.get_by_role("application", name="The loss from the side.")).to_be_visible()
    go(page, "?chapter=a1")
    expect(page.get_by_role("grid", name="Results")).to_be_visible()
    go(page, "?chapter=a5&second=none&first=b3")
    curve = page.get_by_role("application", name="The loss along one parameter.")
    expect(curve.locator("canvas").first).to_be_visible()
    expect(cell(page, "Parameters", 2, 8)).not_to_have_text("")
    expect(cell(page, "Parameters", 2, 0)).to_have_text("")
    page.get_by_label("Across", exact=True).select_option("w6")
    expect(cell(page, "Parameters", 2, 8)).to_have_text("")
    expect(page).to_have_url(re.compile("first=w6"))


def test_the_surface_turns_by_pointer_and_key(shared):
    page = shared.page
    go(page, "?chapter=a5&turn=30.0&second=w4")
    surface = page.get_by_role("application", name="The loss from the side.")
    surface.focus()
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(r"turn=35\.0"))
    surface.hover()
    box = surface.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.down()
    page.mouse.move(x + 120, y, steps=12)
    page.mouse.up()
    expect(page).not_to_have_url(re.compile(r"turn=35\.0"))
    page.mouse.move(0, 0)


def test_a_sample_typed_changes_the_whole_landscape(shared):
    page = shared.page
    go(page, "?chapter=a5&w=1.2~1.5~-1.5~-2.0~2.0~2.0&loss=binary_cross_entropy")
    expect(page.get_by_role("columnheader", name="p", exact=True)).to_be_visible()
    before = counter(page, "loss").inner_text()
    cell(page, "Samples", 0, 2).click()
    page.keyboard.type("5")
    page.keyboard.press("Enter")
    expect(page.get_by_text("5 does not work here")).to_be_visible()
    expect(counter(page, "loss")).to_have_text(before)
    page.keyboard.type("1")
    page.keyboard.press("Enter")
    expect(counter(page, "loss")).not_to_have_text(before)
    assert np.isfinite(float(counter(page, "loss").inner_text()))
