"""Samples of a learner's own: points painted on the plane, and columns of a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.data import toys
from core.data.features import design_matrix
from core.data.samples import Samples
from core.data.table import Taken
from core.data.toys import DOMAIN

Array = NDArray[np.floating]
SPREAD = 2.0  # standard deviation of inputs, so that nearly all lie on the plane, which spans ±6
TARGET_SPREAD = 0.5  # of values, so that nearly all lie within ±1, which the colours span

# Painted points as text: two digits to the base of 64 for each coordinate, one for the class
DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
LEVELS = 64 * 64 - 1
POINT = 5  # characters


@dataclass(frozen=True)
class Scale:
    """A column made standard: spread · (value − mean) / deviation."""

    mean: float
    deviation: float
    spread: float

    def __call__(self, values: Array) -> Array:
        return self.spread * (values - self.mean) / self.deviation


def scale_of(values: Array, spread: float) -> Scale:
    """From the values that are learnt from; where they are all the same, the scale of others."""
    return Scale(float(values.mean()), float(values.std()) or 1.0, spread)


@dataclass(frozen=True)
class Own:
    """Samples, and the scales of x₁, x₂ and, for regression, of the target."""

    samples: Samples
    scales: tuple[Scale, ...] = ()


def table_samples(
    taken: Taken, features: tuple[str, ...], test_fraction: float, rng: np.random.Generator
) -> Own:
    """Columns of a table, made standard by the training samples alone: those for testing must not
    be known in any way."""
    train, test = toys.split(len(taken.points), test_fraction, rng)
    scales = [scale_of(column[train], SPREAD) for column in taken.points.T]
    points = np.stack([s(x) for s, x in zip(scales, taken.points.T, strict=True)], axis=1)
    targets: NDArray[Any] = taken.targets
    if not taken.classes:
        scales.append(scale_of(targets[train, 0], TARGET_SPREAD))
        targets = scales[2](targets)
    inputs = design_matrix(points, features)
    samples = Samples(inputs, targets, len(taken.classes) or 1, train, test, points=points)
    return Own(samples, tuple(scales))


def painted_samples(
    points: Array, labels: NDArray[np.int64], features: tuple[str, ...], test_fraction: float,
    rng: np.random.Generator,
) -> Samples:  # fmt: skip
    """Points (n, 2) with classes (n,) from 0."""
    train, test = toys.split(len(points), test_fraction, rng)
    count = max(int(labels.max()) + 1, 2)
    return Samples(design_matrix(points, features), labels, count, train, test, points=points)


def write_points(points: Array, labels: NDArray[np.integer]) -> str:
    """Points as text for an address, to the nearest of 4,096 places along each axis."""
    levels = np.rint((np.clip(points, -DOMAIN, DOMAIN) + DOMAIN) / (2 * DOMAIN) * LEVELS)
    return "".join(
        "".join(DIGITS[d] for d in (x // 64, x % 64, y // 64, y % 64, int(label)))
        for (x, y), label in zip(levels.astype(int).tolist(), labels, strict=True)
    )


def read_points(text: str) -> tuple[Array, NDArray[np.int64]]:
    """The points (n, 2) and classes (n,) of such a text; raises ValueError where it is none."""
    digits = [DIGITS.find(character) for character in text]
    if len(digits) % POINT or -1 in digits:
        raise ValueError(f"painted points are {POINT} letters, digits, - or _ each")
    table = np.array(digits, dtype=np.int64).reshape(-1, POINT)
    levels = np.stack([table[:, 0] * 64 + table[:, 1], table[:, 2] * 64 + table[:, 3]], axis=1)
    return levels / LEVELS * 2 * DOMAIN - DOMAIN, table[:, 4]
