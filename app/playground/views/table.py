"""The table: rows of named numbers side by side, sorted by any column."""

from __future__ import annotations

from typing import ClassVar

import param

from app.playground.views.component import Component, as_text, modules, styles


class Table(Component):
    """Messages: {type: "choose", row} for a row's name, and {type: "open" | "point" | "leave",
    row, column} for a number, with the row's key and the column's index.

    A column is {label, kind}: "whole" groups thousands, "decimal" has four digits, "bytes" and
    "percent" round, "text" stays as it is. A row is {key, name, detail, values, depth, state}:
    `detail` stands behind the name, `depth` indents it, `state` is "", "edited", "removed",
    "failed" or "unknown". A value of None is not known, one of "" does not exist.
    """

    label = param.String(doc="What the table shows; its accessible name")
    name_label = param.String(default="layer", doc="What the rows are")
    columns = param.List(doc="{label, kind} of each column but the first")
    rows_text = param.String(default="[]", doc="The rows as JSON")
    chosen = param.String(doc="The key of the row that is chosen")
    highlight = param.List(doc="[key, column] of the numbers that are lit")

    rows = as_text("rows_text", "The rows in their own order, to which the first column sorts")

    _esm = modules("element", "table")
    _styles: ClassVar[str] = styles("component", "table")
