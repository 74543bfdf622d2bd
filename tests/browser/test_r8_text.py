"""R8 on a text, in a page: one's own, a unit over it, a brushed stretch, and what is written."""

import re

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from app.playground.chapters.sequences.corpus import make_corpus, samples
from app.playground.chapters.sequences.learning_state import LearningState
from core.explain import Trace
from core.explain.walk import recorded
from core.marking import mark
from core.training import Trainer
from tests.browser.helpers import arithmetic, counter, expect_opened, go

QUERY = "?chapter=r8&task=text&hidden=8&batch=4&length=10"
TEXT = "Glass is a liquid, they say. Windows of old houses are thicker below. It is not true.\n" * 6


def letters(page, name):
    return page.get_by_role("group", name=name, exact=True).locator("span")


def use(page, text):
    page.get_by_label("A text of your own").fill(text)
    page.get_by_role("button", name="Use this text").click()


def test_a_pasted_text_is_learnt_as_in_cpython(shared):
    page = shared.page
    go(page, QUERY)
    use(page, TEXT)
    expect(page.get_by_text(f"your text: {len(TEXT)} characters")).to_be_visible()
    page.get_by_role("button", name="Batch", exact=True).click()
    expect(counter(page, "step")).to_have_text("1")
    state = LearningState(task="text", hidden=8, batch=4, length=10)
    corpus = make_corpus(TEXT, "your text", 0)
    made = samples(corpus, 10, 4)
    spec = state.network_spec(made.num_classes)
    trainer = Trainer(spec, made, state.train_spec(made.streams), 40)
    trainer.step()
    expect(counter(page, "held-out loss")).to_have_text(f"{trainer.snapshot().test.loss:.4f}")
    region = corpus.tokens[len(corpus.tokens) - round(len(corpus.tokens) * 0.1) :][:-1]
    states = recorded(Trace(trainer.network, region[None]), "1").passes[0].values["h"][0]
    seventh = letters(page, "Unit 1 over the text").nth(6)
    seventh.focus()
    value = f"{states[6, 0]:.3f}".replace("-", "−")
    expect(page.get_by_text(re.compile(f"character 7: {value}"))).to_be_visible()
    for _ in range(3):
        page.keyboard.press("Shift+ArrowRight")
    expect(page.get_by_text("Characters 7 to 10 against the rest")).to_be_visible()
    steps = np.arange(len(states))
    best = int(mark(states, (steps >= 6) & (steps < 10)).order[0])
    expect(page.get_by_text(f"Unit {best + 1} marks them best")).to_be_visible()
    page.get_by_role("button", name=f"unit {best + 1}", exact=True).click()
    expect(page.get_by_role("group", name=f"Unit {best + 1} over the text")).to_be_visible()


def test_a_stretch_is_brushed_by_dragging_and_its_score_opens(shared):
    page = shared.page
    go(page, f"{QUERY}&unit=2")
    text = letters(page, "Unit 2 over the text")
    boxes = [text.nth(index).bounding_box() for index in (3, 8)]
    page.mouse.move(boxes[0]["x"] + 3, boxes[0]["y"] + 8)
    page.mouse.down()
    page.mouse.move(boxes[1]["x"] + 3, boxes[1]["y"] + 8, steps=4)
    page.mouse.up()
    expect(page.get_by_text("Characters 4 to 9 against the rest")).to_be_visible()
    table = page.get_by_role("table", name="Units that mark the stretch")
    table.locator("tbody tr").first.locator("td").last.get_by_role("button").click()
    expect_opened(page, "marks the stretch")
    expect_opened(page, ") / s[")
    arithmetic(page).get_by_role("button", name=re.compile(r"^in\[")).click()
    expect_opened(page, "1/6")


def test_temperature_and_seed_write_another_text_whose_choices_open(shared):
    page = shared.page
    go(page, f"{QUERY}&draw=3")
    written = page.get_by_role("group", name="What it writes", exact=True)
    expect(written.locator("span")).to_have_count(200)
    before = written.text_content()
    page.get_by_label("Temperature", exact=True).fill("0")
    page.keyboard.press("Enter")
    expect(page.get_by_text("at temperature 0 with seed 3")).to_be_visible()
    expect(written.locator("span")).to_have_count(200)
    assert written.text_content() != before
    written.locator("span").nth(10).click()
    expect_opened(page, "1 for the greatest z, else 0")
    expect_opened(page, "as character 11 of what is written")


def test_what_cannot_be_learnt_is_said(shared):
    page = shared.page
    go(page, f"{QUERY}&seed=1")
    use(page, "")
    expect(page.get_by_text("The text is empty; paste at least a few lines")).to_be_visible()
    use(page, "zzz")
    expect(page.get_by_text("The text has no character but 'z'")).to_be_visible()
    use(page, "שלום 😀 " * 60)
    expect(page.get_by_text("your text: 420 characters, 6 different ones")).to_be_visible()
    page.get_by_role("button", name="Back to the sonnets").click()
    expect(page.get_by_text("Twelve sonnets by Shakespeare: 7,383")).to_be_visible()


def test_ten_megabytes_are_sampled_with_a_notice(shared, tmp_path):
    page = shared.page
    go(page, QUERY)
    line = "Ten megabytes of this, and nothing but this.\n"
    count = 10_000_000 // len(line)
    (tmp_path / "long.txt").write_text(line * count)
    page.get_by_label("Text file").set_input_files(tmp_path / "long.txt")
    expect(page.get_by_text("long.txt: 1,000,000 characters")).to_be_visible(timeout=30_000)
    expect(page.get_by_text(f"The text has {count * len(line):,} characters")).to_be_visible()
    (tmp_path / "more.txt").write_text("x" * 13_000_000)
    page.get_by_label("Text file").set_input_files(tmp_path / "more.txt")
    expect(page.get_by_text("Files of up to 12.0 MB can be read")).to_be_visible()
    page.get_by_role("button", name="Back to the sonnets").click()
    expect(page.get_by_text("Twelve sonnets by Shakespeare: 7,383")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_texts(shared, theme):
    page = shared.page
    page.emulate_media(reduced_motion="reduce")
    go(page, f"{QUERY}&theme={theme}")
    page.get_by_label("Theme").select_option(theme)
    expect(letters(page, "What it writes")).to_have_count(200)
    letters(page, "Unit 1 over the text").nth(2).focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(page.get_by_text("Characters 3 to 4 against the rest")).to_be_visible()
    found = Axe().run(page).response["violations"]
    serious = [(v["id"], [n["html"] for n in v["nodes"]][:3])
               for v in found if v["impact"] in ("serious", "critical")]  # fmt: skip
    assert serious == []
