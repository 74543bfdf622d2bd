"""Start values of weights, drawn from an explicit generator.

Weights are (out_features, in_features), or (out_channels, in_channels, ...) for kernels, of which
each place counts as an input and an output of its own: in and out below are these counts.
xavier_*: Glorot and Bengio 2010; he_*: He et al. 2015, arXiv 1502.01852.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
# A name in quotes: NumPy imports its random numbers, which takes a page a tenth of a second, only
# when they are asked for.
Initializer = Callable[["np.random.Generator", tuple[int, ...]], Array]
CONSTANT = 0.5


def fans(shape: tuple[int, ...]) -> tuple[int, int]:
    """How many inputs one output adds up, and to how many outputs one input goes."""
    return math.prod(shape[1:]), shape[0] * math.prod(shape[2:])


def uniform(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Even over [−0.5, 0.5)."""
    return rng.uniform(-0.5, 0.5, shape)


def normal(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Normal with mean 0 and standard deviation 1."""
    return rng.normal(0, 1, shape)


def xavier_uniform(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Even over ±√(6 / (in + out))."""
    bound = math.sqrt(6 / sum(fans(shape)))
    return rng.uniform(-bound, bound, shape)


def xavier_normal(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Normal with standard deviation √(2 / (in + out))."""
    return rng.normal(0, math.sqrt(2 / sum(fans(shape))), shape)


def he_uniform(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Even over ±√(6 / in)."""
    bound = math.sqrt(6 / fans(shape)[0])
    return rng.uniform(-bound, bound, shape)


def he_normal(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Normal with standard deviation √(2 / in)."""
    return rng.normal(0, math.sqrt(2 / fans(shape)[0]), shape)


def zeros(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """All 0: hidden neurons can never become different from each other."""
    return np.zeros(shape)


def constant(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """All 0.5: the neurons of a layer stay alike, because their gradients are alike."""
    return np.full(shape, CONSTANT)


INITIALIZERS: dict[str, Initializer] = {
    f.__name__: f
    for f in (
        xavier_uniform, xavier_normal, he_uniform, he_normal, uniform, normal, zeros, constant
    )
}  # fmt: skip
