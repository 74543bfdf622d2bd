"""Flat features are in reading order, as the API has it, and gradients find their way back."""

import numpy as np
import pytest

from core.network import Network
from core.spec import FlattenSpec, NetworkSpec


@pytest.mark.parametrize("shape", [(6,), (4, 3), (2, 3, 4)])
def test_reading_order(shape):
    network = Network(NetworkSpec(shape, (FlattenSpec(),)))
    x = np.random.default_rng(0).random((5, *shape))
    np.testing.assert_array_equal(network.forward(x, training=True), x.reshape(5, -1))
    np.testing.assert_array_equal(network.backward(2 * x.reshape(5, -1)), 2 * x)
