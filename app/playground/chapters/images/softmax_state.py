"""What the learner chose of maps, weights and softmax; the network, and the head that they make."""

from __future__ import annotations

import numpy as np
import param

from app.playground.state import ChapterState, Numbers
from core.explain import Ref, Trace
from core.explain.record import Factor, subscript
from core.explain.softmax import SoftmaxHead
from core.network import Network
from core.spec import FlattenSpec, LinearSpec, NetworkSpec

CLASSES = 4
MAPS = (2, 2, 2)  # channels, rows, columns
FEATURES = 8
LIMIT = 10.0
FAR = 1000.0
SPEC = NetworkSpec(MAPS, (FlattenSpec(), LinearSpec(CLASSES)))
X = [1.0, 0.0, 0.5, 2.0, 0.0, 1.5, 1.0, 0.0]
W = [
    1.0, 0.0, 0.0, 0.5, 0.0, 0.0, 0.0, 0.0,
    0.0, 0.0, 0.0, 0.0, 0.0, 1.0, -0.5, 0.0,
    0.0, 0.0, 0.2, 0.0, 0.0, 0.0, 0.0, 0.0,
    -1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.5,
]  # fmt: skip


class SoftmaxState(ChapterState):
    x = Numbers(X, count=(FEATURES, FEATURES), limits=(-LIMIT, LIMIT), label="Feature maps")
    w = Numbers(W, count=(32, 32), limits=(-LIMIT, LIMIT), label="Weights")
    b = Numbers([0.0] * CLASSES, count=(CLASSES, CLASSES), limits=(-FAR, FAR), label="Biases")
    shift = param.Number(default=0.0, bounds=(-FAR, FAR), step=1.0, label="c",
                         doc="Added to every logit alike")  # fmt: skip
    temperature = param.Number(default=1.0, bounds=(0.1, 10.0), label="τ",
                               doc="Logits are divided by it before the exponential")  # fmt: skip
    unit = param.Integer(default=0, bounds=(0, CLASSES - 1), label="Probability of",
                         doc="The class whose fraction is shown")  # fmt: skip
    right = param.Integer(default=0, bounds=(0, CLASSES - 1), label="Right class",
                          doc="The class that the cross-entropy wants")  # fmt: skip
    form = param.Selector(default="plain", objects=["plain", "stable"], label="Form",
                          doc="The formula as it stands, or shifted by the largest")  # fmt: skip

    ADDRESS = {"x": "x", "w": "w", "b": "b", "shift": "c", "temperature": "tau",  # noqa: RUF012
               "unit": "class", "right": "right", "form": "form"}  # fmt: skip

    def trace(self) -> Trace:
        """The maps through flatten and dense; the shift is part of every bias."""
        network = Network(SPEC, "float64")
        network.view("layers.1.weight")[...] = np.reshape(self.w, (CLASSES, FEATURES))
        network.view("layers.1.bias")[...] = np.array(self.b) + self.shift
        origin = "You can set it by hand; the shift c is part of every bias."
        return Trace(network, np.reshape(np.array(self.x), (1, *MAPS)), origin=origin)

    def head(self, trace: Trace) -> SoftmaxHead:
        logits = tuple(
            Factor(f"z{subscript(k + 1)}", float(z), Ref("layers.1.output", (0, k)))
            for k, z in enumerate(trace.outputs[-1][0])
        )
        return SoftmaxHead(logits, self.temperature, self.right)
