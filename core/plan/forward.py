"""The way forward through a chain, as straight-line code."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.functional.product import HAS_BLAS, LONG
from core.plan.layout import Block, Layout
from core.plan.script import Script

Array = NDArray[np.floating]
MANY = 5000  # multiplications from which on einsum's longer call pays


class Forward:
    """Writes a forward pass. memory (batches, rows, samples) begins with the layout's rows `a` for
    each batch; with many networks, these are the last axis of all arrays."""

    def __init__(self, layout: Layout, parameters: Array, memory: Array) -> None:
        self.layout, self.parameters = layout, parameters
        self.size, self.nets = memory.shape[2], memory.shape[3:]
        self.do = Script(memory)
        self.a = memory[0, : layout.rows]
        first, last = layout.blocks[0], layout.blocks[-1]
        self.hidden = slice(first.above, layout.rows)  # the rows that layers give
        self.output = last.given(self.a)
        slopes = layout.rows - first.above
        self.e = np.zeros((layout.num_errors + slopes, *memory.shape[2:]), self.do.dtype)
        self.q = self.e[layout.num_errors :]  # of the hidden rows: the slopes of activations there

    def forward(self) -> None:
        for block in self.layout.blocks:
            z = block.given(self.a)
            self.product(block.matrix(self.parameters), block.taken(self.a), z)
            if block.link.form:
                block.link.form.forward(self.do, z, self.slopes(block))

    def slopes(self, block: Block) -> Array:
        start = block.above - self.hidden.start
        return self.q[start : start + block.link.outputs]

    def product(self, a: Array, b: Array, out: Array) -> None:
        """out = a · b for matrices, or stacks of them; for each network."""
        a, b, out = (np.moveaxis(x, -1, 0) if self.nets else x for x in (a, b, out))
        if out.ndim > 2:
            self.do(np.matmul, a, b, out)
        elif not HAS_BLAS and self.size >= LONG and out.size * a.shape[1] >= MANY:
            self.do(np.einsum, "mk,kn->mn", a, b, out=out, optimize=False)
        else:
            self.do(a.dot, b, out)  # of all ways to multiply, this is the shortest call
