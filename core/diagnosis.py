"""What goes wrong while a network learns: each failure found in its numbers, named, and explained.

A detector looks at a network, a batch, and the losses so far; it changes nothing. Each speaks of
what it saw, so that the same words fit a museum of failures and a playground.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.functional.activations import Activation
from core.layers import ActivationLayer, Linear
from core.network import Network
from core.snapshot import Snapshot

Array = NDArray[np.floating]
SATURATED_SAMPLES = 0.9  # a unit counts as saturated when so many of the samples find it flat
MANY = 0.75  # of a layer's units fail: then it is a failure of the network
GROWTH = 10.0  # a loss so many times its start is called diverging
STEADY_STEPS = 200  # a plateau is looked for in the last half of the losses, from so many steps on
STEADY = 0.02  # and found when the loss fell by less than this share in it


@dataclass(frozen=True)
class Finding:
    """One failure: its kind, what was seen, and what usually helps."""

    kind: str
    title: str
    seen: str
    remedy: str


def diagnose(snapshot: Snapshot, inputs: NDArray[Any]) -> list[Finding]:
    """All that is wrong with a network in training, the worst first; inputs (N, ...)."""
    network = snapshot.network()
    broken = not_finite(network, inputs) or stopped(snapshot)
    if broken:
        return [broken]
    found = [diverging(snapshot.history), symmetric(network), *unit_failures(network, inputs)]
    named = [each for each in found if each]
    return named or [each for each in [plateau(snapshot.history)] if each]


# Numbers that are none


def stopped(snapshot: Snapshot) -> Finding | None:
    """Training itself noticed that it broke."""
    if not snapshot.message:
        return None
    return Finding("not_finite", "Not a number any more", snapshot.message, SMALLER_RATE)


SMALLER_RATE = "A smaller learning rate, or start values of a fitting size."


def not_finite(network: Network, inputs: NDArray[Any]) -> Finding | None:
    """The first operation whose result is not finite, from the parameters on."""
    for name in network.parameter_names:
        if not np.isfinite(network.view(name)).all():
            seen = f"{name} holds {_word(network.view(name))}: an update went beyond all numbers."
            return Finding("not_finite", "Not a number any more", seen, SMALLER_RATE)
    with np.errstate(all="ignore"):
        for number, made in enumerate(network.activations(inputs)):
            if not np.isfinite(made).all():
                what = network.spec.layers[number].kind.replace("_", " ")
                seen = (f"Layer {number} ({what}) is the first to give {_word(made)}; all that "
                        "follows is computed from it.")  # fmt: skip
                return Finding("not_finite", "Not a number any more", seen, SMALLER_RATE)
    return None


def _word(array: Array) -> str:
    return "NaN, no number" if np.isnan(array).any() else "an infinity, too large for a number"


# How the loss goes


def diverging(history: Array) -> Finding | None:
    """The loss rises far above where it began. history (points, 3): step, training, test loss."""
    losses = history[:, 1]
    if len(losses) < 2 or not losses[-1] > GROWTH * losses[0]:
        return None
    seen = (f"The loss has grown from {losses[0]:.3g} to {losses[-1]:.3g}: each step jumps beyond "
            "the valley, and lands higher on the other side.")  # fmt: skip
    return Finding("diverging", "The steps are too large", seen, "A smaller learning rate.")


def plateau(history: Array) -> Finding | None:
    """The loss hardly moves, and has hardly moved since training began."""
    steps, losses = history[:, 0], history[:, 1]
    if steps[-1] < STEADY_STEPS:
        return None
    half = losses[np.searchsorted(steps, steps[-1] / 2)]
    fell_lately, fell_at_all = half - losses[-1], losses[0] - losses[-1]
    if fell_lately > STEADY * half or fell_at_all > losses[0] / 2:
        return None
    seen = (f"The loss stands at {losses[-1]:.3g}; it was {half:.3g} at half of the steps. The "
            "gradients that arrive are too small to move anything.")  # fmt: skip
    return Finding("plateau", "It does not get on", seen,
                   "Another activation, other start values, fewer layers, or a larger learning "
                   "rate.")  # fmt: skip


# Units that do not take part


def unit_failures(network: Network, inputs: NDArray[Any]) -> Iterator[Finding | None]:
    """Dead and saturated units, layer by layer."""
    with np.errstate(all="ignore"):
        outputs = [inputs, *network.activations(inputs)]
    for number, layer in enumerate(network.layers):
        is_last = number == len(network.layers) - 1
        if isinstance(layer, ActivationLayer) and not is_last:
            z = outputs[number].reshape(-1, outputs[number].shape[-1])
            yield dead(layer.activation, z, number) or saturated(layer.activation, z, number)


def dead(activation: Activation, z: Array, number: int) -> Finding | None:
    """Units that give 0 with slope 0 for every sample, as a rectifier can; z (N, units)."""
    is_dead = (activation.function(z) == 0).all(axis=0) & (activation.derivative(z) == 0).all(0)
    share = float(is_dead.mean())
    if share < MANY:
        return None
    seen = (f"{is_dead.sum()} of {len(is_dead)} units of layer {number} give 0 for all {len(z)} "
            "samples. Their slope is 0 too, so no gradient will ever wake them.")  # fmt: skip
    return Finding("dead", "Dead units", seen,
                   "Biases that start at 0, a smaller learning rate, or a leaky ReLU.")  # fmt: skip


def saturated(activation: Activation, z: Array, number: int) -> Finding | None:
    """Units that are flat for almost all samples; z (N, units)."""
    flat = activation.saturated(z).mean(axis=0) >= SATURATED_SAMPLES
    share = float(flat.mean())
    if share < MANY or activation.is_closed:
        return None
    seen = (f"{flat.sum()} of {len(flat)} units of layer {number} are on the flat part of "
            f"{activation.label.lower()} for nearly all samples; hardly any gradient comes "
            "through.")  # fmt: skip
    return Finding("saturated", "Saturated units", seen,
                   "Smaller start values or inputs, or an activation that is flat on one side "
                   "only.")  # fmt: skip


def symmetric(network: Network) -> Finding | None:
    """Hidden units of a layer that are all the same: what comes in, and what goes out."""
    layers = [(k, layer) for k, layer in enumerate(network.layers) if isinstance(layer, Linear)]
    for (number, layer), (_, following) in pairwise(layers):
        rows = np.column_stack([*layer.params.values(), following.params["weight"].T])
        if len(rows) > 1 and np.allclose(rows, rows[0], rtol=1e-9, atol=1e-12):
            seen = (f"All {len(rows)} units of layer {number} have the same weights. They get the "
                    "same gradients, so they stay alike, as if there were only one.")  # fmt: skip
            remedy = "Random start values, so that each unit can find its own part."
            return Finding("symmetric", "All units alike", seen, remedy)
    return None
