"""What every neuron says at every point of the input plane, in one pass through the network."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.data.features import design_matrix
from core.data.toys import DOMAIN
from core.network import Network

Array = NDArray[np.floating]


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


def plane(
    network: Network, features: tuple[str, ...], resolution: int, input_size: int = 2
) -> list[Array]:
    """Pictures (units, resolution, resolution): of the features first, then of every layer."""
    inputs = plane_inputs(features, resolution, input_size)
    with np.errstate(all="ignore"):
        layers = [inputs, *network.activations(inputs)]
    return [layer.T.reshape(-1, resolution, resolution) for layer in layers]
