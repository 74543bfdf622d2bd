"""What all algorithms are given: the same samples, scaled alike, and the points of the picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.data import toys
from core.data.names import DATASETS
from core.pictures import plane_inputs
from core.seeds import generators

Array = NDArray[np.floating]
RESOLUTION = 40
TEST_SHARE = 0.5


@dataclass(frozen=True)
class Problem:
    """points (n, 2); inputs (n, 2 + extra), scaled to mean 0 and spread 1 over the training
    samples; targets (n,) are classes 0 and 1, or values. `grid` (RESOLUTION², 2 + extra) are the
    points of the picture, at which features that say nothing are at their mean."""

    points: Array
    inputs: Array
    targets: NDArray[Any]
    train: NDArray[np.int64]
    test: NDArray[np.int64]
    grid: Array
    is_regression: bool
    seed: int

    @property
    def train_x(self) -> Array:
        return self.inputs[self.train]

    @property
    def train_y(self) -> NDArray[Any]:
        return self.targets[self.train]

    @property
    def test_x(self) -> Array:
        return self.inputs[self.test]

    @property
    def test_y(self) -> NDArray[Any]:
        return self.targets[self.test]


def make_problem(name: str, samples: int, extra: int, noise: float, seed: int) -> Problem:
    """`extra` features are normal random numbers that say nothing about the target."""
    points_rng, split_rng, extra_rng = generators(seed, 3)
    made = toys.make(name, samples, DATASETS[name].classes[0], noise, points_rng)
    train, test = toys.split(samples, TEST_SHARE, split_rng)
    points = made.points
    if points.shape[1] == 1:  # a curve over x1 alone: x2 says nothing
        points = np.hstack([points, extra_rng.uniform(-toys.RADIUS, toys.RADIUS, points.shape)])
    raw = np.hstack([points, extra_rng.normal(size=(samples, extra))])
    mean, spread = raw[train].mean(axis=0), raw[train].std(axis=0)
    grid = np.tile(mean, (RESOLUTION**2, 1))
    grid[:, :2] = plane_inputs(("x1", "x2"), RESOLUTION, 2)
    return Problem(points, (raw - mean) / spread, np.ravel(made.targets), train, test,
                   (grid - mean) / spread, made.is_regression, seed)  # fmt: skip
