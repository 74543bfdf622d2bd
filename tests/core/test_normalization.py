"""Batch and local response normalisation, and dropout: formulas, gradients, what changes when."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.buffers import Buffers
from core.functional.dropout import dropout_backward, dropout_forward
from core.functional.normalization import (
    batch_norm_backward,
    batch_norm_forward,
    batch_statistics,
    local_response_norm_backward,
    local_response_norm_forward,
    neighbours,
)
from core.network import Network
from core.spec import BatchNorm2dSpec, Conv2dSpec, DropoutSpec, LocalResponseNormSpec, NetworkSpec
from tests.core import naive_images
from tests.core.gradcheck import assert_close, numeric_gradient


@pytest.fixture
def rng():
    return np.random.default_rng(9)


def single(layer, channels=3, size=4, dtype="float64"):
    network = Network(NetworkSpec((channels, size, size), (layer,)), dtype)
    network.initialize(np.random.default_rng(0))
    return network


# Batch normalisation

EPS = 1e-5


def normalize(x, weight, bias, from_batch):
    statistics = batch_statistics(x) if from_batch else (np.array([0.3, -1]), np.array([2, 0.5]))
    return batch_norm_forward(x, weight, bias, statistics, EPS, from_batch)


@pytest.mark.parametrize("tensor", ["x", "weight", "bias"])
@pytest.mark.parametrize("from_batch", [True, False])
def test_batch_norm_gradients(rng, from_batch, tensor):
    arrays = {"x": rng.normal(2, 3, (2, 3, 4, 5)), "weight": rng.normal(size=2),
              "bias": rng.normal(size=2)}  # fmt: skip
    y, cache = normalize(**arrays, from_batch=from_batch)
    dy = rng.normal(size=y.shape)
    gradients = dict(zip(arrays, batch_norm_backward(dy, cache), strict=True))
    numeric = numeric_gradient(
        lambda: (normalize(**arrays, from_batch=from_batch)[0] * dy).sum(), arrays[tensor]
    )
    assert_close(gradients[tensor], numeric)


@settings(deadline=None)
@given(st.floats(-100, 100), st.floats(0.1, 100), st.integers(0, 1000))
def test_a_normalised_batch_forgets_its_scale_and_its_mean(shift, scale, seed):
    network = single(BatchNorm2dSpec(eps=1e-12))
    network.view("layers.0.weight")[:], network.view("layers.0.bias")[:] = [1, 2, 3], [4, 5, 6]
    x = np.random.default_rng(seed).normal(size=(5, 3, 4, 4))
    y = network.forward(scale * x + shift, training=True)
    np.testing.assert_allclose(y, network.forward(x, training=True), rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(y.mean(axis=(0, 2, 3)), [4, 5, 6], rtol=1e-10)
    np.testing.assert_allclose(y.std(axis=(0, 2, 3)), [1, 2, 3], rtol=1e-8)


def test_running_averages_follow_the_batches_and_serve_without_training(rng):
    network = single(BatchNorm2dSpec(momentum=0.25))
    mean, var = np.zeros(3), np.ones(3)
    for _ in range(4):
        x = rng.normal(3, 2, (6, 3, 4, 4))
        network.forward(x, training=True)
        mean = 0.75 * mean + 0.25 * x.mean(axis=(0, 2, 3))
        var = 0.75 * var + 0.25 * x.var(axis=(0, 2, 3), ddof=1)
    state = network.state()
    np.testing.assert_allclose(state["layers.0.running_mean"], mean, rtol=1e-12)
    np.testing.assert_allclose(state["layers.0.running_var"], var, rtol=1e-12)
    spread = np.sqrt(var + EPS)[:, None, None]
    np.testing.assert_allclose(network.forward(x), (x - mean[:, None, None]) / spread, rtol=1e-12)
    np.testing.assert_array_equal(network.state()["layers.0.running_mean"], mean)
    # One sample at a time or all at once: running averages do not depend on the batch.
    np.testing.assert_allclose(network.forward(x[:1]), network.forward(x)[:1], rtol=1e-12)


def test_initializing_again_forgets_the_running_averages(rng):
    network = single(BatchNorm2dSpec())
    start = network.state_dict()
    network.forward(rng.normal(size=(2, 3, 4, 4)), training=True)
    network.initialize(rng)
    for name, array in network.state_dict().items():
        np.testing.assert_array_equal(array, start[name])


def test_a_batch_of_one_value_has_no_variance():
    with pytest.raises(ValueError, match="at least 2 values a channel"):
        single(BatchNorm2dSpec(), size=1).forward(np.ones((1, 3, 1, 1)), training=True)


def test_the_mean_in_single_precision_keeps_its_digits(rng):
    x = rng.normal(100, 1, (1, 50, 50, 64))
    mean, var = batch_statistics(x.astype(np.float32))
    np.testing.assert_allclose(mean, x.mean(), rtol=1e-6)
    np.testing.assert_allclose(var, x.var(), rtol=1e-4)


# Local response normalisation


@given(st.integers(1, 7), st.integers(1, 8), st.floats(0, 10), st.floats(0, 2))
def test_local_response_norm_equals_plain_loops(channels, size, alpha, beta):
    x = np.random.default_rng(size).normal(size=(channels, 2, 2, 2))
    y, _ = local_response_norm_forward(x, size, alpha, beta, 2.0)
    expected = naive_images.local_response_norm(x, size, alpha, beta, 2.0)
    np.testing.assert_allclose(y, expected, rtol=1e-12)


@pytest.mark.parametrize("size", [1, 2, 5, 20])
def test_local_response_norm_gradient(rng, size):
    x = rng.normal(size=(7, 2, 3, 2))
    factors = (size, 0.9, 0.75, 1.5)
    y, cache = local_response_norm_forward(x, *factors)
    dy = rng.normal(size=y.shape)
    numeric = numeric_gradient(lambda: (local_response_norm_forward(x, *factors)[0] * dy).sum(), x)
    assert_close(local_response_norm_backward(dy, cache), numeric)


def test_neighbours_of_a_channel():
    assert [list(neighbours(c, 5, 4)) for c in range(4)] == [
        [0, 1, 2], [0, 1, 2, 3], [0, 1, 2, 3], [1, 2, 3],
    ]  # fmt: skip
    assert list(neighbours(2, 2, 4)) == [1, 2]  # of an even number, one more before than behind


# Dropout


def test_dropout_keeps_the_mean_and_passes_gradients_where_values_passed(rng):
    x = np.ones((50, 8, 8, 10))
    y, factors = dropout_forward(x, 0.3, rng)
    np.testing.assert_allclose(np.unique(y), [0, 1 / 0.7], rtol=1e-15)
    share = (y == 0).mean()
    assert abs(share - 0.3) < 5 * np.sqrt(0.3 * 0.7 / x.size)
    dy = rng.normal(size=x.shape)
    np.testing.assert_array_equal(dropout_backward(dy, factors), dy * y)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_same_generator_drops_the_same(dtype):
    network = single(DropoutSpec(0.5), dtype=dtype)
    x = np.ones((20, 3, 4, 4))
    first, again, other = (
        network.forward(x, training=True, rng=np.random.default_rng(seed)) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    assert first.dtype == dtype


def test_nothing_is_dropped_after_training(rng):
    network = single(DropoutSpec(0.5))
    x = rng.normal(size=(2, 3, 4, 4))
    network.forward(x, training=True, rng=rng)
    np.testing.assert_array_equal(network.forward(x, remember=True), x)
    np.testing.assert_array_equal(network.backward(x), x)


def test_a_probability_of_0_drops_nothing(rng):
    x = rng.normal(size=(2, 3, 4, 4))
    np.testing.assert_array_equal(
        single(DropoutSpec(0.0)).forward(x, training=True, rng=rng), x
    )


def test_dropout_without_a_generator_says_what_it_needs():
    with pytest.raises(ValueError, match=r"dropout draws .* rng="):
        single(DropoutSpec()).forward(np.ones((1, 3, 4, 4)), training=True)


# All of them


LAYERS = (BatchNorm2dSpec(), LocalResponseNormSpec(3, 0.5), DropoutSpec(0.4))


@pytest.mark.parametrize("layer", LAYERS, ids=lambda spec: spec.kind)
def test_whole_network_gradients(rng, layer):
    spec = NetworkSpec((2, 5, 5), (Conv2dSpec(3, 3), layer, Conv2dSpec(2, 2)))
    network = Network(spec)
    network.initialize(rng)
    x, dy = rng.normal(size=(3, 2, 5, 5)), rng.normal(size=(3, 2, 2, 2))

    def forward():
        return network.forward(x, training=True, rng=np.random.default_rng(2))

    forward()
    dx, gradients = network.backward(dy), network.gradients.copy()
    for name in network.parameter_names:
        numeric = numeric_gradient(lambda: (forward() * dy).sum(), network.view(name))
        assert_close(network.view(name, gradients), numeric)
    assert_close(dx, numeric_gradient(lambda: (forward() * dy).sum(), x))


@pytest.mark.parametrize("run", [
    lambda x, new: batch_norm_backward(x, batch_norm_forward(
        x, np.ones(2), np.ones(2), batch_statistics(x, new), EPS, True, new)[1], new=new)[0],
    lambda x, new: local_response_norm_backward(
        x, local_response_norm_forward(x, 3, 0.5, 0.75, 1.0, new)[1], new),
    lambda x, new: dropout_backward(
        x, dropout_forward(x, 0.5, np.random.default_rng(0), new)[1], new),
])  # fmt: skip
def test_memory_that_held_another_batch_does_not_show(rng, run):
    new = Buffers()
    for n in (5, 3, 5):
        x = rng.normal(size=(2, 3, 3, n))
        np.testing.assert_array_equal(run(x, new), run(x, Buffers()))
