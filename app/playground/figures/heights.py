"""Heights of a landscape: what the pictures of a loss over two parameters share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from bokeh.models import LinearColorMapper, LogColorMapper
from bokeh.palettes import Viridis256
from numpy.typing import NDArray

from app.playground.figures.theme import THEMES

Array = NDArray[np.floating]
PALETTE = Viridis256
STRENGTH = 0.62  # of the palette, where it is made paler


@dataclass(frozen=True)
class Heights:
    """Losses (len(y), len(x)) over two parameters, the range that is drawn, and whether it is drawn
    by powers of ten."""

    x: Array
    y: Array
    losses: Array
    low: float
    high: float
    is_log: bool

    def lift(self, losses: Array) -> Array:
        """From 0 at the least loss that is drawn to 1 at the greatest; beyond, cut off, and NaN
        stays NaN."""
        ends = np.array([self.low, self.high])
        clipped = np.clip(losses, self.low, self.high)
        if self.is_log:
            ends, clipped = np.log10(ends), np.log10(clipped)
        return np.asarray((clipped - ends[0]) / max(ends[1] - ends[0], 1e-300))


def lift_mapper() -> LinearColorMapper:
    """Colours of lifted losses; what is no number is not drawn."""
    return LinearColorMapper(palette=PALETTE, low=0, high=1, nan_color="rgba(0, 0, 0, 0)")


class PaleColours:
    """Colours that leave room for paths and lines: of lifted losses, and for the bar beside a
    picture, of the losses themselves, evenly or by powers of ten."""

    def __init__(self) -> None:
        self.lift = lift_mapper()
        self.even, self.log = LinearColorMapper(palette=PALETTE), LogColorMapper(palette=PALETTE)
        self._theme = ""

    def bar(self, heights: Heights) -> LinearColorMapper | LogColorMapper:
        mapper = self.log if heights.is_log else self.even
        mapper.update(low=heights.low, high=heights.high)
        return mapper

    def paint(self, theme: str) -> None:
        if theme != self._theme:  # a palette is long to set
            self._theme = theme
            for mapper in (self.lift, self.even, self.log):
                mapper.palette = pale(theme)


@cache
def pale(theme: str) -> tuple[str, ...]:
    """The palette, mixed with the colour of the surface that pictures lie on."""
    ground = _rgb(THEMES[theme].surface)
    mixed = [STRENGTH * _rgb(colour) + (1 - STRENGTH) * ground for colour in PALETTE]
    return tuple("#{:02x}{:02x}{:02x}".format(*np.rint(rgb).astype(int)) for rgb in mixed)


def _rgb(colour: str) -> Array:
    return np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)], float)
