"""Actions: a row of buttons for what is shown beside them."""

from __future__ import annotations

from typing import ClassVar

import param

from app.playground.views.component import HERE, Component, styles


class Actions(Component):
    """Messages: {type: "press", id}. A button that is `off` says why it cannot be pressed, and
    keeps the focus."""

    label = param.String(doc="What the buttons are for; their accessible name")
    buttons = param.List(doc="{id, label, help, off: why it cannot be pressed, or blank}")

    _esm = HERE / "actions.mjs"
    _styles: ClassVar[str] = styles("component", "actions")
