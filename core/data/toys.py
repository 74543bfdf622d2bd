"""Points in the plane, about [−6, 6] each way, that a small network can learn while one watches.

Every maker takes the number of points, the number of classes, the noise as a share (0 to 0.5) and a
generator, and returns points (n, 2) or (n, 1) with targets: classes (n,) or values (n, 1).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.data.names import DATASETS

Array = NDArray[np.floating]
Indices = NDArray[np.int64]
Made = tuple[Array, NDArray[Any]]
RADIUS = 5.0
DOMAIN = 6.0  # points and pictures lie within ±6


@dataclass(frozen=True)
class Dataset:
    """points (n, 2) or (n, 1); targets (n,) whole class numbers or (n, 1) values."""

    points: Array
    targets: NDArray[Any]
    num_classes: int  # 1 for regression

    @property
    def is_regression(self) -> bool:
        return self.num_classes == 1


def _labels(n: int, classes: int) -> NDArray[np.int64]:
    """Classes in turn, so that they are balanced to within one."""
    return np.arange(n) % classes


def _polar(radius: Array, angle: Array) -> Array:
    return np.stack([radius * np.sin(angle), radius * np.cos(angle)], axis=1)


def circles(n: int, classes: int, noise: float, rng: np.random.Generator) -> Made:
    """Rings within each other, one a class, with gaps between them."""
    label = _labels(n, classes)
    width = RADIUS / (2 * classes - 1)
    radius = width * (2 * label + rng.uniform(0, 1, n))
    points = _polar(radius, rng.uniform(0, 2 * np.pi, n))
    return points + rng.normal(0, 1.5 * noise, (n, 2)), label


def xor(n: int, classes: int, noise: float, rng: np.random.Generator) -> Made:
    """The sign of x1 · x2, with a gap along the axes."""
    points = rng.uniform(0.3, RADIUS, (n, 2)) * rng.choice([-1, 1], (n, 2))
    label = (points[:, 0] * points[:, 1] < 0).astype(np.int64)
    return points + rng.normal(0, 3 * noise, (n, 2)), label


def gaussians(n: int, classes: int, noise: float, rng: np.random.Generator) -> Made:
    """Normal clouds around centres on a circle; linearly separable when there are two."""
    label = _labels(n, classes)
    centre = _polar(np.full(n, 0.6 * RADIUS), np.pi / 4 + 2 * np.pi * label / classes)
    return centre + rng.normal(0, 0.5 + 3 * noise, (n, 2)), label


def spiral(n: int, classes: int, noise: float, rng: np.random.Generator) -> Made:
    """Arms that wind around each other."""
    label = _labels(n, classes)
    along = rng.uniform(0.02, 1, n)
    points = _polar(RADIUS * along, 1.75 * 2 * np.pi * along + 2 * np.pi * label / classes)
    return points + rng.normal(0, 1.2 * noise, (n, 2)), label


def moons(n: int, classes: int, noise: float, rng: np.random.Generator) -> Made:
    """Two half circles, each reaching into the other."""
    label = _labels(n, 2)
    angle = rng.uniform(0, np.pi, n)
    x1 = np.where(label == 0, np.cos(angle), 1 - np.cos(angle))
    x2 = np.where(label == 0, np.sin(angle), 0.5 - np.sin(angle))
    points = 3 * np.stack([x1 - 0.5, x2 - 0.25], axis=1)
    return points + rng.normal(0, 0.25 + 1.5 * noise, (n, 2)), label


def plane(n: int, classes: int, noise: float, rng: np.random.Generator) -> Made:
    """y = (x1 + x2) / 10, which a network without hidden layers can learn."""
    points = rng.uniform(-RADIUS, RADIUS, (n, 2))
    return points, points.sum(axis=1, keepdims=True) / 10 + rng.normal(0, noise, (n, 1))


def curve(n: int, classes: int, noise: float, rng: np.random.Generator) -> Made:
    """y = sin(x) · 0.8 + 0.1 x − 0.1, a curve over one input."""
    x = rng.uniform(-RADIUS, RADIUS, (n, 1))
    return x, 0.8 * np.sin(x) + 0.1 * x - 0.1 + rng.normal(0, noise, (n, 1))


MAKERS: dict[str, Callable[[int, int, float, np.random.Generator], Made]] = {
    f.__name__: f for f in (circles, xor, gaussians, spiral, moons, plane, curve)
}


def make(
    name: str, num_samples: int, num_classes: int, noise: float, rng: np.random.Generator
) -> Dataset:
    """Make a data set by its name; the same generator state gives the same points."""
    points, targets = MAKERS[name](num_samples, num_classes, noise, rng)
    return Dataset(points, targets, 1 if DATASETS[name].is_regression else num_classes)


def split(
    num_samples: int, test_fraction: float, rng: np.random.Generator
) -> tuple[Indices, Indices]:
    """Shuffled indices of the training and of the test samples; at least one is for training."""
    order = rng.permutation(num_samples)
    num_test = min(round(num_samples * test_fraction), num_samples - 1)
    return order[num_test:], order[:num_test]
