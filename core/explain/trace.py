"""Everything that one batch makes a network compute, kept so that any of it can be opened."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.clipping import clip
from core.explain.names import Names
from core.explain.paths import previous
from core.functional.losses import LOSSES, Loss
from core.functional.sequence_losses import chosen, spread
from core.layers import Layer, Record
from core.layout import batch_first
from core.network import Network
from core.optimizers import Optimizer
from core.spec import FIRST, TrainSpec
from core.switches import penalised

Array = NDArray[np.floating]


@dataclass(frozen=True)
class Trace:
    """One forward and backward pass of a batch, and the update that would follow.

    inputs (N, ...); targets as the loss wants them, or None for a forward pass alone; `optimizer`
    as it stood before the update. `origin` says of a parameter where it came from. `training`
    traces a training pass, in which some layers behave otherwise; mask (N, T) tells which steps of
    a sequence exist, counted (N, T) which of them the loss counts, None for all that exist. Where
    training carries states on, the sequences start from those that the network carries.
    rng: what dropout draws from while training; only a copy of it is used. given: the gradient of
    the loss by the output (N, ...), for a backward pass from there on, without targets.
    """

    network: Network
    inputs: NDArray[Any]
    targets: NDArray[Any] | None = None
    train: TrainSpec = field(default_factory=TrainSpec)
    optimizer: Optimizer | None = None
    origin: str = "It was set by hand."
    input_names: tuple[str, ...] | None = None
    output_names: tuple[str, ...] | None = None
    training: bool = False
    mask: NDArray[np.bool_] | None = None
    counted: NDArray[np.bool_] | None = None
    rng: np.random.Generator | None = None
    given: Array | None = None
    origin_of_given: str = "It was set by hand; the backward pass starts from it."

    @cached_property
    def memory(self) -> dict[Any, Any]:
        """What the explainers of a family of layers keep of this pass."""
        return {}

    @cached_property
    def names(self) -> Names:
        return Names(self.network.spec, self.input_names, self.output_names)

    @property
    def loss(self) -> Loss:
        return LOSSES[self.train.loss]

    # Forward

    @cached_property
    def _record(self) -> Record:
        """The outputs of all layers."""
        if self.training:
            return self._learned[1]
        record = Record()
        carry = self.train.carry_state
        network = self._copy() if carry else self.network  # which goes on from where it is
        with np.errstate(all="ignore"):
            network.forward(self.inputs, mask=self.mask, record=record, carry=carry)
        return record

    @cached_property
    def outputs(self) -> list[Array]:
        """The outputs (N, ...) of every layer of the chain; branches are one of them."""
        return [self.output(str(k)) for k in range(len(self.network.layers))]

    def output(self, path: str) -> Array:
        """The output (N, ...) of the layer at a path; `input` stands for the network's inputs."""
        return self.inputs if path == "input" else batch_first(self._record.outputs[path])

    def layer_input(self, path: str | int) -> Array:
        """What went into a layer (N, ...)."""
        return self.output(previous(str(path)))

    def layer(self, path: str) -> Layer:
        """The layer at a path, with what it computed in the pass that is traced."""
        return (self._learned[0] if self.training else self.network).layer(path)

    # Backward

    @cached_property
    def gradient_of_output(self) -> Array:
        """dL/d output of the last layer (N, ...)."""
        return self._loss_gradient(self.outputs[-1])

    def _loss_gradient(self, output: Array) -> Array:
        if self.given is not None:
            return self.given
        if self.targets is None:
            raise ValueError("there is no loss without targets")
        if output.ndim == 2:
            return self.loss.gradient(output, self.targets)
        rows, wanted = chosen(self.loss, output, self.targets, self.counting)
        return spread(self.loss.gradient(rows, wanted), output, self.counting)

    @cached_property
    def counting(self) -> NDArray[np.bool_] | None:
        """The steps (N, T) that the loss counts, None when all do, or when there are no steps."""
        if self.outputs[-1].ndim == 2:
            return None
        return self.mask if self.counted is None else self.counted

    @cached_property
    def places(self) -> list[tuple[int, ...]]:
        """The outputs that the loss is a mean over: samples (n,), or steps that count (n, t)."""
        places = np.ndindex(self.outputs[-1].shape[:-1])
        return [place for place in places if self.counting is None or self.counting[place]]

    @cached_property
    def losses(self) -> Array:
        """The loss (N,) or (N, T) of every output; 0 where it does not count."""
        if self.targets is None:
            raise ValueError("there is no loss without targets")
        rows, wanted = chosen(self.loss, self.outputs[-1], self.targets, self.counting)
        found, shape = self.loss.per_sample(rows, wanted), self.outputs[-1].shape[:-1]
        if self.counting is None:
            return found.reshape(shape)
        losses = np.zeros(shape)
        losses[self.counting] = found
        return losses

    @cached_property
    def _learned(self) -> tuple[Network, Record]:
        """A copy of the network after both passes, and what went through it."""
        network, record = self._copy(), Record()
        with np.errstate(all="ignore"):
            output = network.forward(self.inputs, self.training, self.mask, True, record,
                                     self.train.carry_state,
                                     rng=copy.deepcopy(self.rng))  # fmt: skip
            network.backward(self._loss_gradient(output), record=record)
            if self.train.l1 or self.train.l2:
                weights = network.parameters
                penalty = self.train.l2 * weights + self.train.l1 * np.sign(weights)
                network.gradients += penalised(network) * penalty
        return network, record

    def _copy(self) -> Network:
        network = Network(self.network.spec, self.network.dtype.name)
        network.parameters[:] = self.network.parameters
        network.load_state(self.network.state())
        network.carry_on(self.network.carried())
        return network

    def doutput(self, path: str) -> Array:
        """dL/d output of a layer (N, ...), as it came back from all that follows."""
        return batch_first(self._learned[1].doutputs[path])

    def dinput(self, path: str) -> Array:
        """dL/d input of a layer (N, ...), as it passes it on."""
        return batch_first(self._learned[1].dinputs[path])

    @property
    def gradients(self) -> Array:
        """dL/d parameters, flat, the penalty's included."""
        return self._learned[0].gradients

    @cached_property
    def clipped(self) -> Array:
        """The gradients within the bounds that training sets them."""
        gradients = self.gradients.copy()
        clip(gradients, self.train.clip_value, self.train.clip_norm)
        return gradients

    def gradient(self, path: str, key: str) -> Array:
        """dL/d the parameter `key` of the layer at a path, the penalty's included."""
        return self.network.view(f"{FIRST}{path}.{key}", self.gradients)

    # Update

    @cached_property
    def updated(self) -> tuple[Array, Optimizer]:
        """The parameters after the optimizer's step, and the optimizer then."""
        if self.optimizer is None:
            raise ValueError("there is no update without an optimizer")
        optimizer = copy.deepcopy(self.optimizer)
        parameters = self.network.parameters.copy()
        with np.errstate(all="ignore"):
            optimizer.step(parameters, self.clipped)
        return parameters, optimizer
