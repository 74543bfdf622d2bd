"""The wiring of a cell: wires, operations, and the numbers on them, each of which opens."""

from __future__ import annotations

from typing import ClassVar

import param

from app.playground.views.component import Component, as_text, modules, styles


class Wiring(Component):
    """Messages: {type: "open" | "point" | "leave", key} of a number.

    Places are x in hundredths of the width and y in pixels. A wire is {points: [[x, y], ...],
    kind: "belt" or ""}; a sign is {x, y, text}, in a circle unless it is `plain`; a number is {key,
    x, y, kind: "gate" or "", symbol, value, share, name}: `share` in [−1, 1] tints it, `name` says
    in words what it is; without a value it is not shown, and one with `fixed` does not open.
    """

    label = param.String(doc="What is drawn; its accessible name")
    drop = param.Integer(default=290, doc="The height of the drawing in pixels")
    wires = param.List(doc="The lines, each in the direction in which numbers flow")
    signs = param.List(doc="The operations, in circles")
    numbers_text = param.String(default="[]", doc="The numbers as JSON")
    lit = param.List(doc="Keys of the numbers that are lit")
    backward = param.Boolean(default=False, doc="Whether the arrows are turned around")

    numbers = as_text("numbers_text", "The numbers, in the order of the keyboard")

    _esm = modules("element", "wiring")
    _styles: ClassVar[str] = styles("component", "wiring")
