"""R9 as a learner uses it: both cells on one sequence, set by hand and then learned."""

import re

from playwright.sync_api import expect

from app.playground.chapters.sequences.gate_learning import Learner
from app.playground.chapters.sequences.r9_gru import GRUState
from core.explain.walk import walks
from tests.browser.helpers import cell, counter, expect_opened, go, press
from tests.browser.test_r7 import shown


def test_both_cells_show_numbers_of_cpython(shared):
    page = shared.page
    go(page, "?chapter=r9")
    expect(page.get_by_role("heading", level=1)).to_have_text("The GRU, beside the LSTM")
    for name, rows in (("gru", "rzn"), ("lstm", "figo")):
        values = walks(GRUState().hand_trace(name), "0")[0].record.values
        grid = f"Gates of the {name.upper()} over time"
        for row, (letter, unit) in enumerate((n, u) for n in rows for u in (0, 1)):
            expect(cell(page, grid, row, 3)).to_have_text(shown(values[letter][0, 3, unit]))
    wires = page.get_by_role("group", name="The GRU cell at one step")
    wires.get_by_role("button", name=re.compile("^What the candidate adds")).click()
    expect_opened(page, "Hidden state of unit 1 at step 1")
    page.get_by_label("Unit 1", exact=True).select_option("remember")
    expect(cell(page, "Gates of the GRU over time", 2, 0)).to_have_text("0.99")
    expect(cell(page, "Gates of the LSTM over time", 0, 0)).to_have_text("0.99")


def test_both_learn_and_the_runs_are_kept(shared):
    page = shared.page
    go(page, "?chapter=r9&how=learned")
    page.get_by_label("Speed").select_option("as fast as it can")
    press(page, "Train")
    for name in ("gru", "lstm"):
        learner = Learner.of(name, GRUState(how="learned"))
        while not learner.is_done:
            learner.advance(50)
        said = f"{name.upper()} has learned it after {learner.solved} batches."
        expect(page.get_by_text(said)).to_be_visible(timeout=30_000)
        expect(counter(page, f"{name.upper()} batches")).to_have_text(str(learner.solved))
    runs = page.get_by_role("grid", name="Runs so far")
    expect(runs.get_by_role("row")).to_have_count(3)
    sums = page.get_by_role("grid", name="Parameters and answers")
    sums.get_by_role("gridcell", name="57").click()
    expect_opened(page, "a second bias of the candidate")
