"""The painter: a choice of classes to paint with, and a pad from which the keyboard paints."""

from __future__ import annotations

from typing import ClassVar

import param

from app.playground.views.component import Component, modules, styles


class Painter(Component):
    """Messages: {type: "brush", index}, {type: "move", x, y} for the keyboard's place, {type:
    "paint" | "erase", x, y} at it, {type: "focus" | "blur"}, and {type: "clear"}."""

    brushes = param.List(doc="{label, color} of each; a brush without a colour erases")
    brush = param.Integer(default=0, doc="Which is chosen")
    place = param.List(default=[0.0, 0.0], doc="x and y of the keyboard's place")
    reach = param.Number(default=6.0, doc="The plane goes so far each way")
    clear = param.String(default="Clear", doc="What the button that clears does, in words")
    said = param.String(doc="What was done last; spoken, too")

    _esm = modules("element", "painter")
    _styles: ClassVar[str] = styles("component", "painter")
