"""Points that the learner paints on the plane, by pointer or by keyboard, each with its class."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.playground.chapters.neurons.mlp_state import (
    MAX_CLASSES,
    MAX_PAINTED,
    PAINTED,
    PlaygroundState,
)
from app.playground.figures.plane import PlanePicture, class_colours
from app.playground.views import Painter
from app.playground.views.component import Message
from core.data.own import read_points, write_points
from core.data.toys import DOMAIN

Array = NDArray[np.floating]
Labels = NDArray[np.int64]
ERASER = MAX_CLASSES  # the brush behind those of the classes
NEAR = 0.75  # how far the eraser reaches
HOW = "Click into the picture above, or focus the dashed field and use the keyboard."


class Painting:
    """The painter and the cross in the picture; `change` is told what points there
    are to be."""

    def __init__(self, plane: PlanePicture, change: Callable[[str], None]) -> None:
        self.plane, self.change = plane, change
        self.view = Painter(self._told, clear="Start over with two points", reach=DOMAIN)
        plane.on_tap = self._tapped
        self.is_open = self.has_focus = False
        self.place = np.zeros(2)  # the keyboard's

    def show(self, state: PlaygroundState) -> None:
        """Follow the state; the painter is open only where the points are painted ones."""
        self.is_open = state.data == "painted"
        self.text = state.points
        self._cross()
        if not self.is_open:
            return
        labels = read_points(self.text)[1]
        count = max(int(labels.max()) + 1, 2)
        colours = [class_colours(np.array([k]), count if k < count else MAX_CLASSES)[0]
                   for k in range(MAX_CLASSES)]  # fmt: skip
        brushes = [{"label": f"class {k + 1}", "color": c} for k, c in enumerate(colours)]
        self.view.brushes = [*brushes, {"label": "eraser", "color": ""}]

    def said(self) -> str:
        """What there is, for the block's title."""
        labels = read_points(self.text)[1]
        found = np.unique(labels)
        lone = ("" if len(found) > 1 else
                f" All are of class {found[0] + 1}: paint another class, or there is nothing to "
                "tell apart.")  # fmt: skip
        points = "point" if len(labels) == 1 else "points"
        return f"{HOW} {len(labels)} {points}, all in the link; up to {MAX_PAINTED} fit.{lone}"

    # What the learner does

    def _told(self, message: Message) -> None:
        kind = message["type"]
        if kind == "brush":
            self.view.brush = int(message["index"])
        elif kind == "clear":
            self._become(*read_points(PAINTED), "Two points are left, one of each class.")
        elif kind in ("focus", "blur"):
            self.has_focus = kind == "focus"
            self._cross()
        else:
            place = np.clip([float(message["x"]), float(message["y"])], -DOMAIN, DOMAIN)
            self.place = place  # not told to the view, which has moved on already
            self._cross()
            if kind in ("paint", "erase"):
                self._dab(place, kind == "erase" or self.view.brush == ERASER)

    def _tapped(self, x: float, y: float) -> None:
        if self.is_open and max(abs(x), abs(y)) <= DOMAIN:
            self._dab(np.array([x, y]), self.view.brush == ERASER)

    def _cross(self) -> None:
        shown = self.is_open and self.has_focus
        self.plane.cross(np.array([self.place] if shown else []).reshape(-1, 2))

    def _dab(self, place: Array, erases: bool) -> None:
        points, labels = read_points(self.text)
        if erases:
            self._erase(place, points, labels)
        elif len(points) >= MAX_PAINTED:
            self.view.said = (f"There are {MAX_PAINTED} points, and a link can carry no more. "
                              "Erase some, or bring a table.")  # fmt: skip
        else:
            self._become(np.vstack([points, place]), np.append(labels, self.view.brush),
                         f"Class {self.view.brush + 1} at {_written(place)}.")  # fmt: skip

    def _erase(self, place: Array, points: Array, labels: Labels) -> None:
        distance = np.hypot(*(points - place).T)
        nearest = int(distance.argmin())
        if distance[nearest] > NEAR:
            self.view.said = f"There is no point near {_written(place)}."
        elif len(points) == 1:
            self.view.said = "One point must stay; paint another first."
        else:
            self._become(np.delete(points, nearest, 0), np.delete(labels, nearest),
                         f"The point at {_written(points[nearest])} is gone.")  # fmt: skip

    def _become(self, points: Array, labels: Labels, said: str) -> None:
        self.change(write_points(points, labels))
        self.view.said = said


def _written(place: Array) -> str:
    return f"({', '.join(f'{x:.2f}' for x in place)})".replace("-", "−")


def painted_from(samples: Any) -> str:
    """The points of another data set of classes on the plane, to paint on; the given two where they
    are of another kind, or too many."""
    if samples.is_regression or samples.points.shape[1] != 2 or len(samples.points) > MAX_PAINTED:
        return PAINTED
    return write_points(samples.points, samples.targets)
