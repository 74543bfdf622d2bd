"""The samples of many batches, brought into the order of training at once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
MANY_BATCHES = 64  # are gathered at once, at most
MANY_NUMBERS = 2**17  # are gathered at once, at most


class Gatherer:
    """Memory for batches of `size` samples (N, numbers), of which the first `width` are inputs.

    nets: () for one network, else (networks,). A batch is x (width, size), its transpose, and the
    targets y (outputs, size), with a last axis for the networks where there are many. Where each
    has its own order, x is (networks, width, size).
    """

    def __init__(
        self, samples: Array, width: int, size: int, nets: tuple[int, ...], own_order: bool
    ) -> None:
        self.samples, self.size = samples, size
        orders = nets if own_order else ()
        fitting = MANY_NUMBERS // (samples.shape[1] * size * sum(orders or (1,)))
        self.count = max(1, min(fitting, MANY_BATCHES, len(samples) // size))
        self._memory = np.empty((self.count * size, *orders, samples.shape[1]), samples.dtype)
        self._batches = []
        for batch in np.split(self._memory, self.count):
            xt, y = batch[..., :width], batch[..., width:]
            xt = np.moveaxis(xt, 0, -2)  # to the front come the networks, if they have orders
            y = np.moveaxis(y, -1, 0)
            y = y[..., None] if nets and not orders else y
            self._batches.append((xt.swapaxes(-1, -2), xt, y))

    def __call__(self, order: NDArray[np.int64]) -> list[tuple[Any, ...]]:
        """The batches, up to `count`, of samples in order (samples,) or (samples, networks)."""
        # "clip" lets take write straight into the memory.
        self.samples.take(order, 0, self._memory[: len(order)], "clip")
        return self._batches[: len(order) // self.size]
