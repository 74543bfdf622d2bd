"""Networks over pictures as a whole: batches, gradients, states, and input that does not fit."""

import numpy as np
import pytest

from core.functional.losses import LOSSES
from core.network import Network
from core.spec import (
    ActivationSpec,
    BatchNorm2dSpec,
    BranchesSpec,
    Conv2dSpec,
    DropoutSpec,
    FlattenSpec,
    LinearSpec,
    LocalResponseNormSpec,
    NetworkSpec,
    PoolSpec,
)
from core.weights import load, save
from tests.core.gradcheck import assert_close, numeric_gradient

TANH = ActivationSpec("tanh")
SPEC = NetworkSpec(
    (2, 9, 8),
    (
        Conv2dSpec(4, 3, padding="same"), BatchNorm2dSpec(), TANH, PoolSpec("max", 3, 2, 1),
        BranchesSpec(((Conv2dSpec(2, 1),), (PoolSpec("min", 3, 1, 1), Conv2dSpec(3, 3, padding=1)),
                      ()), "concatenate"),
        LocalResponseNormSpec(3, 0.5), DropoutSpec(0.2), Conv2dSpec(6, 2, 2, groups=3, flip=True),
        PoolSpec("average"), FlattenSpec(), LinearSpec(3),
    ),
)  # fmt: skip


@pytest.fixture
def network():
    made = Network(SPEC)
    made.initialize(np.random.default_rng(1))
    return made


@pytest.fixture
def x():
    return np.random.default_rng(2).normal(size=(4, 2, 9, 8))


def learn(network, x):
    return network.forward(x, training=True, rng=np.random.default_rng(3))


def test_every_gradient_of_a_network_with_all_layers(network, x):
    target = np.array([0, 2, 1, 2])

    def value():
        return LOSSES["cross_entropy"](learn(network, x), target)[0]

    dx = network.backward(LOSSES["cross_entropy"].gradient(learn(network, x), target))
    gradients = network.gradients.copy()
    for name in network.parameter_names:
        assert_close(network.view(name, gradients), numeric_gradient(value, network.view(name)))
    assert_close(dx, numeric_gradient(value, x))


def test_a_batch_equals_its_samples_one_by_one(network, x):
    learn(network, x)
    single = np.concatenate([network.forward(sample[None]) for sample in x])
    np.testing.assert_allclose(network.forward(x), single, rtol=1e-12, atol=1e-14)


def test_what_was_given_stays_as_it_was(network, x):
    dy = np.ones((4, 3))
    kept, kept_dy, parameters = x.copy(), dy.copy(), network.parameters.copy()
    learn(network, x)
    network.backward(dy)
    np.testing.assert_array_equal(x, kept)
    np.testing.assert_array_equal(dy, kept_dy)
    np.testing.assert_array_equal(network.parameters, parameters)


def test_a_later_pass_changes_no_earlier_output(network, x):
    for training in (False, True):
        first = network.forward(x, training=training, rng=np.random.default_rng(0))
        kept = first.copy()
        network.forward(-x, training=training, rng=np.random.default_rng(0))
        np.testing.assert_array_equal(first, kept)


def test_running_averages_travel_with_the_weights(network, x):
    learn(network, x)
    other = Network(SPEC)
    other.load_state_dict(load(save(network.state_dict())))
    np.testing.assert_array_equal(other.forward(x), network.forward(x))


BAD = {
    "one picture without a batch": np.zeros((2, 9, 8)),
    "channels last": np.zeros((4, 9, 8, 2)),
    "another size": np.zeros((4, 2, 8, 9)),
    "an empty batch": np.zeros((0, 2, 9, 8)),
    "words": np.full((4, 2, 9, 8), "a"),
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_pictures_that_do_not_fit_are_explained(network, bad):
    with pytest.raises(ValueError, match=r"the input must be (N × 2 × 9 × 8|numbers)"):
        network.forward(bad)
