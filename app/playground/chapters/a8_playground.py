"""A8: a playground of dense networks that learn while one watches."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.playground.chapters.base import Chapter, Instruments, check
from app.playground.chapters.hand_grids import parameter_at, parameter_cells
from app.playground.chapters.mlp_confusion import Confusion, parts_of
from app.playground.chapters.mlp_controls import fields, new_seed
from app.playground.chapters.mlp_readings import STEPS, SampleRow, counters, history
from app.playground.chapters.mlp_state import PlaygroundState
from app.playground.figures.curve import CurvePicture
from app.playground.figures.diagram import Diagram, Node
from app.playground.figures.plane import PlanePicture, class_colours, value_colours
from app.playground.session import SPEEDS, Session
from app.playground.views import NumberGrid, Picture
from app.playground.views.component import Message
from core.data.features import FEATURES
from core.diagnosis import diagnose
from core.explain import Ref, Trace
from core.functional.activations import sigmoid
from core.pictures import plane
from core.training import Snapshot

RESOLUTION = 60  # points of the plane each way; every neuron is computed at each
THUMBNAIL = 3  # every third point is enough for the picture in a node
TUNABLE = {"rate", "l1", "l2", "stop", "discrete"}  # act at once; everything else starts afresh
WEIGHT_LIMIT = 1000.0


class MLPPlayground(Chapter):
    id = "a8"
    number = "A8"
    part = "neurons"
    title = "A network that learns"
    summary = "Choose data and a network, press play, and watch every neuron"
    State = PlaygroundState
    lead = """
The points are samples; the coloured plane is what the network says everywhere. **Play** trains it. Each square
of the diagram is a neuron, painted with its own output: select one to see it large, or a weight to open it.
"""
    notes = """
## Try this

- Two [Gaussian clouds](?chapter=a8&data=gaussians&hidden=) and no hidden layer at all: a straight line is enough.
- [Exclusive or](?chapter=a8&data=xor&hidden=) without a hidden layer never works; with
  [one of four neurons](?chapter=a8&data=xor&hidden=4) it does. Or keep the line, and
  [give the network the product x₁x₂](?chapter=a8&data=xor&hidden=&features=x1~x2~x1*x2).
- All weights [equal at the start](?chapter=a8&start=constant): the neurons of a layer stay alike for ever.
- A [learning rate of 1](?chapter=a8&data=plane&hidden=&rate=1.0) on this plane: every step overshoots further, until
  the numbers overflow. The message says where.
- The [spiral](?chapter=a8&data=spiral&hidden=8~8~8&optimizer=adam&rate=0.01&loss=binary_cross_entropy) wants depth and a better optimizer.

## Reading the numbers

*Sample* walks through the samples of a batch one at a time without changing anything; the update comes
when the batch is complete, and is exactly that of *Batch*. *Reset* goes back to the very same start.
Open a weight to see its next value: the old one, minus the learning rate times a gradient that opens in turn.

