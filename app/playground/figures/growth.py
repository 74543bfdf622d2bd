"""How numbers grow with a size: one curve each, on a logarithmic axis, and where we are."""

from __future__ import annotations

import numpy as np
from bokeh.core.properties import value
from bokeh.models import ColumnDataSource, NumeralTickFormatter
from numpy.typing import NDArray

from app.playground.figures.theme import FONT, THEMES, plain_figure, style_axes

Array = NDArray[np.floating]
DASHES = ("solid", "dashed", "dotted")


class GrowthPicture:
    """`update` shows curves by their names over the same sizes."""

    def __init__(self, name: str, x: str, y: str, names: tuple[str, ...]) -> None:
        self.names = names
        self.fig = plain_figure(name, height=250, tools="", y_axis_type="log", x_range=(0, 64),
                                y_range=(1, 10), x_axis_label=x, y_axis_label=y)  # fmt: skip
        self.fig.yaxis.formatter = NumeralTickFormatter(format="0,0")
        self.lines = {key: ColumnDataSource({"x": [], "y": []}) for key in names}
        self.ends = ColumnDataSource({"x": [], "y": [], "text": []})
        self.here = ColumnDataSource({"x": [], "y": []})
        self.strokes = [
            self.fig.line("x", "y", source=self.lines[key], line_width=2.5, line_dash=dash)
            for key, dash in zip(names, DASHES, strict=False)
        ]
        self.dots = self.fig.scatter("x", "y", source=self.here, size=10)
        self.words = self.fig.text("x", "y", "text", source=self.ends, text_align="right",
                                   text_font_size="12px", y_offset=-5,
                                   text_font=value(FONT))  # fmt: skip

    def update(self, sizes: Array, curves: dict[str, Array], here: tuple[float, dict[str, float]],
               theme: str) -> None:  # fmt: skip
        """`here` is the size that is chosen, and the number of each curve there."""
        every = np.concatenate([curves[key] for key in self.names])
        self.fig.y_range.update(start=float(every.min()) / 2, end=float(every.max()) * 4)
        self.fig.x_range.update(start=float(sizes[0]) - 1, end=float(sizes[-1]) + 1)
        for key in self.names:
            self.lines[key].data = {"x": sizes, "y": curves[key]}
        last = [float(curves[key][-1]) for key in self.names]
        self.ends.data = {"x": [float(sizes[-1])] * len(last), "y": last, "text": list(self.names)}
        size, numbers = here
        self.here.data = {"x": [size] * len(last), "y": [numbers[key] for key in self.names]}
        colours = THEMES[theme]
        paints = (colours.positive, colours.negative, colours.accent)
        for stroke, colour in zip(self.strokes, paints, strict=False):
            stroke.glyph.line_color = colour
        self.dots.glyph.fill_color = self.dots.glyph.line_color = colours.ink
        self.words.glyph.text_color = colours.ink
        style_axes(self.fig, theme)
