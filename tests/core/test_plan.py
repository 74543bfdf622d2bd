"""A plan trains exactly as the layers do: every activation, loss, optimizer, and shape of batch."""

from dataclasses import replace

import numpy as np
import pytest

from core.functional.activations import ACTIVATIONS
from core.functional.losses import LOSSES
from core.network import Network
from core.optimizers import OPTIMIZERS, make_optimizer
from core.plan import Outputs, Plan
from core.spec import ActivationSpec, FlattenSpec, LinearSpec, NetworkSpec, TrainSpec, mlp

TOLERANCE = {"float64": 1e-12, "float32": 1e-5}
EPOCHS = 4


def chain(inputs, *layers):
    """A whole number is a linear layer, a negative one is without bias, a word an activation."""
    made = [
        ActivationSpec(layer) if isinstance(layer, str) else LinearSpec(abs(layer), layer > 0)
        for layer in layers
    ]
    return NetworkSpec((inputs,), tuple(made), "xavier_uniform", 0.1)


def data(spec, train, n=23, seed=0):
    rng = np.random.default_rng(seed)
    inputs = rng.normal(size=(n, *spec.input_shape)).astype(train.dtype)
    outputs = spec.output_shape[-1]
    if train.loss == "cross_entropy":
        return inputs, rng.integers(0, outputs, n)
    targets = rng.choice([0.0, 1.0], (n, outputs))
    return inputs, (targets if "binary" in train.loss else targets * 2 - 1).astype(train.dtype)


class Layers:
    """The specification: what the layers, the losses and the optimizers make of the batches."""

    def __init__(self, spec, train, seed=0):
        self.train = train
        self.network = Network(spec, train.dtype)
        self.network.initialize(np.random.default_rng(seed))
        self.optimizer = make_optimizer(
            train.optimizer, self.network.parameters, train.learning_rate, train.momentum
        )

    def step(self, x, y):
        network, train = self.network, self.train
        output = network.forward(x, training=True)
        network.backward(LOSSES[train.loss].gradient(output, y), needs_dx=False)
        for name in network.parameter_names:
            if name.endswith("weight"):
                w, dw = network.view(name), network.view(name, network.gradients)
                dw += train.l2 * w + train.l1 * np.sign(w)
        self.optimizer.step(network.parameters, network.gradients)

    def epoch(self, x, y, order):
        for start in range(0, len(order), self.train.batch_size):
            rows = order[start : start + self.train.batch_size]
            self.step(x[rows], y[rows])

    @property
    def arrays(self):
        """All that training changes, by name."""
        return {"parameters": self.network.parameters, "gradients": self.network.gradients,
                **self.optimizer.state}  # fmt: skip


def assert_same(actual, expected, dtype):
    assert actual.dtype == expected.dtype == dtype
    scale = max(np.abs(expected).max(), 1e-3)
    np.testing.assert_allclose(actual, expected, rtol=0, atol=TOLERANCE[dtype] * scale)


def check(spec, train, n=23):
    x, y = data(spec, train, n)
    expected, actual = Layers(spec, train), Layers(spec, train)
    plan = Plan(spec, train, x, y)
    rng, steps = np.random.default_rng(1), 0
    for _ in range(EPOCHS):
        order = rng.permutation(n)
        expected.epoch(x, y, order)
        arrays = actual.arrays
        parameters, gradients = arrays.pop("parameters"), arrays.pop("gradients")
        plan.load(parameters, arrays, steps)
        plan.run(order)
        plan.unload(parameters, gradients, arrays)
        steps = plan.num_steps
    assert steps == expected.optimizer.num_steps
    for name, array in expected.arrays.items():
        assert_same(actual.arrays[name], array, train.dtype)


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_in_hidden_layers_and_on_the_output(activation, loss, dtype):
    train = TrainSpec(loss, batch_size=5, dtype=dtype)
    check(chain(3, 4, activation, 4, activation, 2), train)
    check(chain(3, 4, "tanh", 3, activation), train)


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("penalty", [{}, {"l1": 0.02}, {"l2": 0.1}, {"l1": 0.01, "l2": 0.05}])
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer_with_every_penalty(optimizer, loss, penalty, dtype):
    train = TrainSpec(loss, optimizer, 0.02, batch_size=7, dtype=dtype, **penalty)
    check(chain(3, 4, "tanh", 3, "sigmoid", 2), train)


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize(("batch", "n"), [(1, 6), (7, 23), (23, 23), (40, 23), (3, 300), (64, 200)])
def test_every_size_of_batches_and_a_smaller_last_one(batch, n, dtype):
    check(chain(2, 5, "relu", 4, "tanh", 1), TrainSpec(batch_size=batch, dtype=dtype), n)


