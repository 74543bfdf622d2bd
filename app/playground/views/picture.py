"""A Bokeh figure on the stage."""

from __future__ import annotations

from typing import ClassVar

import panel as pn

from app.playground.views.component import Plain


class Picture(Plain, pn.pane.Bokeh):
    """A figure with no style sheets of its own."""


class Group(Plain, pn.Column):
    """Views below each other; `_styles` lays them out."""

    _styles: ClassVar[str] = ":host { display: block; min-width: 0; }"
