"""The table of picture sizes in C1, and the settings beside the picture."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.playground.chapters.base import field
from app.playground.chapters.images.picture_state import SPACES, PictureState
from app.playground.views import Table
from app.playground.views.component import Message
from core.data.images import DRAWINGS
from core.explain import Ref
from core.explain.picture_size import explain_size

Size = tuple[int, int, int]  # height, width, planes
COLUMNS = [
    {"label": "height", "kind": "whole"}, {"label": "width", "kind": "whole"},
    {"label": "planes", "kind": "whole"}, {"label": "numbers", "kind": "whole"},
    {"label": "as bytes", "kind": "bytes"}, {"label": "in a network", "kind": "bytes"},
]  # fmt: skip
CELLS = ("height", "width", "planes", "numbers", "bytes", "floats")
KNOWN: dict[str, tuple[str, Size]] = {
    "digit": ("a digit, as here", (8, 8, 1)), "mnist": ("a digit of MNIST", (28, 28, 1)),
    "imagenet": ("what AlexNet sees", (227, 227, 3)), "hd": ("Full HD", (1080, 1920, 3)),
    "uhd": ("4K", (2160, 3840, 3)), "8k": ("8K", (4320, 7680, 3)),
}  # fmt: skip
NAMES = {"rgb": "RGB, three lights", "grey": "grey alone", "hsv": "HSV, hue first",
         "cmyk": "CMYK, four inks"}  # fmt: skip
PICTURES = [
    *({"value": key, "label": drawing.label} for key, drawing in DRAWINGS.items()),
    {"value": "digit", "label": "A handwritten digit"},
    {"value": "drawing", "label": "My own drawing"},
    {"value": "file", "label": "My own picture file"},
]


class SizeTable:
    """`told` gets each message about a number of a picture's size, and the number."""

    def __init__(self, told: Callable[[Message, Ref], None]) -> None:
        self.told = told
        self.table = Table(self._table_told, label="How many numbers", name_label="picture",
                           columns=COLUMNS)  # fmt: skip
        self.sizes: dict[str, tuple[str, Size]] = {}  # the names and sizes of the rows, by key

    def show(self, shown: Size, own: Size) -> None:
        """The picture that is shown, well-known ones, and one of a size that the learner sets."""
        self.sizes = {"shown": ("this picture", shown), **KNOWN, "own": ("of the size set", own)}
        self.table.rows = [
            {"key": key, "name": name, "detail": "", "state": "",
             "values": [explain_size(Ref(f"size.{what}", size)).result for what in CELLS]}
            for key, (name, size) in self.sizes.items()
        ]  # fmt: skip

    def light(self, lit: set[Ref]) -> None:
        keys = {size: key for key, (_, size) in self.sizes.items()}
        self.table.highlight = [
            [keys[at.index], CELLS.index(at.tensor.removeprefix("size."))]
            for at in lit if at.tensor.startswith("size.") and at.index in keys
        ]  # fmt: skip

    def _table_told(self, message: Message) -> None:
        if message["type"] == "choose":
            return
        _, size = self.sizes[message["row"]]
        self.told(message, Ref(f"size.{CELLS[int(message['column'])]}", size))


def picture_fields(state: PictureState) -> list[dict[str, Any]]:
    """The settings that matter for the picture that is chosen."""
    shown = "Shown"
    planes = SPACES[state.space]
    return [
        field(state, "picture", "select", "Picture", options=PICTURES),
        *_of_picture(state),
        field(state, "shuffled", "switch", "Picture"),
        field(state, "space", "select", shown,
              options=[{"value": key, "label": NAMES[key]} for key in SPACES]),
        field(state, "plane", "select", shown,
              options=[{"value": i + 1, "label": name} for i, name in enumerate(planes)]),
        field(state, "in_colour", "switch", shown),
        {"name": "row", "label": "Row", "kind": "integer", "value": state.at[0], "min": 1,
         "max": 128, "group": "Pixel", "help": "Of the pixel that is opened"},
        {"name": "column", "label": "Column", "kind": "integer", "value": state.at[1], "min": 1,
         "max": 128, "group": "Pixel", "help": "Of the pixel that is opened"},
        *(field(state, name, "integer", "A size of your own", scale=scale)
          for name, scale in (("height", "log"), ("width", "log"), ("channels", "linear"))),
    ]  # fmt: skip


def _of_picture(state: PictureState) -> list[dict[str, Any]]:
    if state.picture == "digit":
        return [field(state, name, "integer", "Picture") for name in ("digit", "sample")]
    return [field(state, "size", "integer", "Picture")] if state.picture in DRAWINGS else []
