"""Letting a network go on by itself: what it says at a step is what it is shown at the next.

A temperature divides the logits before softmax: below 1 the likely becomes likelier, above 1 all
becomes more alike; at 0 the likeliest is always chosen.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from core.network import Network

Array = NDArray[np.floating]
Tokens = NDArray[np.integer]
MAX_TEMPERATURE = 10.0


def probabilities(logits: Array, temperature: float) -> NDArray[np.float64]:
    """Softmax of logits / temperature, (..., K) -> (..., K)."""
    logits = np.asarray(logits, np.float64)
    if temperature == 0:
        return np.asarray(logits.argmax(axis=-1)[..., None] == np.arange(logits.shape[-1]), float)
    shifted = (logits - logits.max(axis=-1, keepdims=True)) / temperature
    powers = np.exp(shifted)
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def choose(shares: Array, draw: float) -> int:
    """The token into whose part of [0, 1) a draw falls, the parts (K,) lying one after another."""
    ends = np.cumsum(shares)
    last = np.flatnonzero(shares)[-1]  # for a draw at the very end, where rounding may be short
    return int(min(np.searchsorted(ends, draw * ends[-1], side="right"), last))


def write(
    network: Network, start: Tokens, count: int, temperature: float, rng: np.random.Generator
) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """So many tokens that go on after `start` (length,), of which there must be one, each with the
    shares (K,) that it was drawn from.

    The network's carried states are used for it, so give it a network of its own. One draw is made
    for each token whatever the temperature, so that the same seed compares temperatures.
    """
    network.forget()
    shown = np.asarray(start)
    for _ in range(count):
        logits = network.forward(shown[None], carry=True)[0, -1]
        shares = probabilities(logits, temperature)
        token = choose(shares, rng.random())
        yield token, shares
        shown = np.array([token])


def go_on(network: Network, start: Array, count: int) -> Array:
    """So many values (count, k) after `start` (length, k), each made from those before it."""
    network.forget()
    shown, made = np.asarray(start), []
    for _ in range(count):
        shown = network.forward(shown[None], carry=True)[0, -1:]
        made.append(shown[0])
    return np.array(made).reshape(count, start.shape[-1])
