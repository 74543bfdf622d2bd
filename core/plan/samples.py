"""The samples of many batches, brought into the order of training at once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
MANY_BATCHES = 64  # are gathered at once, at most
MANY_NUMBERS = 2**17  # are gathered at once, at most


class Gatherer:
    """Memory for batches of `size` samples of inputs (N, width) and targets (outputs, N).

    nets: () for one network, else (networks,). A batch is x (width, size), its transpose, and the
    targets y (outputs, size), with a last axis for the networks where there are many. Where each
    has its own order, x is (networks, width, size).
    """

    def __init__(
        self, inputs: Array, targets: Array, size: int, nets: tuple[int, ...], own_order: bool
    ) -> None:
        self.inputs, self.targets, self.size = inputs, targets, size
        orders = nets if own_order else ()
        numbers = (inputs.shape[1] + len(targets)) * size * sum(orders or (1,))
        self.count = max(1, min(MANY_NUMBERS // numbers, MANY_BATCHES, len(inputs) // size))
        rows = self.count * size
        # Targets lie apart, so that those of a batch are contiguous: half the price of using them.
        self._inputs = np.empty((rows, *orders, inputs.shape[1]), inputs.dtype)
        self._targets = np.empty((len(targets), rows, *orders), targets.dtype)
        self._batches = []
        for xt, y in zip(np.split(self._inputs, self.count),
                         np.split(self._targets, self.count, axis=1), strict=True):  # fmt: skip
            xt = np.moveaxis(xt, 0, -2)  # to the front come the networks, if they have orders
            y = y[..., None] if nets and not orders else y
            self._batches.append((xt.swapaxes(-1, -2), xt, y))

    def __call__(self, order: NDArray[np.int64]) -> list[tuple[Any, ...]]:
        """The batches, up to `count`, of samples in order (samples,) or (samples, networks)."""
        # "clip" lets take write straight into the memory.
        self.inputs.take(order, 0, self._inputs[: len(order)], "clip")
        self.targets.take(order, 1, self._targets[:, : len(order)], "clip")
        return self._batches[: len(order) // self.size]
