"""Pictures: LeNet-5 in the form that is measured everywhere, with ReLU and max pooling.

ReLU and max pooling may change places without changing any number; each engine has them in the
order that it is faster in. This module runs on both sides, as mlp.py does.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from core.data.samples import Samples
from core.spec import (
    ActivationSpec,
    Conv2dSpec,
    FlattenSpec,
    LinearSpec,
    NetworkSpec,
    PoolSpec,
    TrainSpec,
)
from core.training import Trainer

DTYPE = "float32"
ABSENT = {
    "brain.js": "its layers for pictures are unfinished, and it knows no mini-batches.",
    "recurrent-js": "it has no convolutions.",
}
# Whether to train, and with how many pictures at once.
JOBS = {
    "LeNet training, batch 32": (True, 32),
    "LeNet inference, 1 image": (False, 1),
    "LeNet inference, batch 32": (False, 32),
}
MEMORY_JOB = "LeNet training, batch 128"
MEMORY_LIMIT_MB = 300
CLASSES = 10
RATE = 0.01
RELU = ActivationSpec("relu")
LENET = NetworkSpec(
    (1, 28, 28),
    (
        Conv2dSpec(6, 5, padding=2), PoolSpec("max", 2), RELU,
        Conv2dSpec(16, 5), PoolSpec("max", 2), RELU,
        FlattenSpec(), LinearSpec(120), RELU, LinearSpec(84), RELU, LinearSpec(CLASSES),
    ),
)  # fmt: skip


def make_samples(count: int) -> Samples:
    """Sparse noise, as dark as handwriting is on the whole; every class as likely as another."""
    rng = np.random.default_rng(2)
    shape = (count, *LENET.input_shape)
    pictures = np.where(rng.random(shape) < 0.2, rng.random(shape), 0)
    everything, nothing = np.arange(count), np.arange(0)
    return Samples(pictures.astype(DTYPE), rng.integers(0, CLASSES, count), CLASSES,
                   everything, nothing)  # fmt: skip


def make_trainer(count: int, dtype: str = DTYPE) -> Trainer:
    train = TrainSpec("cross_entropy", "sgd", RATE, batch_size=count, dtype=dtype)
    return Trainer(LENET, make_samples(count), train)


def make_job(name: str) -> dict[str, Any]:
    """Everything that a peer needs to do the same, and the loss after one unit of it in float64."""
    training, count = JOBS[name]
    trainer, exact = make_trainer(count), make_trainer(count, "float64")
    exact.network.parameters[:] = trainer.network.parameters
    if training:
        exact.step()
    tensors = trainer.network.state_dict()
    return {
        "training": training,
        "rate": RATE,
        "weights": [w.tolist() for key, w in tensors.items() if key.endswith("weight")],
        "biases": [b.tolist() for key, b in tensors.items() if key.endswith("bias")],
        "images": trainer.train_x[:, 0].tolist(),
        "labels": {"of": trainer.train_y.tolist(), "classes": CLASSES},
        "loss": loss_of(exact),
    }


def loss_of(trainer: Trainer) -> float:
    score = trainer.score(trainer.train_x, trainer.train_y)
    assert score is not None
    return score.loss


class Contestant:
    """Our own engine at one job."""

    def __init__(self, name: str) -> None:
        self.training, count = {**JOBS, MEMORY_JOB: (True, 128)}[name]
        self.trainer = make_trainer(count)

    def work(self) -> None:
        if self.training:
            self.trainer.step()
        else:
            self.trainer.network.forward(self.trainer.train_x)

    def loss(self) -> float:
        return loss_of(self.trainer)
