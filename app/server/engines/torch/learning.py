"""Losses, penalties, bounds on gradients and updates, on PyTorch's tensors: the same as the core's,
see core.functional.losses, core.stepping, core.clipping and core.optimizers. No number is read by
the host here, which would have it wait for the device."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from core.optimizers import EPSILON, OPTIMIZERS, Adam, RMSProp
from core.spec import TrainSpec


def mse(output: Tensor, target: Tensor) -> Tensor:
    return (target - output).square().mean(-1)


def binary_cross_entropy(logits: Tensor, target: Tensor) -> Tensor:
    return F.binary_cross_entropy_with_logits(logits, target, reduction="none").mean(-1)


def cross_entropy(logits: Tensor, target: Tensor) -> Tensor:
    return F.cross_entropy(logits, target, reduction="none")


# From outputs (places, K) and their targets to a loss for each place.
LOSSES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "mse": mse, "binary_cross_entropy": binary_cross_entropy, "cross_entropy": cross_entropy,
}  # fmt: skip


def mean_loss(name: str, output: Tensor, target: Tensor, counted: Tensor | None) -> Tensor:
    """The mean over the places (N,) or (N, T) of outputs (..., K), over those that count."""
    places = output.shape[:-1]
    each = LOSSES[name](output.flatten(0, -2), target.flatten(0, len(places) - 1))
    if counted is None:
        return each.mean()
    counts = counted.flatten()
    return (each * counts).sum() / counts.sum()


class Learner:
    """Changes flat parameters by their flat gradients. penalised: 1 for each parameter that
    penalties are on, else 0."""

    def __init__(self, train: TrainSpec, parameters: Tensor, penalised: Tensor) -> None:
        self.train, self._parameters, self._penalised = train, parameters, penalised
        slots = OPTIMIZERS[train.optimizer].slots
        self.slots = {name: torch.zeros_like(parameters) for name in slots}
        self.num_steps = 0
        self._update: Callable[[Tensor], None] = getattr(self, f"_{train.optimizer}")

    @torch.no_grad()
    def step(self, gradients: Tensor) -> None:
        """Penalties and bounds go into the gradients, in place; then the parameters change."""
        self.num_steps += 1
        self._penalise(gradients)
        self._clip(gradients)
        self._update(gradients)

    def _penalise(self, gradients: Tensor) -> None:
        weights = self._parameters
        if self.train.l2:
            gradients.addcmul_(self._penalised, weights, value=self.train.l2)
        if self.train.l1:
            gradients.addcmul_(self._penalised, weights.sign(), value=self.train.l1)

    def _clip(self, gradients: Tensor) -> None:
        value, most = self.train.clip_value, self.train.clip_norm
        if value is not None:
            gradients.clamp_(-value, value)
        if most is not None:
            norm = _global_norm(gradients)
            is_long = norm.isfinite() & (norm > most)
            gradients.mul_(torch.where(is_long, most / norm, torch.ones_like(norm)))

    def _sgd(self, gradients: Tensor) -> None:
        self._parameters.add_(gradients, alpha=-self.train.learning_rate)

    def _momentum(self, gradients: Tensor) -> None:
        v = self.slots["v"].mul_(self.train.momentum).add_(gradients)
        self._parameters.add_(v, alpha=-self.train.learning_rate)

    def _rmsprop(self, gradients: Tensor) -> None:
        s = self.slots["s"].mul_(RMSProp.alpha)
        s.addcmul_(gradients, gradients, value=1 - RMSProp.alpha)
        self._parameters.addcdiv_(gradients, s.sqrt().add_(EPSILON),
                                  value=-self.train.learning_rate)  # fmt: skip

    def _adam(self, gradients: Tensor) -> None:
        beta1, beta2, t = Adam.beta1, Adam.beta2, self.num_steps
        m = self.slots["m"].mul_(beta1).add_(gradients, alpha=1 - beta1)
        s = self.slots["s"].mul_(beta2).addcmul_(gradients, gradients, value=1 - beta2)
        deviation = (s / (1 - beta2**t)).sqrt_().add_(EPSILON)
        self._parameters.addcdiv_(m, deviation, value=-self.train.learning_rate / (1 - beta1**t))


def _global_norm(gradients: Tensor) -> Tensor:
    """√Σ g², of numbers scaled by the largest, whose squares cannot overflow; NaN for zeros."""
    largest = gradients.abs().max()
    return largest * (gradients / largest).square().sum().sqrt()
