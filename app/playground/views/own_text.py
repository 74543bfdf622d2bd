"""The learner's own text: pasted, opened from a file, or dropped."""

from __future__ import annotations

from typing import ClassVar

import param

from app.playground.views.component import Component, modules, styles


class OwnText(Component):
    """Messages: {type: "text", text, name} for another text, {type: "default"} for the one that
    comes with the page. It stays with the Python beside the page."""

    used = param.String(doc="Which text is used, in a sentence")
    notice = param.String(doc="What was done to it, such as that only a part is used")
    error = param.String(doc="What was wrong with the last text")
    default_label = param.String(default="Back to the sonnets", doc="What leads back")
    max_bytes = param.Integer(default=12_000_000, doc="Files beyond it are not read")

    _esm = modules("element", "own_text")
    _styles: ClassVar[str] = styles("component", "own_text")
