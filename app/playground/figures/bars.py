"""One bar a class, from a base line; bars can be dragged by their ends."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from bokeh.events import Pan, PanStart, Tap
from bokeh.models import ColumnDataSource, FixedTicker
from numpy.typing import NDArray

from app.playground.figures.theme import THEMES, on_drag, plain_figure, style_axes
from core.explain import format_number

Array = NDArray[np.floating]


class BarPicture:
    """`on_move` is told which bar the learner taps or drags, and to which value."""

    def __init__(self, name: str, label: str, bars: list[str], room: tuple[float, float]) -> None:
        self.on_move: Callable[[int, float], None] | None = None
        count = len(bars)
        self.room = room  # how far the picture reaches below and above the base line
        self.held: int | None = None
        self.fig = plain_figure(name, height=220, tools="", x_range=(-0.6, count - 0.4),
                                y_range=room, y_axis_label=label)  # fmt: skip
        self.fig.below[0].update(ticker=FixedTicker(ticks=list(range(count))),
                                 major_label_overrides=dict(enumerate(bars)))  # fmt: skip
        self.bars = ColumnDataSource({"x": [], "bottom": [], "top": [], "fill": [], "edge": [],
                                      "width": [], "text": [], "above": []})  # fmt: skip
        self.base = ColumnDataSource({"y": [0.0]})
        self._draw()
        on_drag(self.fig, self._moved)

    def _draw(self) -> None:
        self.glyph = self.fig.vbar("x", 0.62, "top", "bottom", source=self.bars, fill_color="fill",
                                   line_color="edge", line_width="width")  # fmt: skip
        self.zero = self.fig.ray(-1, "y", length=0, angle=0, source=self.base, line_width=1)
        self.words = self.fig.text("x", "above", "text", source=self.bars, text_align="center",
                                   text_font_size="12px", y_offset=-4)  # fmt: skip

    def _moved(self, event: Tap | PanStart | Pan) -> None:
        """A drag keeps the bar that it began on."""
        if self.on_move is None or event.x is None:
            return
        if self.held is None or not isinstance(event, Pan):
            count = len(self.bars.data["x"])
            self.held = int(np.clip(round(event.x), 0, count - 1))
        low, high = self.fig.y_range.start, self.fig.y_range.end
        self.on_move(self.held, float(np.clip(event.y, low, high)))

    def update(self, values: Array, base: float, marked: int, lit: set[int], theme: str) -> None:
        """Show values from a base line; those in `lit` stand out, and one is `marked`."""
        colours = THEMES[theme]
        shown = np.nan_to_num(values, nan=base, posinf=base, neginf=base)
        self.fig.y_range.update(start=base + self.room[0], end=base + self.room[1])
        self.base.data = {"y": [base]}
        hot = [k in lit for k in range(len(values))]
        self.bars.data = {
            "x": list(range(len(values))), "bottom": np.full(len(values), base), "top": shown,
            "fill": [colours.accent if h else colours.line for h in hot],
            "edge": [colours.accent if h else colours.soft for h in hot],
            "width": [3 if h else 1 for h in hot],
            "above": np.maximum(shown, base),  # where no bar hides it
            "text": [f"{format_number(float(v), 4)}{' ✓' if k == marked else ''}"
                     for k, v in enumerate(values)],
        }  # fmt: skip
        self.zero.glyph.line_color = colours.soft
        self.words.glyph.text_color = colours.ink
        style_axes(self.fig, theme)
