"""Pixels: pictures of one size beside each other, and one cursor in all of them."""

from __future__ import annotations

import base64
import json
from typing import ClassVar, NamedTuple

import param

from app.playground.views.component import Paced, modules, styles


class Shown(NamedTuple):
    """A picture: its name, and three bytes a pixel, row by row from the top."""

    name: str
    rgb: bytes


class Pixels(Paced):
    """Messages: {type: "point" | "leave" | "open", index, row, column}, with the number of the
    picture. Arrow keys point, Enter opens.

    The first picture is the large one, unless it is the only one of its kind; `texts` say of each
    what it has at the cursor.
    """

    label = param.String(doc="What the pictures are, for screen readers")
    rows = param.Integer(default=1, doc="Rows of pixels in each picture")
    columns = param.Integer(default=1, doc="Columns of pixels in each picture")
    pictures_text = param.String(default="[]", doc="{name, rgb as base64} of each picture, as JSON")
    texts = param.List(doc="For each picture, what it has at the cursor")
    cursor = param.List(default=[0, 0], doc="[row, column] that is marked in every picture")
    frame = param.List(doc="[top, left, bottom, right] of the pixels with a frame, or empty")
    chosen = param.Integer(default=0, doc="The picture that is looked at")

    _esm = modules("element", "pixels")
    _styles: ClassVar[str] = styles("component", "pixels")

    def show(self, shown: list[Shown], rows: int, columns: int) -> None:
        """Show other pictures (rows, columns)."""
        pictures = [{"name": one.name, "rgb": base64.b64encode(one.rgb).decode()} for one in shown]
        self.param.update(pictures_text=json.dumps(pictures), rows=rows, columns=columns)
