"""A2: activations, and what becomes of a network without them."""

from __future__ import annotations

from typing import Any

import numpy as np
import param

from app.playground.chapters.base import Instruments, field
from app.playground.chapters.walk import WalkingChapter
from app.playground.figures.curve import CurvePicture
from app.playground.figures.function import FunctionPicture
from app.playground.state import ChapterState, Numbers
from app.playground.views import NumberGrid, Picture
from app.playground.views.component import Message
from core.collapse import collapsed
from core.explain import Ref, Trace, format_number
from core.functional.activations import ACTIVATIONS
from core.network import Network
from core.pictures import plane_inputs
from core.spec import ActivationSpec, LinearSpec, NetworkSpec

LIMIT = 100.0
REACH = 8.0  # curves are drawn over ±8
UNITS = 3
STEP, SWEEP = 0.5, 0.1  # of z: for a press of the button, and for a picture of the sweep
POINTS = np.linspace(-REACH, REACH, 321)
INPUTS = plane_inputs(("x1",), 121, 1)[:121]  # one row of the plane
NAMES = tuple(ACTIVATIONS)


class ActivationState(ChapterState):
    activation = param.Selector(default="sigmoid", objects=list(NAMES), label="Activation",
                                doc="The one that is drawn in bold")  # fmt: skip
    z = param.Number(default=1.0, bounds=(-REACH, REACH), step=0.1, label="z",
                     doc="The weighted sum that goes into it")  # fmt: skip
    w = Numbers([1.0, -1.5, 0.7, 0.9, 0.8, -0.6], count=(6, 6), limits=(-LIMIT, LIMIT),
                label="Weights")  # fmt: skip
    b = Numbers([2.0, 1.0, -1.5, 0.0], count=(4, 4), limits=(-LIMIT, LIMIT), label="Biases")

    ADDRESS = {"activation": "act", "z": "z", "w": "w", "b": "b"}  # noqa: RUF012


