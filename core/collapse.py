"""What linear layers come to when nothing is between them: one linear map.

With h = V x + a and y = W h + b, y = (W V) x + (W a + b), whatever the number of layers. An
activation between them is what keeps layers from collapsing so.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.layers import ActivationLayer, Linear
from core.network import Network

Array = NDArray[np.floating]


def collapsed(network: Network, upto: int | None = None) -> tuple[Array, Array]:
    """The weight (out, in) and bias (out,) of the one map that the first layers come to.

    `upto` is the last layer that counts, all by default. Raises ValueError, naming the layer, where
    one is neither linear nor the identity.
    """
    size = network.spec.input_size
    weight, bias = np.eye(size, dtype=network.dtype), np.zeros(size, network.dtype)
    for number, layer in enumerate(network.layers[: None if upto is None else upto + 1]):
        if isinstance(layer, Linear):
            weight = layer.params["weight"] @ weight
            bias = layer.params["weight"] @ bias + layer.params.get("bias", 0)
        elif not (isinstance(layer, ActivationLayer) and layer.activation.name == "identity"):
            raise ValueError(f"layer {number} is not linear: layers collapse only without it")
    return weight, bias