> There is no rule that says how many layers are right. Data that a line can separate need no hidden
> layer; beyond that, depth and width are found by trying, and judged on the test samples.
"""

    def __init__(self, app: Instruments) -> None:
        super().__init__(app)
        self.session = Session(app.frame, self.show, app.place)
        self.diagram = Diagram(with_pictures=True, height=380)
        self.diagram.on_node = self._node_clicked
        self.diagram.on_edge = self._edge_clicked
        self.plane = PlanePicture()
        self.curve = CurvePicture()
        self.views = {name: Picture(figure.fig) for name, figure in
                      (("diagram", self.diagram), ("plane", self.plane), ("curve", self.curve))}  # fmt: skip
        limits = {"minimum": -WEIGHT_LIMIT, "maximum": WEIGHT_LIMIT}
        self.weights = NumberGrid(self._weight, label="Weights and biases", editable=True,
                                  scale=2.0, **limits)  # fmt: skip
        self.sample = SampleRow(self.number_told)
        self.confusion = Confusion(self.draw)
        self.layer = 0  # the linear layer whose weights are in the grid
        self.node: Node | None = None  # the neuron shown large; None for the network's output
        self.on_stage = False
        self._configure()

    # Entering, leaving, changing

    def enter(self) -> None:
        self.on_stage = True
        picture = "plane" if self.state.input_size == 2 else "curve"
        table = (self.confusion.grid, {"title": "Right and wrong", "wide": True, "text": " "})
        self.app.stage.put(
            (self.views["diagram"], {"title": "The network", "text": " "}),
            (self.views[picture], {"title": "What it says", "text": " "}),
            (self.weights, {"title": "Weights and biases", "wide": True,
                            "text": "Select a cell to open it; type to change it."}),
            (self.sample.grid, {"title": "The sample at hand", "wide": True, "text": " "}),
            *([table] if self.state.num_classes > 1 else []),
        )  # fmt: skip
        self.app.transport.param.update(
            play_label="Play", steps=STEPS, speeds=[speed.label for speed in SPEEDS],
            speed=self.session.speed,
        )  # fmt: skip
        self.redraw()

    def leave(self) -> None:
        self.session.pause()
        self.on_stage = False

    def apply(self, values: dict[str, Any]) -> None:
        old = {name: getattr(self.state, name) for name in values}
        self.state.apply({name: check(self.state, name, value) for name, value in values.items()})
        try:
            if set(values) <= TUNABLE:
                self.session.tune(self.state.train_spec())
            else:
                self._configure()
        except ValueError:
            self.state.apply(old)
            raise
        if self.app.is_open(self):
            self.enter()

    def _configure(self) -> None:
        """Start afresh from the state; `enter` draws it, once the diagram fits the network."""
        self.on_stage = False
        self.session.pause()
        self.node, self.trail = None, [Ref("loss")]
        self.layer = 0
        self.confusion.close()
        network = self.state.network_spec()
        self.session.configure(network, self.state.data_spec(), self.state.train_spec())

    def controlled(self, message: Message) -> None:
        name, value = message["name"], message.get("value", 0)
        if name == "depth":
            hidden = list(self.state.hidden)
            depth = int(value)
            self.apply({"hidden": (hidden + [hidden[-1] if hidden else 4] * depth)[:depth]})
        elif name.startswith("width"):
            hidden = list(self.state.hidden)
            hidden[int(name[5:])] = value
            self.apply({"hidden": hidden})
        elif name == "new_seed":
            self.apply({"seed": new_seed(self.state.seed)})
        else:
            self.apply({name: value})

    def transported(self, message: Message) -> None:
        kind = message["type"]
        if kind == "play":
            self.session.play()
        elif kind == "pause":
            self.session.pause()
        elif kind == "reset":
            self.session.reset()
        elif kind == "step":
            self.session.step(message["id"])
        elif kind == "speed":
            self.session.speed = int(message["index"]) % len(SPEEDS)
        self.app.transport.param.update(running=self.session.running, speed=self.session.speed)

    # Showing

    def show(self, snapshot: Snapshot) -> None:
        """A new snapshot is there: everything on the stage follows it."""
        self.network = snapshot.network()
        drawn = f"It was drawn by {snapshot.network_spec.initializer} from seed {snapshot.train_spec.seed}"
        made = (
            f"{drawn}, then changed by {snapshot.step} steps of training."
            if snapshot.step
            else f"{drawn}."
        )
        self.trace = Trace(
            self.network, snapshot.batch_inputs, snapshot.batch_targets, snapshot.train_spec,
            snapshot.optimizer, made, tuple(FEATURES[f].symbol for f in self.state.used_features),
        )  # fmt: skip
        if self.session.running and snapshot.train.loss <= self.state.stop:
            self.session.pause()
        if self.on_stage:
            self.draw()

    def redraw(self) -> None:
        self.diagram.build(self.session.snapshot.network_spec, self._node_name)
        self.app.controls.fields = fields(self.state)
        self._show_points()
        self.draw()

    def draw(self) -> None:
        """Everything that changes with the weights."""
        if not self.on_stage:
            return
        assert self.trace is not None
        self.pictures = plane(
            self.network, self.state.used_features, RESOLUTION, self.state.input_size
        )
        self._draw_picture()
        self._show_diagram()
        self._show_weights()
        self.sample.show(self.trace, self.session.snapshot.sample)
        self._show_confusion()
        self._show_transport()
        self._say(self.session.snapshot)
        self.show_trail()
        self.light()

    def _node_name(self, node: Node) -> str:
        assert self.trace is not None
        return self.trace.names.output(node.layer, node.unit)

    def _show_points(self) -> None:
        trainer = self.session.engine.trainer
        data = trainer.samples
        assert data.points is not None
        for kind, indices in (("train", data.train_indices), ("test", data.test_indices)):
            points, targets = data.points[indices], data.targets[indices]
            if self.state.input_size == 1:
                self.curve.show_points(kind, points, targets)
            elif data.is_regression:
                self.plane.show_points(kind, points, value_colours(targets[:, 0]))
            else:
                self.plane.show_points(kind, points, class_colours(targets, data.num_classes))

    def _show_confusion(self) -> None:
        if self.state.num_classes > 1:
            parts = parts_of(self.session.engine.trainer, self.session.snapshot)
            self.confusion.show(parts, self.state.num_classes)
            self.plane.ring(self.confusion.points)

    def _draw_picture(self) -> None:
        """The large picture: the network's answer, or the neuron that was selected."""
        if self.state.input_size == 1:
            node = self.node or self.diagram.columns[-1][0]
            self.curve.update(self.pictures[node.layer][node.unit, 0], self.app.theme)
        elif self.node is None and self.state.num_outputs > 1:
            classes = self.pictures[max(self.pictures)].argmax(axis=0)
            self.plane.update(classes, True, self.app.theme)
        else:
            node = self.node or self.diagram.columns[-1][0]
            shade = self._shade(node)
            picture = np.where(shade < 0, -1.0, 1.0) if self.state.discrete else shade
            self.plane.update(picture, False, self.app.theme)

    def _shade(self, node: Node) -> NDArray[np.floating]:
        """A neuron's picture with values in [−1, 1], so that every neuron's zero is pale."""
        picture = self.pictures[node.layer][node.unit]
        if node.layer == max(self.pictures) and self.state.used_loss == "binary_cross_entropy":
            return 2 * sigmoid(picture) - 1
        if node.layer < 0:
            return picture / max(float(np.abs(picture).max()), 1e-12)
        return np.clip(np.nan_to_num(picture), -1, 1)

    def _show_diagram(self) -> None:
        weights, biases = [], []
        for layer in self.diagram.linear:
            weights += self.network.view(f"layers.{layer}.weight").ravel().tolist()
            biases += self.network.view(f"layers.{layer}.bias").tolist()
        thumbnails = [
            self._shade(node)[::THUMBNAIL, ::THUMBNAIL].astype(np.float32)
            for node in self.diagram.flat
        ]
        blank = [""] * len(self.diagram.flat)
        self.diagram.show(weights, biases, blank, thumbnails, self.app.theme)

    def light(self) -> None:
        lit = self.lit()
        marks = self.diagram.marks(lit) | ({self.node} if self.node else set())
        self.diagram.light(marks, self.app.theme)
        inputs = self.network.view(f"layers.{self.layer}.weight").shape[1]
        self.weights.highlight = parameter_cells(lit, self.layer, inputs)
        self.sample.light(lit)

    def _show_weights(self) -> None:
        assert self.trace is not None
        names = self.trace.names
        weight = self.network.view(f"layers.{self.layer}.weight")
        bias = self.network.view(f"layers.{self.layer}.bias")
        end = self.layer + names.is_sum(self.layer)
        self.weights.param.update(
            values=np.concatenate([weight, bias[:, None]], axis=1).tolist(),
            column_labels=[
                f"from {names.output(self.layer - 1, i)}" for i in range(weight.shape[1])
            ]
            + ["bias"],
            row_labels=[names.output(end, j) for j in range(len(weight))],
        )

    def _show_transport(self) -> None:
        s = self.session.snapshot
        self.app.transport.param.update(
            running=self.session.running, counters=counters(s, self.state.num_classes == 1),
            message=self._message(s), history=history(s), engine=self.session.engine.label,
        )  # fmt: skip

    def _message(self, snapshot: Snapshot) -> str:
        """Why training stopped, or what the detectors see."""
        if snapshot.message:
            return snapshot.message
        found = diagnose(snapshot, self.session.engine.trainer.train_x)
        if found:
            return f"{found[0].title}: {found[0].seen}"
        reached = snapshot.step and snapshot.train.loss <= self.state.stop
        return f"The training loss has come down to {self.state.stop:g}." if reached else ""

    def _say(self, snapshot: Snapshot) -> None:
        """The sentences under the titles, made from the numbers shown."""
        shown = f"neuron {self._node_name(self.node)}" if self.node else "the network’s answer"
        batch = len(snapshot.batch_inputs)
        texts = (
            f"{snapshot.parameters.size} numbers to learn. Select a neuron or a weight.",
            f"Showing {shown}. Circles are for training, diamonds for testing.",
            f"Layer {self.diagram.linear.index(self.layer) + 1} of {len(self.diagram.linear)}. "
            "Select a weight in the diagram for another; type to change a number.",
            f"Sample {self.sample.at + 1} of {batch} in the next batch. Its loss and gradient open in turn.",
            *([self.confusion.text] if self.state.num_classes > 1 else []),
        )
        blocks = [{**b, "text": t} for b, t in zip(self.app.stage.blocks, texts, strict=True)]
        if blocks != self.app.stage.blocks:
            self.app.stage.blocks = blocks

    # What is clicked

    def _node_clicked(self, node: Node) -> None:
        """Show a neuron large; a second click goes back to the network's answer."""
        self.node = None if node == self.node else node
        if self.node and node.layer >= 0:
            self.layer = max(k for k in self.diagram.linear if k <= node.layer)
        tensor = "input" if node.layer < 0 else f"layers.{node.layer}.output"
        self._show_opened(Ref(tensor, (self.sample.at, node.unit)))

    def _edge_clicked(self, layer: int, unit: int, source: int) -> None:
        self.layer = layer
        self._show_opened(Ref(f"update.layers.{layer}.weight", (unit, source)))

    def _show_opened(self, ref: Ref) -> None:
        """Open a number, and show the layer that it belongs to."""
        self.trail = [ref]
        self.app.arithmetic.asked += 1
        self.draw()

    def _weight(self, message: Message) -> None:
        inputs = self.network.view(f"layers.{self.layer}.weight").shape[1]
        ref = parameter_at(self.layer, int(message["row"]), int(message["column"]), inputs)
        self.number_told(message, Ref(f"update.{ref.tensor}", ref.index))

    def edit(self, ref: Ref, value: float) -> None:
        self.session.set_parameter(ref.tensor.removeprefix("update."), ref.index, value)

    # Kept by the page

    def checkpoint(self) -> dict[str, Any]:
        snapshot = self.session.snapshot
        return {"step": snapshot.step, "parameters": snapshot.parameters.tolist()}

    def restore(self, data: dict[str, Any]) -> None:
        values = np.asarray(data.get("parameters", []), dtype=float)
        network = self.session.engine.trainer.network
        if values.shape != network.parameters.shape or not np.isfinite(values).all():
            raise ValueError("the kept weights do not fit the network of this address")
        network.parameters[:] = values
        self.session.publish()
        self.app.say_error(
            f"The weights are those from step {int(data['step'])}, before Python stopped."
        )


CHAPTER = MLPPlayground
