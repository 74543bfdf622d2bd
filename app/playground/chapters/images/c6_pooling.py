"""C6: the pooling bench: max, min, average and global average of the same picture."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from app.playground.chapters.base import Instruments
from app.playground.chapters.images.conv_state import LIMIT
from app.playground.chapters.images.planes import Plane
from app.playground.chapters.images.pool_state import POOLS, PoolState
from app.playground.chapters.walk import WalkingChapter
from app.playground.views.component import Message
from core.explain import Ref, Trace, explain, format_number
from core.explain.record import number
from core.layers import Pool

INPUT, OUTPUT, BACK = "input", "layers.0.output", "layers.0.dinput"
ROOMY = 8  # up to so many columns three pictures fit beside each other
RULES = {
    "max": "The largest of each window.", "min": "The smallest of each window.",
    "average": "The mean of each window.", "global": "One number for the whole picture.",
    "negated": "Change its signs: it is the min.",
}  # fmt: skip
NEVER_WINS = {"max": -np.inf, "min": np.inf, "negated": np.inf}


class Pooling(WalkingChapter):
    id = "c6"
    number = "C6"
    part = "images"
    title = "Pooling"
    summary = "Max, min, average and global average side by side, disturbed and traced back"
    State = PoolState
    play_label = "Slide"
    pause_s = 0.7
    buttons = (
        {"id": "next", "label": "Next window", "help": "On by one (key .)"},
        {"id": "back", "label": "Back", "help": "Back by one"},
    )
    lead = """
A **pool** makes one number of each window, without any weights. Point at an output to see its window, and which pixel won (▲).
Disturb the picture with a **shift** or with **noise**, and see which outputs change (Δ).
"""
    notes = """
## Try this

- [Shift the square by one pixel](?chapter=c6&picture=square&shift=0~1): part of the outputs stay. [By two](?chapter=c6&picture=square&shift=0~2),
  the stride, the whole output moves by one.
- [Noise](?chapter=c6&noise=2.0) has mean 0. The average of four pixels moves about half as much as one pixel, the global average
  hardly at all; but the maximum mostly grows, because the largest of several noisy numbers tends to be one that the noise raised.
- The gradient through [max](?chapter=c6&pool=max) goes to the winners alone; through [the average](?chapter=c6&pool=average) every
  pixel gets its share. [Overlapping windows](?chapter=c6&s=1~1) can let one pixel win several times.
- [Min](?chapter=c6&pool=negated) is nothing new: min(x) = −max(−x).
- [Padding](?chapter=c6&p=1) is worth −∞ to a maximum and +∞ to a minimum, so that it never wins, and an average leaves it out.
  [As zeros](?chapter=c6&p=1&zeros=1) it takes part: look at the border of min and average.

## What pooling is good for

