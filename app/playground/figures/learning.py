"""Curves of learning: what is measured over the steps, and runs that were kept to compare."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from bokeh.core.properties import value
from bokeh.models import ColumnDataSource, LegendItem, Span
from numpy.typing import NDArray

from app.playground.figures.theme import (
    CLASSES,
    FONT,
    THEMES,
    legend_above,
    plain_figure,
    style_axes,
)

Array = NDArray[np.floating]
Points = tuple[Array, Array]  # steps, values
DASHES = ("solid", [6, 4])
KEPT_DASHES = ("2 3", "14 5", "14 4 2 4", "3 7")
NAMES_APART = 0.22  # of a curve's length
KEPT_COLOURS = tuple(CLASSES[i] for i in (0, 1, 3, 4))  # all but yellow, too pale for a line
LEAST = 1e-6  # of a logarithmic axis


@dataclass(frozen=True)
class Run:
    """A run that was kept. Runs of another `style` have other dashes, another colour, and their
    name at another place along the curve; style 0 is dotted and pale, its name at the end."""

    label: str
    steps: Array
    values: Array
    style: int = 0

    @property
    def named_at(self) -> int:
        """The point at which the name stands."""
        last = len(self.steps) - 1
        return round(last * (1 - NAMES_APART * max(self.style - 1, 0)))


class LearningPicture:
    """At most two curves, told apart by their dashes, and the kept runs behind them. With `y_range`
    the axis stands still; `log` has powers of ten."""

    def __init__(
        self,
        name: str,
        y: str,
        log: bool = False,
        y_range: tuple[float, float] | None = None,
    ) -> None:
        self.log = log
        options: dict[str, object] = {"y_axis_type": "log"} if log else {}
        if y_range:
            options["y_range"] = y_range
        self.fig = plain_figure(name, height=230, tools="", x_axis_label="step", y_axis_label=y,
                                **options)  # fmt: skip
        self.fig.x_range.start = 0
        self.kept = ColumnDataSource({"xs": [], "ys": [], "dash": [], "color": []})
        self.names = ColumnDataSource({"x": [], "y": [], "text": []})
        # A point that no line shows: an axis of powers of ten complains while there is none.
        self.sources = [ColumnDataSource({"x": [0.0], "y": [1.0]}) for _ in DASHES]
        self.goal = Span(dimension="width", line_dash=[1, 4], line_width=2, visible=False)
        self._draw()

    def _draw(self) -> None:
        fig = self.fig
        fig.add_layout(self.goal)
        fig.multi_line("xs", "ys", source=self.kept, line_width=1.5, line_dash="dash",
                       line_color="color")  # fmt: skip
        self.lines = [fig.line("x", "y", source=source, line_width=2.5, line_dash=dash)
                      for source, dash in zip(self.sources, DASHES, strict=True)]  # fmt: skip
        self.label = fig.text("x", "y", "text", source=self.names, text_align="right",
                              text_baseline="bottom", text_font=value(FONT),
                              text_font_size="12px")  # fmt: skip
        self.legend = legend_above(fig, glyph_width=28)

    def name(self, labels: list[str], goal: float | None = None) -> None:
        """What the curves are, and where a dotted line shows what is to be reached."""
        self.legend.items = [LegendItem(label=value(text), renderers=[line])
                             for text, line in zip(labels, self.lines, strict=False)]  # fmt: skip
        self.goal.visible, self.goal.location = goal is not None, goal or 0

    def update(self, curves: list[Points], kept: list[Run], theme: str) -> None:
        for source, (steps, values) in zip(self.sources, curves, strict=False):
            source.data = {"x": steps, "y": self._shown(values)}
        for source in self.sources[len(curves) :]:
            source.data = {"x": [], "y": []}
        self.kept.data = {"xs": [run.steps for run in kept],
                          "ys": [self._shown(run.values) for run in kept],
                          "dash": [_dash(run) for run in kept],
                          "color": [_colour(run, theme) for run in kept]}  # fmt: skip
        self.names.data = {"x": [run.steps[run.named_at] for run in kept],
                           "y": [self._shown(run.values)[run.named_at] for run in kept],
                           "text": [run.label for run in kept]}  # fmt: skip
        self._paint(theme)

    def _shown(self, values: Array) -> Array:
        """Values as the axis can show them: gaps for what is no number."""
        finite = np.where(np.isfinite(values), values, np.nan)
        return np.maximum(finite, LEAST) if self.log else finite

    def _paint(self, theme: str) -> None:
        colours = THEMES[theme]
        style_axes(self.fig, theme)
        for line, colour in zip(self.lines, (colours.accent, colours.positive), strict=True):
            line.glyph.line_color = colour
        self.goal.line_color = colours.soft
        self.label.glyph.text_color = colours.soft
        self.legend.label_text_color = colours.ink


def _dash(run: Run) -> str:
    return KEPT_DASHES[run.style % len(KEPT_DASHES)] if run.style else "dotted"


def _colour(run: Run, theme: str) -> str:
    return KEPT_COLOURS[run.style % len(KEPT_COLOURS)] if run.style else THEMES[theme].soft
