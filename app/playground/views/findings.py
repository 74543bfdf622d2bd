"""The findings: what the detectors say is wrong, in words, with what usually helps."""

from __future__ import annotations

from typing import ClassVar

import param

from app.playground.views.component import Component, modules, styles


class Findings(Component):
    """Shows; sends nothing."""

    items = param.List(doc="{title, seen, remedy}, the worst first")
    empty = param.String(default="Nothing is wrong that the detectors know of.",
                         doc="Said when there are no items")  # fmt: skip

    _esm = modules("element", "findings")
    _styles: ClassVar[str] = styles("component", "findings")
