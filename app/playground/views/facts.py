"""Facts: terms, and what is to be said of each."""

from __future__ import annotations

from typing import ClassVar

import param

from app.playground.views.component import Component, modules, styles


class Facts(Component):
    """Shows; sends nothing."""

    items = param.List(doc="{term, text} in order; the text is a link where there is an href, the "
                           "address of a chapter")  # fmt: skip

    _esm = modules("element", "facts")
    _styles: ClassVar[str] = styles("component", "facts")
