"""What the learner chooses in C1: a picture, how it is taken apart, and a pixel of it."""

from __future__ import annotations

import re

import numpy as np
import param
from numpy.typing import NDArray

from app.playground.figures.tints import as_bytes
from app.playground.state import ChapterState, Integers, Words
from core.data.colour import grey_to_rgb, rgb_to_cmyk, rgb_to_grey, rgb_to_hsv
from core.data.digits import load_digits
from core.data.images import DRAWINGS, MAX_SIDE, draw

Picture = NDArray[np.uint8]
Array = NDArray[np.floating]
PAD = 32  # pixels along each side of the pad
OWN = ("digit", "drawing", "file")
PALETTE = [
    ("#ffffff", "white"), ("#000000", "black"), ("#808080", "grey"), ("#d02020", "red"),
    ("#f08020", "orange"), ("#f0d020", "yellow"), ("#40a040", "green"), ("#20b0c0", "turquoise"),
    ("#2050c0", "blue"), ("#8040a0", "violet"), ("#f0a0b0", "pink"), ("#805030", "brown"),
]  # fmt: skip
SPACES = {
    "rgb": ("red", "green", "blue"), "grey": ("grey",), "hsv": ("hue", "saturation", "value"),
    "cmyk": ("cyan", "magenta", "yellow", "black"),
}  # fmt: skip
FULL = {"red": 255, "green": 255, "blue": 255, "grey": 255, "hue": 360}  # of others it is 1
RUN = re.compile(r"([a-l])(\d*)")
EDIT = r"\d{1,3}\.\d{1,3}\.[0-2]\.\d{1,3}"


class PictureState(ChapterState):
    picture = param.Selector(default="house", objects=[*DRAWINGS, *OWN], label="Picture")
    size = param.Integer(default=32, bounds=(8, 64), label="Side",
                         doc="Pixels along each side, of what is drawn by arithmetic")  # fmt: skip
    digit = param.Integer(default=3, bounds=(0, 9), label="Digit")
    sample = param.Integer(default=1, bounds=(1, 150), label="Hand",
                           doc="Which of the handwritten ones of this digit")  # fmt: skip
    space = param.Selector(default="rgb", objects=list(SPACES), label="Split into")
    plane = param.Integer(default=1, bounds=(1, 4), label="Plane",
                          doc="The plane whose numbers are shown")  # fmt: skip
    in_colour = param.Boolean(default=True, label="Planes in their own colours")
    shuffled = param.Boolean(default=False, label="Shuffle the pixels",
                             doc="The same numbers, at random places")  # fmt: skip
    at = Integers([12, 16], count=(2, 2), limits=(1, MAX_SIDE), label="Pixel")
    drawing = Words([], count=(0, 1), pattern=r"(?:[a-l]\d{0,4})*", label="Drawing",
                    hint="letters from a to l, each a colour, with how many pixels")  # fmt: skip
    typed = Words([], count=(0, 80), pattern=EDIT, label="Typed",
                  hint="row, column, plane and byte, such as 3.4.0.255, joined by ~")  # fmt: skip
    height = param.Integer(default=4320, bounds=(1, 100_000), label="Height")
    width = param.Integer(default=7680, bounds=(1, 100_000), label="Width")
    channels = param.Integer(default=3, bounds=(1, 4), label="Planes")

    ADDRESS = {"picture": "picture", "size": "side", "digit": "digit",  # noqa: RUF012
               "sample": "hand", "space": "in", "plane": "plane", "in_colour": "colour",
               "shuffled": "shuffled", "at": "at", "drawing": "drawing", "typed": "typed",
               "height": "h", "width": "w", "channels": "planes"}  # fmt: skip

    def source(self, loaded: Picture | None) -> Picture:
        """The picture (3, H, W) as bytes, without edits; `loaded` is the learner's own file."""
        if self.picture == "drawing":
            return drawn_picture(self.cells())
        if self.picture == "digit":
            return as_bytes(grey_to_rgb(self._digit()))
        if self.picture == "file" and loaded is not None:
            return loaded
        name = "wheel" if self.picture == "file" else self.picture
        image = draw(name, self.size)
        return as_bytes(image if len(image) == 3 else grey_to_rgb(image))

    def _digit(self) -> Array:
        images, labels = load_digits()
        return images[np.flatnonzero(labels == self.digit)[self.sample - 1]]

    def edited(self, picture: Picture) -> Picture:
        """A picture with what the learner typed into it."""
        made = picture.copy()
        for edit in self.typed:
            row, column, plane, value = map(int, edit.split("."))
            if row <= made.shape[1] and column <= made.shape[2] and min(row, column) > 0:
                made[plane, row - 1, column - 1] = min(value, 255)
        return made

    def with_edit(self, row: int, column: int, plane: int, value: int) -> list[str]:
        """The edits with one more; an earlier one of the same number is replaced."""
        start = f"{row + 1}.{column + 1}.{plane}."
        return [*(edit for edit in self.typed if not edit.startswith(start)), f"{start}{value}"]

    def cells(self) -> bytes:
        """The pixels of the drawing, as numbers of the palette; blank where it does not fit."""
        cells = unpacked(self.drawing[0] if self.drawing else "")
        return cells if len(cells) == PAD**2 else bytes(PAD**2)


def packed(cells: bytes) -> str:
    """A drawing as text: a letter for the colour, and how many pixels have it, unless it is one."""
    changes = np.flatnonzero(np.diff(np.frombuffer(cells, np.uint8))) + 1
    ends = [*changes.tolist(), len(cells)]
    runs = zip([0, *ends], ends, strict=False)
    return "".join(f"{chr(97 + cells[a])}{b - a if b - a > 1 else ''}" for a, b in runs)


def unpacked(text: str) -> bytes:
    parts = RUN.findall(text)
    runs = [(ord(letter) - 97, int(count or 1)) for letter, count in parts]
    if sum(count for _, count in runs) > PAD**2:
        return b""
    return b"".join(bytes([colour]) * count for colour, count in runs)


def drawn_picture(cells: bytes) -> Picture:
    """The numbers of a palette as colours: (3, PAD, PAD)."""
    colours = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c, _ in PALETTE], np.uint8)
    return colours[np.frombuffer(cells, np.uint8).reshape(PAD, PAD)].transpose(2, 0, 1)


def planes_of(picture: Picture, space: str) -> dict[str, Array]:
    """The planes (H, W) of a space by name, each from 0 to 1."""
    share = picture / 255
    convert = {"rgb": lambda image: image, "grey": rgb_to_grey, "hsv": rgb_to_hsv,
               "cmyk": rgb_to_cmyk}[space]  # fmt: skip
    return dict(zip(SPACES[space], convert(share), strict=True))
