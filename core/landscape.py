"""The loss of some samples as a function of all parameters of a network.

A point of the landscape is a network; many points are many networks of one architecture, which are
computed at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.functional.losses import LOSSES
from core.plan import Outputs, Plan
from core.spec import NetworkSpec, TrainSpec

Array = NDArray[np.floating]


class Landscape:
    """Losses and gradients of networks on inputs (N, features) with targets as the loss wants
    them. Raises ValueError for a network that is no chain of linear layers and activations."""

    def __init__(
        self, network: NetworkSpec, inputs: Array, targets: NDArray[Any], loss: str = "mse"
    ) -> None:
        if not Plan.fits(network):
            raise ValueError("the network must be linear layers with activations between them")
        self.network, self.inputs, self.targets = network, inputs, targets
        self.loss = LOSSES[loss]
        self._outputs: dict[int, Outputs] = {}  # by the number of networks
        self._plans: dict[int, Plan] = {}

    def losses(self, points: Array) -> Array:
        """(..., parameters) -> (...); where numbers overflow, what they overflow to."""
        shape, flat = points.shape[:-1], points.reshape(-1, points.shape[-1])
        nets = len(flat)
        if nets not in self._outputs:
            self._outputs[nets] = Outputs(self.network, self.inputs, (nets,))
        with np.errstate(all="ignore"):
            outputs = self._outputs[nets](flat)
            targets = np.concatenate([self.targets] * nets)
            each = self.loss.per_sample(outputs.reshape(-1, outputs.shape[-1]), targets)
            return np.asarray(each.reshape(*shape, -1).mean(axis=-1))

    def gradients(self, points: Array, samples: NDArray[np.int64] | None = None) -> Array:
        """(networks, parameters) -> the derivatives (networks, parameters) of the loss of a batch
        of samples, all by default."""
        nets = len(points)
        if nets not in self._plans:
            self._plans[nets] = self._plan(nets)
        order = np.arange(len(self.inputs)) if samples is None else samples
        plan, gradients = self._plans[nets], np.empty_like(points)
        with np.errstate(all="ignore"):
            plan.load(points, {}, 0)
            plan.run(order)
            plan.unload(np.empty_like(points), gradients, {})
        return gradients

    def _plan(self, nets: int) -> Plan:
        """With a learning rate of 0, a step computes the gradient and goes nowhere."""
        train = TrainSpec(self.loss.name, learning_rate=0.0, batch_size=len(self.inputs),
                          dtype=self.inputs.dtype.name)  # fmt: skip
        return Plan(self.network, train, self.inputs, self.targets, np.zeros(nets))

    def section(self, point: Array, axes: Mapping[int, Array]) -> Array:
        """The losses where one or two parameters take other values, and all others those of a
        point (parameters,).

        axes: by its place among the parameters, the values of each. (n,) for one; for two, a row
        for each value of the second, (second, first).
        """
        values = list(axes.values())
        grid = np.meshgrid(*values)
        points = np.broadcast_to(point, (*grid[0].shape, len(point))).copy()
        for place, each in zip(axes, grid, strict=True):
            points[..., place] = each
        return self.losses(points)
