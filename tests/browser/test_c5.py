"""C5 as a learner uses it: a unit clicked, its frames, its field opened, layers changed."""

import re

from playwright.sync_api import expect

from tests.browser.helpers import arithmetic, cell, counter, expect_opened, go, press


def tile(page, name):
    group = page.get_by_role("group", name="The layers, one map each")
    return group.get_by_role("button", name=name, exact=True)


def field(page, row, column):
    """A cell of the table, by the number of the layer and of the column."""
    table = page.get_by_role("grid", name="Layer by layer")
    return table.locator("tbody tr").nth(row).locator("td").nth(column)


def test_a_unit_is_clicked_and_its_field_opens_down_to_the_picture(shared):
    page = shared.page
    go(page, "?chapter=c5")
    expect(page.get_by_role("heading", level=1)).to_have_text("What a unit sees")
    conv = tile(page, "5: conv 4")
    conv.scroll_into_view_if_needed()
    box = conv.bounding_box()
    page.mouse.click(box["x"] + 0.75 * box["width"], box["y"] + 0.25 * box["height"])
    expect(page).to_have_url(re.compile(r"at=3(~|%7E)8"))
    expect(page.get_by_text("sees 14 × 14 pixels: rows 5 to 18, columns 15 to 28")).to_be_visible()
    expect_opened(page, "field before + (extent − 1) · jump before")
    expect_opened(page, "10 + 2 × 2")
    arithmetic(page).get_by_role("button", name="jump of conv 3").click()
    expect_opened(page, "jump before · stride")
    cell(page, "Where the field lies", 1, 0).click()
    expect_opened(page, "The first column that the unit sees")


def test_a_unit_by_keyboard_alone(shared):
    page = shared.page
    go(page, "?chapter=c5&layer=6&at=2~2")
    expect(counter(page, "unit")).to_have_text("pool 2 [2, 2]")
    tile(page, "6: pool 2").focus()
    page.keyboard.press("ArrowRight")
    expect(counter(page, "unit")).to_have_text("pool 2 [2, 3]")
    page.keyboard.press("ArrowDown")
    expect(counter(page, "unit")).to_have_text("pool 2 [3, 3]")
    expect(tile(page, "6: pool 2")).to_be_focused()
    press(page, "Back")
    expect(counter(page, "sees")).to_have_text("14 × 14")


def test_layers_change_the_field_or_say_why_not(shared):
    page = shared.page
    go(page, "?chapter=c5&layer=1")
    page.get_by_label("Stride", exact=True).fill("2")
    page.keyboard.press("Enter")
    expect(field(page, 0, 1)).to_have_text("2")
    expect(page.get_by_role("alert").filter(has_text="does not fit")).to_have_count(0)
    page.get_by_label("Dilation", exact=True).fill("2")
    page.keyboard.press("Enter")
    expect(field(page, 0, 2)).to_have_text("5")
    press(page, "Remove it")
    expect(field(page, 0, 2)).to_have_text("3")
    go(page, "?chapter=c5&side=16&kinds=0~0&k=7~7&s=1~1&p=0~0&d=1~1&layer=1")
    expect(counter(page, "sees")).to_have_text("7 × 7")
    page.get_by_label("Stride", exact=True).fill("4")
    page.keyboard.press("Enter")
    expect(page.get_by_text("does not fit into 1 × 3 × 3")).to_be_visible()
    press(page, "Reset")


def test_the_gradient_of_a_pixel_opens(shared):
    page = shared.page
    go(page, "?chapter=c5&layer=2&at=10~10")
    expect(counter(page, "sees")).to_have_text("5 × 5")
    gradient = page.get_by_role("application", name=re.compile("^Gradient of the unit,"))
    gradient.focus()
    page.keyboard.press("Enter")
    expect_opened(page, "∂L/∂x[1, 12, 12]")
    expect_opened(page, "9 paths")
    expect(field(page, 1, 3)).to_have_text("5")
    field(page, 1, 3).click()
    expect_opened(page, "√25")
