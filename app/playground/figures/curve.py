"""A function of one input: samples as points, the network's prediction as a line."""

from __future__ import annotations

import numpy as np
from bokeh.models import ColumnDataSource
from numpy.typing import NDArray

from app.playground.figures.theme import THEMES, plain_figure, style_axes
from core.data.toys import DOMAIN

Array = NDArray[np.floating]


class CurvePicture:
    """`update` shows predictions at evenly spaced points of [−6, 6]."""

    def __init__(self, height: int = 340, x: str = "x₁") -> None:
        self.fig = plain_figure("curve", height=height, tools="", x_range=(-DOMAIN, DOMAIN),
                                y_range=(-2, 2), x_axis_label=x, y_axis_label="y")  # fmt: skip
        self.samples = {kind: ColumnDataSource({"x": [], "y": []}) for kind in ("train", "test")}
        self.marks = {
            kind: self.fig.scatter("x", "y", size=7, line_color=None, fill_alpha=0.75,
                                   marker="circle" if kind == "train" else "diamond",
                                   source=source)
            for kind, source in self.samples.items()
        }  # fmt: skip
        self.line = ColumnDataSource({"x": [], "y": []})
        self.stroke = self.fig.line("x", "y", line_width=3, source=self.line)

    def show_points(self, kind: str, points: Array, values: Array) -> None:
        self.samples[kind].data = {"x": points[:, 0], "y": values[:, 0]}

    def update(self, predictions: Array, theme: str) -> None:
        edge = DOMAIN * (1 - 1 / len(predictions))
        x = np.linspace(-edge, edge, len(predictions))
        self.line.data = {"x": x, "y": predictions}
        colours = THEMES[theme]
        self.stroke.glyph.line_color = colours.accent
        self.marks["train"].glyph.fill_color = colours.positive
        self.marks["test"].glyph.fill_color = colours.negative
        style_axes(self.fig, theme)
