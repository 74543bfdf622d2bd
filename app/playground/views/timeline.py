"""The time line: what there was in which year, to choose from."""

from __future__ import annotations

from typing import ClassVar

import param

from app.playground.views.component import Component, modules, styles


class Timeline(Component):
    """Messages: {type: "choose", key}."""

    label = param.String(doc="What the years hold; the accessible name")
    years = param.List(doc="{year, gap, choices: [{key, label, title}]}; gap: years since the last")
    chosen = param.String(doc="The key that is chosen")

    _esm = modules("element", "timeline")
    _styles: ClassVar[str] = styles("component", "timeline")
