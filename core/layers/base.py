"""What a layer is: a thin holder of parameters, gradients and one private cache.

`forward` remembers what `backward` needs; `backward` uses it up, and replaces the gradients.
Neither changes what it is given. Inside a network features come first and the batch last; see
core.layout.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from core.buffers import Allocate, Buffers, fresh
from core.initializers import Initializer

Array = NDArray[np.floating]


@dataclass(frozen=True)
class Pass:
    """How a batch goes through the layers.

    training: layers that behave otherwise while they learn, do. remember: a backward pass will
    follow. mask (T, N): which steps of a sequence exist; None when all do. carry: recurrent layers
    go on from the states that the last such pass ended with. dtype: the network's. rng: what
    dropout draws from while training.
    """

    training: bool = False
    remember: bool = False
    mask: NDArray[np.bool_] | None = None
    carry: bool = False
    dtype: DTypeLike = np.float64
    rng: np.random.Generator | None = None


INFERENCE = Pass()


class Layer(ABC):
    """Base of all layers. `params` and `grads` have the same keys and shapes; `state` is what a
    layer learns without gradients, such as running averages."""

    def __init__(self, shapes: dict[str, tuple[int, ...]] | None = None) -> None:
        self.params: dict[str, Array] = {k: np.zeros(s) for k, s in (shapes or {}).items()}
        self.grads: dict[str, Array] = {k: np.zeros(s) for k, s in (shapes or {}).items()}
        self.state: dict[str, Array] = {}
        self.carried: Any = None  # from one batch to the next, where a pass says so
        self._cache: Any = None
        self._buffers = Buffers()

    def initialize(self, draw: Initializer, bias_value: float, rng: np.random.Generator) -> None:
        """Set all parameters to their start: weights drawn in order, everything else constant."""
        for key, array in self.params.items():
            array[...] = draw(rng, array.shape) if key.startswith("weight") else bias_value

    @abstractmethod
    def forward(self, x: Array, run: Pass = INFERENCE) -> Array:
        """x (in, ..., N) -> y (out, ..., N)."""

    @abstractmethod
    def backward(self, dy: Array, needs_dx: bool = True) -> Array:
        """dy, of the shape of y -> dx, of the shape of x, of which nothing is asked when
        `needs_dx` is false; the gradients of the parameters are replaced."""

    def _new(self, run: Pass) -> Allocate:
        """Memory for a pass: always the same while training, new where the result is kept."""
        return self._buffers if run.training else fresh

    def _keep(self, run: Pass, cache: Any) -> None:
        self._cache = cache if run.remember else None

    def _take_cache(self) -> Any:
        if self._cache is None:
            raise RuntimeError(
                f"{type(self).__name__}.backward needs a forward pass that remembers, such as one "
                "with training=True, before it; each forward pass serves one backward pass."
            )
        cache, self._cache = self._cache, None
        return cache
