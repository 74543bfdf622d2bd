"""Pictures show what the network says at each point, near enough for an eye."""

import numpy as np
import pytest

from core.data.features import FEATURES, design_matrix
from core.functional.activations import ACTIVATIONS
from core.network import Network
from core.pictures import plane, plane_inputs
from core.spec import ActivationSpec, LinearSpec, NetworkSpec, mlp

ALL = tuple(FEATURES)


def make(spec, seed=0):
    network = Network(spec)
    network.initialize(np.random.default_rng(seed))
    return network


def assert_shows(pictures, network, inputs, resolution):
    outputs = network.activations(inputs)
    assert set(pictures) <= {-1, *range(len(outputs))}
    for number, picture in pictures.items():
        expected = inputs if number < 0 else outputs[number]
        assert picture.shape == (expected.shape[1], resolution, resolution)
        np.testing.assert_allclose(
            picture.reshape(len(picture), -1).T, expected, rtol=2e-4, atol=2e-4
        )


@pytest.mark.parametrize("features", [ALL, ("x2",), ("x1", "x2^2", "sin(x1)", "sin(x2)")])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_neuron_is_shown_at_every_point(activation, features):
    network = make(mlp(len(features), (5, 3), 2, activation, activation))
    pictures = plane(network, features, 9)
    last = len(network.layers) - 1
    assert set(pictures) == ({-1, 0, 1, 2} if activation == "identity" else {-1, 1, 3, last})
    assert_shows(pictures, network, plane_inputs(features, 9, 2), 9)


@pytest.mark.parametrize("factor", [3, 10, 30, 100])
def test_weights_of_any_size_are_drawn_as_they_are(factor):
    network = make(mlp(2, (4,), 1, "tanh"))
    network.parameters *= factor
    pictures = plane(network, ("x1", "x2"), 7)
    inputs = plane_inputs(("x1", "x2"), 7, 2)
    expected = network.activations(inputs)[1].T.reshape(4, 7, 7)
    np.testing.assert_allclose(pictures[1], expected, atol=1e-5 * factor)


CHAINS = {
    "one input": (mlp(1, (3,)), ("x1",), 1),
    "no biases": (NetworkSpec((2,), (LinearSpec(3, False), ActivationSpec("tanh"),
                                     LinearSpec(1, False))), ("x1", "x2"), 2),
    "an activation first": (NetworkSpec((2,), (ActivationSpec("tanh"), LinearSpec(1))),
                            ("x1", "x2"), 2),
    "two activations": (NetworkSpec((2,), (LinearSpec(3), ActivationSpec("tanh"),
                                           ActivationSpec("relu"))), ("x1", "x2"), 2),
}  # fmt: skip


@pytest.mark.parametrize("name", CHAINS)
def test_other_chains_are_shown_as_well(name):
    spec, features, input_size = CHAINS[name]
    network = make(spec)
    pictures = plane(network, features, 6, input_size)
    assert len(spec.layers) - 1 in pictures
    assert_shows(pictures, network, plane_inputs(features, 6, input_size), 6)


def test_the_lowest_left_point_comes_first():
    inputs = plane_inputs(("x1", "x2"), 4, 2)
    np.testing.assert_allclose(inputs[[0, 1, 4]], [[-4.5, -4.5], [-1.5, -4.5], [-4.5, -1.5]])
    np.testing.assert_array_equal(plane_inputs(ALL, 4, 2), design_matrix(inputs, ALL))


@pytest.mark.parametrize("activation", ["tanh", "sigmoid"])
def test_huge_weights_saturate_and_do_not_break(activation):
    network = make(mlp(2, (3,), 1, activation))
    network.parameters *= 1e6
    pictures = plane(network, ("x1", "x2"), 8)
    low = ACTIVATIONS[activation].low
    assert set(np.unique(pictures[1])) <= {low, 1.0}
    assert np.isfinite(pictures[2]).all()


def test_pictures_stay_as_they_are_when_others_are_drawn():
    network = make(mlp(2, (3,), 1))
    first = plane(network, ("x1", "x2"), 8)
    kept = {number: picture.copy() for number, picture in first.items()}
    network.parameters *= -2
    plane(network, ("x1", "x2"), 8)
    for number, picture in first.items():
        np.testing.assert_array_equal(picture, kept[number])
