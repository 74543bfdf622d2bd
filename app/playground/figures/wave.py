"""A series of values: the true one, what was foretold step by step, and how it goes on freely."""

from __future__ import annotations

import numpy as np
from bokeh.core.properties import value
from bokeh.models import ColumnDataSource, LegendItem, Span
from numpy.typing import NDArray

from app.playground.figures.theme import THEMES, legend_above, plain_figure, style_axes

Array = NDArray[np.floating]
NAMES = ("true value", "foretold one step ahead", "continued freely")


class WavePicture:
    def __init__(self, name: str = "wave") -> None:
        self.fig = plain_figure(name, height=250, tools="", x_axis_label="step",
                                y_range=(-1.4, 1.4), y_axis_label="value")  # fmt: skip
        self.sources = [ColumnDataSource({"x": [], "y": []}) for _ in NAMES]
        true, told, free = self.sources
        self.cut = Span(dimension="height", line_width=1.5, line_dash=[4, 4])
        self.fig.add_layout(self.cut)
        self.lines = [
            self.fig.line("x", "y", source=true, line_width=2),
            self.fig.scatter("x", "y", source=told, size=7, marker="circle", line_width=1.5),
            self.fig.line("x", "y", source=free, line_width=3, line_dash=[7, 4]),
        ]
        self.legend = legend_above(self.fig, items=[
            LegendItem(label=value(name), renderers=[line])
            for name, line in zip(NAMES, self.lines, strict=True)
        ])  # fmt: skip

    def update(self, true: Array, told: Array, free: Array, theme: str) -> None:
        """true (T + 1,) from step 1; told (T,) for steps 2 to T + 1; free: the last so many steps,
        made from those before it."""
        first = len(true) - len(free)
        starts = (1, 2, first + 1)
        for source, start, series in zip(self.sources, starts, (true, told, free), strict=True):
            source.data = {"x": np.arange(start, start + len(series)), "y": series}
        self.cut.location = first + 0.5
        self._paint(theme)

    def _paint(self, theme: str) -> None:
        colours = THEMES[theme]
        style_axes(self.fig, theme)
        true, told, free = (line.glyph for line in self.lines)
        true.line_color, free.line_color = colours.soft, colours.positive
        told.fill_color, told.line_color = colours.surface, colours.accent
        self.cut.line_color = colours.line
        self.legend.label_text_color = colours.ink
