"""A4 as a learner uses it: type, walk, switch the loss, open numbers."""

from playwright.sync_api import expect

from tests.browser.helpers import cell, counter, expect_opened, go, press


def test_the_mean_squared_error_builds_up_and_opens(shared):
    page = shared.page
    go(page, "?chapter=a4")
    press(page, "Reset")
    expect(cell(page, "Mean", 0, 0)).to_have_text("0.255000")
    press(page, "Next sample")
    expect(cell(page, "Mean", 0, 0)).to_have_text("0.250000")
    expect(cell(page, "Losses", 1, 0)).to_have_text("")
    press(page, "Next sample")
    expect(cell(page, "Mean", 0, 0)).to_have_text("0.145000")
    expect(counter(page, "samples")).to_have_text("2 of 4")
    cell(page, "Losses", 1, 1).click()
    expect_opened(page, "Loss of sample 2 of the batch")
    given = cell(page, "Samples", 1, 1)
    given.click()
    page.keyboard.type("1")
    page.keyboard.press("Enter")
    expect(cell(page, "Losses", 1, 1)).to_have_text("1.0000")


def test_cross_entropies(shared):
    page = shared.page
    go(page, "?chapter=a4&loss=cross_entropy&samples=1&z=" + "~".join(["0.0"] * 18))
    expect(cell(page, "Losses", 0, 0)).to_have_text("0.3333")
    expect(cell(page, "Mean", 0, 0)).to_have_text("1.098612")
    page.get_by_label("Loss", exact=True).select_option("binary_cross_entropy")
    expect(cell(page, "Losses", 0, 0)).to_have_text("0.6225")
    cell(page, "Losses", 0, 0).click()
    expect_opened(page, "Predicted probability of class 1")
