"""One training step for batches of one size, written down as straight-line code."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby, pairwise

import numpy as np
from numpy.typing import NDArray

from core.plan.blocks import Block
from core.plan.forms import LOSS_FORMS, UNBIAS_M, UNBIAS_S, UPDATES, Packed, penalize
from core.plan.forward import Forward, X
from core.plan.script import Repeat, Variable
from core.spec import TrainSpec

Array = NDArray[np.floating]
XT, Y = Variable("xt"), Variable("y")


class Step(Forward):
    """Writes a step on `size` samples. The variables of its code are a batch's inputs x, their
    transpose, and the targets y (outputs, batch)."""

    def __init__(
        self, blocks: tuple[Block, ...], packed: Packed, size: int, train: TrainSpec
    ) -> None:
        super().__init__(blocks, packed.parameters, size)
        self.packed, self.train = packed, train
        self.e = np.zeros_like(self.a)  # gradients by what enters the activations
        # The products below give sums over the batch; this makes the loss's mean of them.
        self.factor = LOSS_FORMS[train.loss].factor(blocks[-1].outputs) / size
        self.is_scaled = train.optimizer != "sgd" or bool(train.l1 or train.l2)

    def compile(self) -> Repeat:
        self.forward()
        self._slopes()
        self._error()
        self._backward()
        self._gradients()
        self._update()
        extra = (UNBIAS_M, UNBIAS_S) if self.train.optimizer == "adam" else ()
        return self.do.compile((X, XT, Y, *extra))

    def gradients(self) -> Array:
        """The gradients (parameters, ...) of the last batch, packed."""
        return self.packed.gradients * (1 if self.is_scaled else self.factor)

    def _slopes(self) -> None:
        for form, group in groupby(self.blocks, lambda block: block.form):
            alike = list(group)
            if form and form.slope:  # for all these layers at once, and the ones between them
                rows = slice(alike[0].row, alike[-1].end - 1)
                form.slope(self.do, self.a[rows], self.q[rows])

    def _error(self) -> None:
        last = self.blocks[-1]
        error = LOSS_FORMS[self.train.loss].error
        error(self.do, last.rows(self.a), Y, last.rows(self.e))
        self._through_activation(last)

    def _backward(self) -> None:
        for before, block in reversed(list(pairwise(self.blocks))):
            weight = block.matrix(self.packed.parameters)[:, : block.inputs].swapaxes(0, 1)
            self.product(weight, block.rows(self.e), before.rows(self.e))
            self._through_activation(before)

    def _through_activation(self, block: Block) -> None:
        if block.form:
            e = block.rows(self.e)
            self.do(np.multiply, e, block.rows(self.q), e)

    def _gradients(self) -> None:
        first, *others = self.blocks
        self.product(first.rows(self.e), XT, first.matrix(self.packed.gradients))
        while others:
            stack = [others.pop(0)]
            while others and others[0].stacks_on(stack[-1]):
                stack.append(others.pop(0))
            if len(stack) > 1:
                self._stacked_gradients(stack)
            else:
                below = self.below(stack[0]).swapaxes(0, 1)
                self.product(stack[0].rows(self.e), below, stack[0].matrix(self.packed.gradients))

    def _stacked_gradients(self, stack: list[Block]) -> None:
        """The gradients of layers of one shape in one call, whose overhead they share."""
        first, last, count = stack[0], stack[-1], len(stack)
        rows = (count, first.outputs + 1, self.size, *self.nets)
        below = self.a[first.row - first.outputs - 1 : last.row].reshape(rows)[:, : first.width]
        e = self.e[first.row : last.end].reshape(rows)[:, : first.outputs]
        gradients = self.packed.gradients[first.start : last.stop]
        out = gradients.reshape(count, first.outputs, first.width, *self.nets)
        self.do(np.matmul, *map(self.nets_first, (e, below.swapaxes(1, 2), out)))

    def _update(self) -> None:
        packed, do = self.packed, self.do
        if self.is_scaled:
            do(np.multiply, packed.gradients, do.number(self.factor), packed.gradients)
            penalize(do, packed, self.train)
        else:  # the factor goes into the learning rate, which saves a call
            packed = replace(packed, rate=(packed.rate * self.factor).astype(do.dtype))
        UPDATES[self.train.optimizer](do, packed, self.train)
