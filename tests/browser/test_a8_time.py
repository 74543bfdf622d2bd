"""A8's time slider as a learner uses it: by keyboard, back and on from there."""

from playwright.sync_api import expect

from tests.browser.helpers import cell, counter, go, press


def test_going_back_shows_the_numbers_of_then_and_training_repeats_itself(shared):
    page = shared.page
    go(page, "?chapter=a8&seed=7&optimizer=adam")
    expect(page.get_by_label("Seed", exact=True)).to_have_value("7")
    slider = page.get_by_label("Time: back through the run")
    expect(slider).to_be_disabled()
    seen = []
    for epoch in range(1, 4):
        press(page, "Epoch")
        expect(counter(page, "epoch")).to_have_text(str(epoch))
        seen.append((counter(page, "training loss").text_content(),
                     cell(page, "Weights and biases", 0, 0).text_content()))  # fmt: skip
    slider.focus()
    page.keyboard.press("ArrowLeft")
    expect(counter(page, "epoch")).to_have_text("2")
    expect(counter(page, "training loss")).to_have_text(seen[1][0])
    expect(cell(page, "Weights and biases", 0, 0)).to_have_text(seen[1][1])
    expect(slider).to_have_attribute("aria-valuetext", "step 40 of 60, epoch 2")
    press(page, "Epoch")
    expect(counter(page, "training loss")).to_have_text(seen[2][0])
    expect(cell(page, "Weights and biases", 0, 0)).to_have_text(seen[2][1])
