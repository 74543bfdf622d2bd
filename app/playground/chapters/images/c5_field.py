"""C5: receptive fields: what a unit can see of the picture, and what it really draws from."""

from __future__ import annotations

from typing import Any

import numpy as np

from app.playground.chapters.base import Instruments
from app.playground.chapters.images.cnn_maps import PALETTES
from app.playground.chapters.images.field_maps import (
    CELLS,
    COLUMNS,
    field_layers,
    growth_rows,
    patch_frame,
)
from app.playground.chapters.images.field_state import SETTINGS, FieldState, field_controls
from app.playground.chapters.images.field_unit import LookedAt
from app.playground.chapters.walk import WalkingChapter
from app.playground.figures.tints import as_bytes, diverging, rgb_bytes
from app.playground.views import Maps, NumberGrid, Pixels, Table
from app.playground.views.component import Message
from app.playground.views.pixels import Shown
from core.effective import effective_pixels, effective_side
from core.explain import Explanation, Ref, explain, format_number
from core.explain.costs import explain_cost
from core.explain.paths import INPUT
from core.explain.reach import explain_reach

GRADIENT = "layers.0.dinput"


class FieldOfView(WalkingChapter):
    id = "c5"
    number = "C5"
    part = "images"
    title = "What a unit sees"
    summary = "Receptive fields: the patch of the picture behind a unit, its growth, what counts of it"
    State = FieldState
    state: FieldState
    play_label = "Go deeper"
    pause_s = 1.2
    buttons = (
        {"id": "next", "label": "Next layer", "help": "A unit of the next layer (key .)"},
        {"id": "back", "label": "Back", "help": "A unit of the layer before"},
    )
    lead = """
A unit deep in a network sees a patch of the picture: its **receptive field**. Click a unit of any map. The frames show what it sees
of each layer before it, down to the picture, and the gradient shows what it really draws from.
"""
    notes = """
## Try this

- [Two kernels of 3 × 3](?chapter=c5&kinds=0~0&k=3~3&s=1~1&p=0~0&d=1~1&layer=2&at=15~15) see 5 × 5, as one of 5 × 5 does, with 18 weights
  instead of 25. [Three](?chapter=c5&kinds=0~0~0&k=3~3~3&s=1~1~1&p=0~0~0&d=1~1~1&layer=3&at=14~14) see 7 × 7, with 27 instead of 49.
- [Dilation 1, 2, 4](?chapter=c5&kinds=0~0~0&k=3~3~3&s=1~1~1&p=0~0~0&d=1~2~4&layer=3&at=9~9): the field doubles with each layer, the
  number of weights stays.
- A stride or a pool makes every *later* layer see more: its units look at places that are further apart, which is the **jump**. Set
  the stride of layer 1 to 2, and open what layer 5 sees.
- [With padding](?chapter=c5&p=1~1~0~1~1~0&layer=5&at=1~1), the unit in the corner looks at zeros beside the picture.
- With a [max pool](?chapter=c5&kinds=0~0~1~0~0~1) the gradient goes to the winners alone, so what counts depends on the picture.
- [Random weights](?chapter=c5&weights=random): the frame stays where it is. The field does not depend on the weights; what counts of it
  does.

## Can see, and does see

> The receptive field is what *could* change a unit. Most paths lead to its middle, few to its border. So the middle counts most: the
> **effective** field is smaller, falls off like a bell, and grows with the root of the depth only. (Luo, Li, Urtasun and Zemel 2016.)

Units of the first layers see a few pixels: an edge, a spot, a colour, which are **low-level** features. Deep ones see enough for a part
of a thing, or all of it: **high-level** features, made of the low ones. In [LeNet](?chapter=c8) you can watch which they become.
"""

    def __init__(self, app: Instruments) -> None:
        super().__init__(app)
        self.maps = Maps(self._map_told, label="The layers, one map each", palettes=PALETTES)
        self.pixels = Pixels(self._pixels_told, label="What the unit can see, and draws from")
        self.table = Table(self._table_told, label="Layer by layer", columns=COLUMNS)
        self.where = NumberGrid(
            self._where_told, label="Where the field lies", decimals=0,
            row_labels=["rows", "columns"], column_labels=["first", "last", "field"],
        )  # fmt: skip
        self.unit = LookedAt(self.state)
        self.trail = [self._field]

    @property
    def _field(self) -> Ref:
        """The number that a unit opens with: how many pixels it sees."""
        return Ref(f"layers.{self.unit.path}.field", (0,))

    # Showing

    def enter(self) -> None:
        wide = {"text": " ", "wide": True}
        self.app.stage.put(
            (self.maps, {"title": "From layer to layer", **wide}),
            (self.pixels, {"title": "What it can see, and what it draws from", **wide}),
            (self.table, {"title": "How the field grows", "text": "Click a number to open it."}),
            (self.where, {"title": "Where it lies", "text": "Rows and columns of the picture."}),
        )  # fmt: skip
        self.show_walk()
        self.redraw()

    def apply(self, values: dict[str, Any]) -> None:
        old = {name: getattr(self.state, name) for name in values}
        self.take(values)
        try:
            self.unit.compute()
        except ValueError:
            self.state.apply(old)
            self.unit.compute()
            raise
        if self.app.is_open(self):
            self.redraw()

    def redraw(self) -> None:
        unit = self.unit
        self.trace = unit.trace
        self.app.controls.fields = field_controls(self.state, unit.layer, unit.place, unit.names())
        self.maps.layers = field_layers(unit.outputs, unit.costs, unit.layer, unit.place,
                                        self.state.weights == "equal")  # fmt: skip
        self._show_pixels()
        self.table.param.update(chosen=unit.path)
        self.table.rows = growth_rows(unit.costs, unit.sides)
        self.where.values = [[unit.reach.first(axis), unit.reach.last(axis),
                              unit.reach.axis(axis).size] for axis in (0, 1)]  # fmt: skip
        if not self.trail or self.trail[0].tensor.endswith(".field"):
            self.trail = [self._field]
        self.show_trail()
        self.light()

    def _show_pixels(self) -> None:
        picture = np.stack([self.unit.inputs[0, 0]] * 3)
        shown = [Shown("Picture", rgb_bytes(as_bytes(picture))),
                 Shown("Gradient of the unit", rgb_bytes(diverging(self.unit.gradient)))]  # fmt: skip
        self.pixels.show(shown, self.state.size, self.state.size)
        _, height, width = self.unit.costs.shape(INPUT)
        field = self.unit.costs.layer(self.unit.path).field
        assert field is not None
        self.pixels.frame = patch_frame(field, self.unit.place, (height, width)) or []
        self.pixels.chosen = -1

    def light(self) -> None:
        lit = self.lit()
        keys = {f"layers.{key}.{what}": [key, column] for key in map(str, range(self.state.count))
                for column, what in enumerate(CELLS)}  # fmt: skip
        self.table.highlight = [keys[at.tensor] for at in lit if at.tensor in keys
                                and at.index in ((0,), (1,))]  # fmt: skip
        if any(at.tensor == "effective.side" for at in lit):
            self.table.highlight = [*self.table.highlight, [self.unit.path, len(CELLS) - 1]]
        lies = {"reach.first": 0, "reach.last": 1, f"layers.{self.unit.path}.field": 2}
        self.where.highlight = [[at.index[0], lies[at.tensor]] for at in lit if at.tensor in lies]
        self._show_cursor()
        self._say()

    def _show_cursor(self) -> None:
        at = self.pointed or (self.trail[-1] if self.trail else None)
        if at is None or at.tensor not in (INPUT, GRADIENT):
            at = self.unit.reach.greatest
        row, column = at.index[2:]
        value = float(self.unit.inputs[0, 0, row, column])
        gradient = float(self.unit.gradient[row, column])
        texts = [f"x {format_number(value, 3)}", f"∂y/∂x {format_number(gradient, 3)}"]
        self.pixels.param.update(cursor=[row, column], texts=texts)

    def _say(self) -> None:
        row, column = (i + 1 for i in self.unit.place)
        name, size = self.unit.name, self.unit.reach.axis(0).size
        unit = f"Row {row}, column {column} of {name}"
        count, side = effective_pixels(self.unit.gradient), effective_side(self.unit.gradient)
        texts = {
            0: f"{unit} sees {size} × {size} pixels: rows {self.unit.reach.first(0)} to "
               f"{self.unit.reach.last(0)}, columns {self.unit.reach.first(1)} to {self.unit.reach.last(1)}.",
            1: f"Framed, the field. The unit draws from {count} pixels that count, as many as in "
               f"{format_number(side, 3)} × {format_number(side, 3)}.",
        }  # fmt: skip
        self.app.stage.blocks = [
            block | {"text": texts.get(i, block["text"])}
            for i, block in enumerate(self.app.stage.blocks)
        ]
        self.app.transport.counters = [
            {"label": "unit", "value": f"{name} [{row}, {column}]"},
            {"label": "sees", "value": f"{size} × {size}"},
            {"label": "effective", "value": format_number(side, 3)},
        ]

    # What the learner does

    def explanation(self, ref: Ref) -> Explanation:
        assert self.trace is not None
        if ref.tensor.startswith(("reach.", "effective.")):
            return explain_reach(self.unit.reach, ref)
        if ref.tensor.rpartition(".")[2] in ("field", "jump", "shape"):
            return explain_cost(self.unit.costs, ref)
        return explain(self.trace, ref)

    def choose(self, layer: int, place: tuple[int, int]) -> None:
        """Look at another unit."""
        self.trail = []
        self.apply({"layer": layer, "at": [place[0] + 1, place[1] + 1]})
        self.app.arithmetic.asked += 1
        self.write_address()

    def opened(self) -> None:
        self.write_address()
        super().opened()

    def _map_told(self, message: Message) -> None:
        row, column = message["row"], message["column"]
        if message["path"] == INPUT:
            place = (self.state.size // 2,) * 2 if row is None else (int(row), int(column))
            self.open(Ref(INPUT, (0, 0, *place)))
            return
        layer = int(message["path"]) + 1
        self.choose(layer, self.unit.middle(layer) if row is None else (int(row), int(column)))

    def _pixels_told(self, message: Message) -> None:
        tensor = GRADIENT if message["index"] else INPUT
        self.number_told(message, Ref(tensor, (0, 0, int(message["row"]), int(message["column"]))))

    def _table_told(self, message: Message) -> None:
        layer = int(message["row"]) + 1
        if message["type"] == "choose":
            self.choose(layer, self.unit.middle(layer))
            return
        what = CELLS[int(message["column"])]
        if what == "effective":
            if message["type"] != "open":
                return
            if layer != self.unit.layer:
                self.choose(layer, self.unit.middle(layer))
            self.number_told(message, Ref("effective.side"))
        else:
            axis = 1 if what == "shape" else 0
            self.number_told(message, Ref(f"layers.{message['row']}.{what}", (axis,)))

    def _where_told(self, message: Message) -> None:
        axis = int(message["row"])
        tensor = ("reach.first", "reach.last", f"layers.{self.unit.path}.field")[int(message["column"])]
        self.number_told(message, Ref(tensor, (axis,)))

    def controlled(self, message: Message) -> None:
        name, number = message["name"], self.unit.layer - 1
        if name in ("add", "remove"):
            change = self.state.with_layer if name == "add" else self.state.without_layer
            self.apply(change(number))
        elif name == "layer":
            self.choose(int(message["value"]), self.unit.middle(int(message["value"])))
        elif name in ("row", "column"):
            at = [i + 1 for i in self.unit.place]
            at[name == "column"] = int(message["value"])
            self.apply({"at": at})
        elif name in SETTINGS:
            self.apply(self.state.with_setting(number, name, int(message["value"])))
        else:
            self.apply({name: message["value"]})

    def edit(self, ref: Ref, value: float) -> None:
        """There is nothing to type into but the settings."""

    def rewind(self) -> None:
        if self.unit.layer == self.state.count:
            self.choose(1, self.unit.middle(1))

    def reset(self) -> None:
        self.trail = []
        super().reset()

    def advance(self, by: int = 1) -> bool:
        """A unit in the middle of the next layer; tell whether there are more."""
        layer = min(max(self.unit.layer + by, 1), self.state.count)
        self.choose(layer, self.unit.middle(layer))
        return layer < self.state.count


CHAPTER = FieldOfView
