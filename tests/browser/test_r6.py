"""R6 as a learner uses it: gradients at every step, a radius, clipping, and real runs."""

from playwright.sync_api import expect

from app.playground.chapters.sequences.length_sweep import Sweep
from app.playground.chapters.sequences.norm_state import NormState
from core.explain import format_number
from core.explain.norms import lengths
from tests.browser.helpers import arithmetic, cell, counter, expect_opened, go, press

FATES = "What becomes of the gradient"


def test_lengths_are_those_of_cpython_and_follow_the_radius(shared):
    page = shared.page
    go(page, "?chapter=r6")
    expect(page.get_by_role("heading", level=1)).to_have_text("Gradients through time")
    fates = page.get_by_role("grid", name=FATES)
    for radius in (0.8, 1.5):
        page.get_by_label("Spectral radius", exact=True).fill(str(radius))
        page.keyboard.press("Enter")
        state = NormState(radius=radius)
        for row, name in enumerate(("rnn", "lstm", "gru"), start=1):
            first = format_number(float(lengths(state.trace(name), "0", "dh")[0]), 3)
            expect(fates.get_by_role("row").nth(row)).to_contain_text(first)
    cell(page, "Lengths of the gradients", 1, 0).click()
    expect_opened(page, "the root of the sum of all squares")
    arithmetic(page).get_by_role("button").filter(has_text="∂L/∂h₁[1]").first.click()
    expect_opened(page, "Gradient of the loss by the hidden state of unit 1 at step 1")


def test_clipping_says_what_it_does(shared):
    page = shared.page
    go(page, "?chapter=r6&activation=relu&radius=3.0&clip=value")
    expect(page.get_by_text("were larger, and the direction changes")).to_be_visible()
    page.get_by_label("Clip", exact=True).select_option("the length")
    expect(page.get_by_text("its direction stays")).to_be_visible()
    clipping = page.get_by_role("grid", name="Clipping")
    expect(clipping.get_by_role("row").nth(1)).to_contain_text("0.5")
    press(page, "Reset")


def test_runs_are_made_in_the_page_paused_and_kept(shared):
    page = shared.page
    go(page, "?chapter=r6")
    press(page, "Next run")
    expect(counter(page, "runs")).to_have_text("1 of 15", timeout=30_000)
    sweep = Sweep(0)
    while not sweep.advance():
        pass
    right = sweep.right("rnn", 4)
    runs = page.get_by_role("grid", name="How long a task may be")
    expect(runs.get_by_role("row").nth(1)).to_contain_text(f"{100 * right:.1f} %")
    runs.get_by_role("gridcell", name=f"{100 * right:.1f} %").first.click()
    expect_opened(page, f"It was learned after {sweep.results['rnn', 4].solved} batches")
    press(page, "Run")
    expect(counter(page, "runs")).not_to_have_text("1 of 15", timeout=30_000)
    press(page, "Pause")
    expect(page.get_by_role("button", name="Run", exact=True)).to_be_visible()
    press(page, "Reset")
    expect(counter(page, "runs")).to_have_text("0 of 15")
