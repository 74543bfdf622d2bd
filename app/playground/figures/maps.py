"""One plane of a picture, or a feature map, with a frame around what is looked at."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from bokeh.events import Tap
from bokeh.models import ColumnDataSource, LinearColorMapper
from bokeh.palettes import Greys256
from numpy.typing import NDArray

from app.playground.figures.theme import DIVERGING, THEMES, plain_figure

Array = NDArray[np.floating]
Patch = tuple[int, int, int, int]  # top, left, rows, columns


class MapPicture:
    """`on_tap` is told the row and the column of the pixel. A `signed` map has two colours, with
    zero between them; one that is not goes from black, 0, to white, 1."""

    def __init__(self, name: str, signed: bool, height: int = 230) -> None:
        self.on_tap: Callable[[int, int], None] | None = None
        self.signed = signed
        self.fig = plain_figure(name, height=height, tools="", match_aspect=True,
                                x_axis_type=None, y_axis_type=None)  # fmt: skip
        self.image = ColumnDataSource({"image": [], "dw": [], "dh": []})
        self.frame = ColumnDataSource({"left": [], "right": [], "top": [], "bottom": []})
        self.mapper = LinearColorMapper(palette=DIVERGING if signed else Greys256,
                                        low=-1 if signed else 0, high=1)  # fmt: skip
        self.fig.image("image", 0, 0, "dw", "dh", source=self.image, color_mapper=self.mapper)
        self.around = self.fig.quad("left", "right", "top", "bottom", source=self.frame,
                                    fill_alpha=0, line_width=3)  # fmt: skip
        self.fig.on_event(Tap, self._tapped)

    def _tapped(self, event: Tap) -> None:
        if self.on_tap is None or event.x is None or not self.image.data["image"]:
            return
        height, width = self.image.data["image"][0].shape
        row, column = int(np.floor(height - event.y)), int(np.floor(event.x))
        if 0 <= row < height and 0 <= column < width:
            self.on_tap(row, column)

    def update(self, plane: Array, patch: Patch | None, theme: str) -> None:
        """Show a plane (H, W); signed ones by their own largest absolute value."""
        height, width = plane.shape
        if self.signed:
            reach = float(np.abs(plane).max()) or 1.0
            self.mapper.update(low=-reach, high=reach)
        self.image.data = {"image": [plane[::-1].astype(np.float32)], "dw": [width],
                           "dh": [height]}  # fmt: skip
        self.fig.x_range.update(start=0, end=width)
        self.fig.y_range.update(start=0, end=height)
        self.frame.data = _frame(patch, height)
        self.around.glyph.line_color = THEMES[theme].accent


def _frame(patch: Patch | None, height: int) -> dict[str, list[float]]:
    if patch is None:
        return {"left": [], "right": [], "top": [], "bottom": []}
    top, left, rows, columns = patch
    return {"left": [left], "right": [left + columns], "top": [height - top],
            "bottom": [height - top - rows]}  # fmt: skip
