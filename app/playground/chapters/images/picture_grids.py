"""The instruments of C1: the planes as pictures, the numbers around a pixel, those of the pixel."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from app.playground.chapters.images.picture_state import (
    FULL,
    SPACES,
    Picture,
    PictureState,
    planes_of,
)
from app.playground.chapters.images.planes import Plane
from app.playground.figures.tints import as_bytes, rgb_bytes, tinted
from app.playground.views import NumberGrid, Pixels
from app.playground.views.component import Message
from app.playground.views.pixels import Shown
from core.explain import Ref, format_number
from core.explain.pixel import SYMBOLS, pixel_at

Place = tuple[int, int]
ROWS, COLUMNS = 7, 9  # of the numbers around the pixel
GROUPS = [
    ("red", "green", "blue"), ("red_share", "green_share", "blue_share"), ("grey",),
    ("hue", "saturation", "value"), ("cyan", "magenta", "yellow", "black"),
]  # fmt: skip


class PictureGrids:
    """`told` gets each message about a number, and the number; `pixels_told` those of pictures."""

    def __init__(
        self, told: Callable[[Message, Ref], None], pixels_told: Callable[[Message], None]
    ) -> None:
        self.told = told
        self.place: Place = (0, 0)  # the pixel that is shown
        self.pixels = Pixels(pixels_told, label="The picture and its planes")
        self.patch = Plane(told, label="Numbers around the pixel", minimum=0, maximum=255)
        self.pixel = NumberGrid(
            self._pixel_told, label="All numbers of the pixel", decimals=2, compact=True,
            row_labels=["R, G, B", "r, g, b", "grey", "H, S, V", "C, M, Y, K"],
        )  # fmt: skip

    def show(self, picture: Picture, state: PictureState) -> None:
        """Show a picture (3, H, W) and its planes."""
        self.picture, self.planes = picture, planes_of(picture, state.space)
        self.name = SPACES[state.space][state.plane - 1]
        self.can_edit = state.space == "rgb" and not state.shuffled
        saturation = self.planes.get("saturation")
        images = {name: as_bytes(tinted(name, plane, state.in_colour, saturation))
                  for name, plane in self.planes.items()}  # fmt: skip
        self.pixels.show([Shown("Picture", rgb_bytes(picture)),
                          *(Shown(name.capitalize(), rgb_bytes(image))
                            for name, image in images.items())], *picture.shape[1:])  # fmt: skip
        self.pixels.chosen = state.plane

    def look(self, place: Place, lit: set[Ref]) -> None:
        """Show the numbers of a pixel, and those around it."""
        self.place = place
        self._show_patch(place, lit)
        self._show_pixel(lit)

    def _values(self) -> NDArray[np.floating]:
        values = self.planes[self.name] * FULL.get(self.name, 1)
        return np.rint(values) if self.name in SPACES["rgb"] else values

    def _show_patch(self, place: Place, lit: set[Ref]) -> None:
        values = self._values()
        top, left = (max(0, min(i - n // 2, size - n)) for i, n, size in
                     zip(place, (ROWS, COLUMNS), values.shape, strict=True))  # fmt: skip
        window = values[top : top + ROWS, left : left + COLUMNS]
        patch, full = self.patch, FULL.get(self.name, 1)
        patch.show(f"pixel.{self.name}", (), window, full)
        patch.origin, patch.shape = (-top, -left), values.shape
        patch.frame((*place, *place))
        bottom, right = top + len(window) - 1, left + window.shape[1] - 1
        inside = {at for at in lit if at.tensor == patch.tensor
                  and top <= at.index[0] <= bottom and left <= at.index[1] <= right}  # fmt: skip
        patch.light(inside)
        patch.grid.param.update(
            editable=self.can_edit, decimals=0 if full == 255 else 1 if full > 1 else 2,
            row_labels=[str(i + 1) for i in range(top, bottom + 1)],
            column_labels=[str(j + 1) for j in range(left, right + 1)],
        )  # fmt: skip
        patch.paint()
        self.pixels.param.update(cursor=list(place), frame=[top, left, bottom, right])

    def _show_pixel(self, lit: set[Ref]) -> None:
        pixel = pixel_at(self.picture, *self.place)
        rows = [[pixel[name] for name in group] for group in GROUPS]
        self.pixel.values = [row + [None] * (4 - len(row)) for row in rows]
        self.pixel.highlight = [
            [i, j] for i, group in enumerate(GROUPS) for j, name in enumerate(group)
            if Ref(f"pixel.{name}", self.place) in lit
        ]  # fmt: skip
        texts = [f"{SYMBOLS[name]} {format_number(pixel[name], 3)}" for name in self.planes]
        self.pixels.texts = [" ".join(f"{n} {v}" for n, v in self.rgb().items()), *texts]

    def rgb(self) -> dict[str, str]:
        """The three bytes of the pixel that is shown, by their letters."""
        pixel = pixel_at(self.picture, *self.place)
        return {SYMBOLS[name]: f"{pixel[name]:g}" for name in SPACES["rgb"]}

    def _pixel_told(self, message: Message) -> None:
        group, column = GROUPS[int(message["row"])], int(message["column"])
        if column < len(group):
            self.told(message, Ref(f"pixel.{group[column]}", self.place))
