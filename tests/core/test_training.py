"""The training loop: exact batches, the same numbers again, and clear words when it breaks."""

from dataclasses import replace

import numpy as np
import pytest

from core.functional.losses import LOSSES
from core.network import Network
from core.spec import DataSpec, DropoutSpec, TrainSpec, mlp
from core.training import MAX_HISTORY, Trainer

NET = mlp(2, (4, 2), 1, "tanh", "tanh")


def make(data=None, train=None, net=NET):
    return Trainer(net, data or DataSpec(num_samples=50), train or TrainSpec(batch_size=7))


def test_batches_are_exact_with_a_smaller_last_one():
    trainer = make()
    assert len(trainer.train_x) == 25
    network = Network(NET)
    network.parameters[:] = trainer.network.parameters
    for batch in range(4):
        x, y = trainer.batch_arrays()
        assert len(x) == (7 if batch < 3 else 4)
        output = network.forward(x, training=True)
        network.backward(LOSSES["mse"].gradient(output, y))
        network.parameters -= 0.03 * network.gradients
        trainer.step()
        np.testing.assert_allclose(trainer.network.parameters, network.parameters, rtol=1e-12)
    assert trainer.epoch == 1
    assert trainer.batch == 0


def test_every_epoch_sees_every_sample_once_in_a_new_order():
    trainer, orders = make(), []
    for _ in range(3):
        seen = []
        for _ in range(trainer.num_batches):
            seen += trainer.batch_samples.tolist()
            trainer.step()
        assert sorted(seen) == list(range(25))
        orders.append(seen)
    assert orders[0] != orders[1] != orders[2]


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "rmsprop", "adam"])
def test_reset_and_a_second_trainer_give_the_same_numbers(optimizer):
    train = TrainSpec(optimizer=optimizer, l2=0.01)
    first, second = make(train=train), make(train=train)
    first.run(0.01)
    first.reset()
    for _ in range(12):
        first.step()
        second.step()
    np.testing.assert_array_equal(first.network.parameters, second.network.parameters)
    assert first.snapshot().train == second.snapshot().train


def test_dropout_drops_the_same_again_and_changes_nothing_else_that_is_drawn():
    dropping = replace(NET, layers=(*NET.layers[:2], DropoutSpec(0.5), *NET.layers[2:]))
    plain, first, second = make(), make(net=dropping), make(net=dropping)
    np.testing.assert_array_equal(first.network.parameters, plain.network.parameters)
    first.step()
    first.reset()
    for _ in range(8):
        np.testing.assert_array_equal(first.batch_samples, plain.batch_samples)
        for trainer in (plain, first, second):
            trainer.step()
    np.testing.assert_array_equal(first.network.parameters, second.network.parameters)
    assert not np.array_equal(first.network.parameters, plain.network.parameters)


def test_stepping_by_sample_updates_exactly_as_stepping_by_batch():
    by_batch, by_sample = make(), make()
    start = by_sample.network.parameters.copy()
    for _ in range(6):
        by_sample.step_sample()
        np.testing.assert_array_equal(by_sample.network.parameters, start)
    by_sample.step_sample()
    by_batch.step()
    np.testing.assert_array_equal(by_sample.network.parameters, by_batch.network.parameters)
    assert by_sample.sample == 0


def test_a_step_in_the_middle_of_a_batch_finishes_that_batch():
    plain, mixed = make(), make()
    mixed.step_sample()
    mixed.step()
    plain.step()
    np.testing.assert_array_equal(mixed.network.parameters, plain.network.parameters)


def test_an_epoch_step_ends_at_the_epoch():
    trainer = make()
    trainer.step()
    trainer.step_epoch()
    assert (trainer.epoch, trainer.batch, trainer.step_count) == (1, 0, 4)


def test_divergence_is_named_and_stops_training():
    train = TrainSpec(learning_rate=1000, batch_size=25)
    trainer = make(train=train, net=mlp(2, (8, 8), 1, "relu"))
    for _ in range(2000):
        trainer.step()
    snapshot = trainer.snapshot()
    assert snapshot.diverged
    assert "layers." in snapshot.message
    assert "learning rate" in snapshot.message
    steps = trainer.step_count
    trainer.step_epoch()
    assert trainer.run(0.01) == 0
    assert trainer.step_count == steps
    trainer.reset()
    assert not trainer.snapshot().diverged


def test_without_test_samples_there_is_no_test_score():
    snapshot = make(DataSpec(num_samples=20, test_fraction=0)).snapshot()
    assert snapshot.test is None
    assert np.isnan(snapshot.history[0, 2])


def test_a_single_sample_can_be_trained_on():
    trainer = make(DataSpec(num_samples=1, test_fraction=0.5))
    before = trainer.snapshot().train.loss
    for _ in range(50):
        trainer.step()
    assert trainer.snapshot().train.loss < before


def test_a_weight_can_be_set_and_bad_values_are_refused():
    trainer = make()
    trainer.set_parameter("layers.0.weight", (3, 1), -2.5)
    assert trainer.network.view("layers.0.weight")[3, 1] == -2.5
    for value in (float("nan"), float("inf"), 1e9, "1"):
        with pytest.raises(ValueError, match=r"layers\.0\.weight"):
            trainer.set_parameter("layers.0.weight", (3, 1), value)
    with pytest.raises(ValueError, match="there is no"):
        trainer.set_parameter("layers.7.weight", (0, 0), 1.0)


def test_only_what_can_change_midway_is_tuned():
    trainer = make()
    trainer.step()
    trainer.tune(TrainSpec(batch_size=7, learning_rate=0.5))
    assert trainer.optimizer.learning_rate == 0.5
    with pytest.raises(ValueError, match="only learning_rate"):
        trainer.tune(TrainSpec(batch_size=8))


def test_history_is_thinned_and_keeps_its_ends():
    trainer = make(DataSpec(num_samples=4), TrainSpec(batch_size=2))
    for _ in range(MAX_HISTORY + 500):
        trainer.step()
        history = trainer.snapshot().history
    assert len(history) <= MAX_HISTORY
    assert history[0, 0] == 0
    assert history[-1, 0] == trainer.step_count
    assert (np.diff(history[:, 0]) > 0).all()


def test_a_snapshot_stands_still():
    trainer = make()
    snapshot = trainer.snapshot()
    kept = snapshot.parameters.copy()
    trainer.step_epoch()
    np.testing.assert_array_equal(snapshot.parameters, kept)
    np.testing.assert_array_equal(snapshot.network().parameters, kept)
    with pytest.raises(ValueError, match="read-only"):
        snapshot.parameters[0] = 1


@pytest.mark.parametrize(
    ("data", "loss", "outputs", "words"),
    [
        (DataSpec("plane", num_classes=1), "cross_entropy", 1, "mse for regression"),
        (DataSpec("spiral", num_classes=3), "binary_cross_entropy", 1, "knows 2 classes"),
        (DataSpec("spiral", num_classes=3), "cross_entropy", 2, "needs 3"),
        (DataSpec(), "mse", 2, "needs 1"),
    ],
)
def test_data_loss_and_network_must_fit(data, loss, outputs, words):
    with pytest.raises(ValueError, match=words):
        Trainer(mlp(2, (3,), outputs), data, TrainSpec(loss))


@pytest.mark.parametrize(
    "bad", [np.zeros(2), np.zeros((3, 5)), np.zeros((0, 2)), np.array([["a", "b"]])]
)
def test_inputs_that_do_not_fit_are_named(bad):
    with pytest.raises(ValueError, match="the input must be"):
        Network(NET).forward(bad)
