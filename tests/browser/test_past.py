"""Undo and redo as a learner uses them: keys, buttons, one step for a drag."""

from playwright.sync_api import expect

from tests.browser.helpers import cell, counter, go, press


def past(page, word):
    return page.get_by_label("Transport", exact=True).get_by_role("button", name=f"{word}: ")


def test_a_drag_is_one_step_and_the_keys_go_back_and_forth(shared):
    page = shared.page
    go(page, "?chapter=a1")
    slider = page.get_by_label("w₁, slider")
    expect(slider).to_be_visible()
    box = slider.bounding_box()
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 2, y)
    page.mouse.down()
    for share in (0.6, 0.7, 0.8, 1.0):
        page.mouse.move(box["x"] + box["width"] * share, y)
    page.mouse.up()
    expect(past(page, "Undo")).to_have_accessible_name("Undo: w₁ 0 → 10")
    page.keyboard.press("Control+z")
    expect(cell(page, "Weights and biases, layer 1", 0, 0)).to_have_text("0.00")
    expect(past(page, "Undo")).to_have_accessible_name("Undo: nothing")
    page.keyboard.press("Control+Shift+Z")
    expect(cell(page, "Weights and biases, layer 1", 0, 0)).to_have_text("10.00")
    past(page, "Undo").click()
    expect(past(page, "Redo")).to_have_accessible_name("Redo: w₁ 0 → 10")


def test_what_is_typed_is_undone_by_the_field_itself(shared):
    page = shared.page
    go(page, "?chapter=a8&rate=0.05")
    rate = page.get_by_label("Learning rate", exact=True)
    rate.fill("0.2")
    rate.press("Enter")
    expect(past(page, "Undo")).to_have_accessible_name("Undo: learning rate 0.05 → 0.2")
    rate.press("Control+z")
    expect(past(page, "Undo")).to_have_accessible_name("Undo: learning rate 0.05 → 0.2")
    rate.fill("0.2")  # its own undo has brought back the old text
    page.get_by_role("heading", name="What it says").click()
    page.keyboard.press("Control+z")
    expect(rate).to_have_value("0.05")
    page.keyboard.press("Control+y")
    expect(rate).to_have_value("0.2")


def test_training_is_undone_to_the_very_numbers_before(shared):
    page = shared.page
    go(page, "?chapter=a8&seed=5")
    expect(page.get_by_label("Seed", exact=True)).to_have_value("5")
    loss = counter(page, "training loss").text_content()
    weight = cell(page, "Weights and biases", 0, 0).text_content()
    press(page, "Epoch")
    expect(counter(page, "epoch")).to_have_text("1")
    expect(past(page, "Undo")).to_have_accessible_name("Undo: trained 1 epoch")
    press(page, "Play")
    expect(counter(page, "epoch")).not_to_have_text("1")
    page.get_by_label("Transport", exact=True).get_by_role("button", name="Undo: ").click()
    expect(counter(page, "epoch")).to_have_text("1")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    page.keyboard.press("Control+z")
    expect(counter(page, "training loss")).to_have_text(loss)
    expect(cell(page, "Weights and biases", 0, 0)).to_have_text(weight)
