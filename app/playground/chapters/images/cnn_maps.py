"""Layers and kernels of a network as pictures: bytes for the view, and which number is where."""

from __future__ import annotations

import base64
import math
from typing import Any

import numpy as np
from bokeh.palettes import Greys256
from numpy.typing import NDArray

from app.playground.figures.theme import DIVERGING
from core.explain import Ref, Trace, format_number
from core.explain.paths import output_tensor
from core.spec import FIRST, Shape, written

Array = NDArray[np.floating]
PALETTES = {"signed": list(DIVERGING), "ink": list(reversed(Greys256)), "light": list(Greys256)}
MIDDLE = 128  # the colour of zero
MANY_UNITS = 16  # more units than this are drawn as the pixels of one tile
WIDEST = 16  # units in a row of it
PIXEL = 9  # CSS pixels of a unit in such a tile
MANY_KERNELS = 128  # of more kernels, only those of the chosen map are shown
LEAST, MOST = 25, 44  # CSS pixels of a tile
LETTERS = 2  # that fit upon the smallest tile
Layer = dict[str, Any]


def pixels(tiles: Array, scale: float) -> str:
    """Tiles (C, H, W) as bytes: from −scale, 1, over 0, 128, to scale, 255; NaN is 0."""
    with np.errstate(invalid="ignore"):
        shades = np.rint(MIDDLE + np.clip(tiles / (scale or 1), -1, 1) * (MIDDLE - 1))
    return base64.b64encode(np.nan_to_num(shades).astype(np.uint8).tobytes()).decode()


def reach(values: Array) -> float:
    """The largest absolute value of those that are finite."""
    found = np.abs(values[np.isfinite(values)])
    return float(found.max()) if found.size else 1.0


def tile(height: int, width: int) -> int:
    """How wide a tile of so many pixels is drawn."""
    return int(min(max(LEAST, 3 * max(height, width)), MOST))


def columns(count: int) -> int:
    """How many tiles stand beside each other."""
    return count if count < 4 else 5 if count == 10 else math.ceil(math.sqrt(count))


def layer(path: str, name: str, values: Array, most: int | None = None, **more: Any) -> Layer:
    """One layer's output: maps (C, H, W), the first `most` of them, or units (C,)."""
    scale, shape = reach(values), values.shape
    few = f"; the first {most}" if most and not are_units(shape) and most < len(values) else ""
    described = {"path": path, "name": name, "palette": "signed", "detail": detail(values) + few}
    maps = _rows(values.ravel()) if are_units(shape) else values[:most]
    count, height, width = maps.shape
    across = width * PIXEL if are_units(shape) and count == 1 else tile(height, width)
    return {**described, "count": count, "height": height, "width": width, "tile": across,
            "columns": columns(count), "pixels": pixels(maps, scale),
            "single": "unit" if are_units(shape) else "map", **more}  # fmt: skip


def detail(values: Array) -> str:
    """The shape of a tensor, and how far its numbers reach."""
    return f"{written(values.shape)}, ±{format_number(reach(values), 2)}"


def are_units(shape: Shape) -> bool:
    """Whether a layer has single units, or maps of one pixel."""
    return len(shape) == 1 or shape[1:] == (1, 1)


def unit_columns(count: int) -> int:
    """How many of so many units stand in a row: a number that leaves no gap, if there is one."""
    even = [n for n in range(WIDEST // 2, WIDEST + 1) if count % n == 0]
    return max(even, default=WIDEST)


def _rows(units: Array) -> Array:
    """Units (C,) as tiles of one pixel each, or many of them as one tile."""
    if len(units) <= MANY_UNITS:
        return units[:, None, None]
    across = unit_columns(len(units))
    padded = np.zeros(math.ceil(len(units) / across) * across)
    padded[: len(units)] = units
    return padded.reshape(1, -1, across)


def chosen_tile(shape: Shape, channel: int, frame: list[int] | None) -> Layer:
    """What marks a channel of a layer: its tile with a frame, or its pixel among many units."""
    if not are_units(shape):
        return {"chosen": channel, "frame": frame}
    if shape[0] <= MANY_UNITS:
        return {"chosen": channel}
    row, column = divmod(channel, unit_columns(shape[0]))
    return {"chosen": 0, "frame": [row, column, row, column], "picks": True}


def chosen_channel(shape: Shape, message: dict[str, Any]) -> int:
    """The channel that a press of a tile means, within the layer."""
    if not are_units(shape) or shape[0] <= MANY_UNITS:
        return int(message["channel"])
    row, column = pixel(message, (0, 0))
    unit = row * unit_columns(shape[0]) + column
    return min(unit, shape[0] - 1)


def pixel(message: dict[str, Any], usual: tuple[int, int]) -> tuple[int, int]:
    """The pixel that was pressed; `usual` where a tile was chosen by key."""
    row, column = message["row"], message["column"]
    return usual if row is None else (int(row), int(column))


def kernels(weight: Array, name: str, unit: int, source: int) -> Layer:
    """The kernels (O, I, H, W) of a convolution, one tile each; or the weights (O, I) of a dense
    layer as one tile, a row for each unit."""
    if weight.ndim == 2:
        out, into = weight.shape
        across = int(np.clip(4 * into, 60, 420))
        made = layer("kernels", name, weight[None], tile=across, chosen=0, picks=True,
                     single="weights", frame=[unit, source, unit, source])  # fmt: skip
        return made | {"detail": detail(weight)}
    out, into, height, width = weight.shape
    everything = out * into <= MANY_KERNELS
    shown = weight.reshape(-1, height, width) if everything else weight[unit]
    made = layer("kernels", name, shown, single="kernel")
    return made | {"detail": detail(weight), "tile": LEAST, "columns": _kernel_columns(out, into, everything),
                   "chosen": unit * into + source if everything else source}  # fmt: skip


def _kernel_columns(out: int, into: int, everything: bool) -> int:
    """A row for the kernels of each output, where they all fit."""
    if everything and 1 < into <= 16:
        return into
    return min(out if everything else into, 16)


def chosen_kernel(weight: Array, unit: int, message: dict[str, Any]) -> tuple[int, int]:
    """The output and the input that a press of the kernels means."""
    out, into = weight.shape[:2]
    if weight.ndim == 2:
        return pixel(message, (unit, 0))
    tile = int(message["channel"])
    return divmod(tile, into) if out * into <= MANY_KERNELS else (unit, tile)


def output_ref(trace: Trace, path: str, channel: int, place: tuple[int, int]) -> Ref:
    """One number of a layer's output, or of the picture, within its bounds."""
    shape = trace.output(path).shape[1:]
    index = (channel, *place) if len(shape) == 3 else (channel,)
    inside = tuple(min(i, size - 1) for i, size in zip(index, shape, strict=True))
    return Ref(output_tensor(path), (0, *inside))


def weight_ref(path: str, index: tuple[int, ...]) -> Ref:
    return Ref(f"{FIRST}{path}.weight", index)


def labelled(labels: list[str]) -> Layer:
    """Units with their names upon them, in tiles that have room for words."""
    return {"labels": labels} | ({"tile": MOST} if max(map(len, labels)) > LETTERS else {})


def probability_layer(path: str, shares: Array, labels: list[str]) -> Layer:
    """The probabilities of the classes (K,), from 0 to 1."""
    made = layer(path, "softmax", shares, single="class", **labelled(labels))
    return made | {"pixels": pixels(_rows(shares), 1.0), "detail": f"{len(shares)}, 0 to 1"}
