"""What rests while neurons are switched off: the weights into them, out of them, and their biases.

Nothing passes an off neuron, so no gradient reaches these numbers; penalties leave them alone too,
and so they are as they were when it is switched on again.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from core.network import Network
from core.spec import FIRST, LinearSpec, SwitchSpec, is_weight


def resting(network: Network) -> NDArray[np.bool_]:
    """Which parameters (num_parameters,) belong to neurons that are off."""
    mask = np.zeros(network.parameters.shape, dtype=bool)
    layers = network.spec.layers
    linear = [k for k, layer in enumerate(layers) if isinstance(layer, LinearSpec)]
    for first, following in pairwise(linear):
        for layer in layers[first + 1 : following]:
            if isinstance(layer, SwitchSpec):
                off = list(layer.off)
                network.view(f"{FIRST}{first}.weight", mask)[off] = True
                network.view(f"{FIRST}{following}.weight", mask)[:, off] = True
                if f"{FIRST}{first}.bias" in network.parameter_names:
                    network.view(f"{FIRST}{first}.bias", mask)[off] = True
    return mask


def penalised(network: Network) -> NDArray[np.floating]:
    """1 for each parameter (num_parameters,) that penalties are on, else 0: weights at work."""
    mask = np.zeros_like(network.parameters)
    for name in network.parameter_names:
        network.view(name, mask)[...] = is_weight(name)
    mask[resting(network)] = 0
    return mask
