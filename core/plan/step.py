"""One training step, as straight-line code."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby, pairwise

import numpy as np
from numpy.typing import NDArray

from core.plan.forms import FORMS, LOSS_FORMS, UNBIAS, UPDATES, Packed, penalize
from core.plan.forward import Forward
from core.plan.layout import Block, Layout
from core.plan.script import Repeat
from core.spec import TrainSpec

Array = NDArray[np.floating]


class Rows:
    """What a batch's memory holds: the layout's rows `a`, and the targets y.

    For squared errors and tanh one subtraction gives the error y − o and all slopes 1 − a². To this
    end the squares a² follow `a`, which ends with the output o, and ones follow the targets.
    """

    def __init__(self, layout: Layout, train: TrainSpec) -> None:
        *hidden, last = (block.link.form for block in layout.blocks)
        tanh = FORMS["tanh"]
        ends = (tanh, None) if hidden else (tanh,)
        self.is_merged = train.loss == "mse" and {*hidden} <= {tanh} and last in ends
        count = layout.rows - layout.blocks[0].above if self.is_merged else 0
        self.squares = slice(layout.rows, layout.rows + count)
        self.targets = slice(self.squares.stop, self.squares.stop + layout.num_outputs)
        self.minuend = slice(self.targets.start, self.targets.stop + count)
        self.subtrahend = slice(layout.rows - layout.num_outputs, self.squares.stop)
        self.total = self.minuend.stop


class Step(Forward):
    """Writes a step for batches whose memory holds `rows`, and ones elsewhere."""

    def __init__(
        self, layout: Layout, packed: Packed, memory: Array, train: TrainSpec, rows: Rows
    ) -> None:
        super().__init__(layout, packed.parameters, memory)
        self.packed, self.train, self.rows, self.batch = packed, train, rows, memory[0]
        # The products below give sums over the batch; this makes the loss's mean of them.
        self.factor = LOSS_FORMS[train.loss].factor(layout.num_outputs) / self.size
        if rows.is_merged:
            self.factor = -self.factor  # because the error there is y − o
        self.is_scaled = train.optimizer != "sgd" or bool(train.l1 or train.l2)

    def compile(self) -> Repeat:
        """The code of a step, to be repeated for each batch."""
        self.forward()
        if self.rows.is_merged:
            self._slopes_and_error()
        else:
            self._slopes()
            self._error()
        self._backward()
        self._gradients()
        self._update()
        return self.do.compile(*(UNBIAS if self.train.optimizer == "adam" else ()))

    @property
    def left(self) -> float:
        """What the packed gradients are still to be multiplied by after a step."""
        return 1 if self.is_scaled else self.factor

    def _slopes_and_error(self) -> None:
        self.do(np.square, self.a[self.hidden], self.batch[self.rows.squares])
        last = self.layout.blocks[-1]
        y_and_ones, o_and_squares = self.batch[self.rows.minuend], self.batch[self.rows.subtrahend]
        self.do(np.subtract, y_and_ones, o_and_squares, self.e[last.error :])
        self._through_activation(last)

    def _slopes(self) -> None:
        for form, group in groupby(self.layout.blocks, lambda block: block.link.form):
            alike = list(group)
            if form and form.slope:  # for all these layers at once, and what lies between them
                start, last = alike[0].above, alike[-1]
                a = self.a[start : last.above + last.link.outputs]
                start -= self.hidden.start
                form.slope(self.do, a, self.q[start : start + len(a)])

    def _error(self) -> None:
        last, y = self.layout.blocks[-1], self.batch[self.rows.targets]
        LOSS_FORMS[self.train.loss].error(self.do, last.given(self.a), y, last.errors(self.e))
        self._through_activation(last)

    def _backward(self) -> None:
        for before, block in reversed(list(pairwise(self.layout.blocks))):
            weight = block.matrix(self.packed.parameters)[:, : block.link.inputs].swapaxes(0, 1)
            self.product(weight, block.errors(self.e), before.errors(self.e))
            self._through_activation(before)

    def _through_activation(self, block: Block) -> None:
        if block.link.form:
            e = block.errors(self.e)
            self.do(np.multiply, e, self.slopes(block), e)

    def _gradients(self) -> None:
        """The products e · aᵀ, for all layers of a stack in one call, whose overhead they share.

        What padding gives is not 0, but is multiplied by 0 in the update.
        """
        for stack in self.layout.stacks:
            first, count, (outputs, width) = stack[0], len(stack), stack[0].shape
            e = self.e[first.error : first.error + count * outputs]
            a = self.a[first.below : first.below + count * width]
            size = count * outputs * width
            out = self.packed.gradients[first.start : first.start + size]
            matrices = (
                e.reshape(count, outputs, self.size, *self.nets),
                a.reshape(count, width, self.size, *self.nets).swapaxes(1, 2),
                out.reshape(count, outputs, width, *self.nets),
            )
            self.product(*matrices if count > 1 else (stacked[0] for stacked in matrices))

    def _update(self) -> None:
        packed, do, factor = self.packed, self.do, self.factor * self.packed.is_used
        if self.is_scaled:
            do(np.multiply, packed.gradients, factor.astype(do.dtype), packed.gradients)
            penalize(do, packed, self.train)
        else:  # the factor goes into the learning rate, which saves a call
            packed = replace(packed, rate=(packed.rate * factor).astype(do.dtype))
        UPDATES[self.train.optimizer](do, packed, self.train)
