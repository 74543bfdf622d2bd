"""The derivative of a loss by trying: change one parameter a little each way, and see."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.functional.losses import Loss
from core.network import Network

STEP = 1e-5  # balances the two errors of central differences in float64: h², and rounding over h


def losses_beside(
    network: Network,
    inputs: NDArray[Any],
    targets: NDArray[Any],
    loss: Loss,
    name: str,
    index: tuple[int, ...],
) -> tuple[float, float]:
    """The loss of a batch with the parameter made larger, and smaller, by STEP; put back after."""
    view = network.view(name)
    kept = float(view[index])
    found = []
    try:
        for value in (kept + STEP, kept - STEP):
            view[index] = value
            output = network.forward(inputs)
            found.append(float(np.mean(loss.per_sample(output, targets))))
    finally:
        view[index] = kept
    return found[0], found[1]


def numeric_gradient(
    network: Network,
    inputs: NDArray[Any],
    targets: NDArray[Any],
    loss: Loss,
    name: str,
    index: tuple[int, ...],
) -> float:
    """(L(w + h) − L(w − h)) / 2h for one parameter; right to about h²."""
    above, below = losses_beside(network, inputs, targets, loss, name, index)
    return (above - below) / (2 * STEP)
