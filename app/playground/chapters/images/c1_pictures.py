"""C1: a picture is numbers: its planes, each pixel opened, and how many numbers there are."""

from __future__ import annotations

from typing import Any

import numpy as np

from app.playground.chapters.base import Instruments
from app.playground.chapters.images.picture_grids import GROUPS, PictureGrids
from app.playground.chapters.images.picture_own import OwnPicture
from app.playground.chapters.images.picture_state import (
    PAD,
    PALETTE,
    SPACES,
    Picture,
    PictureState,
    packed,
)
from app.playground.chapters.images.picture_tables import Size, SizeTable, picture_fields
from app.playground.chapters.walk import WalkingChapter
from app.playground.views import DrawingPad, PictureInput
from app.playground.views.component import Message
from core.data.images import scattered
from core.explain import Explanation, Ref
from core.explain.picture_size import explain_size
from core.explain.pixel import explain_pixel

WALKED = [name for group in GROUPS for name in group]


class Pictures(WalkingChapter):
    id = "c1"
    number = "C1"
    part = "images"
    title = "A picture is numbers"
    summary = "Pixels and planes: RGB, grey, HSV, CMYK, and every number of a pixel opened"
    State = PictureState
    state: PictureState
    pause_s = 0.9
    buttons = (
        {"id": "next", "label": "Next number", "help": "Open the pixel's next number (key .)"},
        {"id": "back", "label": "Back", "help": "Open the number before"},
    )
    lead = """
A picture is a grid of **pixels**, and a pixel of a colour picture is three numbers: how much **red**, **green** and **blue**. Point at
a pixel to see its numbers in every **plane**, click to open one. Draw a picture, or take one of your own.
"""
    notes = """
## Try this

- Point at the sun, then at the sky: [what is yellow](?chapter=c1&at=6~27) is red and green, with little blue.
- [Type 0](?chapter=c1&plane=1&at=12~16) over the red of the roof: click its number twice. What becomes of the colour, its hue and its
  grey?
- [The colour wheel in HSV](?chapter=c1&picture=wheel&in=hsv): the hue goes around, the saturation grows outwards, the value is the same
  everywhere. Then look at [its CMYK](?chapter=c1&picture=wheel&in=cmyk).
- Which looks brightest: pure red, green or blue? [Open the grey](?chapter=c1&picture=wheel&in=grey) of each.
- [A digit of 8 × 8](?chapter=c1&picture=digit) is 64 numbers, and that is all a network gets. Can you still read it in the numbers?
- [Shuffle the pixels](?chapter=c1&shuffled=1). Not one number is lost, but nothing can be seen.

## What is in the numbers, and what is between them

> The structure of a picture is **spatial**: what a number means depends on which are its neighbours. That is why
> [convolutions](?chapter=c2) look at neighbourhoods. *Temporal* structure, of before and after, is for video and sequences.

An 8K picture has 7680 × 4320 pixels and three planes: 99,532,800 numbers. Networks see much smaller ones: AlexNet, 227 × 227.

> HSV and CMYK say nothing new: they are computed from R, G and B, and R, G and B from them. The formula of CMYK is the textbook's; a
> printer's depends on its inks and on the paper.
"""

    def __init__(self, app: Instruments) -> None:
        super().__init__(app)
        self.grids = PictureGrids(self.number_told, self._pixels_told)
        self.sizes = SizeTable(self.number_told)
        palette = [{"color": color, "name": name} for color, name in PALETTE]
        self.pad = DrawingPad(self._drawn, side=PAD, palette=palette, label="Your drawing")
        self.input = PictureInput(self._taken)
        self.own = OwnPicture(self.input)
        self.laid = ""
        self.picture: Picture = self.state.source(None)
        self.trail = [Ref("pixel.red", self.place)]

    # Showing

    def enter(self) -> None:
        self.laid = ""
        self.show_walk()
        self.redraw()

    def apply(self, values: dict[str, Any]) -> None:
        self.take(values)
        if self.state.plane > len(SPACES[self.state.space]):
            self.state.plane = 1
        if self.app.is_open(self):
            self.redraw()

    def redraw(self) -> None:
        self.picture = self.state.edited(self.state.source(self.own.picture))
        if self.state.shuffled:
            self.picture = scattered(self.picture, np.random.default_rng(0))
        self.grids.show(self.picture, self.state)
        if self.pad.cells != self.state.cells():
            self.pad.show(self.state.cells())
        self._lay_out()
        self.app.controls.fields = picture_fields(self.state)
        self.sizes.show(self.shown_size, self.own_size)
        self._keep_trail()
        self.show_trail()
        self.light()

    def _keep_trail(self) -> None:
        """What is opened stays open, at the pixel that is looked at now."""
        if not self.trail or self.trail[0].tensor.startswith("pixel."):
            tensor = self.trail[0].tensor if self.trail else "pixel.red"
            self.trail = [Ref(tensor, self.place)]

    def _lay_out(self) -> None:
        if self.laid == self.state.picture:
            return
        self.laid = self.state.picture
        self.pointed = None  # what was pointed at is no longer there
        grids = self.grids
        patch = (grids.patch.grid, {"title": "Numbers", "text": " ", "name": "patch"})
        above: list[Any] = []
        if self.laid == "drawing":
            above = [(self.pad, {"title": "Draw", "text": "It is seen below at once."}), patch]
        elif self.laid == "file":
            above = [(self.input, {"title": "Your own picture", "text": "", "wide": True})]
        self.app.stage.put(
            *above,
            (grids.pixels, {"title": "The picture", "text": " ", "wide": True, "name": "picture"}),
            *([patch] if patch not in above else []),
            (grids.pixel, {"title": "The pixel", "text": "Everything comes from R, G and B."}),
            (self.sizes.table, {"title": "How many numbers?", "wide": True,
                                "text": "Click a number to see where it comes from."}),
        )  # fmt: skip

    @property
    def shown_size(self) -> Size:
        """Height, width and planes; a grey picture needs one."""
        _, height, width = self.picture.shape
        return height, width, 1 if self.is_grey else 3

    @property
    def is_grey(self) -> bool:
        return bool((self.picture == self.picture[:1]).all())

    @property
    def own_size(self) -> Size:
        return self.state.height, self.state.width, self.state.channels

    @property
    def place(self) -> tuple[int, int]:
        """The pixel that is opened."""
        _, height, width = self.picture.shape
        return min(self.state.at[0], height) - 1, min(self.state.at[1], width) - 1

    # The pixel

    def light(self) -> None:
        """Show the numbers of the pixel that is pointed at, or else of the opened one."""
        at = self.pointed
        row, column = at.index if at and at.tensor.startswith("pixel.") else self.place
        lit = self.lit()
        self.grids.look((row, column), lit)
        self.sizes.light(lit)
        self._say(row, column)

    def _say(self, row: int, column: int) -> None:
        height, width, planes = self.shown_size
        numbers = f"{height} × {width} pixels in {planes} plane{'s' * (planes > 1)}"
        edit = " Click twice to type." if self.grids.can_edit else ""
        texts = {
            "picture": f"{numbers}: {height * width * planes:,} numbers. {self._what()}",
            "patch": f"Of the plane {self.grids.name}, around row {row + 1}, column {column + 1}."
                     f"{edit}",
        }  # fmt: skip
        self.app.stage.blocks = [
            block | {"text": texts.get(block.get("name", ""), block["text"])}
            for block in self.app.stage.blocks
        ]
        self.app.transport.counters = [
            {"label": "row, column", "value": f"{row + 1}, {column + 1}"},
            {"label": "R, G, B", "value": ", ".join(self.grids.rgb().values())},
        ]

    def _what(self) -> str:
        """What is odd about the picture, if anything."""
        if self.state.picture == "file" and self.own.picture is None:
            return "This is the colour wheel, until you choose a picture of your own."
        if not self.picture.any():
            return "Black all over: every one is 0, and it has neither hue nor saturation."
        if self.state.shuffled:
            return "The same numbers as before, at random places."
        if self.is_grey:
            return "Red, green and blue are the same, so one plane says it all."
        return "The frame is around the numbers below."

    # What the learner does

    def explanation(self, ref: Ref) -> Explanation:
        if ref.tensor.startswith("size."):
            return explain_size(ref)
        return explain_pixel(self.picture, ref)

    def _pixels_told(self, message: Message) -> None:
        index, place = int(message["index"]), (int(message["row"]), int(message["column"]))
        if message["type"] == "open" and index and index != self.state.plane:
            self.apply({"plane": index})
        self.number_told(message, Ref(f"pixel.{self.grids.name}", place))

    def opened(self) -> None:
        first = self.trail[0]
        if first.tensor.startswith("pixel."):
            self.state.apply({"at": [first.index[0] + 1, first.index[1] + 1]})
        self.write_address()
        super().opened()

    def edit(self, ref: Ref, value: float) -> None:
        if not (ref.tensor.startswith("pixel.") and self.grids.can_edit):
            return
        plane, (row, column) = SPACES["rgb"].index(self.grids.name), ref.index
        typed = self.state.with_edit(row, column, plane, round(value))
        if len(typed) > self.state.param.typed.bounds[1]:
            self.app.say_error("No more typed numbers fit into the address: press Reset first.")
        else:
            self.apply({"typed": typed})

    def controlled(self, message: Message) -> None:
        name = message["name"]
        if name in ("row", "column"):
            at = list(self.state.at)
            at[name == "column"] = int(message["value"])
            self.apply({"at": at})
            return
        values = {name: message["value"]}
        if name == "picture":
            values["typed"] = []
        self.apply(values)

    def reset(self) -> None:
        self.laid = ""
        self.trail = []
        super().reset()

    def advance(self, by: int = 1) -> bool:
        """Open the pixel's next number; tell whether there are more."""
        now = self.trail[0].tensor.removeprefix("pixel.") if self.trail else ""
        at = WALKED.index(now) + by if now in WALKED else 0
        at = min(max(at, 0), len(WALKED) - 1)
        self.open(Ref(f"pixel.{WALKED[at]}", self.place))
        return at < len(WALKED) - 1

    # Pictures of the learner's own

    def _drawn(self, message: Message) -> None:
        try:
            cells = self.pad.cells
        except ValueError as error:
            self.app.say_error(str(error))
            return
        self.apply({"drawing": [packed(cells)], "typed": []})
        self.write_address()

    def _taken(self, message: Message) -> None:
        self.past.will()
        try:
            self.own.take(message)
        except ValueError as error:
            self.app.say_error(str(error))
            return
        self.apply({"picture": "file", "typed": []})
        self.write_address()
        self.app.save()

    def checkpoint(self) -> dict[str, Any]:
        return self.own.data()

    def restore(self, data: dict[str, Any]) -> None:
        self.own.restore(data)
        if self.app.is_open(self):
            self.redraw()

    def bring_back(self, kept: dict[str, Any]) -> None:
        """Also that there was none."""
        if kept != self.own.data():
            self.restore(kept)


CHAPTER = Pictures
