"""Losses: along the steps of descents, and by the learning rate."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from bokeh.core.properties import value
from bokeh.events import Pan, Tap
from bokeh.models import (
    BasicTickFormatter,
    ColumnDataSource,
    LegendItem,
    NumeralTickFormatter,
    Span,
)
from bokeh.plotting import figure
from numpy.typing import NDArray

from app.playground.figures.contours import ASPECT
from app.playground.figures.lanes import looks
from app.playground.figures.theme import (
    THEMES,
    legend_above,
    on_drag,
    plain_figure,
    style_axes,
)

Array = NDArray[np.floating]
ROOM = 1.6  # a factor of room above and below what is drawn by powers of ten
DECADES = 8  # at most so many are drawn below the greatest loss of the start


class StepsPicture:
    """The loss of each descent, step by step, by powers of ten."""

    def __init__(self, aspect: float = ASPECT, max_width: int = 460) -> None:
        self.fig = plain_figure("steps", aspect_ratio=aspect, max_width=max_width, tools="",
                                x_range=(0, 1), y_range=(0.1, 1), y_axis_type="log",
                                x_axis_label="step", y_axis_label="loss")  # fmt: skip
        self.curves = ColumnDataSource({"xs": [], "ys": [], "color": []})
        self.ends = ColumnDataSource({"x": [], "y": [], "color": [], "marker": []})
        self.fig.multi_line("xs", "ys", source=self.curves, line_width=2, line_color="color")
        self.dots = self.fig.scatter("x", "y", source=self.ends, size=12, line_width=2,
                                     marker="marker", fill_color="color")  # fmt: skip
        self.legend = legend_above(self.fig, ncols=2, location="left", margin=0, spacing=2,
                                   label_standoff=0, glyph_width=30, glyph_height=30,
                                   label_height=18)  # fmt: skip
        self._labels: list[str] = []

    def update(self, labels: Sequence[str], histories: Sequence[Array], num_steps: int,
               theme: str) -> None:  # fmt: skip
        """Each history (steps + 1,) begins at step 0."""
        drawn = [looks(k, theme) for k in range(len(histories))]
        hues = [each.colour for each in drawn]
        self.curves.data = {"xs": [np.arange(len(h)) for h in histories], "ys": list(histories),
                            "color": hues}  # fmt: skip
        self.ends.data = {"x": [len(h) - 1 for h in histories], "y": [h[-1] for h in histories],
                          "color": hues, "marker": [each.marker for each in drawn]}  # fmt: skip
        self.fig.x_range.update(start=0, end=max(num_steps, 10) * 1.04)
        _frame(self.fig, *_range(np.concatenate(histories), histories[0][0]))
        self._write_legend(list(labels))
        self.legend.label_text_color = THEMES[theme].soft
        self.dots.glyph.line_color = THEMES[theme].surface
        style_axes(self.fig, theme)

    def _write_legend(self, labels: list[str]) -> None:
        if labels != self._labels:
            self._labels = labels
            self.legend.items = [LegendItem(label=value(label), renderers=[self.dots], index=k)
                                 for k, label in enumerate(labels)]  # fmt: skip


class RatesPicture:
    """The loss that each learning rate came to; `on_move` is told the rate that the learner taps
    or drags to."""

    def __init__(self, height: int = 230) -> None:
        self.on_move: Callable[[float], None] | None = None
        self.fig = plain_figure("rates", height=height, tools="", x_axis_type="log",
                                y_axis_type="log", x_range=(0.1, 1), y_range=(0.1, 1),
                                x_axis_label="learning rate", y_axis_label="loss then")  # fmt: skip
        self.fig.xaxis.formatter = NumeralTickFormatter(format="0.[000]")
        self.curve = ColumnDataSource({"x": [], "y": []})
        self.lost = ColumnDataSource({"x": [], "y": []})
        self.stroke = self.fig.line("x", "y", source=self.curve, line_width=2.5)
        self.dots = self.fig.scatter("x", "y", source=self.curve, size=6, line_color=None)
        self.crosses = self.fig.scatter("x", "y", source=self.lost, size=9, marker="x",
                                        line_width=2)  # fmt: skip
        self.here = Span(dimension="height", line_width=2)
        self.start = Span(dimension="width", line_width=1.5, line_dash=[4, 4])
        self.fig.add_layout(self.here)
        self.fig.add_layout(self.start)
        on_drag(self.fig, self._moved)

    def _moved(self, event: Tap | Pan) -> None:
        if self.on_move and event.x is not None:
            x = self.fig.x_range
            self.on_move(float(np.clip(event.x, x.start, x.end)))

    def update(self, rates: Array, losses: Array, diverges: NDArray[np.bool_], start: float,
               rate: float, theme: str) -> None:  # fmt: skip
        """Losses by rates, those that diverge as crosses at the top; the loss at the start; and the
        rate that is chosen."""
        colours, held = THEMES[theme], ~diverges
        low, high = _range(losses[held], start)
        self.fig.x_range.update(start=float(rates[0]), end=float(rates[-1]))
        _frame(self.fig, low, high)
        self.curve.data = {"x": rates[held], "y": losses[held]}
        top = np.full(int(diverges.sum()), high / ROOM**0.4)
        self.lost.data = {"x": rates[diverges], "y": top}
        self.here.update(location=rate, line_color=colours.positive)
        self.start.update(location=start, line_color=colours.soft)
        self.stroke.glyph.line_color = self.dots.glyph.fill_color = colours.accent
        self.crosses.glyph.line_color = colours.negative
        style_axes(self.fig, theme)


def _frame(fig: figure, low: float, high: float) -> None:
    """Powers of ten from low to high, with few and round numbers beside them."""
    fig.y_range.update(start=low, end=high)
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    every = max(1, len(powers) // 5)
    digits = (1, 2, 5) if len(powers) < 4 else (1,)
    marks = [digit * 10.0**power for power in powers[::every] for digit in digits]
    fig.yaxis.formatter = BasicTickFormatter()
    fig.yaxis.ticker = [mark for mark in marks if low <= mark <= high]


def _range(losses: Array, start: float) -> tuple[float, float]:
    """What to draw by powers of ten: all from the start down, and some of what lies above it."""
    floor = max(start, 1e-12) / 10.0**DECADES
    known = losses[np.isfinite(losses)]
    low = max(float(known.min(initial=start)), floor)
    high = min(float(known.max(initial=start)), 100 * max(start, floor))
    return low / ROOM, high * ROOM
