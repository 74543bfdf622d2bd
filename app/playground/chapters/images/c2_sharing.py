"""C2: dense against convolutional: what each costs, and which follows when the picture moves."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from app.playground.chapters.base import Instruments, field
from app.playground.chapters.images.sharing_state import (
    KERNEL,
    MAP,
    MAX_SIDE,
    REACH,
    Moving,
    SharingState,
)
from app.playground.chapters.walk import WalkingChapter
from app.playground.figures.growth import GrowthPicture
from app.playground.figures.maps import MapPicture
from app.playground.views import NumberGrid, Picture, Table
from app.playground.views.component import Message
from core.comparison import WAYS, Comparison, explain_misfit
from core.explain import Explanation, Ref, explain, format_number
from core.explain.costs import explain_cost
from core.spec import written

EXACT = 1e-9  # what rounding may add up to
WHATS = ("parameters", "multiply_adds")
COLUMNS = [{"label": "parameters", "kind": "whole"}, {"label": "multiply-adds", "kind": "whole"}]
NAMES = {"dense": "dense", "local": "local, not shared", "conv": "convolution"}
MOVED = ("conv", "dense")


class Sharing(WalkingChapter):
    id = "c2"
    number = "C2"
    part = "images"
    title = "Why convolution"
    summary = "Dense against convolutional: parameters, products, and what a move does to each"
    State = SharingState
    state: SharingState
    play_label = "Move"
    pause_s = 0.35
    buttons = (
        {"id": "next", "label": "One pixel", "help": "Move the picture on by one (key .)"},
    )
    lead = """
A dense layer gives every output a weight for **every pixel**. A convolution looks at a small window only (**locality**), with the same
kernel at every position (**shared weights**). Compare the costs, then move the picture, and see which of them follows.
"""
    notes = """
## Try this

- Open the two numbers of the start: [2,712,960 parameters against 156](?chapter=c2), for the same input and output.
- Make the picture larger. The dense layer grows with the fourth power of the side, the convolution not at all: its size does
  not depend on the picture's.
- Compare *local, not shared* with the convolution. They take the same products; sharing saves parameters, locality
  saves both.
- Move the digit by three pixels. Every value of the convolution's map has moved by three as well; the dense layer's outputs have nothing
  to do with those before.

## What follows from it

A detector that the convolution learns at one place works at all places. The dense layer would have to learn it again
at each. In return, a convolution cannot treat one place unlike another; that is left to the dense layers at the end of a network.

> The structure that is used here is *spatial*: which pixels are neighbours. Images have no temporal structure; that is for video
> and sequences.

