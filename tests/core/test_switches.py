"""Neurons that are switched off: nothing passes them, their parameters rest, and go on later."""

import numpy as np
import pytest

from core.explain import Ref, Trace, explain
from core.network import Network
from core.pictures import plane, plane_inputs
from core.spec import (
    DataSpec,
    Hidden,
    SwitchSpec,
    TrainSpec,
    dense,
    from_json,
    is_weight,
    mlp,
    to_json,
)
from core.spec.network import NetworkSpec
from core.switches import penalised, resting
from core.training import Trainer
from tests.core.gradcheck import numeric_gradient

DATA = DataSpec("circles", num_samples=60, noise=0.1)
ON = dense(2, (Hidden(4), Hidden(3, "relu")), 1, "tanh")
OFF = dense(2, (Hidden(4, off=(1, 3)), Hidden(3, "relu", off=(0,))), 1, "tanh")


@pytest.fixture
def rng():
    return np.random.default_rng(5)


def drawn(spec, seed=0):
    network = Network(spec)
    network.initialize(np.random.default_rng(seed))
    return network


def test_layers_alike_are_the_perceptron():
    assert dense(2, (Hidden(4), Hidden(2)), 1, "tanh") == mlp(2, (4, 2), 1, "tanh", "tanh")
    assert dense(3) == mlp(3)


def test_what_is_off_is_as_if_it_were_not_there(rng):
    """The reference: the same network with the rows and columns of these neurons cut out."""
    network, small = drawn(OFF), Network(dense(2, (Hidden(2), Hidden(2, "relu")), 1, "tanh"))
    small.parameters[:] = network.parameters[~resting(network)]
    x = rng.normal(size=(7, 2))
    np.testing.assert_allclose(network.forward(x), small.forward(x), rtol=1e-13)


@pytest.mark.parametrize("train", [TrainSpec(), TrainSpec("mse", "adam", l1=0.01, l2=0.02)])
def test_training_goes_on_without_them_and_leaves_them_as_they_were(train):
    trainer = Trainer(OFF, DATA, train)
    small = Trainer(dense(2, (Hidden(2), Hidden(2, "relu")), 1, "tanh"), DATA, train)
    rests, start = resting(trainer.network), trainer.network.parameters.copy()
    small.network.parameters[:] = start[~rests]
    for _ in range(3):
        trainer.step_epoch()
        small.step_epoch()
    np.testing.assert_array_equal(trainer.network.parameters[rests], start[rests])
    np.testing.assert_allclose(
        trainer.network.parameters[~rests], small.network.parameters, rtol=1e-9
    )
    assert trainer.penalty() == pytest.approx(small.penalty())


@pytest.mark.parametrize("optimizer", ["momentum", "rmsprop", "adam"])
def test_switching_in_training_keeps_the_weights_and_all_else(optimizer):
    train = TrainSpec(optimizer=optimizer, learning_rate=0.01, l2=0.01)
    trainer, other, back = (Trainer(spec, DATA, train) for spec in (ON, OFF, ON))
    trainer.step_epoch()
    trainer.step()
    other.switch(trainer.snapshot())
    rests, before = resting(other.network), trainer.network.parameters.copy()
    assert rests.sum() == 2 * 3 + 2 * 3 + (4 + 1) + 1 - 2  # two weights join two that are off
    np.testing.assert_array_equal(other.network.parameters, before)
    assert (other.step_count, other.epoch) == (trainer.step_count, trainer.epoch)
    np.testing.assert_array_equal(other.batch_samples, trainer.batch_samples)
    other.step_epoch()
    np.testing.assert_array_equal(other.network.parameters[rests], before[rests])
    assert (other.network.parameters[~rests] != before[~rests]).all()
    back.switch(other.snapshot())
    back.step()
    assert (back.network.parameters[rests] != before[rests]).any()
    assert np.isfinite(back.network.parameters).all()


