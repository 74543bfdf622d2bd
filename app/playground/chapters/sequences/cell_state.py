"""What the learner chooses in R1: a sequence, a recurrent cell, and the step that is looked at."""

from __future__ import annotations

from typing import Any

import numpy as np
import param
from numpy.typing import NDArray

from app.playground.chapters.base import field
from app.playground.chapters.images.conv_state import fitted, flat, resized
from app.playground.chapters.sequences.cell_examples import EXAMPLES, PARITY
from app.playground.state import ChapterState, Numbers
from core.explain import Trace
from core.functional.recurrence import State
from core.network import Network
from core.spec import LinearSpec, NetworkSpec, RecurrentSpec, TrainSpec

Array = NDArray[np.floating]
LIMIT = 100.0
DECIMALS = 4
MAX_STEPS, MAX_FEATURES, MAX_HIDDEN, MAX_OUTPUTS = 12, 3, 4, 3
OWN = "own"
DRAWN = 0.01  # weights that are drawn are rounded to this, so that they can be read
ACTIVATIONS = {"tanh": "tanh", "relu": "ReLU"}
START = PARITY.values()
SIZES = ("steps", "features", "hidden", "outputs")
TENSORS = {"w_ih": "layers.0.weight_ih", "w_hh": "layers.0.weight_hh", "b": "layers.0.bias",
           "w_hy": "layers.1.weight", "b_y": "layers.1.bias"}  # fmt: skip


def numbers(name: str, most: int, label: str) -> Numbers:
    return Numbers(START[name], count=(1, most), limits=(-LIMIT, LIMIT), decimals=DECIMALS,
                   label=label)  # fmt: skip


