"""A Bokeh figure on the stage."""

from __future__ import annotations

from typing import ClassVar

import panel as pn
from bokeh.model import Model

from app.playground.views.component import Plain


class Picture(Plain, pn.pane.Bokeh):
    """A figure with no style sheets of its own. Off the stage it keeps what it answers to, which
    Panel would take from it for good."""

    def _cleanup(self, root: Model | None = None) -> None:
        figure = self.object
        kept = figure._callbacks, figure._event_callbacks
        super()._cleanup(root)
        figure._callbacks, figure._event_callbacks = kept


class Group(Plain, pn.Column):
    """Views below each other; `_styles` lays them out."""

    _styles: ClassVar[str] = ":host { display: block; min-width: 0; }"
