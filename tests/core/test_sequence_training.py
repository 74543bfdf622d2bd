"""Training on sequences: unequal lengths, steps that count, bounded gradients, carried states."""

import dataclasses
import math

import numpy as np
import pytest

from core.data.samples import Samples
from core.functional.losses import LOSSES
from core.functional.sequence_losses import per_step
from core.masks import Masks, make_masks
from core.spec import (
    ANY,
    LinearSpec,
    NetworkSpec,
    OneHotSpec,
    RecurrentSpec,
    TrainSpec,
    from_json,
    to_json,
)
from core.training import Trainer

N, T, TOKENS = 10, 6, 4
TRAIN = TrainSpec("cross_entropy", "sgd", 0.1, 4)
NET = NetworkSpec((ANY,), (OneHotSpec(TOKENS), RecurrentSpec("lstm", 5), LinearSpec(TOKENS)))
LENGTHS = np.array([6, 2, 3, 6, 1, 4, 5, 6, 2, 3])
MASK = np.arange(T) < LENGTHS[:, None]


def make_data(mask=None, counted=None, per_step=True):
    rng = np.random.default_rng(0)
    inputs = rng.integers(0, TOKENS, (N, T))
    targets = np.roll(inputs, -1, axis=1) if per_step else inputs[:, 0]
    return Samples(inputs, targets, TOKENS, np.arange(8), np.arange(8, 10), mask, counted)


@pytest.mark.parametrize("counted", [None, np.arange(T) % 2 == 0])
def test_scores_are_means_over_the_steps_that_count(counted):
    counted = None if counted is None else np.broadcast_to(counted, (N, T))
    data = make_data(MASK, counted)
    trainer = Trainer(NET, data, TRAIN)
    snapshot = trainer.snapshot()
    counts = MASK if counted is None else MASK & counted
    losses, right = [], []
    for n in range(8):
        output = trainer.network.forward(data.inputs[n : n + 1, : LENGTHS[n]])[0]
        for t in np.flatnonzero(counts[n]):
            logits = output[t]
            losses.append(np.log(np.exp(logits).sum()) - logits[data.targets[n, t]])
            right.append(logits.argmax() == data.targets[n, t])
    assert math.isclose(snapshot.train.loss, np.mean(losses), rel_tol=1e-12)
    assert math.isclose(snapshot.train.metric, np.mean(right), rel_tol=1e-12)


def test_a_step_follows_the_gradient_of_what_counts():
    trainer = Trainer(NET, make_data(MASK), TRAIN)
    (x, y), masks = trainer.batch_arrays(), trainer.batch_masks()
    before = trainer.network.parameters.copy()
    output = trainer.network.forward(x, training=True, mask=masks.exist)
    trainer.network.backward(per_step(LOSSES["cross_entropy"], output, y, masks.counted)[1])
    gradients = trainer.network.gradients.copy()
    trainer.step()
    np.testing.assert_allclose(trainer.network.parameters, before - 0.1 * gradients, rtol=1e-12)


def test_padding_is_never_learnt_from():
    data = make_data(MASK)
    other = dataclasses.replace(data, inputs=np.where(MASK, data.inputs, 3),
                                targets=np.where(MASK, data.targets, 0))  # fmt: skip
    trainers = [Trainer(NET, each, TRAIN) for each in (data, other)]
    for trainer in trainers:
        trainer.step_epoch()
    np.testing.assert_array_equal(trainers[0].network.parameters, trainers[1].network.parameters)


def test_one_answer_for_a_whole_sequence():
    layers = (OneHotSpec(TOKENS), RecurrentSpec("gru", 5, returns="last"), LinearSpec(TOKENS))
    quick = dataclasses.replace(TRAIN, optimizer="adam", learning_rate=0.02)
    trainer = Trainer(NetworkSpec((ANY,), layers), make_data(MASK, per_step=False), quick)
    start = trainer.snapshot().train.loss
    for _ in range(30):
        trainer.step_epoch()
    assert trainer.snapshot().train.loss < start / 2


