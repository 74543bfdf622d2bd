"""Lengths of gradients over time on a logarithmic scale, a line for each of several cells."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from bokeh.events import Pan, Tap
from bokeh.models import ColumnDataSource, LegendItem, Range1d
from numpy.typing import NDArray

from app.playground.figures.theme import (
    CLASSES,
    THEMES,
    legend_above,
    on_drag,
    plain_figure,
    style_axes,
)

Array = NDArray[np.floating]
MARKERS = ("circle", "square", "triangle")
COLOURS = (CLASSES[0], CLASSES[1], CLASSES[4])
DASHES: tuple[list[int], ...] = ([], [7, 4], [2, 3])
LEAST = 1e-30  # smaller ones, and zeros, are not drawn
MARGIN = 3.0  # the axis goes so many times beyond the largest and the smallest


class NormPicture:
    """`on_move` is told the step, from 0, that the learner taps or drags to."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.on_move: Callable[[int], None] | None = None
        self.fig = plain_figure("norms", height=300, tools="", y_axis_type="log", x_range=(0.5, 2),
                                y_range=Range1d(0.1, 10), x_axis_label="step t",
                                y_axis_label="‖∂L/∂hₜ‖")  # fmt: skip
        self.cursor = ColumnDataSource({"x": []})
        self.rule = self.fig.vspan("x", source=self.cursor, line_width=2)
        self.one = self.fig.hspan([1.0], line_width=1)
        self.lines = {name: ColumnDataSource({"x": [], "y": []}) for name in names}
        self.legend = legend_above(self.fig, items=[], label_text_font_size="13px",
                                   spacing=14)  # fmt: skip
        for name, marker, dash, colour in zip(names, MARKERS, DASHES, COLOURS, strict=False):
            self._draw(name, marker, dash, colour)
        on_drag(self.fig, self._moved)

    def _draw(self, name: str, marker: str, dash: list[int], colour: str) -> None:
        source = self.lines[name]
        line = self.fig.line("x", "y", source=source, line_width=2.5, line_color=colour,
                             line_dash=dash)  # fmt: skip
        dots = self.fig.scatter("x", "y", source=source, size=6, marker=marker, line_color=None,
                                fill_color=colour)  # fmt: skip
        self.legend.items.append(LegendItem(label=name, renderers=[line, dots]))

    def update(self, norms: dict[str, Array], theme: str) -> None:
        """Show the lengths (T,) of each cell."""
        length = len(next(iter(norms.values())))
        for name, values in norms.items():
            drawn = np.where(np.isfinite(values) & (values > LEAST), values, np.nan)
            self.lines[name].data = {"x": np.arange(1, length + 1), "y": drawn}
        shown = np.concatenate([self.lines[name].data["y"] for name in norms])
        shown = shown[np.isfinite(shown)]
        low, high = (shown.min(), shown.max()) if len(shown) else (1, 1)
        self.fig.x_range.start, self.fig.x_range.end = 0.5, length + 0.5
        self.fig.y_range.update(start=float(low) / MARGIN, end=float(high) * MARGIN)
        style_axes(self.fig, theme)
        colours = THEMES[theme]
        self.rule.glyph.line_color, self.one.glyph.line_color = colours.accent, colours.line
        self.legend.label_text_color = colours.ink

    def mark(self, step: int) -> None:
        """Draw a line at a step, from 0."""
        self.cursor.data = {"x": [step + 1]}

    def _moved(self, event: Tap | Pan) -> None:
        if self.on_move and event.x is not None:
            last = int(self.fig.x_range.end) - 1
            self.on_move(min(max(round(event.x) - 1, 0), last))
