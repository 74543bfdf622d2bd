"""A8: a playground of dense networks that learn while one watches."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

from app.playground.chapters.base import Instruments
from app.playground.chapters.neurons import a8_words as words
from app.playground.chapters.neurons.mlp_compare import LOOKS, ComparingChapter
from app.playground.chapters.neurons.mlp_confusion import PointConfusion
from app.playground.chapters.neurons.mlp_controls import fields, layer_change, new_seed
from app.playground.chapters.neurons.mlp_own import OwnData
from app.playground.chapters.neurons.mlp_pictures import Pictures
from app.playground.chapters.neurons.mlp_pins import PinStrip, neuron_at, neuron_field, toggled
from app.playground.chapters.neurons.mlp_readings import STEPS, SampleRow, counters, happened
from app.playground.chapters.neurons.mlp_state import PlaygroundState
from app.playground.chapters.neurons.mlp_weights import WeightGrid
from app.playground.chapters.trains import edited, origin
from app.playground.figures.diagram import Node
from app.playground.session import Session
from app.playground.views.component import Message
from core.data.features import FEATURES
from core.explain import Ref, Trace
from core.training import Snapshot

READ_S = 0.1  # while training, between two looks at the numbers
# These act at once; everything else starts afresh.
TUNABLE = {"rate", "l1", "l2", "stop", "epochs", *LOOKS}


class MLPPlayground(ComparingChapter):
    id = "a8"
    number = "A8"
    part = "neurons"
    has_engines = True
    title = "A network that learns"
    summary = "Choose data and a network, press play, and watch every neuron"
    State = PlaygroundState
    applies_first = True  # its data say which views there are
    lead = words.LEAD
    notes = words.NOTES

    def __init__(self, app: Instruments) -> None:
        super().__init__(app)
        self.session = Session(app.frame, self.show, app.place)
        self.pictures = Pictures()
        self.pictures.diagram.on_node = self._node_clicked
        self.pictures.diagram.on_edge = self._edge_clicked
        self.pins = PinStrip(self._pin_told)
        self.weights = WeightGrid(self.number_told)
        self.sample = SampleRow(self.number_told)
        self.confusion = PointConfusion(self.draw)
        self.own = OwnData(self.pictures.plane, self._own_changed, self._show_controls)
        self.on_stage, self.read_at = False, 0.0
        self.start_comparing()
        self._configure()

    # Entering, leaving, changing

    def enter(self) -> None:
        self.on_stage = True
        picture = "plane" if self.state.input_size == 2 else "curve"
        table = (self.confusion.grid, {"title": "Right and wrong", "wide": True, "text": " "})
        self.app.stage.put(
            (self.pictures.views["diagram"], {"title": "The network", "text": " "}),
            (self.pictures.views[picture], {"title": "What it says", "text": " "}),
            *self.own.blocks(self.state),
            self.pins.block(),
            (self.weights.grid, {"title": "Weights and biases", "wide": True,
                            "text": "Select a cell to open it; type to change it."}),
            (self.sample.grid, {"title": "The sample at hand", "wide": True, "text": " "}),
            *self.runs.blocks(),
            *([table] if self.state.num_classes > 1 else []),
        )  # fmt: skip
        self.show_training(STEPS)
        self.redraw()

    def leave(self) -> None:
        self.session.pause()
        self.on_stage = False

    def apply(self, values: dict[str, Any]) -> None:
        with self.trying(values):
            if values and set(values) <= TUNABLE:
                self.session.until = self.state.epochs
                if self.state.train_spec() != self.session.snapshot.train_spec:
                    self.session.tune(self.state.train_spec())
            elif set(values) == {"off"}:
                self._switch()
            else:
                self._configure()
        if self.app.is_open(self):
            self.enter()

    def _own_changed(self, values: dict[str, Any]) -> None:
        """The learner changed data of their own; what the state does not hold cannot be undone."""
        self.apply(values)
        if not values:
            self.past.start()
        self.write_address()

    def _configure(self) -> None:
        """Start afresh from the state; `enter` draws it, once the diagram fits the network."""
        self.on_stage = False
        self.session.pause()
        self.pictures.node, self.weights.layer = None, 0
        self.trail = [Ref("loss")]
        self.confusion.close()
        self.past.will()
        self.keep_run()
        state, data = self.state, self.own.data(self.state)
        self.session.until = state.epochs
        self.session.configure(state.network_spec(), data, state.train_spec())

    def _switch(self) -> None:
        """Go on with other neurons off; layers may be numbered otherwise then."""
        self.on_stage = False
        position = self.pictures.diagram.linear.index(self.weights.layer)
        self.trail = [Ref("loss")]
        self.session.switch(self.state.network_spec())
        assert self.trace is not None
        self.weights.layer = self.trace.names.linear[position]

    def _open_switched(self, words: set[str]) -> None:
        """Open the output of the neuron that was just switched on or off."""
        for word in words:
            column, unit = (int(part) for part in word.split("."))
            layer = self.pictures.diagram.columns[column][unit - 1].layer
            self.open(Ref(f"layers.{layer}.output", (self.sample.at, unit - 1)))

    def controlled(self, message: Message) -> None:
        name, value = message["name"], message.get("value", 0)
        change = layer_change(self.state, name, value)
        if change is not None:
            before = set(self.state.off)
            self.apply(change)
            if name.startswith("on"):
                self._open_switched(before ^ set(self.state.off))
        elif name == "layer":
            self.weights.layer = self.pictures.diagram.linear[int(value)]
            self._show_controls()
            self.draw()
        elif name == "neuron":
            self._select(neuron_at(self.pictures, value))
        elif name.startswith("table_"):
            self.own.table.set(name.removeprefix("table_"), value)
        elif name == "data":
            samples = self.session.engine.trainer.samples
            self.apply(self.own.chosen(self.state, str(value), samples))
        elif name == "new_seed":
            self.apply({"seed": new_seed(self.state.seed)})
        else:
            self.apply({name: value})

    def transported(self, message: Message) -> None:
        super().transported(message)
        if message["type"] == "pause":
            self.draw()  # the numbers may be a little behind

    # Showing

    def show(self, snapshot: Snapshot) -> None:
        """A new snapshot is there: everything on the stage follows it."""
        self.note_moment(snapshot)
        self.network = snapshot.network()
        symbols = tuple(FEATURES[name].symbol for name in self.state.used_features)
        self.trace = Trace(
            self.network, snapshot.batch_inputs, snapshot.batch_targets, snapshot.train_spec,
            snapshot.optimizer, origin(snapshot), symbols, training=snapshot.rng is not None,
            rng=snapshot.rng,
        )  # fmt: skip
        if self.session.running and snapshot.train.loss <= self.state.stop:
            self.session.pause()
        if self.on_stage:
            self.draw()

    def redraw(self) -> None:
        self.pictures.build(self.network, self.state, self._node_name)
        self._show_controls()
        self.pictures.show_points(self.session.engine.trainer.samples)
        self.draw()

    def _show_controls(self) -> None:
        shown = self.pictures.diagram.linear.index(self.weights.layer)
        large = neuron_field(self.pictures, self._node_name)
        self.app.controls.fields = [*fields(self.state, shown, self.own.fields()), large]
        self.own.show(self.state)

    def draw(self) -> None:
        """Everything that changes with the weights."""
        if not self.on_stage:
            return
        assert self.trace is not None
        self.pictures.show(self.network, self.app.theme)
        self.pins.show(self.pictures, self.state.pins, self._node_name)
        self._show_transport()
        now = time.perf_counter()
        if not self.session.running or now - self.read_at >= READ_S:
            self.read_at = now
            self._draw_numbers()
        self.light()

    def _draw_numbers(self) -> None:
        """What is read, not watched: while training runs, not as often as the pictures."""
        assert self.trace is not None
        self.weights.show(self.trace)
        self.sample.show(self.trace, self.session.snapshot.sample)
        self._show_confusion()
        self.show_time()
        self.show_runs()
        self._say(self.session.snapshot)
        self.show_trail()

    def _node_name(self, node: Node) -> str:
        assert self.trace is not None
        return self.trace.names.output(node.layer, node.unit)

    def _show_confusion(self) -> None:
        if self.state.num_classes > 1:
            session = self.session
            self.confusion.show_samples(session.engine.trainer, session.snapshot,
                                        self.state.num_classes)  # fmt: skip
            self.pictures.plane.ring(self.confusion.points)

    def light(self) -> None:
        lit = self.lit()
        self.pictures.light(lit, self.app.theme)
        self.weights.light(lit)
        self.sample.light(lit)

    def _show_transport(self) -> None:
        s = self.session.snapshot
        x, state = self.session.engine.trainer.train_x, self.state
        self.app.transport.param.update(
            running=self.session.running, counters=counters(s, self.state.num_classes == 1),
            message=happened(s, x, state.stop, state.epochs) or self.time_message(),
            engine=self.session.label,
        )  # fmt: skip
        if not self.session.running:
            self.past.show()

    def _say(self, snapshot: Snapshot) -> None:
        """The sentences under the titles, made from the numbers shown."""
        node, linear = self.pictures.node, self.pictures.diagram.linear
        off = sorted(self.pictures.diagram.off, key=lambda node: (node.column, node.unit))
        texts = (
            words.network(snapshot.parameters.size, [self._node_name(each) for each in off]),
            words.answer(f"neuron {self._node_name(node)}" if node else "the network’s answer"),
            *self.own.said(self.state),
            self.pins.text(),
            words.layer(linear.index(self.weights.layer) + 1, len(linear)),
            words.sample(self.sample.at + 1, len(snapshot.batch_inputs), snapshot.rng is not None),
            *self.runs.texts(self.book),
            *([self.confusion.text] if self.state.num_classes > 1 else []),
        )
        blocks = [{**b, "text": t} for b, t in zip(self.app.stage.blocks, texts, strict=True)]
        if blocks != self.app.stage.blocks:
            self.app.stage.blocks = blocks

    def say_runs(self) -> None:
        self._say(self.session.snapshot)

    # What is clicked

    def _node_clicked(self, node: Node) -> None:
        """Show a neuron large; a second click goes back to the network's answer."""
        self._select(None if node == self.pictures.node else node)
        if not self.pictures.node:
            self._open_node(node)

    def _select(self, node: Node | None) -> None:
        self.pictures.node = node
        if node and node.layer >= 0:
            self.weights.layer = max(k for k in self.pictures.diagram.linear if k <= node.layer)
        if node:
            self._open_node(node)
        else:
            self._show_opened(Ref("loss"))

    def _open_node(self, node: Node) -> None:
        tensor = "input" if node.layer < 0 else f"layers.{node.layer}.output"
        self._show_opened(Ref(tensor, (self.sample.at, node.unit)))

    def _pin_told(self, message: Message) -> None:
        """A pinned picture, or a button of the strip, was pressed."""
        node = self.pictures.node
        if message["type"] == "open":
            self._node_clicked(self.pins.nodes[int(message["index"])])
        elif message["id"] == "none":
            self.apply({"pins": []})
        elif node:
            self.apply({"pins": toggled(self.state.pins, node)})
        self.write_address()

    def _edge_clicked(self, layer: int, unit: int, source: int) -> None:
        self.weights.layer = layer
        self._show_opened(Ref(f"update.layers.{layer}.weight", (unit, source)))

    def _show_opened(self, ref: Ref) -> None:
        """Open a number, and show the layer that it belongs to."""
        self.trail = [ref]
        self.app.arithmetic.asked += 1
        self._show_controls()
        self.draw()

    def edit(self, ref: Ref, value: float) -> None:
        self.past.will(said=partial(edited, ref))
        self.session.set_parameter(ref.tensor.removeprefix("update."), ref.index, value)

    # Kept by the page

    def checkpoint(self) -> dict[str, Any]:
        return self.kept_weights()

    def restore(self, data: dict[str, Any]) -> None:
        self.take_weights(data)


CHAPTER = MLPPlayground