def test_the_snapshot_tells_which_steps_exist():
    trainer = Trainer(NET, make_data(MASK), TRAIN)
    snapshot = trainer.snapshot()
    np.testing.assert_array_equal(snapshot.batch_masks.exist, MASK[snapshot.batch_samples])
    with pytest.raises(ValueError, match="read-only"):
        snapshot.batch_masks.exist[0] = False


@pytest.mark.parametrize("field", ["clip_value", "clip_norm"])
def test_gradients_are_bounded(field):
    free = Trainer(NET, make_data(), dataclasses.replace(TRAIN, l2=0.1))
    bounded = Trainer(NET, make_data(), dataclasses.replace(TRAIN, l2=0.1, **{field: 1e-3}))
    free.step()
    bounded.step()
    gradients = free.network.gradients
    if field == "clip_value":
        wanted = np.clip(gradients, -1e-3, 1e-3)
    else:
        wanted = gradients * 1e-3 / np.linalg.norm(gradients)
    np.testing.assert_allclose(bounded.network.gradients, wanted, rtol=1e-12)


def test_bounds_can_change_while_training_goes_on():
    trainer = Trainer(NET, make_data(), TRAIN)
    trainer.tune(dataclasses.replace(TRAIN, clip_norm=1e-3))
    trainer.step()
    assert math.isclose(np.linalg.norm(trainer.network.gradients), 1e-3, rel_tol=1e-9)
    with pytest.raises(ValueError, match="clip_norm can change"):
        trainer.tune(dataclasses.replace(TRAIN, carry_state=True))


def test_carried_states_join_the_batches_of_an_epoch():
    """Two long sequences in pieces of 6 steps, two pieces a batch: as one forward pass over all."""
    rng = np.random.default_rng(1)
    long = rng.integers(0, TOKENS, (2, 4 * T))
    pieces = long.reshape(2, 4, T).transpose(1, 0, 2).reshape(8, T)
    data = Samples(pieces, pieces, TOKENS, np.arange(8), np.arange(0))
    still = dataclasses.replace(TRAIN, batch_size=2, learning_rate=0.0, carry_state=True)
    trainer = Trainer(NET, data, still)
    whole = trainer.network.forward(long)
    for epoch in range(2):
        for batch in range(4):
            x = trainer.batch_arrays()[0]
            np.testing.assert_array_equal(x, long[:, batch * T : (batch + 1) * T])
            trainer.snapshot()  # which looks at other sequences, and must not disturb
            trainer.step()
            output = whole[:, batch * T : (batch + 1) * T]
            gradient = per_step(LOSSES["cross_entropy"], output, x)[1]
            bias = trainer.network.view("layers.2.bias", trainer.network.gradients)
            np.testing.assert_allclose(bias, gradient.sum(axis=(0, 1)), rtol=1e-10)
        assert trainer.epoch == epoch + 1


def test_specs_with_bounds_survive_json():
    spec = dataclasses.replace(TRAIN, clip_value=1.0, clip_norm=2.5, carry_state=True)
    assert from_json(TrainSpec, to_json(spec)) == spec


@pytest.mark.parametrize(
    "fields", [{"clip_value": 0}, {"clip_norm": -1}, {"clip_norm": math.nan}, {"carry_state": 1}]
)
def test_a_bound_that_cannot_be_is_named(fields):
    with pytest.raises(ValueError, match=next(iter(fields))):
        dataclasses.replace(TRAIN, **fields)


def test_masks_that_do_not_fit_are_named():
    for mask in (MASK.T, MASK.astype(int)):
        with pytest.raises(ValueError, match=r"mask must be true or false for .*\(10, 6\)"):
            make_masks(mask, None, np.zeros((N, T)))
        with pytest.raises(ValueError, match="counted must be"):
            make_masks(None, mask, np.zeros((N, T)))
    assert make_masks(None, None, np.zeros((N, T))) == Masks()