> The map follows the move, which is called *equivariance*. It is not *invariance*: the output does change, it moves. Pools, and the
> layers that come later, make the answer invariant, approximately.
"""

    def __init__(self, app: Instruments) -> None:
        super().__init__(app)
        self.costs = Table(self._cost_told, label="Costs", columns=COLUMNS, name_label="layer")
        self.growth = GrowthPicture("growth", "side of the picture", "parameters", WAYS)
        self.input = MapPicture("input", signed=False)
        self.maps = {way: MapPicture(f"map-{way}", signed=True) for way in MOVED}
        for way, picture in self.maps.items():
            picture.on_tap = lambda row, column, way=way: self._tapped(way, row, column)
        self.unit = NumberGrid(self._unit_told, label="One unit", decimals=4, scale=1.0,
                               row_labels=["convolution", "dense"],
                               column_labels=["before", "after", "off by"])  # fmt: skip
        maps = [Picture(picture.fig) for picture in (self.input, *self.maps.values())]
        self.pictures = [Picture(self.growth.fig), *maps]
        self.opened_in = "dense"  # a way whose costs are opened, or a trace such as conv0
        self.trail = [Ref("layers.1.parameters")]
        self.compared: Comparison = self.state.comparison()
        self.moving = Moving(self.state.seed)

    # Showing

    def enter(self) -> None:
        growth, picture, conv, dense = self.pictures
        self.app.stage.put(
            (self.costs, {"title": "The same input and output", "text": " "}),
            (growth, {"title": "As the picture grows", "text": " "}),
            (picture, {"title": "The picture, moved", "text": " "}),
            (conv, {"title": "Map of the convolution", "text": " "}),
            (dense, {"title": "Outputs of the dense layer", "text": " "}),
            (self.unit, {"title": "One unit, before and after", "text": " "}),
        )  # fmt: skip
        self.show_walk()
        self.redraw()

    def apply(self, values: dict[str, Any]) -> None:
        """Sizes that cannot be change nothing."""
        with self.trying(values):
            self.compared = self.state.comparison()
        if self.app.is_open(self):
            self.redraw()

    def redraw(self) -> None:
        if self.moving.seed != self.state.seed:
            self.moving = Moving(self.state.seed)
        self.moving.show(self.state.digit, self.state.dy, self.state.dx)
        self._show_costs()
        self._show_growth()
        self._show_maps()
        self._show_controls()
        self._say()
        self.show_trail()
        self.light()

    def _show_costs(self) -> None:
        self.costs.rows = [
            {"key": way, "name": NAMES[way], "detail": "", "state": "",
             "values": [self.compared.number(way, what) for what in WHATS]}
            for way in WAYS
        ]  # fmt: skip

    def _show_growth(self) -> None:
        """Parameters for every fourth side from the kernel's on."""
        state = self.state
        sides, curves = _curves(state.in_channels, state.kernel_size, state.out_channels)
        now = {way: self.compared.number(way, "parameters") for way in WAYS}
        self.growth.update(sides, curves, (state.side, now), self.app.theme)

    def _show_maps(self) -> None:
        row, column = self._after()
        self.input.update(self.moving.pictures[1][0], (row, column, KERNEL, KERNEL),
                          self.app.theme)  # fmt: skip
        for way, picture in self.maps.items():
            picture.update(self.moving.map(f"{way}1"), (row, column, 1, 1), self.app.theme)
        here = (self.state.row, self.state.column)
        self.unit.values = [
            [float(self.moving.map(f"{way}0")[here]), self._value_after(way),
             explain_misfit(Ref(f"misfit.{way}"), self.moving.misfit(way)).result]
            for way in MOVED
        ]  # fmt: skip

    def _after(self) -> tuple[int, int]:
        """Where the unit is after the move; outside of the map where it has left it."""
        return self.state.row + self.state.dy, self.state.column + self.state.dx

    def _value_after(self, way: str) -> float | None:
        row, column = self._after()
        inside = 0 <= row < MAP and 0 <= column < MAP
        return float(self.moving.map(f"{way}1")[row, column]) if inside else None

    def _show_controls(self) -> None:
        sizes, move, unit = "Sizes", "Move the picture", "The unit that is looked at"
        digits = [{"value": d, "label": f"the digit {d}"} for d in range(10)]
        self.app.controls.fields = [
            *(field(self.state, name, "integer", sizes)
              for name in ("side", "in_channels", "kernel_size", "out_channels")),
            field(self.state, "digit", "select", move, options=digits),
            *(field(self.state, name, "integer", move) for name in ("dy", "dx")),
            *(field(self.state, name, "integer", unit) for name in ("row", "column")),
            {"name": "draw", "label": "Draw new weights", "kind": "button", "value": None,
             "help": "For both layers, from another seed", "group": "Weights"},
        ]  # fmt: skip

    def _say(self) -> None:
        now = {way: self.compared.number(way, "parameters") for way in WAYS}
        shapes = [written(self.compared.conv.shape(path)) for path in ("input", "0")]
        ratio = now["dense"] / now["conv"]
        row, column = self._after()
        apart = {way: self.unit.values[i][2] for i, way in enumerate(MOVED)}
        exact = apart["conv"] < EXACT
        off = {way: f"Off by {format_number(apart[way], 3)}." for way in MOVED}
        texts = (
            f"{shapes[0]} to {shapes[1]}. The dense layer has {ratio:,.0f} times the parameters.",
            "Parameters, on a logarithmic axis. The convolution stays where it is.",
            f"Down by {self.state.dy}, right by {self.state.dx}. The frame is what the unit of the "
            "convolution sees.",
            f"{off['conv']} {'It has moved along.' if exact else 'It has not quite moved along.'}",
            f"{off['dense']} {MAP} × {MAP} outputs, each of which sees all pixels.",
            f"Row {self.state.row}, column {self.state.column}; after the move row {row}, column "
            f"{column}. “off by” is for the whole map.",
        )  # fmt: skip
        self.app.stage.blocks = [
            {**block, "text": text.replace("-", "−")}
            for block, text in zip(self.app.stage.blocks, texts, strict=True)
        ]
        counters = [(f"{NAMES[way]} off by", format_number(self.unit.values[i][2], 3))
                    for i, way in enumerate(MOVED)]  # fmt: skip
        self.app.transport.counters = [{"label": a, "value": b} for a, b in counters]

    def light(self) -> None:
        lit = self.lit()
        self.costs.highlight = [[self.opened_in, c] for c, what in enumerate(WHATS)
                                if any(at.tensor.endswith(f".{what}") for at in lit)]  # fmt: skip
        way, when = self.opened_in[:-1], self.opened_in[-1:]
        cells = [[MOVED.index(way), int(when)]] if way in MOVED and self.trail else []
        if self.trail and self.trail[-1].tensor.startswith("misfit."):
            cells = [[MOVED.index(self.trail[-1].tensor.split(".")[1]), 2]]
        self.unit.highlight = cells

    # What the learner does

    def explanation(self, at: Ref) -> Explanation:
        if at.tensor.startswith("misfit."):
            return explain_misfit(at, self.moving.misfit(at.tensor.split(".")[1]))
        if self.opened_in in self.moving.traces:
            return explain(self.moving.traces[self.opened_in], at)
        if at.tensor.startswith("local."):
            return self.compared.explanation("local", at.tensor.split(".")[1])
        costs = self.compared.dense if self.opened_in == "dense" else self.compared.conv
        return explain_cost(costs, at)

    def _told(self, which: str, message: Message, at: Ref) -> None:
        """Pointing lights only within what is opened."""
        if message["type"] in ("point", "leave") and which != self.opened_in:
            return
        self.opened_in = which
        self.number_told(message, at)

    def _cost_told(self, message: Message) -> None:
        way, what = message["row"], WHATS[int(message.get("column", 0))]
        at = {"dense": Ref(f"layers.1.{what}"), "local": Ref(f"local.{what}"),
              "conv": Ref(f"layers.0.{what}")}[way]  # fmt: skip
        kind = "open" if message["type"] == "choose" else message["type"]
        self._told(way, {**message, "type": kind}, at)

    def _unit_told(self, message: Message) -> None:
        way, column = MOVED[int(message["row"])], int(message["column"])
        if column == 2:
            self._told(f"{way}1", message, Ref(f"misfit.{way}"))
            return
        place = self._after() if column else (self.state.row, self.state.column)
        self._told(f"{way}{column}", message, _output(way, *place))

    def _tapped(self, way: str, row: int, column: int) -> None:
        """Look at another unit of the map after the move."""
        before = (row - self.state.dy, column - self.state.dx)
        if all(0 <= at < MAP for at in before):
            self.apply({"row": before[0], "column": before[1]})
            self.write_address()
        self.opened_in = f"{way}1"
        self.open(_output(way, row, column))

    def controlled(self, message: Message) -> None:
        if message["name"] == "draw":
            self.apply({"seed": (self.state.seed + 1) % 1_000_000})
        else:
            self.apply({message["name"]: message["value"]})

    def rewind(self) -> None:
        if self.state.dx == REACH:
            self.apply({"dx": -REACH})

    def advance(self, by: int = 1) -> bool:
        """Move the picture right by one; tell whether there is room for more."""
        self.apply({"dx": min(self.state.dx + by, REACH)})
        self.write_address()
        return bool(self.state.dx < REACH)


@lru_cache(maxsize=32)
def _curves(in_channels: int, kernel_size: int, out_channels: int) -> tuple[Any, dict[str, Any]]:
    """The sides, and for each way its parameters at each."""
    sides = np.arange(kernel_size, MAX_SIDE + 1, 4)
    all_sizes = [Comparison(int(s), in_channels, kernel_size, out_channels) for s in sides]
    return sides, {way: np.array([c.number(way, "parameters") for c in all_sizes]) for way in WAYS}


def _output(way: str, row: int, column: int) -> Ref:
    if way == "conv":
        return Ref("layers.0.output", (0, 0, row, column))
    return Ref("layers.1.output", (0, row * MAP + column))


CHAPTER = Sharing
