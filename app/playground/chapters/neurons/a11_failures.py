"""A11: a museum of failures, each a live network that can be repaired."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
import param
from numpy.typing import NDArray

from app.playground.chapters.base import Instruments, field
from app.playground.chapters.neurons.exhibits import EXHIBITS, Exhibit
from app.playground.chapters.neurons.mlp_readings import STEPS, counters, history
from app.playground.chapters.trains import TrainingChapter
from app.playground.figures.diagram import Diagram, Node
from app.playground.figures.plane import PlanePicture, class_colours, value_colours
from app.playground.session import Session
from app.playground.state import ChapterState
from app.playground.views import Findings, Picture
from core.diagnosis import diagnose
from core.explain import Ref, Trace
from core.pictures import plane
from core.training import Snapshot

RESOLUTION = 48
THUMBNAIL = 3
FEATURES = ("x1", "x2")


class FailureState(ChapterState):
    exhibit = param.Selector(default="steps", objects=list(EXHIBITS), label="Exhibit",
                             doc="What goes wrong")  # fmt: skip
    repaired = param.Boolean(default=False, label="Repaired",
                             doc="The same network, with the one thing changed")  # fmt: skip
    seed = param.Integer(default=0, bounds=(0, 999_999), label="Seed",
                         doc="The same seed gives the same points and the same start")  # fmt: skip

    ADDRESS = {name: name for name in ("exhibit", "repaired", "seed")}  # noqa: RUF012


class Failures(TrainingChapter):
    id = "a11"
    number = "A11"
    part = "neurons"
    title = "How learning fails"
    summary = "Six networks that fail, each in its own way, and what repairs them"
    State = FailureState
    lead = """
Networks fail quietly. Here are six that do: **play** one and watch, read what the **detectors** see in its numbers,
then switch on *repaired* and play again. Only one thing is changed.
"""
    notes = """
## The six

- [Steps too large](?chapter=a11&exhibit=steps): the loss grows instead of falling, and the numbers run out.
- [Numbers that overflow](?chapter=a11&exhibit=overflow): large start values, multiplied layer by layer.
- [Dead rectifiers](?chapter=a11&exhibit=dead): output 0, slope 0, for every sample.
- [Saturated sigmoids](?chapter=a11&exhibit=saturated): the flat ends of the curve, where hardly any gradient passes.
- [All neurons alike](?chapter=a11&exhibit=symmetric): equal weights get equal gradients.
- [Gradients that vanish](?chapter=a11&exhibit=vanishing): a product of many small slopes.

## What to do when a loss stands still

Look at the numbers before changing anything. Are all of them finite? Does the loss rise or stand? Which neurons say the
same for every sample? Open a weight that does not move: which factor of its gradient is so small?

