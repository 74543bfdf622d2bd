"""Dense networks: an epoch of training, and an epoch with all that a playground draws after it.

This module runs on both sides: under CPython it makes the jobs and the losses to be expected; in
the browser's worker it is our own contestant.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from core.data.features import FEATURES
from core.pictures import plane, plane_inputs
from core.plan import Plan
from core.spec import DataSpec, TrainSpec, mlp
from core.training import Trainer

DTYPE = "float64"
ABSENT = {"recurrent-js": "it is made for sequences, and measured with them alone."}
RESOLUTION = 100
NETS: dict[str, tuple[tuple[str, ...], tuple[int, ...]]] = {
    "MLP 2-4-2-1": (("x1", "x2"), (4, 2)),
    "MLP 7-8×6-1": (tuple(FEATURES), (8,) * 6),
}
DATA = DataSpec("circles", num_samples=500, noise=0.1)  # 250 of them to train on
TRAIN = TrainSpec(learning_rate=0.03, batch_size=10)
STACKED = 32  # networks trained at once
JOBS = {
    f"{net}, {what}": (net, what == "epoch and picture", 1)
    for what in ("epoch", "epoch and picture")
    for net in NETS
} | {f"{STACKED} at once of {net}, an epoch of one": (net, False, STACKED) for net in NETS}


def make_trainer(net: str, train: TrainSpec = TRAIN) -> Trainer:
    features, hidden = NETS[net]
    spec = mlp(len(features), hidden, 1, "tanh", "tanh")
    return Trainer(spec, replace(DATA, features=features), train)


def make_job(name: str) -> dict[str, Any]:
    """Everything that a peer needs to do the same, and the training loss after one epoch of it."""
    net, picture, _ = JOBS[name]
    trainer = make_trainer(net)
    tensors = trainer.network.state_dict()
    inputs = plane_inputs(NETS[net][0], RESOLUTION, 2) if picture else np.empty((0, 0))
    return {
        "picture": picture,
        "rate": TRAIN.learning_rate,
        "batch": TRAIN.batch_size,
        "weights": [w.tolist() for key, w in tensors.items() if key.endswith("weight")],
        "biases": [b.tolist() for key, b in tensors.items() if key.endswith("bias")],
        "order": trainer._order.tolist(),
        "train": {"x": trainer.train_x.tolist(), "y": trainer.train_y.tolist()},
        "test": {"x": trainer.test_x.tolist(), "y": trainer.test_y.tolist()},
        "grid": inputs.tolist(),
        "loss": loss_after_an_epoch(trainer),
        "loss_of_samples": loss_after_an_epoch(make_trainer(net, one_by_one(TRAIN))),
    }


def one_by_one(train: TrainSpec) -> TrainSpec:
    """For a peer that updates after each sample and minimises half the squared error."""
    return replace(train, batch_size=1, learning_rate=train.learning_rate / 2)


def loss_after_an_epoch(trainer: Trainer) -> float:
    trainer.step_epoch()
    score = trainer.score(trainer.train_x, trainer.train_y)
    assert score is not None
    return score.loss


class Contestant:
    """Our own engine at one job. `units` is how many units of work one call of `work` is."""

    def __init__(self, name: str) -> None:
        net, self.picture, self.units = JOBS[name]
        self.features = NETS[net][0]
        self.trainer = make_trainer(net)
        self.stack = self._stack() if self.units > 1 else None

    def _stack(self) -> Plan:
        """The same network many times, as for a race between learning rates."""
        trainer = self.trainer
        rates = np.full(self.units, TRAIN.learning_rate)
        plan = Plan(trainer.network_spec, TRAIN, trainer.train_x, trainer.train_y, rates)
        every = np.tile(trainer.network.parameters, (self.units, 1))
        plan.load(every, {}, 0)
        return plan

    def work(self) -> None:
        trainer = self.trainer
        if self.stack:
            self.stack.run(trainer._order)
            return
        trainer.step_epoch()
        if self.picture:
            trainer.scores()
            plane(trainer.network, self.features, RESOLUTION)

    def loss(self) -> float:
        if self.stack:  # of the last of them
            made = np.tile(self.trainer.network.parameters, (self.units, 1))
            self.stack.unload(made, np.empty_like(made), {})
            self.trainer.network.parameters[:] = made[-1]
        score = self.trainer.score(self.trainer.train_x, self.trainer.train_y)
        assert score is not None
        return score.loss
