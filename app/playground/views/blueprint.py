"""The blueprint: an architecture drawn from its description, one box a layer."""

from __future__ import annotations

from typing import ClassVar

import param

from app.playground.views.component import Component, as_text, modules, styles


class Blueprint(Component):
    """Messages: {type: "choose", path}.

    `parts` is a chain of units {path, kind, letter, text, below, width, height, state, label,
    strips} with strips {path, kind, letter, state}, and of blocks {path, kind, merge, below,
    state, label, branches, strips} whose branches are chains; an empty one is a skip. Sizes are in
    pixels.
    """

    label = param.String(doc="What is drawn; its accessible name")
    parts_text = param.String(default="[]", doc="The parts as JSON")
    start = param.String(doc="What goes into the first of them")
    legend = param.List(doc="{kind, letter, text} of the kinds that occur")
    chosen = param.String(doc="The path of the layer that is chosen")
    lit = param.List(doc="Paths of the layers that are lit")

    parts = as_text("parts_text", "The chain of units and blocks")

    _esm = modules("element", "blueprint")
    _styles: ClassVar[str] = styles("component", "blueprint")
