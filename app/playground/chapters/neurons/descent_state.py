"""What the learner chooses in A7, on top of a landscape: who races, and with which batches."""

from __future__ import annotations

from typing import ClassVar

import param

from app.playground.chapters.neurons.landscape_state import LIMIT, MAX_SAMPLES, LandscapeState
from app.playground.state import Numbers
from core.optimizers import OPTIMIZERS
from core.race import Lane

RACES = {"optimizers": "four optimizers", "batches": "three batch sizes"}
SIZES = {"one": "one sample", "mini": "a mini-batch", "all": "all samples"}
INPUTS = [2.0, 1.0, 1.0, 2.0, 1.5, -0.5, 0.5, 1.0, -1.0, -2.0, -2.0, -0.5, -0.5, -1.0, -1.5, 1.0]


class DescentState(LandscapeState):
    """In w₅ and w₆, the output's weights, this landscape is a long valley with steep sides."""

    w = Numbers([0.8, 0.3, 0.4, 0.9, -1.0, 3.4], count=(6, 6), limits=(-LIMIT, LIMIT),
                label="Weights")  # fmt: skip
    b = Numbers([0.0, 0.0, 0.0], count=(3, 3), limits=(-LIMIT, LIMIT), label="Biases")
    x = Numbers(INPUTS, count=(2, 2 * MAX_SAMPLES), limits=(-LIMIT, LIMIT), label="Inputs")
    y = Numbers([1.0, 1.2, 0.4, 0.9, -1.0, -0.8, -0.3, -1.1], count=(1, MAX_SAMPLES),
                limits=(-LIMIT, LIMIT), label="Targets")  # fmt: skip
    activation = param.Selector(default="tanh")
    output = param.Selector(default="identity")
    first = param.Selector(default="w5")
    second = param.Selector(default="w6")
    reach = param.Number(default=4.0)
    is_log = param.Boolean(default=True)
    rate = param.Number(default=0.1)
    steps = param.Integer(default=30)
    race = param.Selector(default="optimizers", objects=list(RACES), label="Race of")
    optimizer = param.Selector(default="sgd", objects=list(OPTIMIZERS), label="Optimizer",
                               doc="Of all lanes, in a race of batch sizes")  # fmt: skip
    size = param.Selector(default="all", objects=list(SIZES), label="Gradient from",
                          doc="For all lanes, in a race of optimizers")  # fmt: skip
    mini = param.Integer(default=3, bounds=(2, MAX_SAMPLES - 1), label="Mini-batch",
                         doc="How many samples a mini-batch has")  # fmt: skip
    lane = param.Integer(default=1, bounds=(1, len(OPTIMIZERS)), label="Lane",
                         doc="Whose learning rates are tried out below")  # fmt: skip
    seed = param.Integer(default=0, bounds=(0, 999_999), label="Seed",
                         doc="The same seed draws the same batches")  # fmt: skip

    ADDRESS: ClassVar[dict[str, str]] = LandscapeState.SHARED | {
        name: name for name in ("race", "optimizer", "size", "mini", "lane", "seed")}  # fmt: skip

    def batch_size(self, size: str) -> int:
        """Of few samples, a mini-batch may be all there are."""
        counts = {"one": 1, "mini": self.mini, "all": self.num_samples}
        return min(counts[size], self.num_samples)

    @property
    def ways(self) -> list[tuple[str, str]]:
        """The optimizer of each lane, and its size of batch."""
        if self.race == "optimizers":
            return [(name, self.size) for name in OPTIMIZERS]
        return [(self.optimizer, size) for size in SIZES]

    @property
    def lanes(self) -> list[Lane]:
        return [Lane(name, float(self.rate), self.batch_size(size)) for name, size in self.ways]

    @property
    def labels(self) -> list[str]:
        """What the lanes are called: by what they differ in."""
        if self.race == "optimizers":
            return [cls.label for cls in OPTIMIZERS.values()]
        return ["One sample", f"Mini-batch of {self.batch_size('mini')}",
                f"All {self.num_samples} samples"]  # fmt: skip
