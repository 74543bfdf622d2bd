"""Going back to a snapshot: what is trained from there is the same again, bit for bit."""

from dataclasses import replace

import numpy as np
import pytest

from core.spec import DataSpec, DropoutSpec, TrainSpec, mlp
from core.training import Trainer

NET = mlp(2, (4, 2), 1, "tanh", "tanh")
DROPPING = replace(NET, layers=(*NET.layers[:2], DropoutSpec(0.5), *NET.layers[2:]))
DATA = DataSpec(num_samples=50)


def same(first, second):
    np.testing.assert_array_equal(first.parameters, second.parameters)
    np.testing.assert_array_equal(first.gradients, second.gradients)
    np.testing.assert_array_equal(first.batch_samples, second.batch_samples)
    np.testing.assert_array_equal(first.history, second.history)
    for name, array in first.optimizer.state.items():
        np.testing.assert_array_equal(array, second.optimizer.state[name])
    assert (first.step, first.epoch, first.batch, first.sample, first.train, first.test) == (
        second.step, second.epoch, second.batch, second.sample, second.train, second.test
    )  # fmt: skip


def trained(trainer):
    """A batch, two samples, and two epochs, with a look at the end of each."""
    trainer.step()
    trainer.snapshot()
    trainer.step_sample()
    trainer.step_epoch()
    trainer.snapshot()
    trainer.step_epoch()
    return trainer.snapshot()


@pytest.mark.parametrize("net", [NET, DROPPING], ids=["plain", "dropout"])
@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "rmsprop", "adam"])
def test_training_goes_on_from_a_snapshot_as_it_did(net, optimizer):
    train = TrainSpec(optimizer=optimizer, batch_size=7, l2=0.01)
    trainer = Trainer(net, DATA, train)
    trained(trainer)
    trainer.step()
    trainer.step_sample()
    before = trainer.snapshot()
    after = trained(trainer)
    for again in (trainer, Trainer(net, DATA, train)):
        again.restore(before)
        same(again.snapshot(), before)
        same(trained(again), after)


def test_the_learning_rate_of_then_comes_back_and_the_present_one_is_not_used():
    trainer = Trainer(NET, DATA, TrainSpec(batch_size=7))
    before = trainer.snapshot()
    after = trained(trainer)
    trainer.tune(replace(trainer.train_spec, learning_rate=1.0))
    trainer.restore(before)
    assert trainer.train_spec.learning_rate == 0.03
    same(trained(trainer), after)


def test_a_snapshot_from_before_divergence_trains_again():
    trainer = Trainer(mlp(2, (), 1), DataSpec("plane", num_samples=50, num_classes=1),
                      TrainSpec(learning_rate=10.0, batch_size=7))  # fmt: skip
    before = trainer.snapshot()
    for _ in range(100):
        trainer.step_epoch()
    assert trainer.message
    trainer.restore(before)
    assert not trainer.message
    trainer.step()
    assert trainer.step_count == 1


def test_a_snapshot_of_another_network_or_of_other_samples_changes_nothing():
    trainer = Trainer(NET, DATA, TrainSpec())
    parameters = trainer.network.parameters.copy()
    others = [Trainer(mlp(2, (3,), 1, "tanh", "tanh"), DATA, TrainSpec()),
              Trainer(NET, DataSpec(num_samples=60), TrainSpec()),
              Trainer(NET, DATA, TrainSpec(optimizer="adam"))]  # fmt: skip
    for other in others:
        with pytest.raises(ValueError, match=r"another|can change"):
            trainer.restore(other.snapshot())
    np.testing.assert_array_equal(trainer.network.parameters, parameters)
