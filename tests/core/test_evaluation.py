"""Scoring in parts, and networks without some of their units."""

import numpy as np
import pytest

from core.ablation import switch_off
from core.architectures.lenet import lenet_8x8
from core.architectures.resnet import resnet_32x32
from core.evaluation import Evaluation
from core.network import Network
from core.spec import DataSpec, TrainSpec
from core.training import Trainer

DIGITS = DataSpec("digits", num_samples=150, num_classes=10, test_fraction=0.4)
TRAIN = TrainSpec("cross_entropy", "adam", 0.01, batch_size=16, dtype="float32")


def test_parts_give_the_scores_of_the_whole():
    trainer = Trainer(lenet_8x8(), DIGITS, TRAIN)
    trainer.step_epoch()
    snapshot = trainer.snapshot()
    found = Evaluation(snapshot.network(), trainer.test_x, trainer.test_y, TRAIN)
    parts = 1
    while not found.advance(0):
        assert len(found.classes) == len(found.losses) == found.done < 60
        parts += 1
    assert parts == -(-60 // found.part)
    assert found.score.metric == snapshot.test.metric
    assert found.score.loss == pytest.approx(snapshot.test.loss, rel=1e-6)
    assert found.true_classes.tolist() == trainer.test_y.tolist()


def test_a_trainer_that_does_not_score_takes_what_it_is_given():
    scored, unscored = (Trainer(lenet_8x8(), DIGITS, TRAIN, max_scored=m) for m in (None, 0))
    assert np.isnan(unscored.snapshot().test.metric)
    assert unscored.snapshot().history.shape == (0, 3)
    for trainer in (scored, unscored):
        trainer.step_epoch()
    assert (scored.network.parameters == unscored.network.parameters).all()
    unscored.take_scores(unscored.step_count, *scored.scores())
    assert unscored.snapshot().test == scored.snapshot().test
    assert unscored.snapshot().history.tolist() == scored.snapshot().history[1:].tolist()


def test_a_unit_that_is_switched_off_says_nothing():
    network = Network(lenet_8x8())
    network.initialize(np.random.default_rng(0))
    x = np.random.default_rng(1).random((2, 1, 8, 8))
    before = network.activations(x)
    switch_off(network, [("0", 2), ("7", 5)])
    after = network.activations(x)
    assert not after[0][:, 2].any()
    assert not after[7][:, 5].any()
    assert (np.delete(after[0], 2, 1) == np.delete(before[0], 2, 1)).all()
    assert (after[-1] != before[-1]).all()


def test_a_normalisation_behind_goes_with_it():
    network = Network(resnet_32x32(8, channels=1, width=4))
    network.initialize(np.random.default_rng(0))
    switch_off(network, [("0", 1), ("3.0.0", 2)])
    found = network.activations(np.random.default_rng(1).random((1, 1, 32, 32)))
    assert not found[1][:, 1].any()
    assert not network.view("layers.3.0.1.weight")[2]


@pytest.mark.parametrize(("unit", "words"), [
    (("1", 0), "no unit"), (("99", 0), "no unit"), (("0", 6), "units 1 to 6, not 7"),
])  # fmt: skip
def test_what_is_no_unit_is_said(unit, words):
    with pytest.raises(ValueError, match=words):
        switch_off(Network(lenet_8x8()), [unit])
