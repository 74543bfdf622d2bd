"""The pictures of the MLP playground: the diagram with a picture in every node, and a large one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from app.playground.chapters.neurons.mlp_state import PlaygroundState
from app.playground.figures.curve import CurvePicture
from app.playground.figures.diagram import Diagram, Node
from app.playground.figures.plane import PlanePicture, class_colours, value_colours
from app.playground.views import Picture
from core.data.samples import Samples
from core.explain import Ref
from core.functional.activations import sigmoid
from core.network import Network
from core.pictures import plane

RESOLUTION = 60  # points of the plane each way; every neuron is computed at each
THUMBNAIL = 3  # every third point is enough for the picture in a node


class Pictures:
    """What every neuron says over the inputs; `node` is the one shown large."""

    def __init__(self) -> None:
        self.diagram = Diagram(with_pictures=True, height=380)
        self.plane = PlanePicture()
        self.curve = CurvePicture()
        self.views = {"diagram": Picture(self.diagram.fig), "plane": Picture(self.plane.fig),
                      "curve": Picture(self.curve.fig)}  # fmt: skip
        self.node: Node | None = None  # None for the network's output

    def build(self, network: Network, state: PlaygroundState, names: Callable[[Node], str]) -> None:
        """Lay out another network, or the same one for another state."""
        self.state = state
        self.diagram.build(network.spec, names)
        if self.node:  # the same neuron, whose layers may be numbered otherwise
            self.node = self.diagram.columns[self.node.column][self.node.unit]

    def show_points(self, data: Samples) -> None:
        """The samples, which change only with the data."""
        assert data.points is not None
        for kind, indices in (("train", data.train_indices), ("test", data.test_indices)):
            points, targets = data.points[indices], data.targets[indices]
            if self.state.input_size == 1:
                self.curve.show_points(kind, points, targets)
            elif data.is_regression:
                self.plane.show_points(kind, points, value_colours(targets[:, 0]))
            else:
                self.plane.show_points(kind, points, class_colours(targets, data.num_classes))

    def show(self, network: Network, theme: str) -> None:
        """Everything that changes with the weights."""
        state = self.state
        self.says = plane(network, state.used_features, RESOLUTION, state.input_size)
        self._show_large(theme)
        self._show_diagram(network, theme)

    def _show_large(self, theme: str) -> None:
        """The network's answer, or the neuron that was selected."""
        node = self.node or self.diagram.columns[-1][0]
        if self.state.input_size == 1:
            self.curve.update(self.says[node.layer][node.unit, 0], theme)
        elif self.node is None and self.state.num_outputs > 1:
            classes = self.says[max(self.says)].argmax(axis=0)
            self.plane.update(classes, True, theme)
        else:
            shade = self.shade(node)
            picture = np.where(shade < 0, -1.0, 1.0) if self.state.discrete else shade
            self.plane.update(picture, False, theme)

    def shade(self, node: Node) -> NDArray[np.floating]:
        """A neuron's picture with values in [−1, 1], so that every neuron's zero is pale."""
        picture = self.says[node.layer][node.unit]
        if node.layer == max(self.says) and self.state.used_loss == "binary_cross_entropy":
            return 2 * sigmoid(picture) - 1
        if node.layer < 0:
            return picture / max(float(np.abs(picture).max()), 1e-12)
        return np.clip(np.nan_to_num(picture), -1, 1)

    def _show_diagram(self, network: Network, theme: str) -> None:
        thumbnails = [
            self.shade(node)[::THUMBNAIL, ::THUMBNAIL].astype(np.float32)
            for node in self.diagram.flat
        ]
        blank = [""] * len(self.diagram.flat)
        self.diagram.show(network, blank, thumbnails, theme)

    def light(self, lit: set[Ref], theme: str) -> None:
        marks = self.diagram.marks(lit) | ({self.node} if self.node else set())
        self.diagram.light(marks, theme)
