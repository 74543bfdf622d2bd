"""The settings with which C8 hands its large networks to a server, on the engine they are for."""

import numpy as np
import pytest

from app.playground.chapters.images.cnn_state import LearnState, usual
from app.server.engines.torch import TorchEngine
from app.server.training import ServedTrainer
from core.architectures import ARCHITECTURES

GUESSING = np.log(10)  # the loss of who gives each digit the same probability


@pytest.mark.parametrize("key", [key for key, each in ARCHITECTURES.items() if each.is_large])
def test_a_large_network_learns_from_its_first_batches(key):
    """Three of them, since each takes a second; with rates that are too large the loss first goes
    up, or stays for dozens of batches where guessing is."""
    state = LearnState(net=key, samples=300, **usual(key))
    trainer = ServedTrainer(
        state.network_spec(), state.data_spec(), state.train_spec(),
        lambda task: TorchEngine(task, "CPU"), 1,
    )  # fmt: skip
    losses = []
    for _ in range(3):
        trainer.advance(1)
        losses.append(trainer.mean_loss())
    assert losses[0] > GUESSING, "as it was drawn, it is sure of what it does not know"
    assert losses[2] < 0.75 * GUESSING
