"""R2 as a learner uses it: the sequence grows, and counts open."""

import re

from playwright.sync_api import expect

from core.spec import LinearSpec, NetworkSpec, RecurrentSpec
from tests.browser.helpers import arithmetic, counter, expect_opened, go, press


def test_the_sequence_grows_and_only_the_shared_count_stays(shared):
    page = shared.page
    go(page, "?chapter=r2&cell=lstm&in=4&hidden=6&out=1&steps=58")
    spec = NetworkSpec((1, 4), (RecurrentSpec("lstm", 6), LinearSpec(1)))
    one = spec.num_parameters
    expect(counter(page, "shared")).to_have_text(str(one))
    expect(counter(page, "own")).to_have_text(f"{58 * one:,}")
    press(page, "Grow")
    expect(counter(page, "own")).to_have_text(f"{60 * one:,}")
    expect(counter(page, "shared")).to_have_text(str(one))
    table = page.get_by_role("grid", name="Parameters", exact=True)
    table.get_by_role("row", name="one cell, shared").locator("td").nth(2).click()
    expect_opened(page, "Parameters of one cell that serves all steps")
    arithmetic(page).get_by_role("button", name="b_hn").click()
    arithmetic(page).get_by_role("button", name="hidden units").click()
    expect_opened(page, "It was chosen.")
    expect(page).to_have_url(re.compile("cell=gru"))


def test_own_weights_have_their_names_in_the_picture(shared):
    page = shared.page
    go(page, "?chapter=r2&steps=3")
    board = page.get_by_role("group", name="The network and its weights")
    expect(board.get_by_text("W_hh", exact=True)).to_have_count(3)
    page.get_by_label("Own weights at each step").check()
    expect(board.get_by_text("W_hh₃", exact=True)).to_be_visible()
    expect_opened(page, "feed-forward network")
    press(page, "Reset")
