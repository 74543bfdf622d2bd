"""A loss over two parameters, seen from above: colours, lines of equal loss, and paths."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from bokeh.events import Pan, Tap
from bokeh.models import Arrow, BasicTickFormatter, ColorBar, ColumnDataSource, NormalHead
from numpy.typing import NDArray

from app.playground.figures.heights import Heights, PaleColours
from app.playground.figures.lanes import looks
from app.playground.figures.theme import FONT, THEMES, on_drag, plain_figure, style_axes

Array = NDArray[np.floating]
ASPECT = 1.18  # square inside, as axis and colour bar at the sides take more than the x-axis below
ARROW = 0.14  # of the picture's width


@dataclass(frozen=True)
class Path:
    """The way (steps + 1, 2) of one descent, with NaN after it has stopped; `heading` (2,) is where
    it would go on, None where that is not shown."""

    points: Array
    heading: Array | None = None

    @property
    def end(self) -> Array:
        return np.asarray(self.points[np.isfinite(self.points).all(axis=1)][-1])


class ContourPicture:
    """`on_move` is told where the learner taps or drags."""

    def __init__(self, aspect: float = ASPECT, max_width: int = 460) -> None:
        self.on_move: Callable[[float, float], None] | None = None
        self.fig = plain_figure("contours", aspect_ratio=aspect, max_width=max_width, tools="",
                                x_range=(-1, 1), y_range=(-1, 1), x_axis_label=" ",
                                y_axis_label=" ")  # fmt: skip
        self.colours = PaleColours()
        self.image = ColumnDataSource({"image": [], "x": [], "y": [], "dw": [], "dh": []})
        self.lines = ColumnDataSource({"x0": [], "y0": [], "x1": [], "y1": []})
        self.paths = ColumnDataSource({"xs": [], "ys": [], "color": []})
        self.steps = ColumnDataSource({"x": [], "y": [], "color": []})
        self.start = ColumnDataSource({"x": [], "y": []})
        self.ends = ColumnDataSource({"x": [], "y": [], "color": [], "marker": []})
        self.arrows = ColumnDataSource({"x0": [], "y0": [], "x1": [], "y1": []})
        self._heights: Heights | None = None
        self._theme = ""
        self._draw()
        on_drag(self.fig, self._moved)

    def _draw(self) -> None:
        fig = self.fig
        fig.image("image", "x", "y", "dw", "dh", source=self.image, level="image",
                  color_mapper=self.colours.lift)  # fmt: skip
        self.isolines = fig.segment("x0", "y0", "x1", "y1", source=self.lines, line_width=1,
                                    line_alpha=0.35)  # fmt: skip
        self.casing = fig.multi_line("xs", "ys", source=self.paths, line_width=5,
                                     line_join="round", line_alpha=0.8)  # fmt: skip
        fig.multi_line("xs", "ys", source=self.paths, line_width=2, line_color="color",
                       line_join="round")  # fmt: skip
        fig.scatter("x", "y", source=self.steps, size=5, line_color=None, fill_color="color")
        self.ring = fig.scatter("x", "y", source=self.start, size=13, line_width=2.5)
        self.head = NormalHead(size=11, line_width=2)
        self.shaft = Arrow(end=self.head, source=self.arrows, x_start="x0", y_start="y0",
                           x_end="x1", y_end="y1", line_width=3)  # fmt: skip
        fig.add_layout(self.shaft)
        self.dots = fig.scatter("x", "y", source=self.ends, size=14, line_width=2,
                                marker="marker", fill_color="color")  # fmt: skip
        self.bar = ColorBar(color_mapper=self.colours.even, width=10, padding=2, margin=4,
                            background_fill_alpha=0, major_label_text_font=FONT,
                            formatter=BasicTickFormatter())  # fmt: skip
        fig.add_layout(self.bar, "right")

    def _moved(self, event: Tap | Pan) -> None:
        if self.on_move and event.x is not None:
            x, y = self.fig.x_range, self.fig.y_range
            self.on_move(float(np.clip(event.x, x.start, x.end)),
                         float(np.clip(event.y, y.start, y.end)))  # fmt: skip

    def show_ground(
        self, heights: Heights, pieces: Array, names: tuple[str, str], theme: str
    ) -> None:
        """The landscape, with pieces (n, 4) of lines of equal loss, and the parameters' names.
        Nothing happens where the very same is shown already."""
        if self._heights is heights and self._theme == theme:
            return
        self._heights, self._theme = heights, theme
        x, y = heights.x, heights.y
        self.fig.x_range.update(start=float(x[0]), end=float(x[-1]))
        self.fig.y_range.update(start=float(y[0]), end=float(y[-1]))
        self.fig.xaxis.axis_label, self.fig.yaxis.axis_label = names
        # First: a mapper that leaves before the page has seen it must not have changed in it.
        self.bar.color_mapper = self.colours.bar(heights)
        self.colours.paint(theme)
        # A pixel is centred on its point of the grid, so the image reaches half a pixel beyond.
        wide, tall = (float(axis[1] - axis[0]) for axis in (x, y))
        lift = heights.lift(heights.losses).astype(np.float32)
        self.image.data = {"image": [lift], "x": [x[0] - wide / 2], "y": [y[0] - tall / 2],
                           "dw": [x[-1] - x[0] + wide], "dh": [y[-1] - y[0] + tall]}  # fmt: skip
        self.lines.data = dict(zip(("x0", "y0", "x1", "y1"), pieces.T, strict=True))

    def show_paths(self, paths: Sequence[Path], theme: str) -> None:
        """Draw paths, from one start; a single one has nothing to be told apart from."""
        drawn = [looks(k, theme) for k in range(len(paths))]
        is_alone = len(paths) == 1
        hues = [THEMES[theme].accent] if is_alone else [each.colour for each in drawn]
        self._draw_paths(paths, hues)
        self._draw_ends(paths, hues, [each.marker for each in drawn])
        self._paint(theme)

    def _draw_paths(self, paths: Sequence[Path], hues: list[str]) -> None:
        self.paths.data = {"xs": [path.points[:, 0] for path in paths],
                           "ys": [path.points[:, 1] for path in paths], "color": hues}  # fmt: skip
        every = np.concatenate([path.points for path in paths])
        each = [hue for hue, path in zip(hues, paths, strict=True) for _ in path.points]
        self.steps.data = {"x": every[:, 0], "y": every[:, 1], "color": each}

    def _draw_ends(self, paths: Sequence[Path], hues: list[str], markers: list[str]) -> None:
        """Where the paths begin and have come to, and their headings as arrows."""
        first = paths[0].points[:1]
        self.start.data = {"x": first[:, 0], "y": first[:, 1]}
        x, y = np.array([path.end for path in paths]).T
        self.ends.data = {"x": x, "y": y, "color": hues, "marker": markers}
        arrows = [self._arrow(path.end, path.heading) for path in paths
                  if path.heading is not None and path.heading.any()]  # fmt: skip
        columns = np.array(arrows).reshape(-1, 4).T
        self.arrows.data = dict(zip(("x0", "y0", "x1", "y1"), columns, strict=True))

    def _arrow(self, start: Array, heading: Array) -> Array:
        """Of one length, whatever the heading's."""
        length = ARROW * (self.fig.x_range.end - self.fig.x_range.start)
        return np.concatenate([start, start + length * heading / np.linalg.norm(heading)])

    def _paint(self, theme: str) -> None:
        colours = THEMES[theme]
        style_axes(self.fig, theme)
        self.bar.major_label_text_color = colours.soft
        self.isolines.glyph.line_color = colours.ink
        self.casing.glyph.line_color = self.dots.glyph.line_color = colours.surface
        self.ring.glyph.update(fill_color=colours.surface, line_color=colours.ink)
        self.shaft.line_color = self.head.fill_color = colours.ink
        self.head.line_color = colours.surface
