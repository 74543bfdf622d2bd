"""The bridge: what the page knows and Python must learn, and the other way round."""

from __future__ import annotations

from typing import ClassVar

import param

from app.playground.views.component import HERE, Component, styles


class Bridge(Component):
    """Invisible. Messages: {type: "navigate", query} when the learner follows a link, {type: "key",
    key} for a shortcut pressed anywhere in the page, and {type: "gesture"} when the learner begins
    something that one undo will take back."""

    query = param.String(doc="The query string that the app began with")
    arrivals = param.Integer(default=0, doc="How many of the links followed since have been opened")
    theme = param.Selector(default="light", objects=["light", "dark"], doc="As the page shows it")
    address = param.String(doc="The query string that describes what is shown, set by Python")
    notices = param.List(doc="{level: 'error' or 'info', text}: shown above the chapter")
    announcement = param.String(doc="Spoken by screen readers")
    checkpoint = param.String(doc="All that would be lost with Python, kept by the page")
    kept = param.String(doc="Where a network trains elsewhere, kept by the tab; blank for nowhere")

    _esm = HERE / "bridge.mjs"
    _styles: ClassVar[str] = styles("component")
