"""Sequences: an LSTM that learns to foretell the next symbol, through all steps back in time.

This module runs on both sides, as mlp.py does.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from core.data.samples import Samples
from core.spec import LinearSpec, NetworkSpec, OneHotSpec, RecurrentSpec, TrainSpec
from core.training import Trainer

DTYPE = "float32"
ABSENT = {
    "ConvNetJS": "it has no recurrent layers.",
    "brain.js": "its LSTM learns one sequence at a time, by an optimizer of its own.",
}
STEPS, BATCH, SYMBOLS, HIDDEN = 50, 32, 30, 64
RATE = 0.1
JOBS = ("LSTM training, batch 32",)
LSTM = NetworkSpec(
    (STEPS,), (OneHotSpec(SYMBOLS), RecurrentSpec("lstm", HIDDEN), LinearSpec(SYMBOLS))
)


def make_samples() -> Samples:
    """Random symbols; the target of each is the next."""
    text = np.random.default_rng(3).integers(0, SYMBOLS, (BATCH, STEPS + 1))
    return Samples(text[:, :-1], text[:, 1:], SYMBOLS, np.arange(BATCH), np.arange(0))


def make_trainer(dtype: str = DTYPE) -> Trainer:
    train = TrainSpec("cross_entropy", "sgd", RATE, batch_size=BATCH, dtype=dtype)
    return Trainer(LSTM, make_samples(), train)


def make_job(name: str) -> dict[str, Any]:
    """Everything that a peer needs to do the same, and the loss after one step in float64."""
    trainer, exact = make_trainer(), make_trainer("float64")
    exact.network.parameters[:] = trainer.network.parameters
    exact.step()
    tensors = {key: array.tolist() for key, array in trainer.network.state_dict().items()}
    return {
        "rate": RATE,
        "symbols": SYMBOLS,
        "weight_ih": tensors["layers.1.weight_ih"],
        "weight_hh": tensors["layers.1.weight_hh"],
        "bias": tensors["layers.1.bias"],
        "out_weight": tensors["layers.2.weight"],
        "out_bias": tensors["layers.2.bias"],
        "inputs": trainer.train_x.tolist(),
        "targets": trainer.train_y.tolist(),
        "loss": loss_of(exact),
    }


def loss_of(trainer: Trainer) -> float:
    score = trainer.score(trainer.train_x, trainer.train_y)
    assert score is not None
    return score.loss


class Contestant:
    """Our own engine at its job."""

    def __init__(self, name: str) -> None:
        self.trainer = make_trainer()

    def work(self) -> None:
        self.trainer.step()

    def loss(self) -> float:
        return loss_of(self.trainer)