class Activations(WalkingChapter):
    id = "a2"
    number = "A2"
    part = "neurons"
    title = "Why an activation"
    summary = "Nine functions, their slopes, and a network that collapses without one"
    State = ActivationState
    play_label = "Sweep"
    pause_s = 0.0
    buttons = ({"id": "next", "label": "Step", "help": f"Move z by {STEP} (key .)"},)
    lead = """
An **activation** bends the weighted sum of a neuron. Drag the point along a curve: the dashed line is its
**tangent**, and its slope is what learning goes by. Then set the activation to *identity* and see what is left of a
network.
"""
    notes = """
## Try this

- The sigmoid at z = 0 is exactly one half, and [there it is steepest, with slope 0.25](?chapter=a2&z=0.0).
- Go out to [z = 7](?chapter=a2&z=7.0). In the hatched region the sigmoid is **saturated**: hardly any slope, so hardly
  anything is learned. [ReLU](?chapter=a2&act=relu&z=7.0) keeps its slope of 1, but has none at all
  [on the other side](?chapter=a2&act=relu&z=-2.0).
- Set the activation to [identity](?chapter=a2&act=identity). Ten numbers, two layers, and the network is one straight line;
  no choice of the numbers will bend it. Open its slope to see why.
- With [ReLU](?chapter=a2&act=relu) the line may break once for each hidden neuron. With three, how often does it break?

## What to remember

A weighted sum of weighted sums is a weighted sum. Without something between the layers that is not linear, a deep
network can say no more than a single neuron.

> The values of the sigmoid lie in the *open* interval (0, 1): it comes close to 0 and 1, and never reaches them. What is
> shown as 1 is rounded.
"""

    def __init__(self, app: Instruments) -> None:
        super().__init__(app)
        self.function = FunctionPicture("activations", "z", "f(z)", REACH, (-1.6, 3.2))
        self.slope = FunctionPicture("slopes", "z", "slope f′(z)", REACH, (-0.25, 1.3))
        for picture in (self.function, self.slope):
            picture.on_move = self._moved
        self.curve = CurvePicture(height=230, x="x")
        self.values = NumberGrid(self._value_told, label="All activations at z", decimals=6,
                                 column_labels=["f(z)", "slope f′(z)"],
                                 row_labels=[a.label for a in ACTIVATIONS.values()])  # fmt: skip
        limits = {"editable": True, "decimals": 2, "scale": 2.0,
                  "minimum": -LIMIT, "maximum": LIMIT}  # fmt: skip
        self.weights = NumberGrid(self._weight_told, label="Weights and biases",
                                  column_labels=["from x", "bias", "to y"],
                                  row_labels=["h₁", "h₂", "h₃", "y"], **limits)  # fmt: skip
        self.line = NumberGrid(self._line_told, label="The one line", decimals=4,
                               column_labels=["slope", "at x = 0"])  # fmt: skip
        self.views = [Picture(figure.fig) for figure in (self.function, self.slope, self.curve)]
        self.traces: dict[str, Trace] = {}  # of each activation at z by its name, and of "network"

    # Showing

    def enter(self) -> None:
        self.app.stage.put(
            (self.views[0], {"title": "The functions", "text": " "}),
            (self.views[1], {"title": "The slope", "text": " "}),
            (self.values, {"title": "At this z", "text": "Select a number to open it."}),
            (self.views[2], {"title": "A network of four neurons", "text": " "}),
            (self.weights, {"title": "Its ten numbers",
                            "text": "Select a cell to open it; type to change it."}),
            (self.line, {"title": "What it comes to", "text": " "}),
        )  # fmt: skip
        self.show_walk()
        if not self.trail:
            self._choose(self.state.activation)
        self.redraw()

    def apply(self, values: dict[str, Any]) -> None:
        self.take(values)
        if "activation" in values:
            self._choose(self.state.activation)
        if self.app.is_open(self):
            self.redraw()

    def _choose(self, name: str) -> None:
        """Open the value of one activation."""
        self.opened_trace, self.trail = name, [Ref("layers.0.output", (0, 0))]

    def redraw(self) -> None:
        self._trace()
        self.trace = self.traces[self.opened_trace]
        self._show_functions()
        self._show_values()
        self._show_network()
        self._show_controls()
        self._say()
        self.show_trail()
        self.light()

    def _trace(self) -> None:
        for name, activation in ACTIVATIONS.items():
            network = Network(NetworkSpec((1,), (ActivationSpec(name),)))
            symbol = f"{activation.label.lower()}(z)"
            self.traces[name] = Trace(network, np.array([[self.state.z]]), input_names=("z",),
                                      output_names=(symbol,))  # fmt: skip
        self.traces["network"] = Trace(self._network(), np.array([[self.state.z]]),
                                       origin="You can set it by hand.", input_names=("x",),
                                       output_names=("y",))  # fmt: skip

    def _network(self) -> Network:
        layers = (LinearSpec(UNITS), ActivationSpec(self.state.activation), LinearSpec(1))
        network = Network(NetworkSpec((1,), layers))
        w, b = self.state.w, self.state.b
        for name, values in (("layers.0.weight", w[:UNITS]), ("layers.0.bias", b[:UNITS]),
                             ("layers.2.weight", w[UNITS:]), ("layers.2.bias", b[UNITS:])):  # fmt: skip
            view = network.view(name)
            view[...] = np.reshape(values, view.shape)
        return network

    def _show_functions(self) -> None:
        chosen, z, theme = ACTIVATIONS[self.state.activation], self.state.z, self.app.theme
        others = [a for a in ACTIVATIONS.values() if a is not chosen]
        flat = chosen.saturated(POINTS)
        value, slope = self._at(chosen.name)
        self.function.update(POINTS, chosen.function(POINTS), [a.function(POINTS) for a in others],
                             flat, (z, value), slope, theme)  # fmt: skip
        self.slope.update(POINTS, chosen.derivative(POINTS),
                          [a.derivative(POINTS) for a in others], flat, (z, slope), None,
                          theme)  # fmt: skip

    def _at(self, name: str) -> tuple[float, float]:
        """Value and slope of an activation at z."""
        z = np.array([self.state.z])
        activation = ACTIVATIONS[name]
        return float(activation.function(z)[0]), float(activation.derivative(z)[0])

    def _show_values(self) -> None:
        self.values.values = [list(self._at(name)) for name in NAMES]

    def _show_network(self) -> None:
        network = self.traces["network"].network
        w, b = self.state.w, self.state.b
        rows: list[list[Any]] = [[w[j], b[j], w[UNITS + j]] for j in range(UNITS)]
        self.weights.values = [*rows, [None, b[UNITS], None]]
        self.curve.update(network.forward(INPUTS)[:, 0], self.app.theme)
        self.line.values = [self._collapsed(network)]

    @staticmethod
    def _collapsed(network: Network) -> list[Any]:
        try:
            weight, bias = collapsed(network)
        except ValueError:
            return ["–", "–"]
        return [float(weight[0, 0]), float(bias[0])]

    def _show_controls(self) -> None:
        options = [{"value": a.name, "label": a.label} for a in ACTIVATIONS.values()]
        self.app.controls.fields = [
            field(self.state, "activation", "select", "Function", options=options),
            field(self.state, "z", "number", "Function"),
        ]

    def _say(self) -> None:
        """The sentences under the titles."""
        chosen, z = ACTIVATIONS[self.state.activation], self.state.z
        value, slope = self._at(chosen.name)
        is_flat = bool(chosen.saturated(np.array([z]))[0])
        flat = " It is saturated here." if is_flat else ""
        is_line = chosen.name == "identity"
        texts = {
            0: f"{chosen.label} at z = {format_number(z)} is {format_number(value)}.{flat}",
            1: f"The slope there is {format_number(slope)}: {chosen.derivative_formula}.",
            3: f"y for every x, with {chosen.label.lower()} in h₁, h₂ and h₃"
               f"{': a straight line.' if is_line else '.'}",
            5: "All ten numbers make one line, y = slope · x + y at 0. Open its slope."
               if is_line else "With this activation the layers do not collapse into a line.",
        }  # fmt: skip
        self.app.stage.blocks = [
            {**block, "text": texts.get(i, block["text"])}
            for i, block in enumerate(self.app.stage.blocks)
        ]

    # What the learner does

    def _moved(self, z: float) -> None:
        self.apply({"z": round(z, 2)})
        self.write_address()

    def rewind(self) -> None:
        if self.state.z >= REACH:
            self.apply({"z": -REACH})

    def advance(self, by: int = 1) -> bool:
        """Move z on a little; tell whether there is more to go."""
        self._move_by(SWEEP)
        return bool(self.state.z < REACH)

    def stepped(self, button: str) -> None:
        self._move_by(STEP)

    def _move_by(self, distance: float) -> None:
        self._moved(min(self.state.z + distance, REACH))

    def _told(self, which: str, message: Message, ref: Ref) -> None:
        """Pointing lights sources only among the numbers of the opened one's own arithmetic."""
        if message["type"] in ("point", "leave") and which != self.opened_trace:
            return
        self.opened_trace, self.trace = which, self.traces[which]
        self.number_told(message, ref)

    def _value_told(self, message: Message) -> None:
        name = NAMES[int(message["row"])]
        what = "derivative" if message["column"] else "output"
        if message["type"] == "open" and name != self.state.activation:
            self.apply({"activation": name})
            self.write_address()
        self._told(name, message, Ref(f"layers.0.{what}", (0, 0)))

    def _weight_told(self, message: Message) -> None:
        row, column = int(message["row"]), int(message["column"])
        if row == UNITS and column != 1:
            return
        ref = {
            0: Ref("layers.0.weight", (row, 0)),
            1: Ref("layers.2.bias", (0,)) if row == UNITS else Ref("layers.0.bias", (row,)),
            2: Ref("layers.2.weight", (0, row)),
        }[column]
        self._told("network", message, ref)

    def _line_told(self, message: Message) -> None:
        if self.state.activation == "identity":
            slope = message["column"] == 0
            ref = Ref("layers.2.collapsed_weight", (0, 0)) if slope else Ref(
                "layers.2.collapsed_bias", (0,))  # fmt: skip
            self._told("network", message, ref)

    def edit(self, ref: Ref, value: float) -> None:
        key = "w" if ref.tensor.endswith("weight") else "b"
        start = 0 if ref.tensor.startswith("layers.0") else UNITS
        at = start + ref.index[-1 if start and key == "w" else 0]
        values = list(getattr(self.state, key))
        values[at] = value
        self.apply({key: values})
        self.write_address()

    def light(self) -> None:
        lit = self.lit()
        is_network = self.opened_trace == "network"
        cells = {
            **{Ref("layers.0.weight", (j, 0)): [j, 0] for j in range(UNITS)},
            **{Ref("layers.0.bias", (j,)): [j, 1] for j in range(UNITS)},
            **{Ref("layers.2.weight", (0, j)): [j, 2] for j in range(UNITS)},
            Ref("layers.2.bias", (0,)): [UNITS, 1],
        }  # fmt: skip
        self.weights.highlight = [at for ref, at in cells.items() if is_network and ref in lit]
        row = -1 if is_network else NAMES.index(self.opened_trace)
        columns = {"layers.0.output": 0, "layers.0.derivative": 1}
        self.values.highlight = [[row, columns[ref.tensor]] for ref in lit
                                 if not is_network and ref.tensor in columns]  # fmt: skip


CHAPTER = Activations
