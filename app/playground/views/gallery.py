"""The gallery: small pictures of one plane side by side, each with a name and a few words."""

from __future__ import annotations

from typing import ClassVar

import param

from app.playground.views.component import Component, modules, styles


class Gallery(Component):
    """Messages: {type: "open", index} for a picture that was chosen."""

    label = param.String(doc="What the pictures are, for screen readers")
    palette = param.List(doc="Colours that the pixels are numbers of")
    points = param.List(doc="{x, y, color} drawn upon every picture; x and y from 0 to 1")
    items = param.List(doc="{label, text, size, pixels}: rows of pixels from the lowest up, one "
                           "byte each, or red, green and blue, as base64; blank while there is no "
                           "picture")  # fmt: skip
    crisp = param.Boolean(default=False, doc="Whether pixels keep their edges when enlarged")
    large = param.Boolean(default=False, doc="Whether few pictures are to be seen large")
    chosen = param.Integer(default=-1, doc="Which picture is chosen; -1 for none")

    _esm = modules("element", "gallery")
    _styles: ClassVar[str] = styles("component", "gallery")
