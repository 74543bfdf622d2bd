"""The built site in real Chromium: it loads by itself, computes right, and remembers."""

import re
import shutil

import numpy as np
import pytest
from playwright.sync_api import expect

from app.playground.chapters.neurons.mlp_state import PlaygroundState
from core.functional.losses import LOSSES
from core.training import Trainer
from tests.browser.conftest import start_server
from tests.browser.helpers import arithmetic, cell, counter, expect_opened, go, press


def test_it_loads_from_any_folder_with_no_foreign_request(watched, dist, tmp_path):
    shutil.copytree(dist, tmp_path / "some" / "course page")
    server, address = start_server(tmp_path)
    view = watched()
    page = view.open(f"{address}some/course%20page/")
    expect(page.get_by_role("heading", level=1)).to_have_text("One neuron")
    assert view.foreign(address) == []
    assert any(url.endswith(".wasm") for url in view.requests)
    server.shutdown()


def test_it_can_be_read_before_any_script_has_run(chromium, site):
    page = chromium.new_page(java_script_enabled=False)
    page.goto(site)
    expect(page.get_by_role("heading", level=1)).to_have_text("One neuron")
    expect(page.get_by_text("needs JavaScript")).to_be_visible()
    expect(page.get_by_role("heading", name="Neurons combined", level=1)).to_be_hidden()
    page.close()


def test_the_rules_that_hide_chapters_come_before_them(dist):
    """A browser may paint a page of which it has read only the beginning."""
    text = (dist / "index.html").read_text(encoding="utf-8")
    assert text.index('id="chapter-rules"') < text.index('class="lead"')


def test_the_same_link_again_shows_the_same_again(shared):
    page = shared.page
    sigmoid = cell(page, "All activations at z", 1, 0)
    go(page, "?chapter=a2&z=1.0")
    expect(sigmoid).to_have_text("0.731059")
    page.get_by_label("z", exact=True).fill("2")
    page.keyboard.press("Enter")
    expect(sigmoid).to_have_text("0.880797")
    expect(page).to_have_url(re.compile("v=1&z=2$"))
    for _ in range(2):
        go(page, "?chapter=a2&z=1.0")
        expect(sigmoid).to_have_text("0.731059")
        expect(page).to_have_url(re.compile("v=1$"))


def test_one_neuron(shared):
    page = shared.page
    go(page, "?chapter=a1")
    expect(page.get_by_role("heading", level=1)).to_have_text("One neuron")
    for column, value in enumerate(["0.000000", "3.000000", "4.000000", "7.000000", "0.999089"]):
        expect(cell(page, "Results", 0, column)).to_have_text(value)
    cell(page, "Results", 0, 4).click()
    expect_opened(page, "0.9990889488055994")
    arithmetic(page).get_by_role("button", name="z(o₁) 7").click()
    expect_opened(page, "Weighted sum of neuron o₁")
    expect_opened(page, "0 × 2 + 1 × 3 + 4")
    arithmetic(page).get_by_role("button", name="w₂ 1").click()
    expect_opened(page, "Weight from x₂ to o₁")
    arithmetic(page).get_by_role("button", name="o₁", exact=True).click()
    expect_opened(page, "0.9990889488055994")


def test_three_neurons(shared):
    page = shared.page
    go(page, "?chapter=a3")
    expect(cell(page, "Results", 0, 4)).to_have_text("0.952574")
    expect(cell(page, "Results", 2, 4)).to_have_text("0.721633")
    cell(page, "Results", 2, 4).click()
    expect_opened(page, "0.72163256")
    press(page, "Next number")
    expect_opened(page, "Weighted sum of neuron h₁")


def test_a_walk_through_the_forward_pass(shared):
    page = shared.page
    go(page, "?chapter=a1")
    press(page, "Walk through")
    expect(page.get_by_text("Number 2 of 2 of the forward pass")).to_be_visible()
    expect(page.get_by_role("button", name="Walk through")).to_be_visible()


