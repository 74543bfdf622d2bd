"""The picture that goes in, and the kernels that read it, in the colours that they stand for."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.playground.chapters.images.cnn_maps import (
    LEAST,
    Layer,
    columns,
    detail,
    pixels,
    reach,
    tile,
)
from app.playground.figures.tints import LIGHT, as_bytes, rgb_bytes, tinted
from core.explain.paths import INPUT, previous

Array = NDArray[np.floating]
RGB = "rgb"  # in place of a palette: three bytes a pixel
PLANES = list(LIGHT)  # red, green, blue
IN_COLOUR = "input.rgb"  # the tile of the whole picture, where each plane has a tile as well
KERNELS_IN_COLOUR = "kernels.rgb"


def greys(is_ink: bool) -> str:
    """The palette of grey pictures: whether 1 is the ink on paper, or the light."""
    return "ink" if is_ink else "light"


def whole(picture: Array, name: str, words: str, across: int, is_ink: bool, **more: Any) -> Layer:
    """The picture (C, H, W), its pixels from 0 to 1, as one tile."""
    count, height, width = picture.shape
    layer = {"name": name, "detail": words, "count": 1, "height": height, "width": width,
             "tile": across, "columns": 1, "single": "picture"}  # fmt: skip
    if count == 1:
        return layer | {"path": INPUT, "palette": greys(is_ink),
                        "pixels": pixels(2 * picture - 1, 1.0), **more}  # fmt: skip
    return layer | {"path": IN_COLOUR, "palette": RGB, "pixels": packed(picture[None]), **more}


def planes(picture: Array, **more: Any) -> Layer:
    """The planes of a picture (3, H, W), each in its colour."""
    _, height, width = picture.shape
    tiles = np.stack([tinted(name, plane, True) for name, plane in zip(PLANES, picture, strict=True)])
    return {"path": INPUT, "name": "its planes", "detail": "0 to 1", "count": len(PLANES),
            "height": height, "width": width, "tile": tile(height, width), "columns": len(PLANES),
            "single": "plane", "labels": PLANES, "palette": RGB, "pixels": packed(tiles),
            **more}  # fmt: skip


def are_colours(weight: Array, path: str) -> bool:
    """Whether the weights of the layer at a path are kernels upon a picture in colour."""
    return weight.ndim == 4 and weight.shape[1] == len(PLANES) and previous(path) == INPUT


def kernels(weight: Array, name: str, unit: int) -> Layer:
    """The kernels (O, 3, H, W) of a layer that reads a picture in colour, as small pictures: grey
    is 0, and a plane that a kernel looks for is bright in it."""
    count, _, height, width = weight.shape
    tiles = (1 + weight / (reach(weight) or 1)) / 2
    return {"path": KERNELS_IN_COLOUR, "name": f"{name}, in colour", "detail": detail(weight),
            "count": count, "height": height, "width": width, "tile": LEAST,
            "columns": columns(count), "single": "kernel", "palette": RGB, "chosen": unit,
            "pixels": packed(np.nan_to_num(tiles, nan=0.5))}  # fmt: skip


def packed(pictures: Array) -> str:
    """Pictures (n, 3, H, W) from 0 to 1 as three bytes a pixel, in base64."""
    clipped = as_bytes(np.clip(pictures, 0, 1))
    return base64.b64encode(b"".join(map(rgb_bytes, clipped))).decode()
