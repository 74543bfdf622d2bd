"""The network as a diagram: inputs on the left, a column for each layer, an edge for each weight.

A node shows a number, or the picture of what its neuron says over the input plane. Width and colour
of an edge tell size and sign of its weight.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from bokeh.core.properties import value
from bokeh.models import ColumnDataSource, LinearColorMapper, TapTool
from numpy.typing import NDArray

from app.playground.figures.theme import DIVERGING, FONT, THEMES, plain_figure
from core.explain import Ref
from core.network import Network
from core.spec import LinearSpec, NetworkSpec, SwitchSpec

Array = NDArray[np.floating]
CURVE_POINTS = 16
LABEL_AT = 4  # early on the curve, where edges from one node have parted and none crosses
NODE = 46  # pixels
FEW_COLUMNS = 6  # up to here nodes of this size stand clear of each other, also on a phone
ROOMY = 8  # neurons in a column from which on there is no room for names and biases
OFF_ALPHA = 0.25  # edges of neurons that are off, which are dotted too
FEW_EDGES = 16  # up to here every edge shows its weight


@dataclass(frozen=True)
class Node:
    """A place in the diagram: column 0 holds inputs; `layer` is the layer whose output it is."""

    column: int
    unit: int
    layer: int


class Diagram:
    """`on_node` and `on_edge` are told what was clicked: a Node, or (layer, unit, source)."""

    def __init__(self, with_pictures: bool, height: int) -> None:
        self.with_pictures = with_pictures
        self.on_node: Callable[[Node], None] | None = None
        self.on_edge: Callable[[int, int, int], None] | None = None
        self.tap = TapTool()
        self.fig = plain_figure(
            "diagram", height=height, tools=[self.tap], x_range=(-0.6, 2.6), y_range=(-1, 1),
            x_axis_type=None, y_axis_type=None,
        )  # fmt: skip
        self.edges = ColumnDataSource(_empty("xs", "ys", "width", "color", "alpha", "dash"))
        self.labels = ColumnDataSource(_empty("x", "y", "text"))
        self.nodes = ColumnDataSource(_empty("x", "y", "text", "name", "line", "edge", "dash"))
        self.biases = ColumnDataSource(_empty("x", "y", "text"))
        self.images = ColumnDataSource(_empty("image", "x", "y"))
        self._draw()
        self.edges.selected.on_change("indices", self._edge_tapped)
        self.nodes.selected.on_change("indices", self._node_tapped)

    def _draw(self) -> None:
        fig = self.fig
        self.edge_glyph = fig.multi_line(
            "xs", "ys", line_width="width", line_color="color", line_alpha="alpha",
            line_dash="dash", source=self.edges, nonselection_line_alpha="alpha", line_cap="round",
        )  # fmt: skip
        self.node_glyph = fig.rect(
            "x", "y", width=NODE if self.with_pictures else 60, height=NODE,
            width_units="screen", height_units="screen",
            border_radius=8, line_width="line", line_color="edge", line_dash="dash",
            source=self.nodes, nonselection_fill_alpha=1, nonselection_line_alpha=1,
        )  # fmt: skip
        self.image_glyph = fig.image(
            "image", "x", "y", dw=NODE - 4, dh=NODE - 4, dw_units="screen", dh_units="screen",
            anchor="center", source=self.images,
            color_mapper=LinearColorMapper(palette=DIVERGING, low=-1, high=1),
        )  # fmt: skip
        font = {"text_font": value(FONT), "text_align": "center", "text_baseline": "middle"}
        quiet = {"nonselection_text_alpha": 1, "selection_text_alpha": 1}
        self.label_glyph = fig.text("x", "y", "text", source=self.labels, text_font_size="13px",
                                    padding=2, **font)  # fmt: skip
        self.value_glyph = fig.text("x", "y", "text", source=self.nodes, text_font_size="13px",
                                    **quiet, **font)  # fmt: skip
        self.name_glyph = fig.text("x", "y", "name", source=self.nodes, text_font_size="12px",
                                   y_offset=-34, **quiet, **font)  # fmt: skip
        self.bias_glyph = fig.text("x", "y", "text", source=self.biases, text_font_size="12px",
                                   y_offset=35, **font)  # fmt: skip
        self.tap.renderers = [self.node_glyph, self.edge_glyph]

    def build(self, spec: NetworkSpec, names: Callable[[Node], str]) -> None:
        """Lay out another network."""
        self.spec = spec
        self.linear = [k for k, s in enumerate(spec.layers) if isinstance(s, LinearSpec)]
        ends = [k - 1 for k in self.linear[1:]] + [len(spec.layers) - 1]
        sizes = [spec.input_size, *(spec.sizes[k + 1] for k in self.linear)]
        self.columns = [
            [Node(c, unit, -1 if c == 0 else ends[c - 1]) for unit in range(size)]
            for c, size in enumerate(sizes)
        ]
        self.flat = [node for column in self.columns for node in column]
        self.names = [names(node) for node in self.flat]
        self.fig.x_range.start, self.fig.x_range.end = -0.45, len(sizes) - 1 + 0.45
        tallest = max(sizes)
        self.is_dense = tallest > ROOMY
        size = self._resize(len(sizes))
        space = size + 8 if self.is_dense else 92
        self.fig.height = max(300, space * tallest) if self.with_pictures else 95 * tallest + 20
        self.off = set(self._off())
        self._connections()

    def _resize(self, columns: int) -> int:
        """Nodes of a size that leaves space between columns; with numbers they are as ever."""
        size = NODE - 8 * max(0, columns - FEW_COLUMNS) if self.with_pictures else NODE
        if self.with_pictures:
            self.node_glyph.glyph.update(width=size, height=size)
            self.image_glyph.glyph.update(dw=size - 4, dh=size - 4)
        return size

    def _off(self) -> Iterator[Node]:
        """The neurons that are switched off."""
        for layer, spec in enumerate(self.spec.layers):
            if isinstance(spec, SwitchSpec):
                column = self.columns[sum(first <= layer for first in self.linear)]
                yield from (column[unit] for unit in spec.off)

    def place(self, node: Node) -> tuple[float, float]:
        """A node's centre; a column's nodes are spread evenly over [−1, 1]."""
        count = len(self.columns[node.column])
        return float(node.column), 1 - (2 * node.unit + 1) / count

    def _connections(self) -> None:
        """Which edges there are, and their curves."""
        t = np.linspace(0, 1, CURVE_POINTS)
        bend = t * t * (3 - 2 * t)
        self.edge_keys: list[tuple[int, int, int]] = []
        rests: list[bool] = []
        self.curves: tuple[list[Array], list[Array]] = ([], [])
        for column, layer in enumerate(self.linear, start=1):
            for target in self.columns[column]:
                for source in self.columns[column - 1]:
                    (x0, y0), (x1, y1) = self.place(source), self.place(target)
                    self.edge_keys.append((layer, target.unit, source.unit))
                    rests.append(not self.off.isdisjoint((source, target)))
                    self.curves[0].append(x0 + (x1 - x0) * t)
                    self.curves[1].append(y0 + (y1 - y0) * bend)
        self.rests = np.array(rests, dtype=bool)

    def show(self, network: Network, values: list[str], pictures: list[Array],
             theme: str) -> None:  # fmt: skip
        """Take the weights and biases of a network as it was laid out, and for each node of `flat`
        a text or a picture (r, r) with values in [−1, 1]; `light` draws the rest."""
        weights: list[float] = []  # in the order of `edge_keys`
        biases: list[float] = []
        for layer in self.linear:
            weights += network.view(f"layers.{layer}.weight").ravel().tolist()
            biases += network.view(f"layers.{layer}.bias").tolist()
        self.weights = weights
        self.values = ["off" if node in self.off else text
                       for node, text in zip(self.flat, values, strict=True)]  # fmt: skip
        places = [self.place(node) for node in self.flat]
        later = places[len(self.columns[0]) :]
        self.biases.data = {"x": [x for x, _ in later], "y": [y for _, y in later],
                            "text": ["" if self.is_dense else f"b {_signed(b)}"
                                     for b in biases]}  # fmt: skip
        self._write_labels(weights)
        self._write_pictures(pictures, places)
        self._paint(theme)

    def light(self, lit: set[object], theme: str) -> None:
        """Draw edges and nodes; those in `lit`, (layer, unit, source) or Node, stand out."""
        colours = THEMES[theme]
        size = np.abs(np.nan_to_num(self.weights, nan=0, posinf=1e3, neginf=-1e3))
        alpha = np.where(self.rests, OFF_ALPHA, np.clip(0.3 + 0.5 * size, 0.3, 0.95))
        hot = np.array([key in lit for key in self.edge_keys], dtype=bool)
        self.edges.data = {
            "xs": self.curves[0], "ys": self.curves[1],
            "width": np.where(hot, 3, 0) + np.clip(0.6 + 1.8 * size, 0.6, 8),
            "color": [colours.accent if h else colours.positive if w >= 0 else colours.negative
                      for w, h in zip(self.weights, hot, strict=True)],
            "alpha": np.where(hot, 1, alpha),
            "dash": ["dotted" if rests else "solid" for rests in self.rests],
        }  # fmt: skip
        places = [self.place(node) for node in self.flat]
        self.nodes.data = {
            "x": [x for x, _ in places], "y": [y for _, y in places], "text": self.values,
            "name": [""] * len(self.flat) if self.is_dense else self.names,
            "line": [3 if node in lit else 1.5 for node in self.flat],
            "edge": [colours.accent if node in lit else colours.line for node in self.flat],
            "dash": ["dotted" if node in self.off else "solid" for node in self.flat],
        }  # fmt: skip

    def marks(self, refs: set[Ref]) -> set[object]:
        """The nodes and edges, as `light` wants them, that these numbers belong to."""
        found: set[object] = set()
        for ref in refs:
            parts = ref.tensor.removeprefix("update.").split(".")
            layer = -1 if parts == ["input"] else int(parts[1]) if parts[0] == "layers" else None
            if layer is None:
                continue
            if parts[-1] in ("weight", "dweight"):
                found.add((layer, *ref.index))
            else:
                column = sum(first <= layer for first in self.linear)
                found.add(self.columns[column][ref.index[-1]])
        return found

    def _write_labels(self, weights: list[float]) -> None:
        if len(weights) > FEW_EDGES or self.with_pictures:
            return
        xs, ys = self.curves
        self.labels.data = {"x": [x[LABEL_AT] for x in xs], "y": [y[LABEL_AT] for y in ys],
                            "text": [_signed(w) for w in weights]}  # fmt: skip

    def _write_pictures(self, pictures: list[Array], places: list[tuple[float, float]]) -> None:
        if pictures:
            self.images.data = {"image": pictures, "x": [x for x, _ in places],
                                "y": [y for _, y in places]}  # fmt: skip

    def _paint(self, theme: str) -> None:
        colours = THEMES[theme]
        self.node_glyph.glyph.fill_color = colours.surface
        for glyph in (self.value_glyph, self.name_glyph, self.bias_glyph, self.label_glyph):
            glyph.glyph.text_color = colours.ink
        if self.with_pictures:  # which are pale where they say 0, in any theme
            self.value_glyph.glyph.text_color = THEMES["light"].ink
        self.label_glyph.glyph.background_fill_color = colours.surface
        for glyph in (self.bias_glyph, self.name_glyph):
            glyph.glyph.text_color = colours.soft

    def _edge_tapped(self, attr: str, old: list[int], new: list[int]) -> None:
        if new and self.on_edge and not self.nodes.selected.indices:
            self.on_edge(*self.edge_keys[new[-1]])
        self.edges.selected.indices = []

    def _node_tapped(self, attr: str, old: list[int], new: list[int]) -> None:
        if new and self.on_node:
            self.on_node(self.flat[new[-1]])
        self.nodes.selected.indices = []


def _signed(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")


def _empty(*columns: str) -> dict[str, list[object]]:
    return {column: [] for column in columns}
