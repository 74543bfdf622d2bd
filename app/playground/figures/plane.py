"""The input plane: what the network says at every point, and the samples lying on it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from bokeh.events import Tap
from bokeh.models import ColorBar, ColumnDataSource, LinearColorMapper
from numpy.typing import NDArray

from app.playground.figures.theme import CLASSES, DIVERGING, FONT, THEMES, plain_figure, style_axes
from core.data.toys import DOMAIN

Array = NDArray[np.floating]
MARKERS = {"train": "circle", "test": "diamond"}


class PlanePicture:
    """`update` shows a picture (r, r): values in [−1, 1], or class numbers."""

    def __init__(self) -> None:
        span = (-DOMAIN, DOMAIN)
        # Square inside, as axis and colour bar at the sides take more than the x-axis below.
        self.fig = plain_figure("plane", aspect_ratio=1.08, max_width=440, tools="",
                                x_range=span, y_range=span, x_axis_label="x₁",
                                y_axis_label="x₂")  # fmt: skip
        self.image = ColumnDataSource({"image": []})
        self.value_mapper = LinearColorMapper(palette=DIVERGING, low=-1, high=1)
        self.class_mapper = LinearColorMapper(palette=CLASSES, low=-0.5, high=len(CLASSES) - 0.5)
        # One for values and one for classes, as a glyph keeps the colours that it had first.
        self.renderers = [
            self.fig.image(
                "image", -DOMAIN, -DOMAIN, 2 * DOMAIN, 2 * DOMAIN, source=self.image,
                color_mapper=mapper, level="image", global_alpha=alpha,
            )
            for mapper, alpha in ((self.value_mapper, 0.9), (self.class_mapper, 0.55))
        ]  # fmt: skip
        self.points = {}
        for kind, marker in MARKERS.items():
            source = ColumnDataSource({"x": [], "y": [], "color": []})
            self.fig.scatter("x", "y", fill_color="color", line_color="white", line_width=1.2,
                             size=8, marker=marker, source=source)  # fmt: skip
            self.points[kind] = source
        self.ringed = ColumnDataSource({"x": [], "y": []})
        self.rings = self.fig.scatter("x", "y", fill_color=None, line_width=2, size=15,
                                      source=self.ringed)  # fmt: skip
        self.crossed = ColumnDataSource({"x": [], "y": []})
        self.crosses = self.fig.scatter("x", "y", marker="cross", size=22, line_width=2,
                                        source=self.crossed)  # fmt: skip
        self.on_tap: Callable[[float, float], None] | None = None
        self.fig.on_event(Tap, self._tapped)
        self.bar = ColorBar(color_mapper=self.value_mapper, width=10, padding=2, margin=4,
                            background_fill_alpha=0, major_label_text_font=FONT)  # fmt: skip
        self.fig.add_layout(self.bar, "right")

    def show_points(self, kind: str, points: Array, colours: list[str]) -> None:
        """Samples (n, 2) of `train` or `test`; they change only with the data."""
        self.points[kind].data = {"x": points[:, 0], "y": points[:, 1], "color": colours}

    def ring(self, points: Array) -> None:
        """Draw rings around points (n, 2)."""
        self.ringed.data = {"x": points[:, 0], "y": points[:, 1]}

    def cross(self, points: Array) -> None:
        """Draw crosses at points (n, 2)."""
        self.crossed.data = {"x": points[:, 0], "y": points[:, 1]}

    def _tapped(self, event: Tap) -> None:
        if self.on_tap and event.x is not None and event.y is not None:
            self.on_tap(event.x, event.y)

    def update(self, picture: Array, is_classes: bool, theme: str) -> None:
        for renderer, is_shown in zip(self.renderers, (not is_classes, is_classes), strict=True):
            renderer.visible = is_shown
        self.bar.visible = not is_classes
        self.image.data = {"image": [picture.astype(np.float32)]}
        style_axes(self.fig, theme)
        for marks in (self.rings, self.crosses):
            marks.glyph.line_color = "#111111"  # the picture is pale in both themes
        self.bar.major_label_text_color = THEMES[theme].soft


def class_colours(labels: NDArray[np.integer], num_classes: int) -> list[str]:
    """Two classes take the ends of the diverging palette; more take the categorical one."""
    palette = (DIVERGING[35], DIVERGING[220]) if num_classes == 2 else CLASSES
    return [palette[label] for label in labels]


def value_colours(values: Array) -> list[str]:
    """Colours of values in [−1, 1], as the picture shows them."""
    indices = np.clip((values + 1) / 2 * 255, 0, 255).astype(int)
    return [DIVERGING[i] for i in indices]
