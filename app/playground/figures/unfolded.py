"""An unfolded network as dots and arrows: rows are layers, columns are steps of time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bokeh.core.properties import value
from bokeh.models import Arrow, ColumnDataSource, NormalHead, TapTool

from app.playground.figures.theme import FONT, THEMES, plain_figure

ROW = 46  # the height of a row, in pixels
DOT = 0.024  # a dot's radius, of the picture's width
NAMES = 0.22  # of the picture's width, for the names of the rows
ASIDE = 1.3  # radii that an arrow keeps from the middle of a dot
ABOVE = 0.34  # of a row, that an arrow keeps from it


@dataclass(frozen=True)
class Dot:
    """A layer at a step. `tone`: "lit", "plain" or "faint"."""

    row: int
    step: float
    text: str = ""
    tone: str = "plain"


@dataclass(frozen=True)
class Link:
    """From one (row, step) to another; a dashed one leads around what lies between."""

    start: tuple[int, float]
    end: tuple[int, float]
    tone: str = "plain"
    dashed: bool = False


class UnfoldedPicture:
    """`on_dot` is told which dot was clicked, by its place in the sequence last shown."""

    def __init__(self, name: str) -> None:
        self.on_dot: Callable[[int], None] | None = None
        self.tap = TapTool()
        self.fig = plain_figure(name, height=300, tools=[self.tap], x_range=(0, 1),
                                y_range=(0, 1), x_axis_type=None, y_axis_type=None)  # fmt: skip
        self.dots = ColumnDataSource({k: [] for k in ("x", "y", "text", "line", "fill", "ink")})
        self.names = ColumnDataSource({"x": [], "y": [], "text": []})
        self.links = {dashed: ColumnDataSource({k: [] for k in ("x0", "y0", "x1", "y1", "color",
                                                                "width")})
                      for dashed in (False, True)}  # fmt: skip
        self._draw()
        self.dots.selected.on_change("indices", self._tapped)

    def _draw(self) -> None:
        for dashed, source in self.links.items():
            head = NormalHead(size=7, fill_color="color", line_color="color")
            self.fig.add_layout(Arrow(
                x_start="x0", y_start="y0", x_end="x1", y_end="y1", source=source, end=head,
                line_color="color", line_width="width", line_dash="dashed" if dashed else "solid",
            ))  # fmt: skip
        font = {"text_font": value(FONT), "text_baseline": "middle"}
        self.marks = self.fig.circle(
            "x", "y", radius=0.1, line_color="line", fill_color="fill", line_width=2,
            source=self.dots, nonselection_alpha=1,
        )  # fmt: skip
        self.fig.text("x", "y", "text", source=self.dots, text_color="ink", text_align="center",
                      text_font_size="13px", nonselection_text_alpha=1, **font)  # fmt: skip
        self.titles = self.fig.text("x", "y", "text", source=self.names, text_font_size="12px",
                                    text_align="right", **font)  # fmt: skip
        self.tap.renderers = [self.marks]

    def update(
        self, rows: Sequence[str], dots: Sequence[Dot], links: Sequence[Link], theme: str
    ) -> None:
        """`rows` are the names of the rows from below."""
        colours = THEMES[theme]
        steps = [dot.step for dot in dots]
        self.fig.height = ROW * len(rows) + 20
        first, span = min(steps), (max(steps) - min(steps) + 1) / (1 - NAMES)
        self.marks.glyph.radius = DOT * span
        self.fig.x_range.update(start=max(steps) + 0.5 - span, end=max(steps) + 0.5)
        self.fig.y_range.update(start=-0.6, end=len(rows) - 0.4)
        line = {"lit": colours.accent, "plain": colours.soft, "faint": colours.line}
        ink = {"lit": colours.ink, "plain": colours.ink, "faint": colours.soft}
        self.dots.data = {
            "x": steps, "y": [dot.row for dot in dots], "text": [dot.text for dot in dots],
            "line": [line[dot.tone] for dot in dots],
            "fill": [colours.surface] * len(dots), "ink": [ink[dot.tone] for dot in dots],
        }  # fmt: skip
        self.names.data = {"x": [first - 2 * DOT * span] * len(rows), "y": list(range(len(rows))),
                           "text": list(rows)}  # fmt: skip
        self.titles.glyph.text_color = colours.soft
        for dashed, source in self.links.items():
            source.data = self._arrows([k for k in links if k.dashed == dashed], line,
                                       ASIDE * DOT * span)  # fmt: skip

    @staticmethod
    def _arrows(
        links: Sequence[Link], line: dict[str, str], aside: float
    ) -> dict[str, list[object]]:
        ends = [_shortened(link, aside) for link in links]
        return {
            "x0": [e[0] for e in ends], "y0": [e[1] for e in ends],
            "x1": [e[2] for e in ends], "y1": [e[3] for e in ends],
            "color": [line[link.tone] for link in links],
            "width": [3 if link.tone == "lit" else 1.3 for link in links],
        }  # fmt: skip

    def _tapped(self, attr: str, old: list[int], new: list[int]) -> None:
        if new and self.on_dot:
            self.on_dot(new[-1])
        self.dots.selected.indices = []


def _shortened(link: Link, aside: float) -> tuple[float, float, float, float]:
    """An arrow keeps clear of the dots at both ends."""
    (y0, x0), (y1, x1) = link.start, link.end
    if x0 == x1:
        up = ABOVE if y1 > y0 else -ABOVE
        return x0, y0 + up, x1, y1 - up
    along = aside if x1 > x0 else -aside
    slope = (y1 - y0) / (x1 - x0)
    return x0 + along, y0 + along * slope, x1 - along, y1 - along * slope
