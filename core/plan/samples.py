"""The samples of many batches, brought into the order of training at once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
MANY_BATCHES = 64  # are gathered at once, at most
MANY_NUMBERS = 2**17  # of inputs and targets are gathered at once, at most


class Gatherer:
    """Memory for batches of `size` samples out of inputs (N, width) and targets (N, outputs).

    nets: () for one network, else (networks,). A batch is x (width, size), its transpose, and y
    (outputs, size, *nets); where each network has its own order, x is (networks, width, size).
    """

    def __init__(
        self, inputs: Array, targets: Array, size: int, nets: tuple[int, ...], own_order: bool
    ) -> None:
        self.inputs, self.targets, self.size = inputs, targets, size
        self.count = self._how_many(nets)
        orders = nets if own_order else ()
        self._x = np.empty((self.count * size, *orders, inputs.shape[1]), inputs.dtype)
        self._y = np.empty((self.count, targets.shape[1], size, *(nets or (1,))), inputs.dtype)
        xs = [x.transpose(1, 2, 0) if orders else x.T for x in np.split(self._x, self.count)]
        ys = self._y if nets else self._y[..., 0]
        self._batches = [(x, x.swapaxes(-1, -2), y) for x, y in zip(xs, ys, strict=True)]

    def _how_many(self, nets: tuple[int, ...]) -> int:
        numbers = self.inputs.shape[1] + self.targets.shape[1]
        fitting = MANY_NUMBERS // (numbers * self.size * sum(nets or (1,)))
        return max(1, min(fitting, MANY_BATCHES, len(self.inputs) // self.size))

    def __call__(self, order: NDArray[np.int64]) -> list[tuple[Any, ...]]:
        """The batches, up to `count`, of samples in order (samples,) or (samples, networks)."""
        count = len(order) // self.size
        self.inputs.take(order, 0, self._x[: len(order)], "clip")  # "clip" writes without a copy
        y = self.targets.take(order, 0).reshape(count, self.size, -1, self.targets.shape[1])
        self._y[:count] = y.transpose(0, 3, 1, 2)
        return self._batches[:count]
