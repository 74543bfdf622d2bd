"""Pictures of decisions as the gallery takes them: bytes that count the colours of a palette."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.playground.figures.plane import class_colours, value_colours
from app.playground.figures.theme import DIVERGING
from core.data.toys import DOMAIN

Array = NDArray[np.floating]
MAX_POINTS = 80
PALETTE = [DIVERGING[i] for i in range(0, 256, 5)]


def pixels(picture: Array) -> str:
    """A picture (r, r) with values in [−1, 1], each row and pixel one byte, as base64."""
    steps = np.rint((np.clip(picture, -1, 1) + 1) / 2 * (len(PALETTE) - 1))
    return base64.b64encode(steps.astype(np.uint8).tobytes()).decode()


def dots(points: Array, targets: NDArray[Any], is_regression: bool) -> list[dict[str, Any]]:
    """The first MAX_POINTS samples, in the colours of their targets, from 0 to 1 each way."""
    colours = value_colours(targets) if is_regression else class_colours(targets, 2)
    places = (points + DOMAIN) / (2 * DOMAIN)
    rows = zip(places[:MAX_POINTS].tolist(), colours, strict=False)
    return [{"x": x, "y": y, "color": colour} for (x, y), colour in rows]
