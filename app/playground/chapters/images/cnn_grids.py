"""What one unit is made of, number by number: what goes in, the weights, what comes out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.playground.chapters.images.cnn_maps import unit_columns
from app.playground.views import NumberGrid
from app.playground.views.component import Message
from core.explain import Ref, Trace
from core.explain.paths import output_tensor, previous
from core.explain.record import number
from core.layers import Conv2d, Linear, Pool
from core.spec import FIRST

Array = NDArray[np.floating]
Corners = tuple[int, int, int, int]  # the first and the last row and column: top, left, bottom, right
Refs = list[list[Ref | None]]
MOST = 10  # rows and columns that are shown of a map; of a larger one, those around a place
MOST_UNITS = 8  # columns that a row of units is broken into


class RefGrid:
    """A grid each of whose cells is a number with an address; `told` gets messages about them."""

    def __init__(self, told: Callable[[Message, Ref], None], label: str, **params: Any) -> None:
        self.told = told
        self.cells: dict[Ref, list[int]] = {}
        self.refs: Refs = [[]]
        self.grid = NumberGrid(self._told, label=label, **{"compact": True, "decimals": 2, **params})

    def show(self, values: Array, refs: Refs, scale: float, **more: Any) -> None:
        self.refs = refs
        self.cells = {ref: [i, j] for i, row in enumerate(refs) for j, ref in enumerate(row) if ref}
        shown = [[number(v) if ref else None for v, ref in zip(row, line, strict=True)]
                 for row, line in zip(values.tolist(), refs, strict=True)]  # fmt: skip
        self.grid.param.update(values=shown, scale=scale or 1.0, **more)

    def light(self, lit: set[Ref]) -> None:
        """Light these numbers; where they fill a rectangle, by a frame around it."""
        found = sorted(self.cells[ref] for ref in lit if ref in self.cells)
        rows, columns = zip(*found, strict=True) if found else ((), ())
        box = [min(rows), min(columns), max(rows), max(columns)] if found else []
        full = len(found) > 1 and (box[2] - box[0] + 1) * (box[3] - box[1] + 1) == len(found)
        self.grid.param.update(highlight=[] if full else found, windows=[box] if full else [])

    def _told(self, message: Message) -> None:
        ref = self.refs[int(message["row"])][int(message["column"])]
        if ref:
            self.told(message, ref)


def around(place: tuple[int, int], size: tuple[int, int]) -> Corners:
    """At most MOST rows and columns of a map, with the place as near to their middle as can be."""
    firsts = [min(max(at - MOST // 2, 0), max(length - MOST, 0))
              for at, length in zip(place, size, strict=True)]  # fmt: skip
    ends = [min(first + MOST, length) - 1 for first, length in zip(firsts, size, strict=True)]
    return firsts[0], firsts[1], ends[0], ends[1]


def window_middle(trace: Trace, path: str, place: tuple[int, int]) -> tuple[int, int]:
    """The middle of what a unit of a layer reads, as a place of the map that goes in."""
    layer = trace.network.layer(path)
    if not isinstance(layer, Conv2d | Pool):
        return place
    axes = (layer.grid.rows, layer.grid.columns)
    return tuple((axis.pixel(at, 0) + axis.pixel(at, axis.kernel_size - 1)) // 2
                 for axis, at in zip(axes, place, strict=True))  # type: ignore[return-value]  # fmt: skip


class UnitGrids:
    """`into`, `weights` and `out` for the unit at hand; the layer decides what they hold."""

    def __init__(self, told: Callable[[Message, Ref], None]) -> None:
        self.into = RefGrid(told, "What goes in", decimals=1)
        self.weights = RefGrid(told, "Weights", editable=True)
        self.out = RefGrid(told, "What comes out", decimals=1)
        self.source: int | None = None  # which of several maps that go in is shown
        self.frame: Corners | None = None  # what is shown of the map, where it is not all of it
        self.has_weights = True

    @property
    def all(self) -> tuple[RefGrid, ...]:
        return self.into, self.weights, self.out

    def show(self, trace: Trace, path: str, channel: int, source: int,
             place: tuple[int, int]) -> None:  # fmt: skip
        layer, before = trace.network.layer(path), previous(path)
        own = source if isinstance(layer, Conv2d | Linear) else channel
        maps = trace.output(before)[0]
        self.source = min(own, len(maps) - 1) if maps.ndim == 3 and len(maps) > 1 else None
        self.frame = _show_part(self.out, trace, path, channel, place)
        _show_part(self.into, trace, before, own, window_middle(trace, path, place))
        self.has_weights = isinstance(layer, Conv2d | Linear)
        if isinstance(layer, Conv2d):
            self._show_kernel(trace, path, channel, source)
        elif isinstance(layer, Linear):
            self._show_row(trace, path, channel, source)

    def _show_kernel(self, trace: Trace, path: str, channel: int, source: int) -> None:
        weight = trace.network.view(f"{FIRST}{path}.weight")
        lead = (channel, min(source, weight.shape[1] - 1))
        refs: Refs = [[_weight(path, (*lead, i, j)) for j in range(weight.shape[3])]
                      for i in range(weight.shape[2])]  # fmt: skip
        self.weights.show(weight[lead], refs, float(np.abs(weight).max()))

    def _show_row(self, trace: Trace, path: str, channel: int, source: int) -> None:
        """The weights of a unit, laid out as the units that they are for."""
        weight = trace.network.view(f"{FIRST}{path}.weight")
        index = _units_around(source, weight.shape[1])
        refs: Refs = [[_weight(path, (channel, i)) if i < weight.shape[1] else None for i in row]
                      for row in index.tolist()]  # fmt: skip
        shown = weight[channel][np.minimum(index, weight.shape[1] - 1)]
        self.weights.show(shown, refs, float(np.abs(weight).max()))

    def light(self, lit: set[Ref]) -> None:
        for grid in self.all:
            grid.light(lit)


def _weight(path: str, index: tuple[int, ...]) -> Ref:
    return Ref(f"{FIRST}{path}.weight", index)


def _units_around(unit: int, count: int) -> NDArray[np.int64]:
    """Numbers of units in rows, at most as many rows as are shown, with one of them among these."""
    across = min(unit_columns(count), MOST_UNITS) if count > MOST else count
    first, _, last, _ = around((unit // across, 0), (-(-count // across), 1))
    return np.arange(first * across, (last + 1) * across).reshape(-1, across)


def _show_part(grid: RefGrid, trace: Trace, path: str, channel: int,
               place: tuple[int, int]) -> Corners | None:  # fmt: skip
    """Show a map of a layer's output around a place, or its units around one of them."""
    values, tensor = trace.output(path)[0], output_tensor(path)
    scale = float(np.abs(values).max())
    if values.ndim == 1:
        index = _units_around(channel, len(values))
        refs: Refs = [[Ref(tensor, (0, i)) if i < len(values) else None for i in row]
                      for row in index.tolist()]  # fmt: skip
        grid.show(values[np.minimum(index, len(values) - 1)], refs, scale)
        return None
    plane = values[min(channel, len(values) - 1)]
    top, left, bottom, right = found = around(place, plane.shape)
    lead = (0, min(channel, len(values) - 1))
    refs = [[Ref(tensor, (*lead, i, j)) for j in range(left, right + 1)]
            for i in range(top, bottom + 1)]  # fmt: skip
    grid.show(plane[top : bottom + 1, left : right + 1], refs, scale)
    return found if (bottom - top + 1, right - left + 1) != plane.shape else None
