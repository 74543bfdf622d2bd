"""A recurrent network unfolded along a sequence, a column for each step, or folded to one cell."""

from __future__ import annotations

from typing import ClassVar

import param

from app.playground.views.component import Component, as_text, modules, styles


class Unfolding(Component):
    """Messages: {type: "open" | "point" | "leave", row, step, unit} for a number, with the row's
    key, and {type: "go", step} for a step that was chosen. Step −1 is the state before the first.

    A row is {key, name, weight, scale}: `weight` is written at the arrow that leads up to it,
    `scale` is the absolute value with the full tint. The row with the key "h" is the state, which
    goes on from step to step. A step is {label, boxes}; a box, by the key of its row, is {cells,
    mark} with cells {value, name}, or missing where there is none. A step may have `weights` of
    its own, by row and as "across", to be written at its arrows. Marks: "later" for what is not
    computed yet, "twin", "uncounted", "right", "wrong"; several are joined by blanks.
    """

    label = param.String(doc="What is drawn; its accessible name")
    rows = param.List(doc="From the top down")
    steps_text = param.String(default="[]", doc="The steps as JSON")
    start = param.List(doc="{value, name} of the state before the first step; empty for none")
    across = param.String(doc="Written at the arrows from state to state")
    current = param.Integer(default=0, doc="The step that is looked at")
    folded = param.Boolean(default=False, doc="Only the current step, with a loop")
    lit = param.List(doc="[row, step, unit] of the numbers that are lit")

    steps = as_text("steps_text", "The columns in order")

    _esm = modules("element", "unfolding")
    _styles: ClassVar[str] = styles("component", "unfolding")
