"""What every neuron says at every point of the input plane, in one pass through the network.

Pictures are only looked at, so they are computed in float32, with the points in the innermost loop,
and tanh and sigmoid by one exponential in place, which takes two thirds of NumPy's tanh.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.data.features import design_matrix
from core.data.toys import DOMAIN
from core.functional.activations import ACTIVATIONS, Activation
from core.functional.product import product
from core.layers import ActivationLayer, Dropout, Linear, Switch
from core.network import Network

Array = NDArray[np.floating]
IDENTITY = ACTIVATIONS["identity"]
LARGEST = 40.0  # exponent, so that a product of two such exponentials is within float32


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


class _Points:
    """The same in float32, features first, with a row of ones for the biases.

    Most features are functions of x1 or of x2 alone. Where all are, `parts` (2, features + 1,
    resolution) has what each contributes along a row of points and along a column.
    """

    def __init__(self, features: tuple[str, ...], resolution: int, input_size: int) -> None:
        inputs = plane_inputs(features, resolution, input_size)
        exact = np.vstack([inputs.T, np.ones(len(inputs))])
        self.rows = exact.astype(np.float32, order="C")
        self.rows.flags.writeable = False
        grids = exact.reshape(-1, resolution, resolution)
        along, up = grids[:, 0, :], grids[:, :, 0] - grids[:, :1, 0]
        is_sum = np.allclose(along[:, None, :] + up[:, :, None], grids, rtol=0, atol=1e-12)
        self.parts = np.stack([along, up]) if is_sum else None


_points = lru_cache(maxsize=8)(_Points)


def plane(
    network: Network, features: tuple[str, ...], resolution: int, input_size: int = 2
) -> dict[int, Array]:
    """Pictures (units, resolution, resolution) by the number of the layer whose output they show;
    −1 for the features. A linear layer with an activation behind it has none of its own."""
    neurons = _neurons(network)
    with np.errstate(all="ignore"):
        if neurons:
            pictures = _draw(neurons, _points(features, resolution, input_size))
        else:
            inputs = plane_inputs(features, resolution, input_size)
            pictures = {k - 1: a.T for k, a in enumerate([inputs, *network.activations(inputs)])}
    return {k: rows.reshape(-1, resolution, resolution) for k, rows in pictures.items()}


@dataclass
class Neurons:
    """A linear layer with what belongs to its neurons; `number` is that of the last such layer.
    Nothing is dropped where one only looks."""

    linear: Linear
    number: int
    activation: Activation = IDENTITY
    switch: Switch | None = None

    @property
    def takes_activation(self) -> bool:
        return self.activation is IDENTITY and not self.switch


def _neurons(network: Network) -> list[Neurons]:
    """The linear layers with their activations; none where there is any other layer."""
    found: list[Neurons] = []
    for number, layer in enumerate(network.layers):
        if isinstance(layer, Linear):
            found.append(Neurons(layer, number))
        elif not found:
            return []
        elif isinstance(layer, ActivationLayer) and found[-1].takes_activation:
            found[-1].activation = layer.activation
        elif isinstance(layer, Switch):
            found[-1].switch = layer
        elif not isinstance(layer, Dropout):
            return []
        found[-1].number = number
    return found


def _draw(neurons: list[Neurons], points: _Points) -> dict[int, Array]:
    below = points.rows
    pictures = {-1: below[:-1]}
    for each in neurons:
        drawn = DRAWN[each.activation.name]
        weight = _weight(each.linear, drawn.factor)
        rows = np.empty((len(weight) + 1, below.shape[1]), np.float32)
        rows[-1] = 1
        z = pictures[each.number] = rows[:-1]
        if not (drawn.is_exponential and below is points.rows and _exponentials(weight, points, z)):
            product(weight, below[: weight.shape[1]], out=z)
            if drawn.is_exponential:
                np.exp(z, out=z)
        drawn.finish(z)
        if each.switch:
            z[each.switch.factors == 0] = 0
        below = rows
    return pictures


def _exponentials(weight: Array, points: _Points, out: Array) -> bool:
    """e^(W x) at all points as products of those along a row and along a column, if it can be: a
    few hundred exponentials instead of thousands."""
    if points.parts is None:
        return False
    exponents = weight @ points.parts[:, : weight.shape[1]]
    if not np.abs(exponents).max() < LARGEST:
        return False
    along, up = np.exp(exponents, dtype=np.float32)
    grids = out.reshape(len(weight), up.shape[1], along.shape[1])
    np.multiply(along[:, None, :], up[:, :, None], out=grids)
    return True


def _weight(layer: Linear, factor: float) -> Array:
    """(out_features, in_features + 1) with the bias as the last column, times a factor."""
    weight, bias = layer.params["weight"], layer.params.get("bias")
    columns = weight.shape[1]
    both = np.empty((len(weight), columns + (bias is not None)), np.float32)
    np.multiply(weight, factor, out=both[:, :columns], casting="same_kind")
    if bias is not None:
        np.multiply(bias, factor, out=both[:, columns], casting="same_kind")
    return both


def _finish_tanh(z: Array) -> None:
    """e^(2 z) -> tanh z = 1 − 2 / (e^(2 z) + 1), in place."""
    z += 1
    np.divide(2, z, out=z)
    np.subtract(1, z, out=z)


def _finish_sigmoid(z: Array) -> None:
    """e^(−z) -> σ(z) = 1 / (e^(−z) + 1), in place."""
    z += 1
    np.reciprocal(z, out=z)


def _finish_relu(z: Array) -> None:
    np.maximum(z, 0, out=z)


def _finish_by(activation: Activation) -> Callable[[Array], None]:
    def finish(z: Array) -> None:
        z[...] = activation.function(z)

    return finish


class Drawn(NamedTuple):
    """An activation in place: of z times a factor, which the linear layer takes on; or where it is
    exponential, of e to the power of this."""

    finish: Callable[[Array], None]
    factor: float = 1
    is_exponential: bool = False


DRAWN: dict[str, Drawn] = {
    **{name: Drawn(_finish_by(activation)) for name, activation in ACTIVATIONS.items()},
    "identity": Drawn(lambda z: None),
    "tanh": Drawn(_finish_tanh, 2, True),
    "sigmoid": Drawn(_finish_sigmoid, -1, True),
    "relu": Drawn(_finish_relu),
}
