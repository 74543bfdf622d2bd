"""The samples of many batches, brought into the order of training at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.plan.layout import Layout
from core.plan.step import Rows

Array = NDArray[np.floating]
MANY = 64  # batches whose memory is filled at once, at most
ROOM = 2**17  # numbers of memory, at most, unless one batch needs more; fast caches hold no more


class Batches:
    """Memory (batches, rows, size, *nets) for batches of `size` samples, and how it is filled.

    samples (N, inputs + outputs) are inputs with their targets. All networks take them in the same
    order, or with `own_order` each in its own.
    """

    def __init__(
        self, samples: Array, layout: Layout, rows: Rows, size: int, nets: tuple[int, ...],
        own_order: bool,
    ) -> None:  # fmt: skip
        self.samples, self.size = samples, size
        fitting = ROOM // (rows.total * size * sum(nets or (1,)))
        self.count = max(1, min(fitting, MANY, len(samples) // size))
        self.memory = np.ones((self.count, rows.total, size, *nets), samples.dtype)
        numbers, orders = samples.shape[1], nets if own_order else ()
        self._taken = np.empty((self.count * size, *orders, numbers), samples.dtype)
        # As the memory has it: (batches, numbers, size, *nets); axes of 1 serve all networks.
        taken = np.moveaxis(self._taken.reshape(self.count, size, *orders, numbers), -1, 1)
        taken = taken[..., None] if nets and not orders else taken
        inputs = layout.blocks[0].link.inputs
        self._pairs = [(self.memory[:, :inputs], taken[:, :inputs]),
                       (self.memory[:, rows.targets], taken[:, inputs:])]  # fmt: skip

    def fill(self, order: NDArray[np.int64]) -> int:
        """Fill batches with samples in order (samples,) or (samples, networks); how many."""
        count = len(order) // self.size
        # "clip" lets take write straight into the memory.
        self.samples.take(order, 0, self._taken[: len(order)], "clip")
        for memory, taken in self._pairs:
            memory[:count] = taken[:count]
        return count
