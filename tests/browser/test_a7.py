"""A7 as a learner uses it: race, raise the learning rate until it diverges, try batches."""

import re

import numpy as np
from playwright.sync_api import expect

from app.playground.chapters.neurons.descent_state import DescentState
from core.race import Race
from tests.browser.helpers import cell, counter, expect_opened, go, press


def test_the_race_ends_where_cpython_says(shared):
    page = shared.page
    go(page, "?chapter=a7&steps=30")
    state = DescentState()
    race = Race(state.landscape, state.start, state.lanes, state.free)
    race.run(30)
    for k, loss in enumerate(race.losses[-1]):
        expect(cell(page, "Lanes", k, 2)).to_have_text(f"{loss:.4f}")
    best = state.labels[int(np.argmin(race.losses[-1]))]
    least = f"After 30 steps the least is {race.losses[-1].min():.4g}: {best}."
    expect(page.get_by_text(least)).to_be_visible()
    cell(page, "Lanes", 3, 3).click()
    expect_opened(page, "after the next step of adam")


def test_a_learning_rate_too_large_is_named(shared):
    page = shared.page
    go(page, "?chapter=a7&steps=30")
    expect(page.get_by_text("No lane diverges.")).to_be_visible()
    rate = page.get_by_label("Learning rate", exact=True)
    rate.fill("1.5")
    rate.press("Enter")
    expect(page.get_by_text("Diverging: Gradient descent")).to_be_visible(timeout=20_000)
    expect(page.get_by_text("What helps: A smaller learning rate.").first).to_be_visible()
    expect(page).to_have_url(re.compile("rate=1.5"))
    rate.fill("0.1")
    rate.press("Enter")
    expect(page.get_by_text("No lane diverges.")).to_be_visible()


def test_racing_by_keyboard_and_moving_the_start(shared):
    page = shared.page
    go(page, "?chapter=a7&steps=0&race=batches")
    expect(page.get_by_text("All begin at")).to_be_visible()
    page.keyboard.press(".")
    expect(counter(page, "steps")).to_have_text("1")
    press(page, "10 steps")
    expect(counter(page, "steps")).to_have_text("11")
    expect(page.get_by_text("Samples looked at: 11, 33, 88.")).to_be_visible()
    page.get_by_role("application", name="The paths on the loss.").focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(page).to_have_url(re.compile("-0.6%7E3.4"))
    expect(counter(page, "steps")).to_have_text("11")
