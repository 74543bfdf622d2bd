"""A loss over two parameters as a surface, drawn from the side, with a path on it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from bokeh.core.properties import value
from bokeh.events import Pan, PanStart
from bokeh.models import ColumnDataSource
from numpy.typing import NDArray

from app.playground.figures.contours import ASPECT
from app.playground.figures.heights import Heights, lift_mapper
from app.playground.figures.solid import REACH, Solid
from app.playground.figures.theme import FONT, THEMES, plain_figure

Array = NDArray[np.floating]
MESH = 12  # fields of the mesh on the surface, each way
MESH_POINTS = 73
DEGREES_A_PIXEL = 0.5  # by which dragging turns it
CORNERS = ((-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0))  # an edge from each to the next
AWAY = 1.12  # how far from the middle words stand


class SurfacePicture:
    """`on_turn` is told by how many degrees the learner turns and tilts it."""

    def __init__(self, aspect: float = ASPECT, max_width: int = 460) -> None:
        self.on_turn: Callable[[float, float], None] | None = None
        self.heights: Heights | None = None
        self._view = (0.0, 0.0, "")  # turn, tilt and theme
        self._dragged = (0.0, 0.0)
        self.fig = plain_figure("surface", aspect_ratio=aspect, max_width=max_width, tools="",
                                x_range=(-REACH, REACH), y_range=(-1, 2), x_axis_type=None,
                                y_axis_type=None)  # fmt: skip
        self.image = ColumnDataSource({"image": [], "y": [], "dh": []})
        self.mesh, self.edges, self.path = (ColumnDataSource(
            {"x0": [], "y0": [], "x1": [], "y1": [], "alpha": []}) for _ in range(3))  # fmt: skip
        self.point = ColumnDataSource({"x": [], "y": []})
        self.words = ColumnDataSource({"x": [], "y": [], "text": []})
        self._draw()
        self.fig.on_event(PanStart, self._started)
        self.fig.on_event(Pan, self._turned)

    def _draw(self) -> None:
        fig, ends = self.fig, ("x0", "y0", "x1", "y1")
        fig.image("image", -REACH, "y", 2 * REACH, "dh", source=self.image,
                  color_mapper=lift_mapper(), level="image")  # fmt: skip
        fig.segment(*ends, source=self.mesh, line_color="white", line_width=0.8, line_alpha="alpha")
        self.box = fig.segment(*ends, source=self.edges, line_width=1.2)
        self.casing = fig.segment(*ends, source=self.path, line_width=5, line_cap="round",
                                  line_alpha="alpha")  # fmt: skip
        self.stroke = fig.segment(*ends, source=self.path, line_width=2.2, line_cap="round",
                                  line_alpha="alpha")  # fmt: skip
        self.dot = fig.scatter("x", "y", source=self.point, size=14, line_width=2)
        self.texts = fig.text("x", "y", "text", source=self.words, text_align="center",
                              text_baseline="top", text_font_size="12px",
                              text_font=value(FONT))  # fmt: skip

    def _started(self, event: PanStart) -> None:
        self._dragged = (event.sx, event.sy)

    def _turned(self, event: Pan) -> None:
        across, up = event.sx - self._dragged[0], event.sy - self._dragged[1]
        self._dragged = (event.sx, event.sy)
        if self.on_turn:
            self.on_turn(across * DEGREES_A_PIXEL, up * DEGREES_A_PIXEL)

    def update(self, heights: Heights, path: Array, names: tuple[str, str], turn: float,
               tilt: float, theme: str) -> None:  # fmt: skip
        """Draw the surface, and a path (steps, 3) of two parameters and the loss."""
        if self.heights is not heights or self._view != (turn, tilt, theme):
            self.heights, self._view = heights, (turn, tilt, theme)
            self._draw_solid(heights, names)
        self._draw_path(path)
        self._paint(theme)

    def _draw_solid(self, heights: Heights, names: tuple[str, str]) -> None:
        turn, tilt, _ = self._view
        lift = heights.lift(heights.losses)
        self.solid = solid = Solid(np.nan_to_num(lift, nan=1.0), turn, tilt)
        self.fig.y_range.update(start=solid.bottom - 0.28, end=solid.top + 0.02)
        self.image.data = {"image": [solid.picture(solid.lift).astype(np.float32)],
                           "y": [solid.bottom], "dh": [solid.top - solid.bottom]}  # fmt: skip
        self._draw_mesh()
        self._draw_box(names)

    def _draw_mesh(self) -> None:
        """Lines of equal parameters on the surface, where nothing hides them."""
        along, across = np.meshgrid(np.linspace(-1, 1, MESH_POINTS), np.linspace(-1, 1, MESH + 1))
        x, y = np.stack([along, across]), np.stack([across, along])
        _write(self.mesh, *self._strokes(x, y, self.solid.height(x, y), hidden=0.0, seen=0.45))

    def _strokes(self, x: Array, y: Array, height: Array, hidden: float,
                 seen: float) -> tuple[Array, Array]:  # fmt: skip
        """Pieces (n, 4) of the screen along the last axis of points, and how opaque each is."""
        across, up, _ = self.solid.project(x, y, height)
        sight = self.solid.is_visible(x, y, height)
        both = np.where(sight[..., 1:] & sight[..., :-1], seen, hidden)
        ends = (across[..., :-1], up[..., :-1], across[..., 1:], up[..., 1:])
        pieces = np.stack(ends, axis=-1).reshape(-1, 4)
        alpha = both.ravel()
        shown = (alpha > 0) & np.isfinite(pieces).all(axis=1)
        return pieces[shown], alpha[shown]

    def _draw_box(self, names: tuple[str, str]) -> None:
        """The floor's front edges with their uprights, and what runs along each."""
        pieces: list[tuple[float, ...]] = []
        words: list[tuple[float, float, str]] = []
        for k, start in enumerate(CORNERS):
            end = CORNERS[(k + 1) % len(CORNERS)]
            outward = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
            if outward[0] * self.solid.sin + outward[1] * self.solid.cos < 0:
                pieces.append((*self._floor(*start), *self._floor(*end)))
                pieces += [self._upright(*corner) for corner in (start, end)]
                words += self._words(k % 2, outward, names)
        _write(self.edges, np.array(pieces), np.ones(len(pieces)))
        x, y, text = zip(*words, strict=True)
        self.words.data = {"x": x, "y": y, "text": text}

    def _words(
        self, along: int, outward: tuple[float, float], names: tuple[str, str]
    ) -> list[tuple[float, float, str]]:
        """The name of the parameter along an edge, and its least and greatest value."""
        assert self.heights is not None
        axis = (self.heights.x, self.heights.y)[along]
        found = []
        for at, text in ((0.0, names[along]), (-0.8, f"{axis[0]:g}"), (0.8, f"{axis[-1]:g}")):
            x, y = (at if k == along else AWAY * outward[k] for k in (0, 1))
            found.append((*self._floor(x, y), text.replace("-", "−")))
        return found

    def _floor(self, x: float, y: float) -> tuple[float, float]:
        return x * self.solid.cos - y * self.solid.sin, (
            x * self.solid.sin + y * self.solid.cos) * self.solid.slant  # fmt: skip

    def _upright(self, x: float, y: float) -> tuple[float, ...]:
        across, up = self._floor(x, y)
        height = float(self.solid.height(np.array(x), np.array(y)))
        return across, up, across, up + height * self.solid.rise

    def _draw_path(self, path: Array) -> None:
        """Each step at the height of its own loss; what lies behind the surface is pale."""
        h = self.heights
        assert h is not None
        x, y = (_share(path[:, k], axis) for k, axis in enumerate((h.x, h.y)))
        x[(np.abs(x) > 1) | (np.abs(y) > 1)] = np.nan
        height = h.lift(path[:, 2])
        _write(self.path, *self._strokes(x, y, height, hidden=0.25, seen=1.0))
        across, up, _ = self.solid.project(x[-1:], y[-1:], height[-1:])
        self.point.data = {"x": across, "y": up}

    def _paint(self, theme: str) -> None:
        colours = THEMES[theme]
        self.box.glyph.line_color = colours.soft
        self.casing.glyph.line_color = self.dot.glyph.line_color = colours.surface
        self.stroke.glyph.line_color = self.dot.glyph.fill_color = colours.accent
        self.texts.glyph.text_color = colours.soft


def _share(values: Array, axis: Array) -> Array:
    """Where values lie along an axis, from −1 at its start to 1 at its end."""
    return np.asarray(2 * (values - axis[0]) / (axis[-1] - axis[0]) - 1)


def _write(source: ColumnDataSource, pieces: Array, alpha: Array) -> None:
    columns = dict(zip(("x0", "y0", "x1", "y1"), pieces.T, strict=True))
    source.data = {**columns, "alpha": alpha}
