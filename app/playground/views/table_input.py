"""The table input: CSV text, pasted or from a file, with a preview of what was understood."""

from __future__ import annotations

from typing import ClassVar

import param

from app.playground.views.component import Component, modules, styles


class TableInput(Component):
    """Messages: {type: "read", text, name} for a table that was pasted or chosen as a file."""

    text = param.String(doc="What stands in the field at first")
    most = param.Integer(default=20_000_000, doc="Characters that a file may have")
    names = param.List(doc="Names of the columns that were found")
    roles = param.List(doc="What each column is taken for, such as x₁; empty for nothing")
    rows = param.List(doc="The first rows, cells as text")
    caption = param.String(doc="What the preview shows, and how much there is besides")
    error = param.String(doc="What cannot be used, where, and what would be right")
    notes = param.List(doc="Sentences about what was done to the table")

    _esm = modules("element", "table_input")
    _styles: ClassVar[str] = styles("component", "table_input")
