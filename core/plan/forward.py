"""The way forward through a chain, for as many samples as are said, as straight-line code."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.functional.product import HAS_BLAS, LONG
from core.plan.blocks import Block
from core.plan.script import Repeat, Script, Variable

Array = NDArray[np.floating]
X = Variable("x")
MANY = 5000  # multiplications from which on einsum's longer call pays


class Forward:
    """Writes a forward pass on `size` samples: x (width, samples), with a row of ones where the
    first layer has a bias, is the variable of its code. All arrays are (features, samples), with
    many networks (features, samples, networks)."""

    def __init__(self, blocks: tuple[Block, ...], parameters: Array, size: int) -> None:
        self.blocks, self.parameters, self.size = blocks, parameters, size
        self.nets = parameters.shape[1:]
        self.do = Script(parameters.dtype)
        shape = (blocks[-1].end, size, *self.nets)
        self.a = np.ones(shape, self.do.dtype)  # outputs of all layers, and rows of ones
        self.q = np.ones(shape, self.do.dtype)  # slopes of the activations there

    @property
    def output(self) -> Array:
        """What the last layer gives, (outputs, samples, ...)."""
        return self.blocks[-1].rows(self.a)

    def compile(self) -> Repeat:
        """The code, to be run for each batch."""
        self.forward()
        return self.do.compile((X,))

    def forward(self) -> None:
        for block in self.blocks:
            below, z = self.below(block) if block.row else X, block.rows(self.a)
            self.product(block.matrix(self.parameters), below, z)
            if block.form:
                block.form.forward(self.do, z, block.rows(self.q))

    def below(self, block: Block) -> Array:
        """What a layer takes: the rows of the one before it, and the ones where it has a bias."""
        before = self.blocks[self.blocks.index(block) - 1]
        return self.a[before.row : before.row + block.width]

    def product(self, a: Array, b: Array | Variable, out: Array) -> None:
        """out = a · b, for each network."""
        if self.nets:
            b = b if isinstance(b, Variable) else self.nets_first(b)
            self.do(np.matmul, self.nets_first(a), b, self.nets_first(out))
        elif not HAS_BLAS and self.size >= LONG and out.size * a.shape[1] >= MANY:
            self.do(np.einsum, "mk,kn->mn", a, b, out=out, optimize=False)
        else:
            self.do(a.dot, b, out)  # of all ways to multiply, this is the shortest call

    def nets_first(self, array: Array) -> Array:
        """As matmul wants it, whose matrices are the last two axes."""
        return np.moveaxis(array, -1, 0) if self.nets else array
