"""The table of picture sizes in C1, and the settings beside the picture."""

from __future__ import annotations

from typing import Any

from app.playground.chapters.base import field
from app.playground.chapters.images.picture_state import SPACES, PictureState
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


def sizes(shown: Size, own: Size) -> dict[str, tuple[str, Size]]:
    """All rows of the table: their names and sizes, by key."""
    return {"shown": ("this picture", shown), **KNOWN, "own": ("of the size set", own)}


def size_rows(shown: Size, own: Size) -> list[dict[str, Any]]:
    return [
        {"key": key, "name": name, "detail": "", "state": "",
         "values": [explain_size(Ref(f"size.{what}", size)).result for what in CELLS]}
        for key, (name, size) in sizes(shown, own).items()
    ]  # fmt: skip


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
