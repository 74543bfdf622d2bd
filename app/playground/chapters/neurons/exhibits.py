"""The museum of failures: for each a network that fails, and what repairs it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from core.spec import DataSpec, NetworkSpec, TrainSpec, mlp


@dataclass(frozen=True)
class Exhibit:
    """`net` are the arguments of `core.spec.mlp`; `repair` replaces some of them, `rate` and
    `repaired_rate` are the learning rates before and after."""

    label: str
    kind: str  # what the detectors call it
    story: str
    repair: str
    net: dict[str, Any]
    data: DataSpec
    rate: float
    repaired_net: dict[str, Any] = field(default_factory=dict)
    repaired_rate: float | None = None

    def specs(self, repaired: bool, seed: int) -> tuple[NetworkSpec, DataSpec, TrainSpec]:
        net = self.net | (self.repaired_net if repaired else {})
        rate = self.repaired_rate if repaired and self.repaired_rate else self.rate
        return (mlp(**net), replace(self.data, seed=seed),
                TrainSpec(learning_rate=rate, seed=seed))  # fmt: skip


CIRCLES = DataSpec("circles", num_samples=400, noise=0.05)
PLANE = DataSpec("plane", num_samples=400, noise=0.05, num_classes=1)

EXHIBITS = {
    "steps": Exhibit(
        "Steps too large", "diverging",
        "One neuron could fit this plane exactly. But each step jumps across the valley of the "
        "loss, and lands higher on the other side; in the end the numbers run out.",
        "The learning rate is 0.01 instead of 1.",
        {"input_size": 2}, PLANE, 1.0, repaired_rate=0.01,
    ),
    "overflow": Exhibit(
        "Numbers that overflow", "not_finite",
        "The weights start too large. Every layer makes the numbers larger still, the gradients "
        "are products of all of them, and after a few steps there are infinities, then NaN.",
        "The weights start by the rule of He, which fits the width of each layer.",
        {"input_size": 2, "hidden": (5, 5, 5, 5), "activation": "leaky_relu",
         "initializer": "normal"}, PLANE, 0.1, {"initializer": "he_normal"},
    ),
    "dead": Exhibit(
        "Dead rectifiers", "dead",
        "The biases start at −15, so that no hidden neuron's sum is ever above zero. ReLU gives 0 "
        "for all of them, with slope 0: no gradient arrives, and nothing changes, however long "
        "one waits.",
        "The biases start at 0.",
        {"input_size": 2, "hidden": (4,), "activation": "relu", "output_activation": "tanh",
         "bias_value": -15.0}, CIRCLES, 0.03, {"bias_value": 0.0},
    ),
    "saturated": Exhibit(
        "Saturated sigmoids", "saturated",
        "The biases start at 20. There the sigmoid is flat: its value is 1 to many digits, and its "
        "slope nearly 0.",
        "The biases start at 0.",
        {"input_size": 2, "hidden": (4,), "activation": "sigmoid", "output_activation": "tanh",
         "bias_value": 20.0}, CIRCLES, 0.3, {"bias_value": 0.0},
    ),
    "symmetric": Exhibit(
        "All neurons alike", "symmetric",
        "All weights start at the same value. The four hidden neurons compute the same, get the "
        "same gradients, and stay alike for ever: four neurons that can do no more than one.",
        "The weights start at random.",
        {"input_size": 2, "hidden": (4,), "activation": "tanh", "output_activation": "tanh",
         "initializer": "constant"}, CIRCLES, 0.03, {"initializer": "xavier_uniform"},
    ),
    "vanishing": Exhibit(
        "Gradients that vanish", "plateau",
        "Each layer of sigmoids multiplies the gradient by a slope of at most 1/4. After five of "
        "them next to nothing arrives at the first, and the loss stands still.",
        "Tanh instead of the sigmoid: its slope is up to 1.",
        {"input_size": 2, "hidden": (4,) * 5, "activation": "sigmoid",
         "output_activation": "tanh"}, CIRCLES, 0.03, {"activation": "tanh"},
    ),
}  # fmt: skip
