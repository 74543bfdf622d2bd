"""What A1 and A3 share: a small network whose every number is set by hand and opened at will."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import param

from app.playground.chapters.base import Instruments, field
from app.playground.chapters.neurons.hand_grids import INPUTS, HandGrids, Layout
from app.playground.chapters.walk import WalkingChapter
from app.playground.figures.diagram import Diagram, Node
from app.playground.state import ChapterState, Numbers
from app.playground.views import Picture
from app.playground.views.component import Message
from core.explain import Ref, Trace, format_number
from core.functional.activations import ACTIVATIONS
from core.network import Network
from core.spec import NetworkSpec, mlp

LIMIT = 100.0


class HandState(ChapterState):
    """Inputs, weights in the order w₁, w₂, …, biases, and the activation."""

    x = Numbers([2.0, 3.0], count=(2, 2), limits=(-LIMIT, LIMIT), label="Inputs")
    activation = param.Selector(
        default="sigmoid", objects=list(ACTIVATIONS), label="Activation",
        doc="What each neuron makes of its weighted sum",
    )  # fmt: skip


class HandNet(WalkingChapter):
    """`hidden` are the sizes of the hidden layers of the network."""

    hidden: ClassVar[tuple[int, ...]]
    State: ClassVar[type[HandState]]
    pause_s = 1.2
    buttons = ({"id": "next", "label": "Next number", "help": "Open the next number (key .)"},)

    def __init__(self, app: Instruments) -> None:
        super().__init__(app)
        self.walked = -1  # how far the forward pass was walked; −1 when it is not being walked
        self.diagram = Diagram(with_pictures=False, height=280)
        self.diagram.on_node = self._node_clicked
        self.diagram.on_edge = self._edge_clicked
        self.picture = Picture(self.diagram.fig)
        self.grids = HandGrids(len(self.hidden) + 1, LIMIT, self.number_told)

    @property
    def spec(self) -> NetworkSpec:
        activation = self.state.activation
        return mlp(2, self.hidden, 1, activation, activation)

    @property
    def steps_of_walk(self) -> list[Ref]:
        return Layout(self.spec).steps

    # Entering and showing

    def enter(self) -> None:
        grids = [
            (grid, {"title": f"Weights and bias{'es' if self.hidden else ''}"
                             f"{f' of layer {depth}' if self.hidden else ''}",
                    "text": "Select a cell to open it; type to change it."})
            for depth, grid in enumerate(self.grids.layers, start=1)
        ]  # fmt: skip
        self.app.stage.put(
            (self.picture, {"title": "The network" if self.hidden else "The neuron",
                            "text": " ", "wide": True}),
            (self.grids.inputs, {"title": "Inputs", "text": "Change them as you like."}),
            *grids,
            (self.grids.results, {"title": "What is computed", "wide": True,
                                "text": "Every number opens into its arithmetic."}),
        )  # fmt: skip
        self.show_walk()
        if not self.trail:
            self.trail = [self.steps_of_walk[-1]]
        self.redraw()

    def apply(self, values: dict[str, Any]) -> None:
        self.take(values)
        self.redraw()

    def redraw(self) -> None:
        network = Network(self.spec)
        self._fill(network)
        self.trace = Trace(network, np.array([self.state.x]), origin="You can set it by hand.")
        self._show_diagram()
        self.show_controls()
        self.grids.show(self.trace, Layout(self.spec))
        self.show_trail()
        self.light()
        self._say()

    def _fill(self, network: Network) -> None:
        weights, biases = iter(self.state.w), iter(self.state.b)
        for name in network.parameter_names:
            view = network.view(name)
            values = weights if name.endswith("weight") else biases
            view[...] = np.array([next(values) for _ in range(view.size)]).reshape(view.shape)

    def show_controls(self) -> None:
        options = [{"value": a.name, "label": a.label} for a in ACTIVATIONS.values()]
        self.app.controls.fields = [
            *(self._slider(name, i, label) for name, i, label in self.sliders()),
            field(self.state, "activation", "select", "Activation", options=options),
        ]

    def sliders(self) -> list[tuple[str, int, str]]:
        """Parameter, index and label of each number that has a slider."""
        biases = len(self.state.b)
        return [
            *(("x", i, name) for i, name in enumerate(INPUTS)),
            *(("w", i, f"w{self._small(i)}") for i in range(len(self.state.w))),
            *(("b", i, f"b{self._small(i) if biases > 1 else ''}") for i in range(biases)),
        ]

    def item(self, name: str, index: int) -> str:
        return next(label for n, i, label in self.sliders() if (n, i) == (name, index))

    @staticmethod
    def _small(i: int) -> str:
        return chr(ord("₁") + i)

    def _slider(self, name: str, i: int, label: str) -> dict[str, Any]:
        group = {"x": "Inputs", "w": "Weights", "b": "Biases"}[name]
        value = getattr(self.state, name)[i]
        return {"name": f"{name}{i}", "label": label, "kind": "number", "group": group,
                "value": value, "min": -10, "max": 10, "step": 0.1}  # fmt: skip

    def _show_diagram(self) -> None:
        assert self.trace is not None
        self.diagram.build(self.spec, self._node_name)
        outputs = [self.trace.inputs, *self.trace.outputs]
        shown = [f"{outputs[node.layer + 1][0, node.unit]:.4g}".replace("-", "−")
                 for node in self.diagram.flat]  # fmt: skip
        self.diagram.show(self.trace.network, shown, [], self.app.theme)

    def _node_name(self, node: Node) -> str:
        assert self.trace is not None
        return self.trace.names.output(node.layer, node.unit)

    def _say(self) -> None:
        """The sentence under the picture."""
        assert self.trace is not None
        made = self.trace.outputs[-1][0, 0]
        inputs = " and ".join(f"{n} = {format_number(v)}" for n, v in
                              zip(INPUTS, self.state.x, strict=True))  # fmt: skip
        text = f"With {inputs}, the output is {format_number(made)}."
        blocks = [dict(block) for block in self.app.stage.blocks]
        blocks[0]["text"] = text
        self.app.stage.blocks = blocks

    # Lighting, opening and setting

    def light(self) -> None:
        lit = self.lit()
        self.diagram.light(self.diagram.marks(lit), self.app.theme)
        self.grids.light(lit)

    def _node_clicked(self, node: Node) -> None:
        tensor = "input" if node.layer < 0 else f"layers.{node.layer}.output"
        self.open(Ref(tensor, (0, node.unit)))

    def _edge_clicked(self, layer: int, unit: int, source: int) -> None:
        self.open(Ref(f"layers.{layer}.weight", (unit, source)))

    def edit(self, ref: Ref, value: float) -> None:
        if ref.tensor == "input":
            self.apply({"x": self._with(self.state.x, ref.index[1], value)})
        else:
            assert self.trace is not None
            starts = self.trace.names.starts[int(ref.tensor.split(".")[1])]
            if ref.tensor.endswith("bias"):
                at = starts[1] + ref.index[0]
                self.apply({"b": self._with(self.state.b, at, value)})
            else:
                at = starts[0] + ref.index[0] * self.spec.sizes[int(ref.tensor.split(".")[1])]
                self.apply({"w": self._with(self.state.w, at + ref.index[1], value)})
        self.write_address()

    @staticmethod
    def _with(values: list[float], at: int, value: float) -> list[float]:
        return [*values[:at], value, *values[at + 1 :]]

    def controlled(self, message: Message) -> None:
        name = message["name"]
        if name == "activation":
            self.trail = []
            self.apply({"activation": message["value"]})
            self.open(self.steps_of_walk[-1])
            return
        values = getattr(self.state, name[0])
        self.apply({name[0]: self._with(values, int(name[1:]), float(message["value"]))})

    # Walking through the forward pass

    def rewind(self) -> None:
        self.walked = -1

    def reset(self) -> None:
        self.walked, self.trail = -1, [self.steps_of_walk[-1]]
        super().reset()

    def advance(self, by: int = 1) -> bool:
        """Open the next number; tell whether more follow."""
        steps = self.steps_of_walk
        self.walked = (self.walked + 1) % len(steps)
        self.app.transport.message = f"Number {self.walked + 1} of {len(steps)} of the forward pass"
        self.open(steps[self.walked])
        return self.walked < len(steps) - 1
