"""A picture of the learner's own: as the page sends it, and as it is kept."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

from app.playground.chapters.images.picture_state import Picture
from app.playground.figures.tints import rgb_bytes
from app.playground.views import PictureInput
from app.playground.views.component import Message


class OwnPicture:
    """The picture (3, H, W), None until one was chosen; the view says what was taken."""

    def __init__(self, view: PictureInput) -> None:
        self.view = view
        self.picture: Picture | None = None

    def take(self, message: Message) -> None:
        """A picture from the page; raises ValueError where it is not whole, and stays as it was."""
        self._set(message)
        height, width = int(message["height"]), int(message["width"])
        was_high, was_wide = (int(size) for size in message["original"])
        smaller = f", made smaller to {height} × {width} so that its pixels can be seen"
        if (was_high, was_wide) == (height, width):
            smaller = ""
        self.view.note = (f"“{message['name']}”: {was_high:,} × {was_wide:,} pixels, "
                          f"{3 * was_high * was_wide:,} numbers{smaller}.")  # fmt: skip

    def _set(self, message: dict[str, Any]) -> None:
        rgb, height, width = self.view.pixels(message)
        self.picture = np.frombuffer(rgb, np.uint8).reshape(height, width, 3).transpose(2, 0, 1)

    def data(self) -> dict[str, Any]:
        """The picture as JSON data, {} when there is none."""
        if self.picture is None:
            return {}
        _, height, width = self.picture.shape
        return {"rgb": base64.b64encode(rgb_bytes(self.picture)).decode(), "height": height,
                "width": width, "note": self.view.note}  # fmt: skip

    def restore(self, data: dict[str, Any]) -> None:
        if data:
            self._set(data)
        else:
            self.picture = None
        self.view.note = str(data.get("note", ""))
