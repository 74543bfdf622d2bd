"""One step of training, layer by layer: forward, backward, penalty, bounds on gradients, update."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.clipping import clip
from core.functional.losses import LOSSES
from core.functional.sequence_losses import chosen, spread
from core.masks import Masks
from core.network import Network
from core.optimizers import Optimizer
from core.spec import TrainSpec
from core.switches import penalised

Array = NDArray[np.floating]


class Stepper:
    """Steps of any network. `train` may change in what `Trainer.tune` lets change."""

    def __init__(self, network: Network, train: TrainSpec) -> None:
        self.network, self.train = network, train
        self.loss = LOSSES[train.loss]
        self._is_weight = penalised(network)

    def step(self, x: Array, y: NDArray[Any], masks: Masks, optimizer: Optimizer,
             rng: np.random.Generator) -> Array:  # fmt: skip
        """Learn from a batch; return the network's outputs before that."""
        network = self.network
        output = network.forward(
            x, training=True, mask=masks.exist, carry=self.train.carry_state, rng=rng
        )
        network.backward(self._loss_gradient(output, y, masks), needs_dx=False)
        self._add_penalty_gradient()
        clip(network.gradients, self.train.clip_value, self.train.clip_norm)
        optimizer.step(network.parameters, network.gradients)
        return output

    def _loss_gradient(self, output: Array, y: NDArray[Any], masks: Masks) -> Array:
        """dL/d output, over the steps that count where there is an output at each step."""
        if output.ndim == 2:
            return self.loss.gradient(output, y)
        rows, wanted = chosen(self.loss, output, y, masks.counted)
        return spread(self.loss.gradient(rows, wanted), output, masks.counted)

    def _add_penalty_gradient(self) -> None:
        spec, network = self.train, self.network
        if spec.l2:
            network.gradients += spec.l2 * self._is_weight * network.parameters
        if spec.l1:
            network.gradients += spec.l1 * self._is_weight * np.sign(network.parameters)

    def mean_loss(self, output: Array, y: NDArray[Any], masks: Masks) -> float:
        """The loss of such outputs, without the penalty."""
        if output.ndim > 2:
            output, y = chosen(self.loss, output, y, masks.counted)
        return float(self.loss.per_sample(output, y).mean())

    def penalty(self) -> float:
        """l1 Σ|w| + (l2/2) Σ w² over the weights."""
        weights, spec = self.network.parameters * self._is_weight, self.train
        return float(spec.l1 * np.abs(weights).sum() + spec.l2 / 2 * (weights * weights).sum())