> Pooling makes the output *approximately* the same under **small shifts**. It does nothing of the kind for rotations. Max pooling keeps
> positive spikes; averaging cuts noise whose mean is zero. Which is better depends on the task (Boureau, Ponce and LeCun 2010), and modern
> networks end in a global average.
"""

    def __init__(self, app: Instruments) -> None:
        super().__init__(app)
        limits = {"minimum": -LIMIT, "maximum": LIMIT}
        self.image = Plane(self._pixel_told, label="Image", **limits)
        self.back = Plane(self._pixel_told, label="Gradient for the image")
        self.pools = {name: Plane(partial(self._told, name), label=label)
                      for name, label in POOLS.items()}  # fmt: skip
        self.traces: dict[str, Trace] = {}
        self.pointed_pool = ""
        self.marks: dict[str, str] = {}  # of the image, without the winner
        self.laid: bool | None = None
        self.texts: dict[str, str] = {}

    # Showing

    def enter(self) -> None:
        self.laid = None
        self.show_walk()
        self.redraw()

    def apply(self, values: dict[str, Any]) -> None:
        with self.trying(values):
            self._trace()
        if self.app.is_open(self):
            self.redraw()

    def _trace(self) -> None:
        picture = self.state.disturbed()
        self.traces = {name: self.state.trace(name, picture) for name in POOLS}

    def redraw(self) -> None:
        self._trace()
        self.trace = self.traces[self.state.pool]
        self._show_pools()
        self._lay_out()
        self.app.controls.fields = self.state.fields()
        if not self.trail or self.trail[0].tensor == OUTPUT:
            self.trail = [self._ref(self._place)]
        self.show_trail()
        self.light()

    def _show_image(self, pool: str) -> None:
        """The picture, and around it what the padding is worth to a pool."""
        state = self.state
        picture = self.traces["max"].inputs[0, 0]  # the padded one, where zeros are pixels
        p = 0 if state.zeros else state.padding
        fill = NEVER_WINS.get(pool)
        self.image.show(INPUT, (0, 0), picture, padding=(p, p, p, p),
                        fill="–" if fill is None else number(fill))  # fmt: skip
        axes = self._layer("max").grid
        self.image.mark(lambda y, x: y in axes.rows.read and x in axes.columns.read)
        if state.zeros and state.padding:
            self._mark_ring(state.padding)
        self.marks = dict(self.image.grid.marks)
        self.image.grid.editable = not state.is_disturbed

    def _mark_ring(self, width: int) -> None:
        """Zeros that take part are padding all the same."""
        rows, columns = self.image.shape
        ring = {f"{i},{j}" for i in range(rows) for j in range(columns)
                if not (width <= i < rows - width and width <= j < columns - width)}  # fmt: skip
        marks = self.image.grid.marks
        self.image.grid.marks = marks | {
            at: " ".join(["padding", *marks.get(at, "").split()]) for at in ring
        }

    def _show_pools(self) -> None:
        self._show_image(self.state.pool)
        back = self.trace.dinput("0")[0, 0] if self.trace else np.zeros((1, 1))
        self.back.show(BACK, (0, 0), back)
        for name, plane in self.pools.items():
            output = self.traces[name].output("0")[0, 0]
            plane.show(OUTPUT, (0, 0), output)
            self.texts[name] = RULES[name]
            plane.grid.marks = {}
            if self.state.is_disturbed:
                before = self.state.trace(name, self.state.clean()).output("0")[0, 0]
                self._compare(name, before, output)

    def _compare(self, name: str, before: Any, after: Any) -> None:
        """Mark the outputs that are not as they were before the picture was disturbed."""
        moved = np.abs(after - before)
        places = np.argwhere(moved > 1e-9)
        self.pools[name].grid.marks = {f"{u},{v}": "changed" for u, v in places}
        net = format_number(float((after - before).mean()), 2)
        sign = "" if net.startswith("−") or net == "0" else "+"
        mean = format_number(float(moved.mean()), 2)
        self.texts[name] = (f"{len(places)} of {moved.size} changed (Δ): {mean} on average, "
                            f"net {sign}{net}.")  # fmt: skip

    def _lay_out(self) -> None:
        wide = len(self.image.grid.values[0]) > ROOMY
        if self.laid == wide:
            return
        self.laid = wide
        span = 3 if wide else 2
        image = (self.image.grid, {"title": "Image x", "text": " ", "span": span, "name": "image",
                                   "rows": 1 if wide else 2})  # fmt: skip
        back = (self.back.grid, {"title": "∂L/∂x", "text": " ", "span": span, "name": "back"})
        pools = {name: (plane.grid, {"title": POOLS[name], "text": " ", "span": 2, "name": name})
                 for name, plane in self.pools.items()}  # fmt: skip
        order = ([image, back, *pools.values()] if wide else
                 [image, pools["max"], pools["min"], pools["average"], pools["global"], back,
                  pools["negated"]])  # fmt: skip
        self.app.stage.put(*order)

    def _say(self, pool: str, place: tuple[int, int]) -> None:
        image = ("Disturbed; it cannot be typed into." if self.state.is_disturbed
                 else "Type to change it.")  # fmt: skip
        texts = self.texts | {"image": image, "back": f"Through: {POOLS[self.state.pool].lower()}."}
        self.app.stage.blocks = [block | {"text": texts[block["name"]]}
                                 for block in self.app.stage.blocks]  # fmt: skip
        rows, columns = self._layer("max").grid.units
        where = f"{place[0] * columns + place[1] + 1} of {rows * columns}"
        shown = [{"label": "window", "value": where if pool != "global" else "all"}]
        for name in ("max", "min", "average"):
            value = self.traces[name].output("0")[0, 0][place]
            shown.append({"label": name, "value": format_number(float(value), 4)})
        self.app.transport.counters = shown

    # Places

    def _layer(self, pool: str) -> Pool:
        layer = self.traces[pool].network.layer("0")
        assert isinstance(layer, Pool)
        return layer

    @property
    def _place(self) -> tuple[int, int]:
        """The window that is looked at."""
        rows, columns = self._layer(self.state.pool).grid.units
        return min(self.state.at[0], rows) - 1, min(self.state.at[1], columns) - 1

    @staticmethod
    def _ref(place: tuple[int, int]) -> Ref:
        return Ref(OUTPUT, (0, 0, *place))

    def light(self) -> None:
        pool = self.pointed_pool if self.pointed else self.state.pool
        focus = self.pointed or (self.trail[-1] if self.trail else self._ref(self._place))
        self.trace = self.traces[pool]
        lit = self.lit()
        self.trace = self.traces[self.state.pool]
        for plane in (self.image, self.back, *self.pools.values()):
            plane.light(set())
            plane.frame()
        self.image.pending["marks"] = self.marks
        place = (focus.index[2], focus.index[3]) if focus.tensor == OUTPUT else None
        if place:
            self._frame(pool, place)
        else:
            self.image.light(lit)
            self.back.light(lit)
            self.pools[pool].light(lit)
        for plane in (self.image, self.back, *self.pools.values()):
            plane.paint()
        self._say(pool, place if place and pool != "global" else self._window)

    @property
    def _window(self) -> tuple[int, int]:
        """The place of the windows, also while the global average is looked at."""
        rows, columns = self._layer("max").grid.units
        return min(self.state.at[0], rows) - 1, min(self.state.at[1], columns) - 1

    def _frame(self, pool: str, place: tuple[int, int]) -> None:
        """Frame a window, what each pool makes of it, and mark the pixel that won."""
        axes = self._layer(pool).grid
        top, left = axes.rows.pixel(place[0], 0), axes.columns.pixel(place[1], 0)
        height, width = (len(self.image.grid.values), len(self.image.grid.values[0]))
        bottom = min(top + axes.rows.kernel_size, height - self.image.origin[0]) - 1
        right = min(left + axes.columns.kernel_size, width - self.image.origin[1]) - 1
        self.image.frame((top, left, bottom, right))
        for name, plane in self.pools.items():
            if (name == "global") == (pool == "global"):
                plane.frame((*place, *place))
        opened = explain(self.traces[pool], self._ref(place))
        won = next((a for a in opened.arguments if a.value == opened.result), None)
        if won and won.ref:
            at = "{},{}".format(*self.image.cell(*won.ref.index[2:]))
            marks = self.marks | {at: f"{self.marks.get(at, '')} won".strip()}
            self.image.pending["marks"] = marks

    # What the learner does

    def controlled(self, message: Message) -> None:
        values = self.state.changed(message["name"], message.get("value"))
        if "pool" in values:
            self.trail = []
        self.apply(values)

    def rewind(self) -> None:
        if self._number == self._count - 1:
            self._go(0)

    def reset(self) -> None:
        self.trail = []
        super().reset()

    def advance(self, by: int = 1) -> bool:
        """On by one window; tell whether there is more."""
        self._go(self._number + by)
        return self._number < self._count - 1

    @property
    def _number(self) -> int:
        """The number of the window that is looked at, in reading order."""
        return self._place[0] * self._layer(self.state.pool).grid.units[1] + self._place[1]

    @property
    def _count(self) -> int:
        rows, columns = self._layer(self.state.pool).grid.units
        return rows * columns

    def _go(self, number: int) -> None:
        """Open the output with this number; after the last comes the first."""
        columns = self._layer(self.state.pool).grid.units[1]
        row, column = divmod(number % self._count, columns)
        self.open(self._ref((row, column)))

    def opened(self) -> None:
        ref = self.trail[-1]
        if ref.tensor == OUTPUT and self.state.pool != "global":
            self.state.apply({"at": [ref.index[2] + 1, ref.index[3] + 1]})
        self.write_address()
        super().opened()

    def _told(self, pool: str, message: Message, ref: Ref) -> None:
        """An output was pointed at, or opened; the gradient then goes through its pool."""
        self.pointed_pool = pool
        if message["type"] == "open" and pool != self.state.pool:
            self.trail = [ref]
            self.apply({"pool": pool})
        self.number_told(message, ref)

    def _pixel_told(self, message: Message, ref: Ref) -> None:
        self.pointed_pool = self.state.pool
        self.number_told(message, ref)

    def edit(self, ref: Ref, value: float) -> None:
        if ref.tensor != INPUT or self.state.is_disturbed:
            return
        ring = self.state.padding if self.state.zeros else 0
        row, column = (i - ring for i in ref.index[2:])
        height, width = self.state.clean().shape
        if 0 <= row < height and 0 <= column < width:
            self.apply(self.state.with_pixel(row, column, value))
            self.write_address()


CHAPTER = Pooling
