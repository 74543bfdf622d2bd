"""What the learner chooses in A6: the numbers of the network, the samples, and the way to go."""

from __future__ import annotations

from typing import Any

import numpy as np
import param

from app.playground.state import ChapterState, Numbers
from core.explain import Trace
from core.functional.activations import ACTIVATIONS
from core.network import Network
from core.optimizers import SGD
from core.spec import NetworkSpec, TrainSpec, mlp

LIMIT = 100.0
MAX_SAMPLES = 3
# The step passes no gradient, and without an activation there is no slope to walk through.
SMOOTH = [a.name for a in ACTIVATIONS.values() if a.name not in ("step", "identity")]


class BackpropState(ChapterState):
    w = Numbers([0.5, -0.4, 0.3, 0.8, 1.2, -0.7], count=(6, 6), limits=(-LIMIT, LIMIT),
                label="Weights")  # fmt: skip
    b = Numbers([0.1, -0.2, 0.4], count=(3, 3), limits=(-LIMIT, LIMIT), label="Biases")
    x = Numbers([2.0, 3.0], count=(2, 2 * MAX_SAMPLES), limits=(-LIMIT, LIMIT), label="Inputs")
    y = Numbers([1.0], count=(1, MAX_SAMPLES), limits=(-LIMIT, LIMIT), label="Targets")
    activation = param.Selector(default="sigmoid", objects=SMOOTH, label="Activation",
                                doc="Of all three neurons")  # fmt: skip
    rate = param.Number(default=0.5, bounds=(0.0, 10), step=0.1, label="Learning rate")
    by_hand = param.Boolean(default=False, label="By hand",
                            doc="Compute the numbers yourself; each is marked")  # fmt: skip
    seed = param.Integer(default=0, bounds=(0, 999_999), label="Seed",
                         doc="The same seed draws the same numbers")  # fmt: skip

    ADDRESS = {"w": "w", "b": "b", "x": "x", "y": "y", "activation": "act",  # noqa: RUF012
               "rate": "rate", "by_hand": "hand", "seed": "seed"}  # fmt: skip

    @property
    def num_samples(self) -> int:
        """As many as have both inputs and a target."""
        return min(len(self.x) // 2, len(self.y))

    def spec(self) -> NetworkSpec:
        return mlp(2, (2,), 1, self.activation, self.activation)

    def trace(self) -> Trace:
        """The network, both passes, and the step that gradient descent would take."""
        network = Network(self.spec())
        weights, biases = iter(self.w), iter(self.b)
        for name in network.parameter_names:
            view = network.view(name)
            source = weights if name.endswith("weight") else biases
            view[...] = np.array([next(source) for _ in range(view.size)]).reshape(view.shape)
        n = self.num_samples
        inputs, targets = np.reshape(self.x[: 2 * n], (n, 2)), np.reshape(self.y[:n], (n, 1))
        rate = float(self.rate)
        return Trace(network, inputs, targets, TrainSpec("mse", learning_rate=rate),
                     SGD(network.parameters, rate), "You can set it by hand.")  # fmt: skip

    def rows(self) -> list[list[float]]:
        """The samples, each x₁, x₂ and y_true."""
        return [[self.x[2 * s], self.x[2 * s + 1], self.y[s]] for s in range(self.num_samples)]

    def drawn(self, seed: int) -> dict[str, Any]:
        """Fresh numbers, with one digit behind the point so that they suit pencil and paper."""
        rng = np.random.default_rng(seed)
        n = self.num_samples

        def draw(count: int, reach: float) -> list[float]:
            return [float(v) for v in np.round(rng.uniform(-reach, reach, count), 1)]

        targets = [float(v) for v in rng.integers(0, 2, n)]
        return {"seed": seed, "w": draw(6, 1.5), "b": draw(3, 1), "x": draw(2 * n, 3), "y": targets}

    def resized(self, n: int) -> dict[str, Any]:
        """The same samples, fewer or, with simple numbers, more."""
        spare = [2.0, 3.0, -1.0, 0.5, 1.0, -2.0]
        x = [*self.x[: 2 * n], *spare[len(self.x[: 2 * n]) : 2 * n]]
        y = [*self.y[:n], *[1.0, 0.0, 1.0][len(self.y[:n]) : n]]
        return {"x": x, "y": y}
