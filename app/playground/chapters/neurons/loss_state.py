"""What the learner chooses in A4: a loss, targets and predictions; and what each loss shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import param

from app.playground.state import ChapterState, Integers, Numbers
from core.explain import Trace
from core.explain.record import subscript
from core.functional.losses import LOSSES
from core.network import Network
from core.spec import ActivationSpec, NetworkSpec, TrainSpec

LIMIT = 100.0
MAX_SAMPLES = 6
CLASSES = 3
Place = tuple[str, tuple[int, ...]]  # a tensor, and the index behind that of the sample


@dataclass(frozen=True)
class Kind:
    """What is given of a sample beside its target, what is made of it, and where that opens."""

    given: tuple[str, ...]
    made: tuple[str, ...]
    refs: tuple[Place, ...]
    text: str


LOGITS = tuple(f"z{subscript(k + 1)}" for k in range(CLASSES))
KINDS = {
    "mse": Kind(
        ("y_pred",), ("error", "error²", "∂L/∂y_pred"),
        (("error", (0,)), ("sample_loss", ()), ("layers.0.doutput", (0,))),
        "The error is y_true − y_pred; its square is never negative.",
    ),
    "binary_cross_entropy": Kind(
        ("z",), ("p", "loss", "∂L/∂z"),
        (("prediction", (0,)), ("sample_loss", ()), ("layers.0.doutput", (0,))),
        "p = σ(z) is the probability of class 1; the loss is −log of the right answer's.",
    ),
    "cross_entropy": Kind(
        LOGITS, (*(f"p{subscript(k + 1)}" for k in range(CLASSES)), "loss", "∂L/∂z₁"),
        (*(("prediction", (k,)) for k in range(CLASSES)), ("sample_loss", ()),
         ("layers.0.doutput", (0,))),
        "The softmax makes probabilities of the logits; the loss is −log of the right class's.",
    ),
}  # fmt: skip


class LossState(ChapterState):
    loss = param.Selector(default="mse", objects=list(LOSSES), label="Loss")
    samples = param.Integer(default=4, bounds=(1, MAX_SAMPLES), label="Samples")
    sample = param.Integer(default=1, bounds=(1, MAX_SAMPLES), label="Drawn",
                           doc="The sample whose loss is drawn")  # fmt: skip
    y = Numbers([1.0, 0.0, 1.0, 0.0, 1.0, 0.0], count=(MAX_SAMPLES, MAX_SAMPLES),
                limits=(-LIMIT, LIMIT), label="Targets")  # fmt: skip
    labels = Integers([0, 1, 2, 0, 1, 2], count=(MAX_SAMPLES, MAX_SAMPLES),
                      limits=(0, CLASSES - 1), label="Classes")  # fmt: skip
    a = Numbers([0.5, 0.2, 0.7, 0.8, 1.2, -0.3], count=(1, MAX_SAMPLES), limits=(-LIMIT, LIMIT),
                label="Predictions")  # fmt: skip
    z = Numbers([2.0, 0.5, -1.0, 0.3, 1.2, 0.1, -0.5, 0.2, 0.9, 1.5, 1.4, -2.0, 0.0, 0.0, 0.0,
                 -1.0, 1.0, 0.5], count=(3 * MAX_SAMPLES, 3 * MAX_SAMPLES),
                limits=(-LIMIT, LIMIT), label="Logits")  # fmt: skip

    ADDRESS = {name: name for name in (  # noqa: RUF012
        "loss", "samples", "sample", "y", "labels", "a", "z")}  # fmt: skip

    @property
    def num_samples(self) -> int:
        return int(self.samples)

    @property
    def predictions(self) -> list[float]:
        """As many as there may be samples; an address may give fewer."""
        return [*self.a, *([0.0] * (MAX_SAMPLES - len(self.a)))]

    def outputs(self) -> np.ndarray[Any, Any]:
        """What the network gives for each sample (samples, outputs)."""
        if self.loss == "cross_entropy":
            return np.reshape(self.z, (MAX_SAMPLES, CLASSES))[: self.num_samples]
        return np.array(self.predictions)[: self.num_samples, None]

    def targets(self) -> np.ndarray[Any, Any]:
        if self.loss == "cross_entropy":
            return np.array(self.labels)[: self.num_samples]
        return np.array(self.y)[: self.num_samples, None]

    def rows(self) -> list[list[float]]:
        """For each sample its target, and what the network gives."""
        targets = self.targets().reshape(-1, 1).astype(float)
        return np.hstack([targets, self.outputs()]).tolist()

    def trace(self, count: int) -> Trace:
        """The loss of the first `count` samples. The network is its own output: what it gives is
        set by hand."""
        outputs = self.outputs()
        network = Network(NetworkSpec((outputs.shape[1],), (ActivationSpec("identity"),)))
        names = KINDS[self.loss].given
        return Trace(network, outputs[:count], self.targets()[:count], TrainSpec(self.loss),
                     input_names=names, output_names=names)  # fmt: skip

    def with_value(self, n: int, column: int, value: float) -> dict[str, Any]:
        """The state's values with one number of a sample replaced; column 0 is its target.

        Raises ValueError where the number is no target of this loss.
        """
        if self.loss == "cross_entropy":
            if column == 0:
                if value not in range(CLASSES):
                    raise ValueError(f"a class is a whole number from 0 to {CLASSES - 1}")
                return {"labels": _put(self.labels, n, int(value))}
            return {"z": _put(self.z, n * CLASSES + column - 1, value)}
        if column == 0:
            if self.loss == "binary_cross_entropy" and not 0 <= value <= 1:
                raise ValueError("y_true of binary cross-entropy is a probability, from 0 to 1")
            return {"y": _put(self.y, n, value)}
        return {"a": _put(self.predictions, n, value)}


def _put(values: list[Any], at: int, value: Any) -> list[Any]:
    return [*values[:at], value, *values[at + 1 :]]