def test_editing_a_weight_changes_output_and_address(shared):
    page = shared.page
    go(page, "?chapter=a1")
    press(page, "Reset")
    bias = cell(page, "Weights and biases, layer 1", 0, 2)
    bias.click()
    page.keyboard.type("-3")
    page.keyboard.press("Enter")
    expect(cell(page, "Results", 0, 4)).to_have_text("0.500000")
    expect(page).to_have_url(re.compile("b=-3.0"))
    press(page, "Reset")
    expect(cell(page, "Results", 0, 4)).to_have_text("0.999089")


def test_the_losses_of_ten_steps_are_those_of_cpython(shared):
    page = shared.page
    go(page, "?chapter=a8&seed=3")
    expect(counter(page, "step")).to_have_text("0")
    state = PlaygroundState(seed=3)
    trainer = Trainer(state.network_spec(), state.data_spec(), state.train_spec())
    for step in range(11):
        snapshot = trainer.snapshot()
        cell(page, "The sample at hand", 0, 5).click()
        expected = float(np.mean(LOSSES[trainer.train_spec.loss].per_sample(
            trainer.network.forward(snapshot.batch_inputs), snapshot.batch_targets
        )))  # fmt: skip
        shown = arithmetic(page).get_by_text(f"all digits: {str(expected)[:9]}")
        digits = shown.inner_text().removeprefix("all digits: ")
        assert float(digits.replace("−", "-")) == pytest.approx(expected, rel=1e-12)
        if step < 10:
            press(page, "Batch")
            expect(counter(page, "step")).to_have_text(str(step + 1))
            trainer.step()


def test_play_makes_the_loss_fall_and_the_boundary_change(shared):
    page = shared.page
    go(page, "?chapter=a8&data=circles&seed=0")
    expect(counter(page, "step")).to_have_text("0")
    start = float(counter(page, "training loss").inner_text())
    picture = page.locator("#slot-stage canvas").nth(1)
    before = picture.screenshot()
    press(page, "Play")
    learned = re.compile(r"^(9[5-9]|100)\.\d %$")
    expect(counter(page, "training right")).to_have_text(learned, timeout=30_000)
    press(page, "Pause")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    assert float(counter(page, "training loss").inner_text()) < start / 3
    assert picture.screenshot() != before
    press(page, "Reset")
    expect(counter(page, "training loss")).to_have_text(f"{start:.5f}")
    assert picture.screenshot() == before


def test_samples_epochs_and_speed(shared):
    page = shared.page
    go(page, "?chapter=a8&seed=1")
    expect(counter(page, "step")).to_have_text("0")
    press(page, "Sample")
    expect(page.get_by_text("Sample 2 of 10 in the next batch.")).to_be_visible()
    expect(counter(page, "step")).to_have_text("0")
    press(page, "Epoch")
    expect(counter(page, "epoch")).to_have_text("1")
    expect(counter(page, "step")).to_have_text("20")
    page.get_by_label("Speed").select_option("as fast as it can")
    page.keyboard.press("k")
    expect(counter(page, "epoch")).to_have_text(re.compile(r"^\d{2,}$"), timeout=20_000)
    page.keyboard.press("k")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()


def test_divergence_is_said_in_words(shared):
    page = shared.page
    go(page, "?chapter=a8&data=plane&hidden=&rate=1.0")
    expect(counter(page, "step")).to_have_text("0")
    press(page, "Play")
    expect(page.get_by_text("is no longer a finite number")).to_be_visible(timeout=20_000)
    press(page, "Reset")
    expect(page.get_by_text("is no longer a finite number")).to_be_hidden()


def test_a_copied_address_opens_the_same_state(watched, site):
    first = watched().open(f"{site}?chapter=a8&data=xor&hidden=3&seed=5")
    first.get_by_label("Noise", exact=True).fill("0.2")
    first.keyboard.press("Enter")
    expect(first).to_have_url(re.compile("noise=0.2"))
    expect(counter(first, "step")).to_have_text("0")
    second = watched().open(first.url)
    for label in ("training loss", "test loss"):
        expect(counter(second, label)).to_have_text(counter(first, label).inner_text())
    expect(second.get_by_label("Data set")).to_have_value("xor")