> That a deeper network trains worse than a shallow one, on the *training* samples, is not overfitting. It may be any of
> these failures, and it is where [residual networks](https://arxiv.org/abs/1512.03385) came from.
"""

    def __init__(self, app: Instruments) -> None:
        super().__init__(app)
        self.session = Session(app.frame, self.show, app.place)
        self.diagram = Diagram(with_pictures=True, height=340)
        self.diagram.on_node = lambda node: self.open(self._node_ref(node))
        self.diagram.on_edge = lambda layer, unit, source: self.open(
            Ref(f"update.layers.{layer}.weight", (unit, source)))  # fmt: skip
        self.plane = PlanePicture()
        self.views = [Picture(self.diagram.fig), Picture(self.plane.fig)]
        self.findings = Findings()
        self.on_stage = False
        self._configure()

    @property
    def exhibit(self) -> Exhibit:
        return EXHIBITS[self.state.exhibit]

    # Showing

    def enter(self) -> None:
        self.on_stage = True
        self.app.stage.put(
            (self.findings, {"title": self.exhibit.label, "text": self._story(), "wide": True}),
            (self.views[0], {"title": "The network", "text": "Every neuron, painted with its "
                                                             "output. Select one, or a weight."}),
            (self.views[1], {"title": "What it says", "text": " "}),
        )  # fmt: skip
        self.show_training(STEPS)
        self._show_points()
        self.redraw()

    def _story(self) -> str:
        return f"Repaired: {self.exhibit.repair}" if self.state.repaired else self.exhibit.story

    def leave(self) -> None:
        self.session.pause()
        self.on_stage = False

    def apply(self, values: dict[str, Any]) -> None:
        self.take(values)
        self._configure()
        if self.app.is_open(self):
            self.enter()

    def _configure(self) -> None:
        self.on_stage = False
        self.session.pause()
        self.trail = [Ref("loss")]
        self.past.will()
        self.session.configure(*self.exhibit.specs(self.state.repaired, self.state.seed))

    def redraw(self) -> None:
        self.diagram.build(self.session.snapshot.network_spec, self._node_name)
        self._show_controls()
        self.show(self.session.snapshot)

    def show(self, snapshot: Snapshot) -> None:
        """Draw what training has come to."""
        self.network = snapshot.network()
        self.trace = Trace(self.network, snapshot.batch_inputs, snapshot.batch_targets,
                           snapshot.train_spec, snapshot.optimizer,
                           f"It is as training left it after step {snapshot.step}.")  # fmt: skip
        if self.on_stage:
            self._draw(snapshot)

    def _draw(self, snapshot: Snapshot) -> None:
        found = diagnose(snapshot, self.session.engine.trainer.train_x)
        self.findings.items = [asdict(each) for each in found]
        self.pictures = plane(self.network, FEATURES, RESOLUTION)
        self._show_diagram()
        self.plane.update(self._shade(self.pictures[max(self.pictures)][0]), False, self.app.theme)
        self._show_transport(snapshot)
        self.show_trail()
        self.light()

    def _show_diagram(self) -> None:
        pictures = [self._thumbnail(node) for node in self.diagram.flat]
        texts = [""] * len(self.diagram.flat)
        self.diagram.show(self.network, texts, pictures, self.app.theme)

    def _thumbnail(self, node: Node) -> NDArray[np.floating]:
        picture = self.pictures[node.layer][node.unit][::THUMBNAIL, ::THUMBNAIL]
        return picture / np.abs(picture).max() if node.layer < 0 else self._shade(picture)

    @staticmethod
    def _shade(picture: NDArray[np.floating]) -> NDArray[np.floating]:
        """A picture with values in [−1, 1]; what is no number is pale."""
        finite = np.nan_to_num(picture, nan=0.0, posinf=1.0, neginf=-1.0)
        return np.clip(finite, -1, 1)

    def _node_name(self, node: Node) -> str:
        assert self.trace is not None
        return self.trace.names.output(node.layer, node.unit)

    @staticmethod
    def _node_ref(node: Node) -> Ref:
        tensor = "input" if node.layer < 0 else f"layers.{node.layer}.output"
        return Ref(tensor, (0, node.unit))

    def _show_points(self) -> None:
        data = self.session.engine.trainer.samples
        assert data.points is not None
        for kind, indices in (("train", data.train_indices), ("test", data.test_indices)):
            points, targets = data.points[indices], data.targets[indices]
            colours = (value_colours(targets[:, 0]) if data.is_regression
                       else class_colours(targets, data.num_classes))  # fmt: skip
            self.plane.show_points(kind, points, colours)

    def _show_controls(self) -> None:
        options = [{"value": name, "label": each.label} for name, each in EXHIBITS.items()]
        self.app.controls.fields = [
            field(self.state, "exhibit", "select", "Failure", options=options),
            field(self.state, "repaired", "switch", "Failure"),
            field(self.state, "seed", "integer", "Failure"),
        ]

    def _show_transport(self, snapshot: Snapshot) -> None:
        is_regression = self.session.engine.trainer.samples.is_regression
        self.app.transport.param.update(
            running=self.session.running, counters=counters(snapshot, is_regression),
            history=history(snapshot), engine=self.session.engine.label,
            message=snapshot.message,
        )  # fmt: skip
        if not self.session.running:
            self.past.show()

    def light(self) -> None:
        self.diagram.light(self.diagram.marks(self.lit()), self.app.theme)


CHAPTER = Failures
