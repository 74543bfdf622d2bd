"""Pictures of one shape each, at a random place, size and angle: seen anywhere, it stays itself."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.data.geometry import box, circle, coverage, cross, pixel_centres, triangle
from core.spec.checks import require, require_number, require_whole

Array = NDArray[np.floating]
# All of about the same area, so that brightness alone tells nothing.
SHAPES = {
    "circle": lambda y, x: circle(y, x, 0.8),
    "square": lambda y, x: box(y, x, 0.7, 0.7),
    "triangle": lambda y, x: triangle(y, x, 0.62),
    "cross": lambda y, x: cross(y, x, 1.0, 0.3),
}
REACH = 1.24  # the farthest point of any shape from its centre, in units of its size
MIN_SIDE, MAX_SIDE = 12, 64
MAX_VALUES = 1 << 24  # of all pictures together; 128 MiB as float64
AT_ONCE = 500  # pictures drawn together, so that what lies between takes little memory


def make_shapes(
    num_samples: int,
    rng: np.random.Generator,
    size: int = 16,
    num_classes: int = len(SHAPES),
    noise: float = 0.0,
    colour: bool = False,
) -> tuple[Array, NDArray[np.int64]]:
    """Images (num_samples, 1 or 3, size, size) from 0 to 1, and classes, the first of SHAPES.

    A shape's size is uniform between 0.2 and 0.38 of the picture's side; it lies wholly inside. It
    is bright on dark ground; with `colour`, in random colours, the shape's at least 0.4 brighter
    than the ground's in each plane. `noise` is the standard deviation of normal noise.
    """
    _require(num_samples, size, num_classes, noise, colour)
    labels = np.arange(num_samples, dtype=np.int64) % num_classes
    images = np.concatenate([
        _draw(labels[start : start + AT_ONCE], size, 3 if colour else 1, rng)
        for start in range(0, num_samples, AT_ONCE)
    ])  # fmt: skip
    if noise:
        images += rng.normal(0, noise, images.shape)
    return np.clip(images, 0, 1), labels


def _require(n: int, size: int, num_classes: int, noise: float, colour: bool) -> None:
    require_whole("num_samples", n, 1, 10**6)
    require_whole("size", size, MIN_SIDE, MAX_SIDE)
    require_whole("num_classes", num_classes, 2, len(SHAPES))
    require_number("noise", noise, 0, 1)
    values = n * size * size * (3 if colour else 1)
    require(values <= MAX_VALUES, "the number of all pixels", values,
            f"at most {MAX_VALUES}: fewer or smaller pictures")  # fmt: skip


def _draw(labels: NDArray[np.int64], size: int, planes: int, rng: np.random.Generator) -> Array:
    ink = _masks(labels, size, rng)[:, None]
    dark = rng.uniform(0, 0.3, (len(labels), planes, 1, 1))
    bright = dark + rng.uniform(0.4, 0.7, dark.shape)
    return dark + (bright - dark) * ink


def _masks(labels: NDArray[np.int64], size: int, rng: np.random.Generator) -> Array:
    """How much of each pixel (n, size, size) its shape covers."""
    n = len(labels)
    scale = rng.uniform(0.2, 0.38, (n, 1, 1))
    margin = REACH * scale
    centre = margin + (1 - 2 * margin) * rng.uniform(0, 1, (2, n, 1, 1))
    angle = rng.uniform(0, 2 * np.pi, (n, 1, 1))
    y, x = ((axis - place) / scale for axis, place in zip(pixel_centres(size), centre, strict=True))
    y, x = y * np.cos(angle) - x * np.sin(angle), y * np.sin(angle) + x * np.cos(angle)
    distance = np.empty_like(y)
    for label, shape in enumerate(SHAPES.values()):
        of_it = labels == label
        distance[of_it] = shape(y[of_it], x[of_it])
    return coverage(distance, 1 / (size * scale))
