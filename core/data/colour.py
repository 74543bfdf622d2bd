"""Colours as planes of numbers from 0 to 1, and from one set of planes to another.

Pictures are (..., 3, H, W) with planes red, green, blue; the planes of the others are in the order
of their letters, on the same axis.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.spec.checks import require

Array = NDArray[np.floating]
LUMA = (0.299, 0.587, 0.114)  # of red, green, blue: ITU-R Recommendation BT.601
PLANES = -3  # the axis of the planes


def rgb_to_grey(image: Array) -> Array:
    """0.299 R + 0.587 G + 0.114 B, (..., 3, H, W) -> (..., 1, H, W): green looks brightest."""
    red, green, blue = _planes(image, 3, "RGB")
    weight = LUMA
    return np.expand_dims(weight[0] * red + weight[1] * green + weight[2] * blue, PLANES)


def grey_to_rgb(image: Array) -> Array:
    """Three equal planes, (..., 1, H, W) -> (..., 3, H, W)."""
    (grey,) = _planes(image, 1, "grey")
    return np.stack([grey] * 3, axis=PLANES)


def rgb_to_hsv(image: Array) -> Array:
    """Hue, saturation, value (A. R. Smith, 1978, "Color gamut transform pairs").

    V = max, S = (max − min)/max. The hue is a share of the full turn, in [0, 1): red is 0, green
    1/3, blue 2/3; with d = max − min it is (G − B)/d, 2 + (B − R)/d or 4 + (R − G)/d, by which of
    R, G, B is the greatest (the first of equals), over 6. Of a grey, S and H are 0.
    """
    red, green, blue = planes = _planes(image, 3, "RGB")
    value = np.max(planes, axis=0)
    spread = value - np.min(planes, axis=0)
    divisor = np.where(spread > 0, spread, 1)
    hue = np.select(
        [spread <= 0, red == value, green == value],
        [0, (green - blue) / divisor, 2 + (blue - red) / divisor],
        4 + (red - green) / divisor,
    )
    saturation = spread / np.where(value > 0, value, 1)
    turn = hue / 6 % 1  # rounds up to 1 for the smallest of negative hues
    return np.stack([np.where(turn < 1, turn, 0), saturation, value], axis=PLANES)


def hsv_to_rgb(image: Array) -> Array:
    """The way back: R, G and B are V − V · S · max(0, min(k, 4 − k, 1)), with k = n + 6 H modulo 6
    and n = 5 for red, 3 for green, 1 for blue."""
    hue, saturation, value = _planes(image, 3, "HSV")
    planes = []
    for n in (5, 3, 1):
        k = (n + 6 * hue) % 6
        planes.append(value - value * saturation * np.clip(np.minimum(k, 4 - k), 0, 1))
    return np.stack(planes, axis=PLANES)


def rgb_to_cmyk(image: Array) -> Array:
    """Cyan, magenta, yellow, black: (..., 3, H, W) -> (..., 4, H, W).

    K = 1 − max(R, G, B), C = (1 − R − K)/(1 − K) and so on; of black, C, M and Y are 0. This is the
    textbook's formula; a printer's depends on its inks and paper.
    """
    planes = np.stack(_planes(image, 3, "RGB"), axis=PLANES)
    most = planes.max(axis=PLANES, keepdims=True)
    inks = (most - planes) / np.where(most > 0, most, 1)
    return np.concatenate([inks, 1 - most], axis=PLANES)


def cmyk_to_rgb(image: Array) -> Array:
    """R = (1 − C)(1 − K), and so on: (..., 4, H, W) -> (..., 3, H, W)."""
    cyan, magenta, yellow, black = _planes(image, 4, "CMYK")
    return np.stack([(1 - ink) * (1 - black) for ink in (cyan, magenta, yellow)], axis=PLANES)


def _planes(image: Array, count: int, name: str) -> list[Array]:
    fits = image.ndim >= 3 and image.shape[PLANES] == count
    require(fits, f"the shape of the {name} picture", image.shape, f"(..., {count}, H, W)")
    inside = bool(((image >= 0) & (image <= 1)).all())  # false for NaN as well
    if not inside:
        raise ValueError(
            f"the {name} picture has values outside 0 to 1; bytes must be divided by 255"
        )
    return [image[..., plane, :, :] for plane in range(count)]
