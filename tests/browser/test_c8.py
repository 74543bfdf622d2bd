"""C8 as a learner uses it: train, pause, look into layers."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from app.playground.chapters.images.cnn_pictures import Pictures
from app.playground.chapters.images.cnn_state import LearnState
from core.data.idx import write_idx
from core.training import Trainer
from tests.browser.helpers import arithmetic, cell, counter, expect_opened, go, press

SLOW_MS = 60_000  # a loaded machine trains slowly


def trained(state, epochs):
    trainer = Trainer(state.network_spec(), state.data_spec(), state.train_spec())
    for _ in range(epochs):
        trainer.step_epoch()
    return trainer.snapshot()


def number(page, label):
    return float(counter(page, label).inner_text().removesuffix(" %").removesuffix(" s"))


def test_epochs_give_cpython_s_scores(shared):
    page = shared.page
    go(page, "?chapter=c8&samples=900&seed=4")
    expect(page.get_by_role("heading", level=1)).to_have_text("A convolutional network learns")
    expected = trained(LearnState(samples=900, seed=4), 3)
    for epoch in range(1, 4):
        press(page, "Epoch")
        expect(counter(page, "epoch")).to_have_text(str(epoch), timeout=SLOW_MS)
        expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible(timeout=SLOW_MS)
    expect(counter(page, "scored at step")).to_have_text(str(expected.step), timeout=SLOW_MS)
    right = 100 * expected.test.metric
    assert right > 50
    assert number(page, "test right") == pytest.approx(right, abs=0.06)
    assert number(page, "test loss") == pytest.approx(expected.test.loss, abs=2e-3)


def test_it_plays_pauses_at_once_and_goes_on(shared):
    page = shared.page
    go(page, "?chapter=c8&samples=300&seed=5")
    press(page, "Play")
    expect(counter(page, "step")).to_have_text(re.compile(r"\d{2,}"), timeout=SLOW_MS)
    press(page, "Pause")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    step = counter(page, "step").inner_text()
    expect(counter(page, "scored at step")).to_have_text(step, timeout=SLOW_MS)
    press(page, "Play")
    expect(counter(page, "step")).not_to_have_text(step)
    press(page, "Pause")
    press(page, "Reset")
    expect(counter(page, "step")).to_have_text("0")


def test_a_unit_opens_by_pointer_and_by_key(shared):
    page = shared.page
    go(page, "?chapter=c8&samples=900&seed=4")
    page.get_by_role("button", name="conv 2, map 5", exact=True).click(position={"x": 18, "y": 18})
    expect_opened(page, "Output y⁽³⁾[5, 2, 2]")
    expect(page).to_have_url(re.compile("layer=3&map=5&at=2%7E2"))
    page.keyboard.press("ArrowRight")
    expect_opened(page, "Output y⁽³⁾[6, 2, 2]")
    arithmetic(page).get_by_role("button", name=re.compile(r"^y⁽²⁾\[1, 2, 2\]")).click()
    expect_opened(page, "Output y⁽²⁾[1, 2, 2]")
    cell(page, "Weights", 0, 0).click()
    expect_opened(page, "w⁽³⁾[6, 1, 1, 1] after the next step of momentum")


def test_a_drawn_digit_goes_through_as_in_cpython(shared):
    page = shared.page
    go(page, "?chapter=c8&samples=300&seed=4&look=drawn")
    board = page.get_by_role("application", name=re.compile("Draw a digit"))
    board.click(position={"x": 60, "y": 60})
    expect(page).to_have_url(re.compile("ink="))
    ink = re.search("ink=([^&]+)", page.url)[1]
    state = LearnState(samples=300, seed=4, look="drawn", ink=[ink])
    trainer = Trainer(state.network_spec(), state.data_spec(), state.train_spec())
    pictures = Pictures(state)
    pictures.take(trainer, is_ink=True, are_digits=True)
    logits = trainer.network.forward(pictures.shown[0])[0]
    expected = f"{logits[3]:.4f}".replace("-", "−")
    expect(cell(page, "Its answer", 3, 0)).to_have_text(expected)
    board.press("Space")
    expect(page).not_to_have_url(re.compile(ink))


def test_the_shelf_s_small_networks_open_here(shared):
    page = shared.page
    go(page, "?chapter=c9&net=googlenet_32x32")
    page.get_by_role("link", name="Train GoogLeNet for 32 × 32 in this page").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("A convolutional network learns")
    tile = page.get_by_role("button", name="block 2, map 5", exact=True)
    tile.click(position={"x": 5, "y": 5}, timeout=9000)
    expect_opened(page, "Output y⁽⁵⁾[5,")


def test_a_filter_is_switched_off_and_scored_without(shared):
    page = shared.page
    go(page, "?chapter=c8&samples=300&seed=4&layer=0&map=2")
    tile = page.get_by_role("button", name="conv 1, map 2", exact=True)
    expect(tile).to_have_attribute("aria-pressed", "true")
    before = cell(page, "Its answer", 0, 0).inner_text()
    page.get_by_label("Switched off", exact=True).check()
    expect(page.get_by_role("button", name="conv 1, map 2, switched off")).to_be_visible()
    expect(counter(page, "right without")).to_have_text(re.compile("%"), timeout=SLOW_MS)
    expect(cell(page, "Its answer", 0, 0)).not_to_have_text(before)
    press(page, "Switch all on")
    expect(cell(page, "Its answer", 0, 0)).to_have_text(before)


def test_where_it_looks_opens_by_key(shared):
    page = shared.page
    go(page, "?chapter=c8&samples=300&seed=4&about=2")
    page.get_by_role("button", name="occlusion", exact=True).click(position={"x": 4, "y": 4})
    expect_opened(page, "drop[1, 1]")
    page.keyboard.press("ArrowRight")
    expect_opened(page, "drop[1, 2]")
    arithmetic(page).get_by_role("button", name=re.compile("p, covered")).click()
    expect_opened(page, "Predicted probability of class 2")
    page.get_by_role("button", name="saliency", exact=True).click(position={"x": 4, "y": 4})
    expect_opened(page, "Gradient of the loss by x[1, 1, 1]")


def test_wrong_idx_files_are_answered_and_right_ones_are_learnt(shared, tmp_path):
    page = shared.page
    go(page, "?chapter=c8&samples=300&seed=4")
    rng = np.random.default_rng(0)
    images = write_idx(rng.integers(0, 256, (30, 28, 28)).astype(np.uint8))
    labels = write_idx((np.arange(30) % 2).astype(np.uint8))
    for name, data in (("cut", images[:-100]), ("images", images), ("labels", labels)):
        (tmp_path / name).write_bytes(data)
    for name, words in (("cut", "but 23420 follow. Nothing was changed."),
                        ("labels", "it must hold uint8 of 3 dimensions; perhaps the two files")):
        page.get_by_label("Images", exact=True).set_input_files(tmp_path / name)
        page.get_by_label("Labels", exact=True).set_input_files(tmp_path / "labels")
        expect(page.get_by_role("alert").filter(has_text=words)).to_be_visible(timeout=SLOW_MS)
    page.get_by_label("Images", exact=True).set_input_files(tmp_path / "images")
    said = page.get_by_text("“images”: 30 pictures of 28 × 28, 2 classes.")
    expect(said).to_be_visible(timeout=SLOW_MS)
    press(page, "Use the digits again")
    expect(said).to_be_hidden()