CHAINS = {
    "no hidden layer": chain(2, 3),
    "different activations": chain(3, 4, "relu", 5, "tanh", 4, "elu", 3, "softplus", 2, "sigmoid"),
    "no activations": chain(3, 4, 4, 4, 4, 2),
    "some activations": chain(3, 4, "tanh", 4, 4, "tanh", 4, "identity", 2),
    "no biases": chain(3, -4, "tanh", -4, "tanh", -4, "tanh", -1),
    "some biases": chain(3, -4, "tanh", 4, "tanh", -4, "tanh", 4, "tanh", 1, "tanh"),
    "a stack up to the output": chain(4, 4, "tanh", 4, "tanh", 4, "tanh", 4, "tanh"),
    "two stacks": chain(2, 3, "tanh", 3, "tanh", 3, "tanh", 5, "tanh", 5, "tanh", 5, "tanh", 1),
    "one neuron each": chain(1, 1, "tanh", 1, "tanh", 1, "tanh"),
    "pictures": NetworkSpec((2, 3, 4), (FlattenSpec(), *chain(24, 5, "relu", 2).layers)),
}


@pytest.mark.parametrize("l2", [0, 0.01])
@pytest.mark.parametrize("name", CHAINS)
def test_every_shape_of_chain(name, l2):
    assert Plan.fits(CHAINS[name])
    check(CHAINS[name], TrainSpec(batch_size=5, l2=l2))


def test_long_batches_of_wide_layers_multiply_the_other_way(monkeypatch):
    monkeypatch.setattr("core.plan.forward.HAS_BLAS", False)
    check(mlp(20, (12, 12), 3), TrainSpec("cross_entropy", batch_size=40), n=95)


@pytest.mark.parametrize(
    "spec",
    [
        NetworkSpec((3,), (ActivationSpec("tanh"), LinearSpec(2))),
        NetworkSpec((3,), (LinearSpec(2), ActivationSpec("tanh"), ActivationSpec("relu"))),
        NetworkSpec((4, 3), (LinearSpec(2),)),
    ],
)
def test_other_networks_have_no_plan(spec):
    assert not Plan.fits(spec)


def test_a_step_at_a_time_gives_bit_for_bit_what_a_run_gives():
    spec, train = mlp(2, (4, 2)), TrainSpec(optimizer="adam", batch_size=5)
    x, y = data(spec, train)
    results = []
    for size in (23, 10, 5):
        layers, plan = Layers(spec, train), Plan(spec, train, x, y)
        arrays = layers.arrays
        parameters, gradients = arrays.pop("parameters"), arrays.pop("gradients")
        for start in range(0, 23, size):
            plan.load(parameters, arrays, plan.num_steps)
            plan.run(np.arange(23)[start : start + size])
            plan.unload(parameters, gradients, arrays)
        results.append(parameters)
    np.testing.assert_array_equal(results[0], results[1])
    np.testing.assert_array_equal(results[0], results[2])


@pytest.mark.parametrize("own_order", [False, True])
@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_stack_of_networks_trains_as_each_on_its_own(optimizer, loss, dtype, own_order):
    spec = chain(3, 4, "tanh", 4, "relu", 4, "relu", 4, "sigmoid", 2, "tanh")
    train = TrainSpec(loss, optimizer, batch_size=5, dtype=dtype, l1=0.001, l2=0.01)
    x, y = data(spec, train)
    rates = np.array([0.1, 0.01, 0.03])
    layers = [Layers(spec, replace(train, learning_rate=rate), k) for k, rate in enumerate(rates)]
    stacked = {name: np.stack([each.arrays[name] for each in layers]) for name in layers[0].arrays}
    parameters, gradients = stacked.pop("parameters"), stacked.pop("gradients")
    plan, rng = Plan(spec, train, x, y, rates, own_order), np.random.default_rng(1)
    plan.load(parameters, stacked, 0)
    for _ in range(EPOCHS):
        orders = np.stack([rng.permutation(23) for _ in rates], axis=1)
        orders = orders if own_order else np.repeat(orders[:, :1], len(rates), axis=1)
        plan.run(orders if own_order else orders[:, 0])
        for each, order in zip(layers, orders.T, strict=True):
            each.epoch(x, y, order)
    plan.unload(parameters, gradients, stacked)
    for name, array in {"parameters": parameters, "gradients": gradients, **stacked}.items():
        for row, each in zip(array, layers, strict=True):
            assert_same(row, each.arrays[name], dtype)


@pytest.mark.parametrize("name", CHAINS)
def test_outputs_are_the_networks(name):
    spec = CHAINS[name]
    networks = [Layers(spec, TrainSpec(), seed).network for seed in range(3)]
    x, _ = data(spec, TrainSpec(), 1203)
    expected = np.stack([network.forward(x) for network in networks])
    alone, together = Outputs(spec, x), Outputs(spec, x, (3,))
    for network, outputs in zip(networks, expected, strict=True):
        np.testing.assert_allclose(alone(network.parameters), outputs, rtol=0, atol=1e-13)
    parameters = np.stack([network.parameters for network in networks])
    np.testing.assert_allclose(together(parameters), expected, rtol=0, atol=1e-13)
