"""The looks of several descents in one picture: told apart by colour and by marker."""

from __future__ import annotations

from dataclasses import dataclass

from bokeh.palettes import Colorblind8

MARKERS = ("circle", "square", "triangle", "diamond")
SIGNS = ("●", "■", "▲", "◆")  # the same, for texts
COLOURS = {
    "light": ("#1a1d21", Colorblind8[3], Colorblind8[0], "#8a2a6b"),
    "dark": ("#ffffff", Colorblind8[1], Colorblind8[5], Colorblind8[6]),
}


@dataclass(frozen=True)
class Looks:
    colour: str
    marker: str
    sign: str


def looks(k: int, theme: str) -> Looks:
    return Looks(COLOURS[theme][k], MARKERS[k], SIGNS[k])
