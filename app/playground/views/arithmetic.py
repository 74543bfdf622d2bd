"""The arithmetic panel: one opened number, and the way down to what it was computed from."""

from __future__ import annotations

from typing import ClassVar

import param

from app.playground.views.component import Component, modules, styles


class Arithmetic(Component):
    """Messages: {type: "open", ref} for a number to open, {type: "back", index} for the trail."""

    asked = param.Integer(default=0, doc="Counts how often the learner asked to open a number")
    trail = param.List(doc="Explanations as dictionaries, the last one shown; see core.explain")

    _esm = modules("element", "arithmetic")
    _styles: ClassVar[str] = styles("component", "arithmetic")
