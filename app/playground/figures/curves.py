"""Several curves over one axis, told apart by colour and dash, each with its name at its end."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
from bokeh.core.properties import value
from bokeh.models import ColumnDataSource
from bokeh.palettes import Colorblind8
from numpy.typing import NDArray

from app.playground.figures.theme import FONT, THEMES, plain_figure, style_axes

Array = NDArray[np.floating]
DASHES = ("solid", "dashed", "dotted", "dotdash", "dashdot")
HUES = (0, 3, 1, 6, 5, 7, 2)  # of the palette
ROOM = 0.34  # of the width, for the names
LINE = 0.062  # of the height, for one name


class CurvesPicture:
    """`update` takes the values of each curve by its name, from 0 on, one for each whole number."""

    def __init__(self, name: str, x: str, y: str, height: int = 300) -> None:
        self.fig = plain_figure(name, height=height, tools="", x_range=(0, 1), y_range=(0, 1),
                                x_axis_label=x, y_axis_label=y)  # fmt: skip
        self.curves = ColumnDataSource({"xs": [], "ys": [], "color": [], "dash": []})
        self.ends = ColumnDataSource({"x": [], "y": [], "text": [], "color": []})
        self.fig.multi_line("xs", "ys", source=self.curves, line_width=2.2, line_color="color",
                            line_dash="dash")  # fmt: skip
        style = {"text_font_size": "12px", "text_baseline": "middle", "text_font": value(FONT)}
        self.fig.text("x", "y", value("●"), source=self.ends, text_color="color", x_offset=4,
                      **style)  # fmt: skip
        self.names = self.fig.text("x", "y", "text", source=self.ends, x_offset=18, **style)

    def update(self, curves: Mapping[str, Array], last: int, theme: str) -> None:
        """The axis goes on to `last`, so that nothing moves while the curves grow."""
        shown = np.concatenate([values[np.isfinite(values)] for values in curves.values()])
        top = float(shown.max(initial=1e-9)) * 1.05
        self.fig.x_range.update(start=0, end=last / (1 - ROOM))
        self.fig.xaxis.bounds = (0, last)
        self.fig.y_range.update(start=0, end=top)
        hues = [_hue(k, theme) for k in range(len(curves))]
        self.curves.data = {
            "xs": [np.arange(len(v)) for v in curves.values()],
            "ys": [np.clip(v, 0, top) for v in curves.values()], "color": hues,
            "dash": [DASHES[k % len(DASHES)] for k in range(len(curves))],
        }  # fmt: skip
        ends = [float(np.nan_to_num(v[-1], nan=top)) for v in curves.values()]
        self.ends.data = {"x": [len(v) - 1 for v in curves.values()],
                          "y": _apart(ends, LINE * top, top), "text": list(curves),
                          "color": hues}  # fmt: skip
        self.names.glyph.text_color = THEMES[theme].ink
        style_axes(self.fig, theme)


def _hue(k: int, theme: str) -> str:
    """The first stands for what the others are compared with, in the colour of texts."""
    return THEMES[theme].ink if k == 0 else str(Colorblind8[HUES[(k - 1) % len(HUES)]])


def _apart(places: list[float], least: float, top: float) -> list[float]:
    """The places, moved up as far as names above each other need, and down again from the top."""
    moved = list(places)
    order = sorted(range(len(places)), key=lambda k: places[k])
    for before, k in pairwise(order):
        moved[k] = max(moved[k], moved[before] + least)
    limit = top - least / 2
    for k in reversed(order):
        moved[k] = min(moved[k], limit)
        limit = moved[k] - least
    return moved
