"""Heat maps over time: bands of values below each other, a row for each unit, a column a step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from bokeh.events import Pan, Tap
from bokeh.models import ColorBar, ColumnDataSource, FixedTicker, LinearColorMapper
from bokeh.palettes import Cividis256
from numpy.typing import NDArray

from app.playground.figures.theme import DIVERGING, FONT, THEMES, on_drag, plain_figure, style_axes

Array = NDArray[np.floating]
Cell = tuple[str, int, int]  # a band's name, a unit and a step, both from 0
GAP = 0.6  # rows between two bands
ROW_PX, FEW_ROWS = 18, 24


@dataclass(frozen=True)
class Band:
    """Values (units, steps) by name. Those that are `signed` are drawn by their share of the band's
    largest size, from violet over pale at 0 to orange; others, such as gates, from 0 to 1."""

    name: str
    label: str
    signed: bool = False


class HeatMap:
    """`build` lays out the bands, `update` shows values, `mark` a step and cells. `on_cell` is told
    which cell the learner taps, or drags over. `tallest` and `most_ticks` keep it within its place.
    """

    def __init__(self, name: str = "heatmap", x: str = "step", tallest: int = 480,
                 most_ticks: int = 24) -> None:  # fmt: skip
        self.tallest, self.most_ticks = tallest, most_ticks
        self.on_cell: Callable[[Cell], None] | None = None
        self.fig = plain_figure(name, height=200, tools="", x_range=(0.5, 1.5), y_range=(0, 1),
                                x_axis_label=x)  # fmt: skip
        self.bands: list[Band] = []
        self.sources = {signed: ColumnDataSource(_empty("image", "y", "dw", "dh"))
                        for signed in (False, True)}  # fmt: skip
        self.step = ColumnDataSource(_empty("left", "right", "bottom", "top"))
        self.cells = ColumnDataSource(_empty("x", "y"))
        self._draw()
        on_drag(self.fig, self._pointed)

    def _draw(self) -> None:
        fig = self.fig
        mappers = {False: LinearColorMapper(palette=Cividis256, low=0, high=1),
                   True: LinearColorMapper(palette=DIVERGING, low=-1, high=1)}  # fmt: skip
        self.bars = {}
        for signed, mapper in mappers.items():
            fig.image("image", 0.5, "y", "dw", "dh", source=self.sources[signed],
                      color_mapper=mapper, level="image")  # fmt: skip
            self.bars[signed] = ColorBar(
                color_mapper=mapper, width=8, padding=0, margin=6, background_fill_alpha=0,
                major_label_text_font=FONT, ticker=FixedTicker(ticks=[mapper.low, 0, mapper.high]),
                major_label_overrides={-1: "−max", 1: "+max"} if signed else {},
            )  # fmt: skip
            fig.add_layout(self.bars[signed], "right")
        # Its height is data, too: a glyph that changes together with its data loses count of them.
        self.column = fig.quad("left", "right", "bottom", "top", source=self.step, fill_alpha=0,
                               line_width=2)  # fmt: skip
        self.frames = fig.rect("x", "y", 1, 1, source=self.cells, fill_alpha=0, line_width=3)

    def build(self, bands: list[Band], units: int, steps: list[str]) -> None:
        """Bands of so many units each; `steps` are the labels of the columns."""
        self.bands, self.units, self.length = bands, units, len(steps)
        rows = len(bands) * (units + GAP) - GAP
        self.top = {band.name: rows - k * (units + GAP) for k, band in enumerate(bands)}
        fig = self.fig
        fig.x_range.start, fig.x_range.end = 0.5, self.length + 0.5
        fig.y_range.start, fig.y_range.end = -0.1, rows + 0.1
        thick = ROW_PX if rows <= FEW_ROWS else self.tallest / rows
        fig.height = int(max(rows * thick, 26 * len(bands))) + 52
        every = -(-self.length // self.most_ticks)
        ticks = list(range(1, self.length + 1, every))
        fig.xaxis.ticker = FixedTicker(ticks=ticks)
        fig.xaxis.major_label_overrides = {t: steps[t - 1] for t in ticks}
        centres = {self.top[band.name] - units / 2: band.label for band in bands}
        fig.yaxis.ticker = FixedTicker(ticks=list(centres))
        fig.yaxis.major_label_overrides = dict(centres)
        for signed, bar in self.bars.items():
            bar.visible = any(band.signed == signed for band in bands)

    def update(self, values: dict[str, Array], theme: str) -> None:
        """Show the values (units, steps) of every band."""
        for signed, source in self.sources.items():
            names = [band.name for band in self.bands if band.signed == signed]
            shares = [_share(values[name]) if signed else values[name] for name in names]
            source.data = {
                "image": [each[::-1].astype(np.float32) for each in shares],
                "y": [self.top[name] - self.units for name in names],
                "dw": [self.length] * len(names), "dh": [self.units] * len(names),
            }  # fmt: skip
        self._paint(theme)

    def mark(self, step: int | None, cells: list[Cell]) -> None:
        """Frame a step (from 0) through all bands, and single cells."""
        at = [] if step is None else [step + 0.5]
        self.step.data = {"left": at, "right": [x + 1 for x in at],
                          "bottom": [-0.05 for _ in at],
                          "top": [max(self.top.values()) + 0.05 for _ in at]}  # fmt: skip
        shown = [cell for cell in cells if cell[0] in self.top]
        heights = [self.top[name] - unit - 0.5 for name, unit, _ in shown]
        self.cells.data = {"x": [t + 1 for _, _, t in shown], "y": heights}

    def _paint(self, theme: str) -> None:
        colours = THEMES[theme]
        style_axes(self.fig, theme)
        for bar in self.bars.values():
            bar.major_label_text_color = colours.soft
        self.column.glyph.line_color = self.frames.glyph.line_color = colours.accent

    def _pointed(self, event: Tap | Pan) -> None:
        cell = self.at(event.x, event.y) if event.x is not None else None
        if cell and self.on_cell:
            self.on_cell(cell)

    def at(self, x: float, y: float) -> Cell | None:
        """The cell at a place of the figure; None between bands and outside."""
        step = round(x) - 1
        for name, top in self.top.items():
            unit = int(np.floor(top - y))
            if 0 <= unit < self.units and 0 <= step < self.length:
                return name, unit, step
        return None


def _share(values: Array) -> Array:
    """Values by their share of the largest size, in [−1, 1]."""
    finite = np.nan_to_num(values, nan=0, posinf=0, neginf=0)
    return finite / max(float(np.abs(finite).max(initial=0)), np.finfo(float).tiny)


def _empty(*columns: str) -> dict[str, list[object]]:
    return {column: [] for column in columns}
