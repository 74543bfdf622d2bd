"""The compiled plan of training a chain of linear layers and activations.

A tiny network is all call overhead: where NumPy has no BLAS, adding ten numbers costs as much as
adding three hundred. So a step here is the fewest NumPy calls that say the same as the layers:

- The bias is the last column of the weight, and each layer's input has a last row of ones; so the
  product adds the bias, and the gradient's product sums it over the batch.
- Parameters, outputs and gradients of all layers lie in one array each: one call serves all, for
  the derivative of an activation that they share as for the update.
- Layers of about one shape get their gradients from one product.
- Everything is allocated, sliced and bound once, and the calls are written out one after the other.

The same plan trains many networks of one architecture at once. They are the last axis of every
array, so that each call does the work of all.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.optimizers import OPTIMIZERS, Optimizer
from core.plan.batches import Batches
from core.plan.forms import LOSS_FORMS, Packed, unbiasing
from core.plan.layout import Layout, links_of
from core.plan.script import Repeat
from core.plan.step import Rows, Step
from core.spec import NetworkSpec, TrainSpec

Array = NDArray[np.floating]
State = dict[str, Array]


class Plan:
    """Trains one network, or with `rates` as many as there are learning rates, on samples that stay
    the same: inputs (N, ...) and encoded targets.

    Whoever owns the parameters `load`s them before a run of steps and takes them back by `unload`;
    in between they are only here, in an order of their own. Arrays that go in or out are flat as a
    network's are, or (networks, parameters). With `own_order` each network has its own order of
    the samples.
    """

    @staticmethod
    def fits(network: NetworkSpec) -> bool:
        """Whether the network is such a chain."""
        return bool(links_of(network))

    def __init__(
        self,
        network: NetworkSpec,
        train: TrainSpec,
        inputs: Array,
        targets: NDArray[Any],
        rates: Array | None = None,
        own_order: bool = False,
    ) -> None:
        self.spec, self._own_order = train, own_order
        self._nets = np.shape(rates) if rates is not None else ()
        self._layout = Layout(links_of(network), train.batch_size * sum(self._nets or (1,)))
        self._rows = Rows(self._layout, train)
        self.packed = self._pack(train.learning_rate if rates is None else rates)
        self._samples = self._together(inputs, targets)
        self._sizes: dict[int, tuple[Step, Batches, Repeat, list[Any]]] = {}
        self._last: Step | None = None
        self.num_steps = 0

    def _pack(self, rates: Array | float) -> Packed:
        shape, dtype = (self._layout.size, *self._nets), np.dtype(self.spec.dtype)
        is_used, is_weight = np.zeros(shape, dtype), np.zeros(shape, dtype)
        for block in self._layout.blocks:
            block.matrix(is_used)[...] = 1
            block.matrix(is_weight)[:, : block.link.inputs] = 1
        slots = OPTIMIZERS[self.spec.optimizer].slots
        return Packed(
            parameters=np.zeros(shape, dtype),
            gradients=np.zeros(shape, dtype),
            state={name: np.zeros(shape, dtype) for name in slots},
            rate=np.full(shape, rates, dtype),
            scratch=np.zeros(shape, dtype),
            is_used=is_used,
            is_weight=is_weight,
        )

    def _together(self, inputs: Array, targets: NDArray[Any]) -> Array:
        """The numbers (N, inputs + outputs) of each sample side by side."""
        encoded = LOSS_FORMS[self.spec.loss].targets(targets, self._layout.num_outputs)
        both = np.hstack([inputs.reshape(len(inputs), -1), encoded])
        return both.astype(self.spec.dtype, order="C")

    def train(
        self, order: NDArray[np.int64], parameters: Array, gradients: Array, optimizer: Optimizer
    ) -> tuple[int, bool]:
        """Train a network on samples in order, batch by batch. Returns the number of steps, and
        whether all parameters are finite; when they are not, the last step made them so.

        One look at the end is enough, because no step makes such a parameter finite again. Then
        the steps are taken once more, to find the one.
        """
        before = parameters, optimizer.state, optimizer.num_steps
        self.load(*before)
        self.run(order)
        is_finite = self._is_finite()
        if not is_finite:
            self.load(*before)
            self._run_until_not_finite(order)
        self.unload(parameters, gradients, optimizer.state)
        steps = self.num_steps - optimizer.num_steps
        optimizer.num_steps = self.num_steps
        return steps, is_finite

    def _run_until_not_finite(self, order: NDArray[np.int64]) -> None:
        for start in range(0, len(order), self.spec.batch_size):
            self.run(order[start : start + self.spec.batch_size])
            if not self._is_finite():
                break

    def _is_finite(self) -> bool:
        return math.isfinite(np.add.reduce(self.packed.parameters))  # the short call for one number

    def load(self, parameters: Array, state: State, num_steps: int) -> None:
        """Take over parameters, what their optimizer keeps, and how many steps it took."""
        own = [(self.packed.parameters, parameters)]
        own += [(kept, state[name]) for name, kept in self.packed.state.items()]
        for packed, given in own:
            packed.fill(0)  # padding too: training that broke may have left anything there
            packed[self._layout.cells] = given.T
        self.num_steps = num_steps

    def unload(self, parameters: Array, gradients: Array, state: State) -> None:
        """Give all back, with the gradients of the last step, to which penalties belong."""
        assert self._last is not None
        cells = self._layout.cells
        parameters[...] = self.packed.parameters[cells].T
        np.multiply(self.packed.gradients[cells].T, self._last.left, out=gradients)
        for name, kept in self.packed.state.items():
            state[name][...] = kept[cells].T

    def run(self, order: NDArray[np.int64]) -> None:
        """Take samples in order (samples,), or with `own_order` (samples, networks), in batches, of
        which the last may be smaller."""
        size = self.spec.batch_size
        whole = len(order) - len(order) % size
        if whole:
            self._run(order[:whole], size)
        if whole < len(order):
            self._run(order[whole:], len(order) - whole)

    def _run(self, order: NDArray[np.int64], size: int) -> None:
        self._last, batches, repeat, views = self._of_size(size)
        samples = batches.count * size
        for start in range(0, len(order), samples):
            count = batches.fill(order[start : start + samples])
            first, self.num_steps = self.num_steps + 1, self.num_steps + count
            values = views[:count]
            if self.spec.optimizer == "adam":
                numbers = unbiasing(range(first, self.num_steps + 1))
                values = [(*v, *n) for v, n in zip(values, numbers, strict=True)]
            repeat(values)

    def _of_size(self, size: int) -> tuple[Step, Batches, Repeat, list[Any]]:
        if size not in self._sizes:
            batches = Batches(self._samples, self._layout, self._rows, size, self._nets,
                              self._own_order)  # fmt: skip
            step = Step(self._layout, self.packed, batches.memory, self.spec, self._rows)
            repeat = step.compile()
            self._sizes[size] = (step, batches, repeat, step.do.views())
        return self._sizes[size]

    def are_finite(self) -> NDArray[np.bool_]:
        """Whether all parameters are finite numbers, for each network."""
        return np.isfinite(np.add.reduce(self.packed.parameters))
