"""A8: a playground of dense networks that learn while one watches."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.playground.chapters.base import Chapter, Instruments, check
from app.playground.chapters.mlp_controls import fields, new_seed
from app.playground.chapters.mlp_state import PlaygroundState
from app.playground.figures.curve import CurvePicture
from app.playground.figures.diagram import Diagram, Node
from app.playground.figures.plane import PlanePicture, class_colours, value_colours
from app.playground.session import SPEEDS, Session
from app.playground.views import NumberGrid, Picture
from app.playground.views.component import Message
from core.data.features import FEATURES
from core.explain import Ref, Trace, format_number
from core.functional.activations import sigmoid
from core.pictures import plane
from core.training import Snapshot

RESOLUTION = 60  # points of the plane each way; every neuron is computed at each
THUMBNAIL = 3  # every third point is enough for the picture in a node
TUNABLE = {"rate", "l1", "l2"}  # act at once; everything else starts afresh
WEIGHT_LIMIT = 1000.0
STEPS = [
    {"id": "batch", "label": "Batch", "help": "One update from one batch (key .)"},
    {"id": "sample", "label": "Sample",
     "help": "Look at the next sample of the batch; after the last one comes the update"},
    {"id": "epoch", "label": "Epoch", "help": "Every training sample once"},
]  # fmt: skip


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
- A learning rate of [30](?chapter=a8&rate=30.0&activation=relu) breaks it. The message says where.
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
        self.sample = NumberGrid(self._sample, label="The sample at hand", decimals=4)
        self.layer = 0  # the linear layer whose weights are in the grid
        self.node: Node | None = None  # the neuron shown large; None for the network's output
        self.on_stage = False
        self._configure()

    # Entering, leaving, changing

    def enter(self) -> None:
        self.on_stage = True
        picture = "plane" if self.state.input_size == 2 else "curve"
        self.app.stage.put(
            (self.views["diagram"], {"title": "The network", "text": " "}),
            (self.views[picture], {"title": "What it says", "text": " "}),
            (self.weights, {"title": "Weights and biases", "wide": True,
                            "text": "Select a cell to open it; type to change it."}),
            (self.sample, {"title": "The sample at hand", "wide": True, "text": " "}),
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
        made = f"{drawn}, then changed by {snapshot.step} steps of training." if snapshot.step else f"{drawn}."
        self.trace = Trace(
            self.network, snapshot.batch_inputs, snapshot.batch_targets, snapshot.train_spec,
            snapshot.optimizer, made, tuple(FEATURES[f].symbol for f in self.state.used_features),
        )  # fmt: skip
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
        self.pictures = plane(self.network, self.state.used_features, RESOLUTION, self.state.input_size)
        self._draw_picture()
        self._show_weights()
        self._show_sample()
        self._show_transport()
        self.show_trail()
        self.light()

    def _node_name(self, node: Node) -> str:
        assert self.trace is not None
        return self.trace.names.output(node.layer, node.unit)

    def _show_points(self) -> None:
        trainer = self.session.engine.trainer
        data = trainer.dataset
        for kind, indices in (("train", trainer.train_indices), ("test", trainer.test_indices)):
            points, targets = data.points[indices], data.targets[indices]
            if self.state.input_size == 1:
                self.curve.show_points(kind, points, targets)
            elif data.is_regression:
                self.plane.show_points(kind, points, value_colours(targets[:, 0]))
            else:
                self.plane.show_points(kind, points, class_colours(targets, data.num_classes))

    def _draw_picture(self) -> None:
        """The large picture: the network's answer, or the neuron that was selected."""
        if self.state.input_size == 1:
            node = self.node or self.diagram.columns[-1][0]
            self.curve.update(self.pictures[node.layer + 1][node.unit, 0], self.app.theme)
        elif self.node is None and self.state.num_outputs > 1:
            classes = self.pictures[-1].argmax(axis=0)
            self.plane.update(classes, True, self.app.theme)
        else:
            node = self.node or self.diagram.columns[-1][0]
            self.plane.update(self._shade(node), False, self.app.theme)

    def _shade(self, node: Node) -> NDArray[np.floating]:
        """A neuron's picture with values in [−1, 1], so that every neuron's zero is pale."""
        picture = self.pictures[node.layer + 1][node.unit]
        if node.layer == len(self.pictures) - 2 and self.state.used_loss == "binary_cross_entropy":
            return 2 * sigmoid(picture) - 1
        if node.layer < 0:
            return picture / max(float(np.abs(picture).max()), 1e-12)
        return np.clip(np.nan_to_num(picture), -1, 1)

    def light(self) -> None:
        """The diagram, with the opened number lit."""
        snapshot, lit = self.session.snapshot, self.lit()
        weights, biases = [], []
        for layer in self.diagram.linear:
            weights += self.network.view(f"layers.{layer}.weight").ravel().tolist()
            biases += self.network.view(f"layers.{layer}.bias").tolist()
        thumbnails = [
            self._shade(node)[::THUMBNAIL, ::THUMBNAIL].astype(np.float32)
            for node in self.diagram.flat
        ]
        marks: set[object] = {self.node} if self.node else set()
        marks |= {(int(r.tensor.split(".")[-2]), *r.index) for r in lit if r.tensor.endswith("weight")}
        blank = [""] * len(self.diagram.flat)
        self.diagram.update(weights, biases, blank, thumbnails, self.app.theme, marks)
        bias_column = self.network.view(f"layers.{self.layer}.weight").shape[1]
        self.weights.highlight = [
            [r.index[0], r.index[1] if r.tensor.endswith("weight") else bias_column]
            for r in lit
            if r.tensor.split("update.")[-1] in (f"layers.{self.layer}.weight", f"layers.{self.layer}.bias")
        ]
        self._say(snapshot)

    def _show_weights(self) -> None:
        assert self.trace is not None
        names = self.trace.names
        weight = self.network.view(f"layers.{self.layer}.weight")
        bias = self.network.view(f"layers.{self.layer}.bias")
        end = self.layer + names.is_sum(self.layer)
        self.weights.param.update(
            values=np.concatenate([weight, bias[:, None]], axis=1).tolist(),
            column_labels=[f"from {names.output(self.layer - 1, i)}" for i in range(weight.shape[1])]
            + ["bias"],
            row_labels=[names.output(end, j) for j in range(len(weight))],
        )

    @property
    def _at(self) -> int:
        """Which sample of the batch is at hand."""
        return min(self.session.snapshot.sample, len(self.session.snapshot.batch_inputs) - 1)

    def _sample_cells(self) -> list[tuple[str, Ref]]:
        """Label and address of each number of the sample at hand."""
        assert self.trace is not None
        n, k = self._at, self.trace.outputs[-1].shape[1]
        cells = [(s, Ref("input", (n, i))) for i, s in enumerate(self.trace.names.inputs)]
        cells.append(("y_true", Ref("target", (n, 0))))
        answers = ["y_pred"] if k == 1 else [f"p{chr(ord('₁') + j)}" for j in range(k)]
        cells += [(label, Ref("prediction", (n, j))) for j, label in enumerate(answers)]
        return [*cells, ("its loss", Ref("sample_loss", (n,))), ("batch loss", Ref("loss"))]

    def _show_sample(self) -> None:
        assert self.trace is not None
        trace, n = self.trace, self._at
        assert trace.targets is not None
        target = float(trace.targets[n] if trace.targets.ndim == 1 else trace.targets[n, 0])
        losses = trace.loss.per_sample(trace.outputs[-1], trace.targets)
        predictions = trace.loss.predict(trace.outputs[-1])[n].tolist()
        values = [*trace.inputs[n].tolist(), target, *predictions, float(losses[n]), float(losses.mean())]
        labels = [label for label, _ in self._sample_cells()]
        self.sample.param.update(values=[[_plain(v) for v in values]], column_labels=labels)

    def _show_transport(self) -> None:
        s = self.session.snapshot
        metric = "RMSE" if self.state.num_classes == 1 else "right"
        score = (lambda v: f"{v:.3f}") if metric == "RMSE" else (lambda v: f"{100 * v:.1f} %")
        counters = [
            {"label": "epoch", "value": str(s.epoch)},
            {"label": "step", "value": str(s.step)},
            {"label": "batch", "value": f"{s.batch + 1} of {s.num_batches}"},
            {"label": "training loss", "value": f"{s.train.loss:.5f}"},
            {"label": "test loss", "value": f"{s.test.loss:.5f}" if s.test else "no samples"},
            {"label": f"training {metric}", "value": score(s.train.metric)},
            {"label": f"test {metric}", "value": score(s.test.metric) if s.test else "–"},
        ]
        steps, train, test = s.history.T
        series = [{"label": "training loss", "values": _json(train)}]
        if s.test:
            series.append({"label": "test loss", "values": _json(test)})
        self.app.transport.param.update(
            running=self.session.running, counters=counters, message=s.message,
            history={"x": steps.tolist(), "series": series}, engine=self.session.engine.label,
        )  # fmt: skip

    def _say(self, snapshot: Snapshot) -> None:
        """The sentences under the titles, made from the numbers shown."""
        shown = f"neuron {self._node_name(self.node)}" if self.node else "the network’s answer"
        batch = len(snapshot.batch_inputs)
        texts = (
            f"{snapshot.parameters.size} numbers to learn. Select a neuron or a weight.",
            f"Showing {shown}. Circles are for training, diamonds for testing.",
            f"Layer {self.diagram.linear.index(self.layer) + 1} of {len(self.diagram.linear)}. "
            "Select a weight in the diagram for another; type to change a number.",
            f"Sample {self._at + 1} of {batch} in the next batch. Its loss and gradient open in turn.",
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
        self._show_opened(Ref(tensor, (self._at, node.unit)))

    def _edge_clicked(self, layer: int, unit: int, source: int) -> None:
        self.layer = layer
        self._show_opened(Ref(f"update.layers.{layer}.weight", (unit, source)))

    def _show_opened(self, ref: Ref) -> None:
        """Open a number, and show the layer that it belongs to."""
        self.trail = [ref]
        self.app.arithmetic.asked += 1
        self.draw()

    def _weight(self, message: Message) -> None:
        if message["type"] == "hover":
            return
        row, column = int(message["row"]), int(message["column"])
        columns = self.network.view(f"layers.{self.layer}.weight").shape[1]
        name, index = ("weight", (row, column)) if column < columns else ("bias", (row,))
        tensor = f"layers.{self.layer}.{name}"
        if message["type"] == "edit":
            self.session.set_parameter(tensor, index, float(message["value"]))
        self.open(Ref(f"update.{tensor}", index))

    def _sample(self, message: Message) -> None:
        if message["type"] == "open":
            self.open(self._sample_cells()[int(message["column"])][1])

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
        self.app.say_error(f"The weights are those from step {int(data['step'])}, before Python stopped.")


def _plain(value: float) -> float | str:
    return value if np.isfinite(value) else format_number(value)


def _json(values: NDArray[np.floating]) -> list[float | None]:
    return [v if np.isfinite(v) else None for v in values.tolist()]


CHAPTER = MLPPlayground