BROKEN = {
    "?chapter=a8&rate=abc": "it is not a number",
    "?chapter=a8&rate=nan": "it must be from",
    "?chapter=a8&hidden=99~2": "it must be from 1 to 16",
    "?chapter=a8&data=__import__": "it must be one of circles",
    "?chapter=zzz": "There is no chapter “zzz”",
    "?chapter=a1&w=1e999~0": "it must be from -100 to 100",
    "?chapter=a1&nonsense=<script>": "“nonsense” in the address is unknown",
    "?chapter=a8&samples=1000000000": "it must be from 10 to 2000",
    "?chapter=a1&v=99": "made by version 99",
}


@pytest.mark.parametrize(("query", "words"), BROKEN.items(), ids=BROKEN)
def test_a_broken_address_is_reported_and_replaced(shared, query, words):
    page = shared.page
    go(page, query)
    expect(page.locator("#notices")).to_contain_text(words)
    go(page, "?chapter=a1")
    expect(page.locator("#notices")).to_be_empty()


@pytest.mark.parametrize("text", ["abc", "NaN", "Infinity", "1e9", "--1", ""])
def test_bad_numbers_never_leave_their_field(shared, text):
    page = shared.page
    go(page, "?chapter=a1")
    press(page, "Reset")
    weight = cell(page, "Weights and biases, layer 1", 0, 1)
    weight.click()
    page.keyboard.press("Enter")
    weight.get_by_role("textbox").fill(text)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Type a value from −100 to 100")).to_be_visible()
    page.keyboard.press("Escape")
    expect(weight).to_have_text("1.00")
    field = page.get_by_label("w₂", exact=True)
    field.fill(text)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Type a number from −10 to 10")).to_be_visible()
    page.keyboard.press("Escape")
    expect(field).to_have_value("1")
    expect(cell(page, "Results", 0, 4)).to_have_text("0.999089")


def test_when_python_is_lost_what_was_made_is_kept(watched, site):
    view = watched()
    page = view.open(f"{site}?chapter=a8&data=xor&seed=2")
    press(page, "Epoch")
    expect(counter(page, "epoch")).to_have_text("1")
    loss = counter(page, "training loss").inner_text()
    page.workers[0].evaluate("() => self.close()")
    expect(page.get_by_text("Python stopped in this page")).to_be_visible(timeout=30_000)
    press(page, "Start again")
    page.wait_for_selector("[data-live]", state="attached", timeout=60_000)
    expect(page.get_by_text("The weights are those from step 20")).to_be_visible()
    expect(counter(page, "training loss")).to_have_text(loss)


def test_a_damaged_file_is_named_and_can_be_tried_again(chromium, dist, tmp_path):
    shutil.copytree(dist, tmp_path / "dist")
    wheel = next((tmp_path / "dist").glob("python-*/numpy-*.whl"))
    good = wheel.read_bytes()
    wheel.write_bytes(good[:-1] + b"x")
    server, address = start_server(tmp_path / "dist")
    page = chromium.new_page()
    page.goto(address)
    expect(page.get_by_text("Python could not be started")).to_be_visible(timeout=60_000)
    page.close()
    wheel.write_bytes(good)
    page = chromium.new_page()
    page.goto(address)
    page.wait_for_selector("[data-live]", state="attached", timeout=60_000)
    page.close()
    server.shutdown()


def test_the_policy_comes_with_the_page(chromium, site):
    page = chromium.new_page()
    response = page.goto(site)
    for policy in (
        response.headers["content-security-policy"],
        page.locator("meta[http-equiv=Content-Security-Policy]").get_attribute("content"),
    ):
        assert "'unsafe-eval'" not in policy.replace("'wasm-unsafe-eval'", "")
        assert "http" not in policy
    page.close()
