"""The answers of a network to samples that stay the same, for asking again and again."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.plan.blocks import blocks_of, places_of
from core.plan.forward import Forward
from core.plan.script import Repeat
from core.spec import NetworkSpec

Array = NDArray[np.floating]
AT_ONCE = 1000  # samples of one network; more would need more memory than a browser likes to give


class Outputs:
    """Answers to inputs (N, ...), in the type that these have. `nets` is () for one network, or
    (networks,) for many of the same architecture."""

    def __init__(self, network: NetworkSpec, inputs: Array, nets: tuple[int, ...] = ()) -> None:
        self.blocks = blocks_of(network)
        self._places = places_of(self.blocks)
        self._parameters = np.zeros((len(self._places), *nets), inputs.dtype)
        flat = inputs.reshape(len(inputs), -1).T
        x = np.vstack([flat, np.ones((int(self.blocks[0].has_bias), len(inputs)))])
        self._x = x.astype(inputs.dtype, order="C")  # the samples are the innermost loop
        self._at_once = max(1, AT_ONCE // sum(nets or (1,)))
        self._forwards: dict[int, tuple[Forward, Repeat]] = {}

    def __call__(self, parameters: Array) -> Array:
        """From parameters, flat as a network's or (networks, parameters), to the outputs of the
        last layer (N, outputs), or (networks, N, outputs)."""
        self._parameters[...] = parameters[..., self._places].T
        starts = range(0, self._x.shape[1], self._at_once)
        parts = [self._answer(self._x[:, k : k + self._at_once]) for k in starts]
        return np.concatenate(parts, axis=1).T

    def _answer(self, x: Array) -> Array:
        size = x.shape[1]
        if size not in self._forwards:
            forward = Forward(self.blocks, self._parameters, size)
            self._forwards[size] = (forward, forward.compile())
        forward, repeat = self._forwards[size]
        repeat([(x,)])
        return forward.output.copy()
