"""A8's layers as a learner sets them, by pointer and keyboard; numbers as CPython has them."""

import numpy as np
from playwright.sync_api import expect

from core.data.names import DATASETS
from core.spec import DataSpec, Hidden, TrainSpec, dense
from core.training import Trainer
from tests.browser.helpers import arithmetic, counter, go, press

DATA = DataSpec("xor", 400, 0.05, DATASETS["xor"].classes[0])


def test_layers_of_their_own_train_as_in_cpython(shared):
    page = shared.page
    go(page, "?chapter=a8&data=xor&hidden=3~2")
    page.get_by_label("Each hidden layer its own").check()
    row = page.get_by_role("group", name="Layer 2", exact=True)
    row.get_by_label("Activation").select_option("relu")
    row.get_by_label("Dropout", exact=True).fill("0.2")
    page.keyboard.press("Enter")
    press(page, "Epoch")
    trainer = Trainer(dense(2, (Hidden(3), Hidden(2, "relu", 0.2)), 1, "tanh"), DATA, TrainSpec())
    trainer.step_epoch()
    expect(counter(page, "training loss")).to_have_text(f"{trainer.snapshot().train.loss:.5f}")


def test_a_neuron_is_switched_off_by_keyboard_while_training_goes_on(shared):
    page = shared.page
    go(page, "?chapter=a8&data=xor&hidden=3~2&seed=0")
    press(page, "Epoch")
    box = page.get_by_role("group", name="Neurons that are on").get_by_label("h₂")
    box.focus()
    page.keyboard.press("Space")
    page.get_by_text("off, and at rest: h₂⁽¹⁾").wait_for()
    expect(arithmetic(page)).to_contain_text("off · a(h₂⁽¹⁾)")
    expect(counter(page, "step")).to_have_text("20")
    on, off = (Trainer(dense(2, (Hidden(3, off=gone), Hidden(2)), 1, "tanh"), DATA, TrainSpec())
               for gone in ((), (1,)))  # fmt: skip
    on.step_epoch()
    off.switch(on.snapshot())
    expect(counter(page, "training loss")).to_have_text(f"{off.snapshot().train.loss:.5f}")
    press(page, "Epoch")
    off.step_epoch()
    expect(counter(page, "training loss")).to_have_text(f"{off.snapshot().train.loss:.5f}")
    rested = page.locator("table[aria-label='Weights and biases'] td[data-mark~=resting]")
    expect(rested).to_have_count(3)
    kept = [float(text.replace("−", "-")) for text in rested.all_inner_texts()]
    start = off.network.view("layers.0.weight")[1]
    np.testing.assert_allclose(kept[:2], start, atol=5e-4)


def test_training_pauses_at_the_epoch(shared):
    page = shared.page
    go(page, "?chapter=a8&data=xor&hidden=3~2&epochs=5")
    press(page, "Play")
    page.get_by_text("Paused at epoch 5, as was asked.").wait_for()
    expect(counter(page, "epoch")).to_have_text("5")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
