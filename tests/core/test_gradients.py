"""Every backward pass against finite differences, each tensor on its own."""

import numpy as np
import pytest

from core.functional.activations import ACTIVATIONS, activation_backward, activation_forward
from core.functional.linear import linear_backward, linear_forward
from core.functional.losses import LOSSES
from core.network import Network
from core.spec import mlp
from tests.core.gradcheck import assert_close, numeric_gradient


@pytest.fixture
def rng():
    return np.random.default_rng(7)


def away_from_kinks(rng, shape):
    """Values whose distance from 0 is well above the step of the differences."""
    return rng.uniform(0.1, 2, shape) * rng.choice([-1, 1], shape)


@pytest.mark.parametrize("tensor", ["x", "weight", "bias"])
@pytest.mark.parametrize("behind", [(5,), (3, 5)])  # a batch; steps and a batch
def test_linear(rng, tensor, behind):
    arrays = {
        "x": rng.normal(size=(3, *behind)),
        "weight": rng.normal(size=(4, 3)),
        "bias": rng.normal(size=4),
    }
    dy = rng.normal(size=(4, *behind))
    _, cache = linear_forward(**arrays)
    gradients = dict(zip(arrays, linear_backward(dy, cache), strict=True))
    numeric = numeric_gradient(lambda: (linear_forward(**arrays)[0] * dy).sum(), arrays[tensor])
    assert_close(gradients[tensor], numeric)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activation(rng, name):
    z, da = away_from_kinks(rng, (6, 5)), rng.normal(size=(6, 5))
    _, cache = activation_forward(z, ACTIVATIONS[name])
    numeric = numeric_gradient(lambda: (ACTIVATIONS[name].function(z) * da).sum(), z)
    assert_close(activation_backward(da, cache), numeric)


def targets_for(loss, rng, shape):
    if loss == "cross_entropy":
        return rng.integers(0, shape[1], shape[0])
    return rng.integers(0, 2, shape).astype(float)


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("num_outputs", [1, 3])
def test_loss(rng, name, num_outputs):
    output = rng.normal(size=(4, num_outputs))
    target = targets_for(name, rng, output.shape)
    _, gradient = LOSSES[name](output, target)
    assert_close(gradient, numeric_gradient(lambda: LOSSES[name](output, target)[0], output))


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "gelu", "elu", "softplus"])
@pytest.mark.parametrize("loss", LOSSES)
def test_whole_network(rng, activation, loss):
    network = Network(mlp(3, (4, 3), 2, activation))
    network.initialize(rng)
    x = rng.normal(size=(5, 3))
    target = targets_for(loss, rng, (5, 2))
    output = network.forward(x, training=True)
    dx = network.backward(LOSSES[loss].gradient(output, target))

    def value():
        return LOSSES[loss](network.forward(x), target)[0]

    for name in network.parameter_names:
        analytic = network.view(name, network.gradients)
        assert_close(analytic, numeric_gradient(value, network.view(name)))
    assert_close(dx, numeric_gradient(value, x))


def test_backward_without_forward_says_what_is_missing():
    network = Network(mlp(2, (2,), 1))
    with pytest.raises(RuntimeError, match="needs a forward pass"):
        network.backward(np.ones((1, 1)))


def test_a_forward_pass_serves_one_backward_pass(rng):
    network = Network(mlp(2, (2,), 1))
    network.forward(rng.normal(size=(3, 2)), training=True)
    network.backward(np.ones((3, 1)))
    with pytest.raises(RuntimeError, match="needs a forward pass"):
        network.backward(np.ones((3, 1)))
