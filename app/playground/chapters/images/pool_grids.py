"""The grids of the pooling bench: the picture, what each pool makes of it, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from app.playground.chapters.images.conv_state import LIMIT
from app.playground.chapters.images.planes import Plane
from app.playground.chapters.images.pool_state import POOLS, PoolState
from app.playground.views.component import Message
from core.explain import Ref, Trace, explain, format_number
from core.explain.record import number
from core.layers import Pool

Array = NDArray[np.floating]
Place = tuple[int, int]
INPUT, OUTPUT, BACK = "input", "layers.0.output", "layers.0.dinput"
RULES = {
    "max": "The largest of each window.", "min": "The smallest of each window.",
    "average": "The mean of each window.", "global": "One number for the whole picture.",
    "negated": "Change its signs: it is the min.",
}  # fmt: skip
NEVER_WINS = {"max": -np.inf, "min": np.inf, "negated": np.inf}


def output_ref(place: Place) -> Ref:
    return Ref(OUTPUT, (0, 0, *place))


class PoolGrids:
    """`pixel_told` gets each message about the picture or its gradient, and the number; `told` the
    pool, the message and the number. `texts` are the sentences of the pools."""

    def __init__(self, pixel_told: Callable[[Message, Ref], None],
                 told: Callable[[str, Message, Ref], None]) -> None:  # fmt: skip
        self.image = Plane(pixel_told, label="Image", minimum=-LIMIT, maximum=LIMIT)
        self.back = Plane(pixel_told, label="Gradient for the image")
        self.pools = {name: Plane(partial(told, name), label=label)
                      for name, label in POOLS.items()}  # fmt: skip
        self.planes = (self.image, self.back, *self.pools.values())
        self.texts: dict[str, str] = {}
        self.traces: dict[str, Trace] = {}
        self.marks: dict[str, str] = {}  # of the image, without the winner

    def layer(self, pool: str) -> Pool:
        layer = self.traces[pool].network.layer("0")
        assert isinstance(layer, Pool)
        return layer

    # Showing

    def show(self, state: PoolState, traces: dict[str, Trace]) -> None:
        """What the pools, by their names, make of the picture."""
        self.traces = traces
        self._show_image(state)
        self.back.show(BACK, (0, 0), traces[state.pool].dinput("0")[0, 0])
        for name, plane in self.pools.items():
            output = traces[name].output("0")[0, 0]
            plane.show(OUTPUT, (0, 0), output)
            self.texts[name] = RULES[name]
            plane.grid.marks = {}
            if state.is_disturbed:
                before = state.trace(name, state.clean()).output("0")[0, 0]
                self._compare(name, before, output)

    def _show_image(self, state: PoolState) -> None:
        """The picture, and around it what the padding is worth to the pool that is looked at."""
        picture = self.traces["max"].inputs[0, 0]  # the padded one, where zeros are pixels
        p = 0 if state.zeros else state.padding
        fill = NEVER_WINS.get(state.pool)
        self.image.show(INPUT, (0, 0), picture, padding=(p, p, p, p),
                        fill="–" if fill is None else number(fill))  # fmt: skip
        axes = self.layer("max").grid
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

    def _compare(self, name: str, before: Array, after: Array) -> None:
        """Mark the outputs that are not as they were before the picture was disturbed."""
        moved = np.abs(after - before)
        places = np.argwhere(moved > 1e-9)
        self.pools[name].grid.marks = {f"{u},{v}": "changed" for u, v in places}
        net = format_number(float((after - before).mean()), 2)
        sign = "" if net.startswith("−") or net == "0" else "+"
        mean = format_number(float(moved.mean()), 2)
        self.texts[name] = (f"{len(places)} of {moved.size} changed (Δ): {mean} on average, "
                            f"net {sign}{net}.")  # fmt: skip

    # What is lit

    def light(self, pool: str, lit: set[Ref]) -> None:
        """Light numbers of the picture, of its gradient, and of one pool."""
        self._clear()
        for plane in (self.image, self.back, self.pools[pool]):
            plane.light(lit)
        self._paint()

    def frame(self, pool: str, place: Place) -> None:
        """Frame a window, what each pool makes of it, and mark the pixel that won."""
        self._clear()
        axes = self.layer(pool).grid
        top, left = axes.rows.pixel(place[0], 0), axes.columns.pixel(place[1], 0)
        height, width = (len(self.image.grid.values), len(self.image.grid.values[0]))
        bottom = min(top + axes.rows.kernel_size, height - self.image.origin[0]) - 1
        right = min(left + axes.columns.kernel_size, width - self.image.origin[1]) - 1
        self.image.frame((top, left, bottom, right))
        for name, plane in self.pools.items():
            if (name == "global") == (pool == "global"):
                plane.frame((*place, *place))
        self._mark_winner(pool, place)
        self._paint()

    def _mark_winner(self, pool: str, place: Place) -> None:
        opened = explain(self.traces[pool], output_ref(place))
        won = next((a for a in opened.arguments if a.value == opened.result), None)
        if won and won.ref:
            at = "{},{}".format(*self.image.cell(*won.ref.index[2:]))
            marks = self.marks | {at: f"{self.marks.get(at, '')} won".strip()}
            self.image.pending["marks"] = marks

    def _clear(self) -> None:
        for plane in self.planes:
            plane.light(set())
            plane.frame()
        self.image.pending["marks"] = self.marks

    def _paint(self) -> None:
        for plane in self.planes:
            plane.paint()
