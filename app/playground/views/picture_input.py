"""The learner's own picture: a file, or what is in the clipboard."""

from __future__ import annotations

import base64
import binascii
from typing import ClassVar

import param

from app.playground.views.component import Component, Message, modules, styles


class PictureInput(Component):
    """Messages: {type: "picture", name, height, width, original: [height, width], rgb}: three bytes
    a pixel, row by row, as base64.

    PNG and JPEG, decoded by the page, which first looks at what the file says of itself: too many
    pixels, several pictures in one, inks, or what is cut off or no picture is refused in words. A
    picture with a side above `side` is made smaller. The file is never sent anywhere.
    """

    side = param.Integer(default=64, doc="The most pixels along a side")
    note = param.String(doc="What is said of the picture that was taken")

    _esm = modules("element", "picture_input")
    _styles: ClassVar[str] = styles("component", "picture_input")

    def pixels(self, message: Message) -> tuple[bytes, int, int]:
        """The bytes of a picture (height, width, 3), height and width; raises ValueError where they
        do not fit together."""
        height, width = int(message["height"]), int(message["width"])
        try:
            rgb = base64.b64decode(message["rgb"], validate=True)
        except binascii.Error:
            rgb = b""
        if not (0 < min(height, width) <= max(height, width) <= self.side
                and len(rgb) == 3 * height * width):  # fmt: skip
            raise ValueError(
                "The picture did not arrive whole. Nothing was changed; choose it again."
            )
        return rgb, height, width
