"""Everything that one batch makes a network compute, kept so that any of it can be opened."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.explain.names import Names
from core.functional.losses import LOSSES, Loss
from core.layers import ActivationLayer
from core.network import Network
from core.optimizers import Optimizer
from core.spec import TrainSpec

Array = NDArray[np.floating]


@dataclass(frozen=True)
class Trace:
    """One forward and backward pass of a batch, and the update that would follow.

    inputs (N, input_size); targets as the loss wants them, or None for a forward pass alone;
    `optimizer` as it stood before the update. `origin` says of a parameter where it came from.
    """

    network: Network
    inputs: Array
    targets: Array | None = None
    train: TrainSpec = field(default_factory=TrainSpec)
    optimizer: Optimizer | None = None
    origin: str = "It was set by hand."
    input_names: tuple[str, ...] | None = None

    @cached_property
    def names(self) -> Names:
        return Names(self.network.spec, self.input_names)

    @property
    def loss(self) -> Loss:
        return LOSSES[self.train.loss]

    @cached_property
    def outputs(self) -> list[Array]:
        """The output (N, size) of every layer."""
        with np.errstate(all="ignore"):
            return self.network.activations(self.inputs)

    def layer_input(self, layer: int) -> Array:
        """What went into a layer (N, size)."""
        return self.outputs[layer - 1] if layer else self.inputs

    @cached_property
    def gradient_of_output(self) -> Array:
        """dL/d output of the last layer (N, K)."""
        if self.targets is None:
            raise ValueError("there is no loss without targets")
        return self.loss.gradient(self.outputs[-1], self.targets)

    @cached_property
    def _backward(self) -> tuple[list[Array], Array]:
        """dL/d output of every layer, and the flat gradients including those of the penalty."""
        network = Network(self.network.spec, self.network.dtype.name)
        network.parameters[:] = self.network.parameters
        with np.errstate(all="ignore"):
            network.forward(self.inputs, training=True)
            gradient = self.gradient_of_output
            gradients = [gradient]
            for layer in reversed(network.layers):
                gradients.append(layer.backward(gradients[-1]))
            for name in network.parameter_names:
                if name.endswith("weight"):
                    weight = network.view(name)
                    network.view(name, network.gradients)[...] += (
                        self.train.l2 * weight + self.train.l1 * np.sign(weight)
                    )
        return gradients[-2::-1], network.gradients

    def doutput(self, layer: int) -> Array:
        """dL/d output of a layer (N, size)."""
        return self._backward[0][layer]

    @property
    def gradients(self) -> Array:
        """dL/d parameters, flat, the penalty's included."""
        return self._backward[1]

    def derivative(self, layer: int) -> Array:
        """The slope of an activation layer at its input (N, size)."""
        holder = self.network.layers[layer]
        assert isinstance(holder, ActivationLayer)
        return holder.activation.derivative(self.layer_input(layer))

    @cached_property
    def updated(self) -> tuple[Array, Optimizer]:
        """The parameters after the optimizer's step, and the optimizer then."""
        if self.optimizer is None:
            raise ValueError("there is no update without an optimizer")
        optimizer = copy.deepcopy(self.optimizer)
        parameters = self.network.parameters.copy()
        with np.errstate(all="ignore"):
            optimizer.step(parameters, self.gradients)
        return parameters, optimizer
