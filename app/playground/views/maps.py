"""Maps: what every layer says, as one picture a layer, made of a tile for each channel."""

from __future__ import annotations

from typing import ClassVar

import param

from app.playground.views.component import Component, as_text, modules, styles


class Maps(Component):
    """Messages: {type: "choose", path, channel, row, column}: a tile, and the pixel of it that was
    pressed; by key, row and column are null unless pixels are picked.

    A layer is {path, name, detail, count, height, width, columns, tile, pixels, palette}: `count`
    tiles of height × width pixels, one byte each as base64, in rows of `columns`, each tile drawn
    `tile` CSS pixels wide. With the palette `rgb` a pixel is three bytes: red, green, blue. It may
    have `single` (the noun of a tile), `labels` (a short text upon each), `chosen` (the number of a
    tile), `frame` ([top, left, bottom, right] in the chosen tile), `lit` (tiles with a dashed line
    around), `off` (tiles that are crossed out), and `picks`: then arrow keys move within the tile,
    pixel by pixel.
    """

    label = param.String(doc="What the layers are; the accessible name")
    layers_text = param.String(default="[]", doc="The layers as JSON")
    palettes = param.Dict(default={}, doc="By name: 256 colours, which the bytes are numbers of")

    layers = as_text("layers_text", "The layers in order")

    _esm = modules("element", "maps")
    _styles: ClassVar[str] = styles("component", "maps")
