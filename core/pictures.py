"""What every neuron says at every point of the input plane, in one pass through the network.

Pictures are only looked at, so they are computed in float32, with the points in the innermost loop,
and tanh and sigmoid by one exponential in place, which takes two thirds of NumPy's tanh.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.data.features import design_matrix
from core.data.toys import DOMAIN
from core.functional.activations import ACTIVATIONS, Activation
from core.functional.product import product
from core.layers import ActivationLayer, Linear
from core.network import Network

Array = NDArray[np.floating]
IDENTITY = ACTIVATIONS["identity"]


@lru_cache(maxsize=8)
def plane_inputs(features: tuple[str, ...], resolution: int, input_size: int) -> Array:
    """The features (resolution², len(features)) of a grid of points over [−6, 6] each way.

    Rows run from the lowest x2 to the highest, and within it from the lowest x1; pixels stand for
    their centres. With one input, x2 is left out.
    """
    edge = DOMAIN * (1 - 1 / resolution)
    axis = np.linspace(-edge, edge, resolution)
    x2, x1 = np.meshgrid(axis, axis, indexing="ij")
    points = np.stack([x1.ravel(), x2.ravel()][:input_size], axis=1)
    inputs = design_matrix(points, features)
    inputs.flags.writeable = False
    return inputs


@lru_cache(maxsize=8)
def _plane_rows(features: tuple[str, ...], resolution: int, input_size: int) -> Array:
    """The same in float32, features first, and a row of ones for the biases."""
    inputs = plane_inputs(features, resolution, input_size)
    rows = np.vstack([inputs.T, np.ones(len(inputs))]).astype(np.float32, order="C")
    rows.flags.writeable = False
    return rows


def plane(
    network: Network, features: tuple[str, ...], resolution: int, input_size: int = 2
) -> dict[int, Array]:
    """Pictures (units, resolution, resolution) by the number of the layer whose output they show;
    −1 for the features. A linear layer with an activation behind it has none of its own."""
    pairs = _pairs(network)
    with np.errstate(all="ignore"):
        if pairs:
            pictures = _draw(pairs, _plane_rows(features, resolution, input_size))
        else:
            inputs = plane_inputs(features, resolution, input_size)
            pictures = {k - 1: a.T for k, a in enumerate([inputs, *network.activations(inputs)])}
    return {k: rows.reshape(-1, resolution, resolution) for k, rows in pictures.items()}


Pair = tuple[Linear, Activation, int]  # the last is the number of the activation's layer


def _pairs(network: Network) -> list[Pair]:
    """The linear layers with their activations; none where there is any other layer."""
    pairs: list[Pair] = []
    for number, layer in enumerate(network.layers):
        if isinstance(layer, Linear):
            pairs.append((layer, IDENTITY, number))
        elif isinstance(layer, ActivationLayer) and pairs and pairs[-1][1] is IDENTITY:
            pairs[-1] = (pairs[-1][0], layer.activation, number)
        else:
            return []
    return pairs


def _draw(pairs: list[Pair], below: Array) -> dict[int, Array]:
    pictures = {-1: below[:-1]}
    for layer, activation, number in pairs:
        factor, draw = DRAWN[activation.name]
        weight = _weight(layer, factor)
        rows = np.empty((len(weight) + 1, below.shape[1]), np.float32)
        rows[-1] = 1
        pictures[number] = product(weight, below[: weight.shape[1]], out=rows[:-1])
        draw(rows[:-1])
        below = rows
    return pictures


def _weight(layer: Linear, factor: float) -> Array:
    """(out_features, in_features + 1) with the bias as the last column, times a factor."""
    weight, bias = layer.params["weight"], layer.params.get("bias")
    columns = weight.shape[1]
    both = np.empty((len(weight), columns + (bias is not None)), np.float32)
    np.multiply(weight, factor, out=both[:, :columns], casting="same_kind")
    if bias is not None:
        np.multiply(bias, factor, out=both[:, columns], casting="same_kind")
    return both


def _draw_tanh(z: Array) -> None:
    """2 z -> tanh z = 1 − 2 / (e^(2 z) + 1), in place."""
    np.exp(z, out=z)
    z += 1
    np.divide(2, z, out=z)
    np.subtract(1, z, out=z)


def _draw_sigmoid(z: Array) -> None:
    """−z -> σ(z) = 1 / (e^(−z) + 1), in place."""
    np.exp(z, out=z)
    z += 1
    np.reciprocal(z, out=z)


def _draw_relu(z: Array) -> None:
    np.maximum(z, 0, out=z)


def _by_function(activation: Activation) -> Callable[[Array], None]:
    def draw(z: Array) -> None:
        z[...] = activation.function(z)

    return draw


# By the activation's name: the factor that the linear layer takes on, and what follows in place.
DRAWN: dict[str, tuple[float, Callable[[Array], None]]] = {
    **{name: (1, _by_function(activation)) for name, activation in ACTIVATIONS.items()},
    "identity": (1, lambda z: None),
    "tanh": (2, _draw_tanh),
    "sigmoid": (-1, _draw_sigmoid),
    "relu": (1, _draw_relu),
}
