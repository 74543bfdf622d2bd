"""The answers of a network to samples that stay the same, for asking again and again."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.plan.forward import Forward
from core.plan.layout import Layout, links_of
from core.plan.script import Repeat
from core.spec import NetworkSpec

Array = NDArray[np.floating]
AT_ONCE = 1000  # samples of one network; more would need more memory than a browser likes to give


class Outputs:
    """Answers to inputs (N, ...), in the type that these have. `nets` is () for one network, or
    (networks,) for many of the same architecture."""

    def __init__(self, network: NetworkSpec, inputs: Array, nets: tuple[int, ...] = ()) -> None:
        self.nets = nets
        self._x = np.ascontiguousarray(inputs.reshape(len(inputs), -1).T)
        self._at_once = min(max(1, AT_ONCE // sum(nets or (1,))), len(inputs))
        self._layout = Layout(links_of(network), self._at_once)
        self._parameters = np.zeros((self._layout.size, *nets), inputs.dtype)
        self._passes: dict[int, tuple[Forward, Repeat, list[tuple[Array, ...]]]] = {}

    def __call__(self, parameters: Array) -> Array:
        """From parameters, flat as a network's or (networks, parameters), to the outputs of the
        last layer (N, outputs), or (networks, N, outputs)."""
        self._parameters[self._layout.cells] = parameters.T
        starts = range(0, self._x.shape[1], self._at_once)
        parts = [self._answer(self._x[:, k : k + self._at_once]) for k in starts]
        return np.concatenate(parts, axis=1).T

    def _answer(self, x: Array) -> Array:
        forward, repeat, views = self._of_size(x.shape[1])
        forward.a[: len(x)] = x[..., None] if self.nets else x
        repeat(views)
        return forward.output.copy()

    def _of_size(self, size: int) -> tuple[Forward, Repeat, list[tuple[Array, ...]]]:
        if size not in self._passes:
            memory = np.ones((1, self._layout.rows, size, *self.nets), self._x.dtype)
            forward = Forward(self._layout, self._parameters, memory)
            forward.forward()
            self._passes[size] = (forward, forward.do.compile(), forward.do.views())
        return self._passes[size]