def test_another_network_cannot_go_on_from_a_snapshot():
    trainer = Trainer(dense(2, (Hidden(5),), 1, "tanh"), DATA, TrainSpec())
    with pytest.raises(ValueError, match="broadcast"):
        trainer.switch(Trainer(ON, DATA, TrainSpec()).snapshot())


def test_gradients_are_those_of_finite_differences(rng):
    network, x = drawn(OFF), rng.normal(size=(5, 2))
    dy = rng.normal(size=(5, 1))
    network.forward(x, training=True)
    network.backward(dy)
    numeric = numeric_gradient(lambda: float((network.forward(x) * dy).sum()), network.parameters)
    np.testing.assert_allclose(network.gradients, numeric, rtol=1e-6, atol=1e-9)


def test_pictures_show_nothing_of_them_and_the_rest_as_it_is():
    network = drawn(dense(2, (Hidden(3, "tanh", 0.3, (1,)), Hidden(2, "identity", 0.2)), 2))
    pictures, x = plane(network, ("x1", "x2"), 5), plane_inputs(("x1", "x2"), 5, 2)
    outputs = network.activations(x)
    assert set(pictures) == {-1, 3, 5, 6}
    assert not pictures[3][1].any()
    for layer in (3, 5, 6):
        shown = pictures[layer].reshape(len(pictures[layer]), -1).T
        np.testing.assert_allclose(shown, outputs[layer], rtol=2e-4, atol=2e-4)


def test_a_neuron_that_is_off_opens_and_says_so(rng):
    network = drawn(OFF)
    trace = Trace(network, rng.normal(size=(3, 2)), np.ones((3, 1)), TrainSpec(l2=0.1))
    off, on = (explain(trace, Ref("layers.2.output", (0, unit))) for unit in (1, 0))
    assert (off.symbol, off.result, off.formula) == ("h₂⁽¹⁾", 0, "off · a(h₂⁽¹⁾)")
    assert on.result == trace.output("1")[0, 0]
    switch, activation = off.terms[0].factors
    assert "switched off" in explain(trace, switch.ref).note
    assert activation.value == trace.output("1")[0, 1]
    assert explain(trace, activation.ref).title == "Activation of neuron h₂⁽¹⁾, before its switch"
    assert explain(trace, Ref("layers.1.doutput", (0, 1))).result == 0


def test_every_gradient_of_a_network_with_dropout_and_switches_adds_up():
    spec = dense(2, (Hidden(4, "tanh", 0.4, (1,)), Hidden(3, "relu", 0.2, (0,))), 1, "tanh")
    trainer = Trainer(spec, DATA, TrainSpec(l1=0.02, l2=0.1))
    s = trainer.snapshot()
    trace = Trace(trainer.network, s.batch_inputs, s.batch_targets, s.train_spec, s.optimizer,
                  training=True, rng=s.rng)  # fmt: skip
    updated = {name: trainer.network.view(name, trace.updated[0]) for name in
               trainer.network.parameter_names}  # fmt: skip
    for name in trainer.network.parameter_names:
        layer, key = name.rsplit(".", 1)
        for index in np.ndindex(trainer.network.view(name).shape):
            opened = explain(trace, Ref(f"{layer}.d{key}", index))
            assert sum(term.value for term in opened.terms) == pytest.approx(opened.result)
            step = explain(trace, Ref(f"update.{name}", index))
            assert step.result == updated[name][index]
    trainer.step()
    np.testing.assert_allclose(trainer.network.parameters, trace.updated[0], rtol=1e-12)


def test_penalties_are_on_weights_at_work():
    network = drawn(ON)
    for name in network.parameter_names:
        assert (network.view(name, penalised(network)) == is_weight(name)).all()


def test_the_description_of_a_switch_survives_json_and_is_checked():
    assert from_json(NetworkSpec, to_json(OFF)) == OFF
    with pytest.raises(ValueError, match="at least one unit"):
        SwitchSpec(())
    with pytest.raises(ValueError, match="no unit 4 among 4"):
        _ = dense(2, (Hidden(4, off=(4,)),)).shapes