class CellState(ChapterState):
    x = numbers("x", MAX_STEPS * MAX_FEATURES, "Inputs")
    steps = param.Integer(default=START["steps"], bounds=(1, MAX_STEPS), label="Steps",
                          doc="The length of the sequence")  # fmt: skip
    features = param.Integer(default=1, bounds=(1, MAX_FEATURES), label="Inputs",
                             doc="Numbers that come in at each step")  # fmt: skip
    hidden = param.Integer(default=2, bounds=(1, MAX_HIDDEN), label="Hidden units",
                           doc="Numbers of the state")  # fmt: skip
    outputs = param.Integer(default=1, bounds=(1, MAX_OUTPUTS), label="Outputs",
                            doc="Numbers that go out at each step")  # fmt: skip
    activation = param.Selector(default="relu", objects=list(ACTIVATIONS), label="Activation",
                                doc="What the cell makes of its sum")  # fmt: skip
    w_ih = numbers("w_ih", MAX_HIDDEN * MAX_FEATURES, "Weights from the input")
    w_hh = numbers("w_hh", MAX_HIDDEN**2, "Weights from the state before")
    b = numbers("b", MAX_HIDDEN, "Bias of the state")
    w_hy = numbers("w_hy", MAX_HIDDEN * MAX_OUTPUTS, "Weights to the output")
    b_y = numbers("b_y", MAX_OUTPUTS, "Bias of the output")
    h0 = numbers("h0", MAX_HIDDEN, "First state")
    step = param.Integer(default=2, bounds=(1, MAX_STEPS), label="Step t",
                         doc="The step that is looked at")  # fmt: skip
    folded = param.Boolean(default=False, label="Folded",
                           doc="The one cell with its loop, instead of a copy for each step")  # fmt: skip
    seed = param.Integer(default=0, bounds=(0, 999_999), label="Seed")

    ADDRESS = {  # noqa: RUF012
        "x": "x", "steps": "steps", "features": "in", "hidden": "hidden", "outputs": "out",
        "activation": "act", "w_ih": "wih", "w_hh": "whh", "b": "b", "w_hy": "why", "b_y": "by",
        "h0": "h0", "step": "t", "folded": "folded", "seed": "seed",
    }  # fmt: skip

    # The network

    def shape(self, name: str) -> tuple[int, ...]:
        """The shape of an array of numbers, for the sizes as they are."""
        t, f, h, o = (getattr(self, size) for size in SIZES)
        return {"x": (t, f), "w_ih": (h, f), "w_hh": (h, h), "b": (h,), "w_hy": (o, h),
                "b_y": (o,), "h0": (h,)}[name]  # fmt: skip

    def array(self, name: str) -> Array:
        """An array of numbers; repeated where an address gave too few."""
        return fitted(getattr(self, name), self.shape(name))

    @property
    def at(self) -> int:
        """The step that is looked at, counted from 0."""
        return min(self.step, self.steps) - 1

    def spec(self) -> NetworkSpec:
        cell = RecurrentSpec("rnn", self.hidden, activation=self.activation)
        return NetworkSpec((self.steps, self.features), (cell, LinearSpec(self.outputs)))

    def trace(self) -> Trace:
        """The cell on the sequence, from the first state."""
        network = Network(self.spec(), "float64")
        for name, tensor in TENSORS.items():
            network.view(tensor)[...] = self.array(name)
        start = self.array("h0")
        carries = bool(start.any())
        if carries:
            network.carry_on({"0": [State(start[:, None], None)]})
        return Trace(network, self.array("x")[None], train=TrainSpec(carry_state=carries),
                     origin="You can set it by hand. It is the same at every step.")  # fmt: skip

    # What follows from a change

    def changed(self, name: str, value: Any) -> dict[str, Any]:
        """All parameters that change when the learner sets a field."""
        if name == "example":
            return {} if value == OWN else EXAMPLES[value].values()
        if name == "draw":
            return self._drawn((self.seed + 1) % 1_000_000)
        if name in SIZES:
            return self._resized(name, int(value))
        return {name: value}

    def with_number(self, name: str, index: tuple[int, ...], value: float) -> dict[str, Any]:
        array = self.array(name).copy()
        array[index] = value
        return {name: flat(array)}

    def _resized(self, size: str, value: int) -> dict[str, Any]:
        """Other sizes: what there is stays, what is new is 0."""
        old = {name: self.array(name) for name in ("x", "h0", *TENSORS)}
        new = {size: value}
        copy = type(self)(**{name: getattr(self, name) for name in SIZES} | new)
        return new | {name: flat(resized(array, copy.shape(name))) for name, array in old.items()}

    def _drawn(self, seed: int) -> dict[str, Any]:
        network = Network(self.spec(), "float64")
        network.initialize(np.random.default_rng(seed))
        digits = int(-np.log10(DRAWN))
        return {"seed": seed} | {name: flat(network.view(tensor).round(digits))
                                 for name, tensor in TENSORS.items()}  # fmt: skip

    @property
    def example(self) -> str:
        """The example that this is, whatever sequence it runs on."""
        for name, example in EXAMPLES.items():
            values = example.values()
            if all(getattr(self, key) == values[key] for key in ("activation", *TENSORS)):
                return name
        return OWN

    def fields(self) -> list[dict[str, Any]]:
        examples = [{"value": name, "label": e.label} for name, e in EXAMPLES.items()]
        curves = [{"value": name, "label": label} for name, label in ACTIVATIONS.items()]
        return [
            field(self, "step", "integer", "Time", max=self.steps, value=self.at + 1),
            field(self, "folded", "switch", "Time"),
            {"name": "example", "label": "Example", "kind": "select", "value": self.example,
             "help": "A cell made by hand, with a sequence", "group": "The cell",
             "options": [*examples, {"value": OWN, "label": "Own weights"}]},
            field(self, "activation", "select", "The cell", options=curves),
            field(self, "hidden", "integer", "The cell"),
            field(self, "outputs", "integer", "The cell"),
            {"name": "draw", "label": "Draw other weights", "kind": "button", "value": None,
             "group": "The cell", "help": "From the next seed"},
            field(self, "steps", "integer", "The sequence"),
            field(self, "features", "integer", "The sequence"),
        ]  # fmt: skip
