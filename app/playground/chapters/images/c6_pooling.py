"""C6: the pooling bench: max, min, average and global average of the same picture."""

from __future__ import annotations

from typing import Any

from app.playground.chapters.base import Instruments
from app.playground.chapters.images.pool_grids import INPUT, OUTPUT, PoolGrids, output_ref
from app.playground.chapters.images.pool_state import POOLS, PoolState
from app.playground.chapters.walk import WalkingChapter
from app.playground.views.component import Message
from core.explain import Ref, Trace, format_number

ROOMY = 8  # up to so many columns three pictures fit beside each other


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
        self.grids = PoolGrids(self._pixel_told, self._told)
        self.traces: dict[str, Trace] = {}
        self.pointed_pool = ""
        self.laid: bool | None = None

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
        self.grids.show(self.state, self.traces)
        self._lay_out()
        self.app.controls.fields = self.state.fields()
        if not self.trail or self.trail[0].tensor == OUTPUT:
            self.trail = [output_ref(self._place)]
        self.show_trail()
        self.light()

    def _lay_out(self) -> None:
        grids = self.grids
        wide = len(grids.image.grid.values[0]) > ROOMY
        if self.laid == wide:
            return
        self.laid = wide
        span = 3 if wide else 2
        image = (grids.image.grid, {"title": "Image x", "text": " ", "span": span, "name": "image",
                                   "rows": 1 if wide else 2})  # fmt: skip
        back = (grids.back.grid, {"title": "∂L/∂x", "text": " ", "span": span, "name": "back"})
        pools = {name: (plane.grid, {"title": POOLS[name], "text": " ", "span": 2, "name": name})
                 for name, plane in grids.pools.items()}  # fmt: skip
        order = ([image, back, *pools.values()] if wide else
                 [image, pools["max"], pools["min"], pools["average"], pools["global"], back,
                  pools["negated"]])  # fmt: skip
        self.app.stage.put(*order)

    def _say(self, pool: str, place: tuple[int, int]) -> None:
        image = ("Disturbed; it cannot be typed into." if self.state.is_disturbed
                 else "Type to change it.")  # fmt: skip
        back = f"Through: {POOLS[self.state.pool].lower()}."
        texts = self.grids.texts | {"image": image, "back": back}
        self.app.stage.blocks = [block | {"text": texts[block["name"]]}
                                 for block in self.app.stage.blocks]  # fmt: skip
        rows, columns = self.grids.layer("max").grid.units
        where = f"{place[0] * columns + place[1] + 1} of {rows * columns}"
        shown = [{"label": "window", "value": where if pool != "global" else "all"}]
        for name in ("max", "min", "average"):
            value = self.traces[name].output("0")[0, 0][place]
            shown.append({"label": name, "value": format_number(float(value), 4)})
        self.app.transport.counters = shown

    # Places

    @property
    def _place(self) -> tuple[int, int]:
        """The window that is looked at."""
        rows, columns = self.grids.layer(self.state.pool).grid.units
        return min(self.state.at[0], rows) - 1, min(self.state.at[1], columns) - 1

    def light(self) -> None:
        pool = self.pointed_pool if self.pointed else self.state.pool
        focus = self.pointed or (self.trail[-1] if self.trail else output_ref(self._place))
        self.trace = self.traces[pool]
        lit = self.lit()
        self.trace = self.traces[self.state.pool]
        place = (focus.index[2], focus.index[3]) if focus.tensor == OUTPUT else None
        if place:
            self.grids.frame(pool, place)
        else:
            self.grids.light(pool, lit)
        self._say(pool, place if place and pool != "global" else self._window)

    @property
    def _window(self) -> tuple[int, int]:
        """The place of the windows, also while the global average is looked at."""
        rows, columns = self.grids.layer("max").grid.units
        return min(self.state.at[0], rows) - 1, min(self.state.at[1], columns) - 1

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
        return self._place[0] * self.grids.layer(self.state.pool).grid.units[1] + self._place[1]

    @property
    def _count(self) -> int:
        rows, columns = self.grids.layer(self.state.pool).grid.units
        return rows * columns

    def _go(self, number: int) -> None:
        """Open the output with this number; after the last comes the first."""
        columns = self.grids.layer(self.state.pool).grid.units[1]
        row, column = divmod(number % self._count, columns)
        self.open(output_ref((row, column)))

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
