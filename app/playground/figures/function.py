"""A function of one number: its curve, others behind it, a point to drag, its tangent, a path."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from bokeh.events import Pan, Tap
from bokeh.models import ColumnDataSource
from numpy.typing import NDArray

from app.playground.figures.theme import THEMES, on_drag, plain_figure, style_axes

Array = NDArray[np.floating]
TANGENT = 1.6  # how far a tangent reaches to each side


class FunctionPicture:
    """Drawn over ±reach; `on_move` is told where along the axis the learner taps or drags."""

    def __init__(
        self, name: str, x: str, y: str, reach: float, y_range: tuple[float, float]
    ) -> None:
        self.reach, self.arm = reach, TANGENT
        self.on_move: Callable[[float], None] | None = None
        self.fig = plain_figure(name, height=230, tools="", x_range=(-reach, reach),
                                y_range=y_range, x_axis_label=x, y_axis_label=y)  # fmt: skip
        self.flat = ColumnDataSource({"left": [], "right": []})
        self.others = ColumnDataSource({"xs": [], "ys": []})
        self.curve = ColumnDataSource({"x": [], "y": []})
        self.tangent = ColumnDataSource({"x": [], "y": []})
        self.path = ColumnDataSource({"x": [], "y": []})
        self.point = ColumnDataSource({"x": [], "y": []})
        self._draw(*y_range)
        on_drag(self.fig, self._moved)

    def _draw(self, low: float, high: float) -> None:
        fig = self.fig
        self.bands = fig.quad("left", "right", low, high, source=self.flat, fill_alpha=0.35,
                              line_color=None, hatch_pattern="/", hatch_alpha=0.25)  # fmt: skip
        self.zero = fig.line([-self.reach, self.reach], [0, 0], line_width=1)
        self.drop = fig.segment("x", 0, "x", "y", source=self.point, line_dash=[3, 3])
        self.faint = fig.multi_line("xs", "ys", source=self.others, line_width=1.2)
        self.bold = fig.line("x", "y", source=self.curve, line_width=3)
        self.straight = fig.line("x", "y", source=self.tangent, line_width=2, line_dash=[6, 4])
        self.way = fig.line("x", "y", source=self.path, line_width=1.2)
        self.marks = fig.scatter("x", "y", source=self.path, size=6, line_color=None)
        self.dot = fig.scatter("x", "y", source=self.point, size=14, line_color="white",
                               line_width=2)  # fmt: skip

    def _moved(self, event: Tap | Pan) -> None:
        if self.on_move and event.x is not None:
            self.on_move(float(np.clip(event.x, -self.reach, self.reach)))

    def frame(self, reach: float, y_range: tuple[float, float], x: str) -> None:
        """Draw over another reach, with another label along it."""
        self.reach, self.arm = reach, reach / 5
        self.fig.x_range.update(start=-reach, end=reach)
        self.fig.y_range.update(start=y_range[0], end=y_range[1])
        self.fig.xaxis.axis_label = x
        self.bands.glyph.update(bottom=y_range[0], top=y_range[1])
        self.zero.data_source.data = {"x": [-reach, reach], "y": [0, 0]}

    def show_path(self, points: Array) -> None:
        """Points (n, 2) that were passed on the way."""
        self.path.data = {"x": points[:, 0], "y": points[:, 1]}

    def update(self, x: Array, curve: Array, others: list[Array], flat: NDArray[np.bool_],
               point: tuple[float, float], slope: float | None, theme: str) -> None:  # fmt: skip
        """Show a curve over x, the others behind it, where it is flat, and a point on it; with
        `slope`, its tangent there."""
        self.others.data = {"xs": [x] * len(others), "ys": others}
        self.curve.data = {"x": x, "y": curve}
        left, right = spans(x, flat)
        self.flat.data = {"left": left, "right": right}
        self.point.data = {"x": [point[0]], "y": [point[1]]}
        ends = np.array([point[0] - self.arm, point[0] + self.arm])
        line = point[1] + (slope or 0) * (ends - point[0])
        shown = 0 if slope is None else len(ends)
        self.tangent.data = {"x": ends[:shown], "y": line[:shown]}
        self._paint(theme)

    def _paint(self, theme: str) -> None:
        colours = THEMES[theme]
        style_axes(self.fig, theme)
        self.bands.glyph.fill_color = self.bands.glyph.hatch_color = colours.line
        for glyph in (self.zero, self.drop, self.faint):
            glyph.glyph.line_color = colours.soft if glyph is self.drop else colours.line
        self.bold.glyph.line_color = self.dot.glyph.fill_color = colours.accent
        self.straight.glyph.line_color = self.way.glyph.line_color = colours.positive
        self.marks.glyph.fill_color = colours.positive


def spans(x: Array, flat: NDArray[np.bool_]) -> tuple[list[float], list[float]]:
    """The ends of the stretches of x where `flat` holds."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flat, [False]]).astype(int)))
    return x[edges[::2]].tolist(), x[edges[1::2] - 1].tolist()
