"""New pictures from given ones: shifted, turned, scaled and made noisy, by a generator."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.data.resample import warp
from core.spec.checks import require_number

Array = NDArray[np.floating]


@dataclass(frozen=True)
class Augmentation:
    """How far each picture may be moved, at most, each way.

    shift: in pixels, in height and in width; rotation: in degrees; scale: a share of the size, so
    0.1 is from 0.9 to 1.1 times as large; noise: the standard deviation of what is added to each
    pixel, before it is cut to [0, 1].
    """

    shift: float = 1.0
    rotation: float = 10.0
    scale: float = 0.1
    noise: float = 0.0

    def __post_init__(self) -> None:
        require_number("shift", self.shift, 0, 1000)
        require_number("rotation", self.rotation, 0, 180)
        require_number("scale", self.scale, 0, 0.9)
        require_number("noise", self.noise, 0, 1)


def augment(images: Array, how: Augmentation, rng: np.random.Generator) -> Array:
    """Images (n, C, H, W) from 0 to 1, each moved by its own uniform draws.

    A picture is scaled by s and turned by the angle a (anti-clockwise as one sees it) about its
    centre, then shifted by (v, u) down and to the right: a new pixel (y, x) comes from the old
    place R(a)/s · ((y, x) − (v, u)), with R(a) = [[cos a, sin a], [−sin a, cos a]].
    """
    n = len(images)
    angle = np.deg2rad(rng.uniform(-how.rotation, how.rotation, n))
    scale = 1 + rng.uniform(-how.scale, how.scale, n)
    shift = rng.uniform(-how.shift, how.shift, (n, 2))
    cos, sin = np.cos(angle) / scale, np.sin(angle) / scale
    matrix = np.array([[cos, sin], [-sin, cos]]).transpose(2, 0, 1)
    moved = warp(images, matrix, -(matrix @ shift[:, :, None])[:, :, 0])
    if how.noise:
        moved += rng.normal(0, how.noise, moved.shape)
    return np.clip(moved, 0, 1)
