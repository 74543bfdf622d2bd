"""The drawing pad: a square of pixels to draw on, each the number of a colour of a palette."""

from __future__ import annotations

import base64
import binascii
from typing import Any, ClassVar

import param

from app.playground.views.component import Paced, modules, styles

MAX_SIDE = 128


class DrawingPad(Paced):
    """Messages: {type: "draw"}: `cells` are others now.

    Drawn by mouse, finger or pen, or with the arrow keys; every change can be undone.
    """

    label = param.String(default="Drawing", doc="What is drawn on; its accessible name")
    side = param.Integer(default=32, bounds=(1, MAX_SIDE), doc="Pixels along each side")
    palette = param.List(
        default=[{"color": "#000000", "name": "paper"}, {"color": "#ffffff", "name": "ink"}],
        doc="{color, name}; the first is the paper, which also erases",
    )
    brushes = param.List(default=[1, 2, 3], doc="Widths of the brush to choose from, in pixels")
    brush = param.Integer(default=2, doc="The width at the start")
    pixels = param.String(doc="One byte a pixel, row by row from the top, as base64; '' is blank")

    _esm = modules("element", "drawing_pad")
    _styles: ClassVar[str] = styles("component", "drawing_pad")

    @property
    def cells(self) -> bytes:
        """The pixels (side · side), row by row; raises ValueError when the page sent others."""
        if not self.pixels:
            return bytes(self.side**2)
        try:
            cells = base64.b64decode(self.pixels, validate=True)
        except binascii.Error:
            raise ValueError("The drawing could not be read; draw it again.") from None
        if len(cells) != self.side**2 or max(cells) >= len(self.palette):
            raise ValueError(
                f"The drawing does not fit this pad: it takes {self.side} × {self.side} pixels in "
                f"{len(self.palette)} colours."
            )
        return cells

    def show(self, cells: bytes, **params: Any) -> None:
        """Put a drawing on the pad, with other parameters that change along with it."""
        self.param.update(pixels=base64.b64encode(cells).decode(), **params)
