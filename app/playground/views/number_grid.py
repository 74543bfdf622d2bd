"""The number grid: any vector, matrix or image as cells with their values."""

from __future__ import annotations

from typing import ClassVar

import param

from app.playground.views.component import HERE, Component, styles


class NumberGrid(Component):
    """Messages: {type, row, column}, where type is "open", "point", "leave" (the pointer has
    left), or "edit", which also has a `value`, and its `text` as it was typed."""

    label = param.String(doc="What the grid shows; its accessible name")
    values = param.List(doc="Rows of numbers; 'NaN', '∞' and '−∞' stand for what JSON cannot "
                            "say, '' for one to be filled, None for no cell")  # fmt: skip
    row_labels = param.List(doc="One for each row, or empty")
    column_labels = param.List(doc="One for each column, or empty")
    editable = param.Boolean(default=False, doc="Whether the learner may type into cells")
    locked = param.Dict(default={}, doc="{rows: [...], columns: [...]}: of an editable grid, those "
                                        "that cannot be typed into")  # fmt: skip
    highlight = param.List(doc="[row, column] of the cells that are lit")
    marks = param.Dict(default={}, doc="By 'row,column', words: 'right' or 'wrong'; 'padding', "
                       "which cannot be edited; 'dropped' and 'resting' (hatched); 'won', "
                       "'changed'")  # fmt: skip
    compact = param.Boolean(default=False, doc="Small square cells, for images")
    captions = param.Dict(default={}, doc="By 'row,column': a few characters in the cell's corner")
    windows = param.List(doc="[top, left, bottom, right] of the cells that a frame is drawn around")
    decimals = param.Integer(default=3, bounds=(0, 10), doc="Digits shown behind the point")
    scale = param.Number(default=0, doc="The absolute value with the full tint; 0 for no tint")
    minimum = param.Number(default=-100, doc="The least value that may be typed")
    maximum = param.Number(default=100, doc="The greatest value that may be typed")
    error = param.String(doc="What was wrong with the last value, shown below the grid")

    _esm = HERE / "number_grid.mjs"
    _styles: ClassVar[str] = styles("component", "number_grid")
