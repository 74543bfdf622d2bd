"""The maps and the table of C5: what a unit sees of every layer before it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.playground.chapters.images import cnn_maps
from core.analysis import analyse
from core.explain.cost_record import Costs
from core.explain.costs import explain_cost
from core.explain.paths import INPUT
from core.explain.record import Ref
from core.receptive import ReceptiveField
from core.spec import NetworkSpec

TILE = 82  # CSS pixels of every map, however many units it has: a unit is where it looks
CELLS = ("shape", "jump", "field", "effective")
COLUMNS = [
    {"label": "map", "kind": "whole"}, {"label": "jump", "kind": "whole"},
    {"label": "sees", "kind": "whole"}, {"label": "effective", "kind": "whole"},
]  # fmt: skip
Place = tuple[int, int]


def patch_frame(field: ReceptiveField, place: Place, size: tuple[int, int]) -> list[int] | None:
    """What a unit sees of a map: [top, left, bottom, right]; None where it is padding alone."""
    rows, columns = field.patch(*place, *size)
    if rows.start >= rows.stop or columns.start >= columns.stop:
        return None
    return [rows.start, columns.start, rows.stop - 1, columns.stop - 1]


def field_through(costs: Costs, first: int, last: int) -> ReceptiveField:
    """What units of layer `last` see of the output of layer `first`, from 1; 0 is the input."""
    if first == last:
        return ReceptiveField()
    spec = costs.analysis.spec
    field = analyse(NetworkSpec(spec.shapes[first], spec.layers[first:last])).layers[-1].field
    assert field is not None
    return field


def field_layers(
    maps: dict[str, NDArray[np.floating]], costs: Costs, layer: int, place: Place, are_means: bool
) -> list[dict[str, Any]]:
    """The picture and every map in the form of the view, framed where the unit sees them. Means
    are from 0 to 1, as the picture."""
    made = []
    for number, (path, values) in enumerate(maps.items()):
        frame = None
        if number <= layer:
            frame = patch_frame(field_through(costs, number, layer), place, values.shape)
        more = {"frame": frame, "picks": True} | ({"chosen": 0} if number == layer else {})
        made.append(_layer(path, values, costs, are_means or path == INPUT) | more)
    return made


def _layer(
    path: str, values: NDArray[np.floating], costs: Costs, is_grey: bool
) -> dict[str, Any]:
    height, width = values.shape
    name = "Picture" if path == INPUT else f"{int(path) + 1}: {costs.name(path)}"
    made = {"path": path, "name": name, "detail": f"{height} × {width}", "count": 1,
            "height": height, "width": width, "tile": TILE, "columns": 1}  # fmt: skip
    if is_grey:
        return made | {"palette": "light", "pixels": cnn_maps.pixels(2 * values[None] - 1, 1.0)}
    scale = cnn_maps.reach(values)
    return made | {"palette": "signed", "pixels": cnn_maps.pixels(values[None], scale)}


def growth_rows(costs: Costs, sides: list[float]) -> list[dict[str, Any]]:
    """A row a layer: its map, the jump, what its units see, and the effective side."""
    rows = []
    for number, side in enumerate(sides):
        key = str(number)
        refs = [Ref(f"layers.{key}.{what}", (int(what == "shape"),)) for what in CELLS[:-1]]
        values = [explain_cost(costs, ref).result for ref in refs]
        rows.append({"key": key, "name": f"{number + 1}: {costs.name(key)}", "detail": "",
                     "state": "", "values": [*values, side]})  # fmt: skip
    return rows
