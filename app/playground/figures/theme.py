"""Colours of the pictures, light and dark; how a plain figure looks, and is dragged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bokeh.events import Pan, PanStart, Tap
from bokeh.models import Legend
from bokeh.palettes import Colorblind8, PuOr, interp_palette
from bokeh.plotting import figure

# From negative (violet) over zero (pale) to positive (orange); told apart by all kinds of eyes.
DIVERGING = interp_palette(PuOr[11], 256)
CLASSES = tuple(Colorblind8[i] for i in (3, 0, 2, 6, 5))


@dataclass(frozen=True)
class Colours:
    ink: str
    soft: str
    line: str
    surface: str
    accent: str
    positive: str
    negative: str


THEMES = {
    "light": Colours("#1a1d21", "#545b64", "#d5d1c8", "#ffffff", "#0a5c70", "#c9700c", "#6a5b9e"),
    "dark": Colours("#eceae5", "#a8b0b8", "#424a50", "#1a1e21", "#7fcbdb", "#e9994a", "#a599d6"),
}
FONT = "system-ui, 'Segoe UI', 'Noto Sans', Arial, sans-serif"


def plain_figure(name: str, **options: object) -> figure:
    """A figure without toolbar or frame that fills its width."""
    fig = figure(
        name=name, toolbar_location=None, sizing_mode="stretch_width", min_border=4,
        outline_line_color=None, background_fill_alpha=0, border_fill_alpha=0, **options,
    )  # fmt: skip
    fig.toolbar.active_drag = None
    fig.toolbar.active_scroll = None
    for each in fig.center:  # found so, not by `fig.grid`, which searches the whole figure
        each.visible = False
    return fig


def legend_above(fig: figure, **options: object) -> Legend:
    """A legend in a row above the figure, without a frame."""
    legend = Legend(
        orientation="horizontal", border_line_color=None, background_fill_alpha=0, padding=0,
        **{"margin": 2, "label_text_font": FONT, "label_text_font_size": "12px", **options},
    )  # fmt: skip
    fig.add_layout(legend, "above")
    return legend


def on_drag(fig: figure, told: Callable[[Any], None]) -> None:
    """Tell of a press on the figure, and of all that the pointer does until it is let go."""
    for event in (Tap, PanStart, Pan):
        fig.on_event(event, told)


def style_axes(fig: figure, theme: str) -> None:
    """Axes in the colours of the theme."""
    colours = THEMES[theme]
    for axis in (*fig.below, *fig.left):
        axis.axis_label_text_color = axis.major_label_text_color = colours.soft
        axis.axis_line_color = axis.major_tick_line_color = colours.line
        axis.minor_tick_line_color = None
        axis.axis_label_text_font = axis.major_label_text_font = FONT
        axis.axis_label_text_font_style = "normal"
        axis.axis_label_text_font_size = axis.major_label_text_font_size = "12px"
