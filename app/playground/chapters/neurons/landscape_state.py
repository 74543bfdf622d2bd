"""What the learner chooses in A5 and A7: the 2-2-1 network, its samples, a section, a descent."""

from __future__ import annotations

from typing import Any

import numpy as np
import param
from numpy.typing import NDArray

from app.playground.state import ChapterState, Numbers
from core.explain import Ref
from core.explain.record import subscript
from core.functional.activations import ACTIVATIONS
from core.landscape import Landscape
from core.spec import LinearSpec, NetworkSpec, mlp

Array = NDArray[np.floating]
LIMIT = 100.0
MAX_SAMPLES = 8
MAX_STEPS = 500
DIGITS = 6  # kept of a point that training came to, when it becomes a start
KEYS = (*(f"w{k}" for k in range(1, 7)), *(f"b{k}" for k in range(1, 4)))
SYMBOLS = {key: key[0] + subscript(key[1]) for key in KEYS}
FLAT = dict(zip(KEYS, (0, 1, 2, 3, 6, 7, 4, 5, 8), strict=True))  # places in the flat buffer
BENDS = [a.name for a in ACTIVATIONS.values() if a.name not in ("identity", "step")]
OUTPUTS = ("sigmoid", "tanh", "identity")
LOSS_NAMES = ("mse", "binary_cross_entropy")
SPARE = [-1.5, -1.5, -1.5, 1.5, 1.5, -1.5, 1.5, 1.5, -0.5, -1.0, -1.0, 0.5, 1.0, -0.5, 0.5, 1.0]


class LandscapeState(ChapterState):
    w = Numbers([1.2, 1.5, -1.5, -2.0, 2.0, 2.0], count=(6, 6), limits=(-LIMIT, LIMIT),
                label="Weights")  # fmt: skip
    b = Numbers([-1.0, -1.0, -2.0], count=(3, 3), limits=(-LIMIT, LIMIT), label="Biases")
    x = Numbers(SPARE[:8], count=(2, 2 * MAX_SAMPLES), limits=(-LIMIT, LIMIT), label="Inputs")
    y = Numbers([0.0, 1.0, 1.0, 0.0], count=(1, MAX_SAMPLES), limits=(-LIMIT, LIMIT),
                label="Targets")  # fmt: skip
    activation = param.Selector(default="sigmoid", objects=BENDS, label="Hidden activation")
    output = param.Selector(default="sigmoid", objects=list(OUTPUTS), label="Output activation")
    loss = param.Selector(default="mse", objects=list(LOSS_NAMES), label="Loss")
    first = param.Selector(default="w1", objects=list(KEYS), label="Across",
                           doc="The parameter that changes from left to right")  # fmt: skip
    second = param.Selector(default="w4", objects=list(KEYS), label="Upwards",
                            doc="The parameter that changes from below to above")  # fmt: skip
    reach = param.Number(default=8.0, bounds=(0.5, LIMIT), step=0.5, label="Reach",
                         doc="Both parameters are drawn from minus this to this")  # fmt: skip
    is_log = param.Boolean(default=False, label="Powers of ten",
                           doc="Draw the loss by its logarithm")  # fmt: skip
    all_nine = param.Boolean(default=False, label="Train all nine",
                             doc="Otherwise only the drawn parameters are trained")  # fmt: skip
    rate = param.Number(default=4.0, bounds=(0.001, 100), step=0.1, label="Learning rate")
    steps = param.Integer(default=0, bounds=(0, MAX_STEPS), label="Steps",
                          doc="How many steps have been taken from the start")  # fmt: skip

    SHARED = {"w": "w", "b": "b", "x": "x", "y": "y", "activation": "act",  # noqa: RUF012
              "output": "out", "loss": "loss", "first": "first", "second": "second",
              "reach": "reach", "is_log": "log", "all_nine": "all", "rate": "rate",
              "steps": "steps"}  # fmt: skip

    # The network

    @property
    def spec(self) -> NetworkSpec:
        """Binary cross-entropy takes the logit, and has the sigmoid within it."""
        is_mse = self.loss == "mse"
        return mlp(2, (2,), 1, self.activation, self.output if is_mse else "identity")

    def ref(self, key: str, prefix: str = "layers") -> Ref:
        """Where the parameter is found, such as layers.0.weight or update.layers.0.weight."""
        linear = [k for k, layer in enumerate(self.spec.layers) if isinstance(layer, LinearSpec)]
        number = int(key[1]) - 1
        if key[0] == "b":
            return Ref(f"{prefix}.{linear[number // 2]}.bias", (number % 2,))
        return Ref(f"{prefix}.{linear[number // 4]}.weight", divmod(number % 4, 2))

    @property
    def start(self) -> Array:
        """The nine parameters, as the network's flat buffer has them."""
        flat = np.zeros(len(KEYS))
        flat[list(FLAT.values())] = [*self.w, *self.b]
        return flat

    def started(self, point: Array, changes: dict[str, float]) -> dict[str, Any]:
        """The state's values for a start at a point, with some parameters changed."""
        values = {key: round(float(point[place]), DIGITS) for key, place in FLAT.items()} | changes
        kept = [float(np.clip(value, -LIMIT, LIMIT)) for value in values.values()]
        return {"w": kept[:6], "b": kept[6:]}

    # The samples

    @property
    def num_samples(self) -> int:
        """As many as have both inputs and a target."""
        return min(len(self.x) // 2, len(self.y))

    @property
    def inputs(self) -> Array:
        n = self.num_samples
        return np.reshape(self.x[: 2 * n], (n, 2))

    @property
    def targets(self) -> Array:
        return np.reshape(self.y[: self.num_samples], (-1, 1))

    def require_fit(self) -> None:
        """Raise ValueError unless samples and loss, and the drawn parameters, fit together."""
        if self.loss != "mse" and not ((self.targets >= 0) & (self.targets <= 1)).all():
            raise ValueError("y_true must be from 0 to 1 for binary cross-entropy, which compares "
                             "probabilities")  # fmt: skip
        if len(set(self.drawn)) < len(self.drawn):
            raise ValueError(f"the parameter {SYMBOLS[self.first]} is drawn one way only; choose "
                             "two different ones")  # fmt: skip

    def with_sample(self, n: int, column: int, value: float) -> dict[str, Any]:
        """The state's values with one number of a sample replaced; column 2 is its target."""
        name, at = ("x", 2 * n + column) if column < 2 else ("y", n)
        values = list(getattr(self, name))
        return {name: [*values[:at], value, *values[at + 1 :]]}

    def resized(self, n: int) -> dict[str, Any]:
        """The same samples, fewer or more."""
        x, y = list(self.x[: 2 * n]), list(self.y[:n])
        return {"x": x + SPARE[len(x) : 2 * n], "y": y + [float(k % 2) for k in range(len(y), n)]}

    # The landscape, and what goes on in it

    @property
    def landscape(self) -> Landscape:
        return Landscape(self.spec, self.inputs, self.targets, self.loss)

    @property
    def drawn(self) -> tuple[str, ...]:
        """The parameters that the picture is drawn over."""
        return self.first, self.second

    @property
    def free(self) -> NDArray[np.bool_]:
        """The parameters that are trained."""
        free = np.full(len(KEYS), self.all_nine)
        free[[FLAT[key] for key in self.drawn]] = True
        return free
