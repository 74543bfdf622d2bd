"""A landscape says of every point what the network there says."""

import numpy as np
import pytest

from core.functional.losses import LOSSES
from core.landscape import Landscape
from core.network import Network
from core.spec import ActivationSpec, NetworkSpec, mlp

RNG = np.random.default_rng(3)
X = RNG.normal(size=(5, 2))
TARGETS = {"mse": RNG.normal(size=(5, 1)), "binary_cross_entropy": RNG.random((5, 1)),
           "cross_entropy": RNG.integers(0, 3, 5)}  # fmt: skip


def landscape(loss, activation="tanh"):
    spec = mlp(2, (2,), 3 if loss == "cross_entropy" else 1, activation)
    return Landscape(spec, X, TARGETS[loss], loss)


def of_network(made, point, samples=slice(None)):
    """Loss and gradient, by the layers."""
    network = Network(made.network)
    network.parameters[:] = point
    output = network.forward(made.inputs[samples], training=True)
    loss, gradient = LOSSES[made.loss.name](output, made.targets[samples])
    network.backward(gradient)
    return loss, network.gradients


@pytest.mark.parametrize("activation", ["sigmoid", "relu", "gelu"])
@pytest.mark.parametrize("loss", LOSSES)
def test_losses_and_gradients_are_those_of_the_networks(loss, activation):
    made = landscape(loss, activation)
    points = RNG.normal(size=(4, made.network.num_parameters))
    batch = np.array([4, 0, 1])
    expected = [of_network(made, point) for point in points]
    np.testing.assert_allclose(made.losses(points), [e[0] for e in expected], rtol=1e-12)
    np.testing.assert_allclose(made.gradients(points), [e[1] for e in expected], rtol=1e-9,
                               atol=1e-15)  # fmt: skip
    of_batch = [of_network(made, point, batch)[1] for point in points]
    np.testing.assert_allclose(made.gradients(points, batch), of_batch, rtol=1e-9, atol=1e-15)


def test_a_section_moves_two_parameters_and_holds_the_others():
    made = landscape("mse")
    point, first, second = RNG.normal(size=9), np.linspace(-2, 2, 5), np.linspace(0, 3, 4)
    losses = made.section(point, {7: first, 2: second})
    assert losses.shape == (4, 5)
    for row, column in ((0, 0), (3, 1), (2, 4)):
        moved = point.copy()
        moved[[7, 2]] = first[column], second[row]
        assert losses[row, column] == pytest.approx(of_network(made, moved)[0], rel=1e-12)
    np.testing.assert_allclose(made.section(point, {2: second})[1], of_network(
        made, [*point[:2], second[1], *point[3:]])[0], rtol=1e-12)  # fmt: skip


def test_points_may_have_any_shape_and_overflow_is_no_error():
    made = landscape("mse")
    points = RNG.normal(size=(3, 2, 9))
    assert made.losses(points)[2, 1] == made.losses(points[2, 1])
    assert made.losses(np.full(9, 1e200)) == np.inf


def test_only_chains_have_a_landscape():
    spec = NetworkSpec((2,), (ActivationSpec("tanh"),))
    with pytest.raises(ValueError, match="linear layers with activations"):
        Landscape(spec, X, X)
