"""A table of words and numbers as texts, with marks: sortable by every column, explained below."""

from __future__ import annotations

from typing import ClassVar

import param

from app.playground.views.component import Component, as_text, modules, styles


class WordTable(Component):
    """Messages: {type: "open", row, column} for a cell that opens; rows count as given, not as
    sorted.

    A cell is {text} and may have `sort`, the number it is sorted by; `opens`; and `mark`, one of
    "agrees", "disagrees", "unknown", which is shown and spoken. A blank text stays blank.
    """

    label = param.String(doc="What the table is, for screen readers")
    columns = param.List(doc="{label, help, numeric}; the first column has the rows' names")
    rows_text = param.String(default="[]", doc="The rows as JSON")

    rows = as_text("rows_text", "For each row its cells, in the order of the columns")

    _esm = modules("element", "word_table")
    _styles: ClassVar[str] = styles("component", "word_table")
