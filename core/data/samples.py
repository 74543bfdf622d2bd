"""Samples as a trainer takes them, whatever they are: points, pictures, sequences."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.data import toys
from core.data.features import design_matrix
from core.data.names import DATASETS
from core.seeds import generators
from core.spec.data import DataSpec

Array = NDArray[np.floating]
Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Samples:
    """What to learn from, and what to be tested on.

    inputs (n, ...): as the network takes them. targets: class numbers (n,), or values (n, k); for
    an answer at each step of a sequence (n, T) or (n, T, k). `num_classes` is 1 for regression. The
    indices say which samples are for training and which for testing. mask (n, T): which steps
    exist, None when all do; counted (n, T): which steps the loss counts, None when all that exist.
    points: what the inputs were computed from, where a picture of them can be drawn.
    """

    inputs: NDArray[Any]
    targets: NDArray[Any]
    num_classes: int
    train_indices: Indices
    test_indices: Indices
    mask: NDArray[np.bool_] | None = None
    counted: NDArray[np.bool_] | None = None
    points: Array | None = None

    def __post_init__(self) -> None:
        n = len(self.inputs)
        for name in ("targets", "mask", "counted", "points"):
            array = getattr(self, name)
            if array is not None and len(array) != n:
                raise ValueError(f"there are {n} inputs but {len(array)} {name}")
        if not len(self.train_indices):
            raise ValueError("at least one sample must be for training")
        for array in (self.inputs, self.targets):
            if array.dtype.kind == "f" and not np.isfinite(array).all():
                raise ValueError("inputs and targets must be finite numbers; some are not")

    @property
    def is_regression(self) -> bool:
        return self.num_classes == 1


def make_samples(spec: DataSpec) -> Samples:
    """The data set that a specification describes; the same specification gives the same."""
    return FAMILIES[DATASETS[spec.name].family](spec)


def _plane(spec: DataSpec) -> Samples:
    points_rng, split_rng = generators(spec.seed, 2)
    made = toys.make(spec.name, spec.num_samples, spec.num_classes, spec.noise, points_rng)
    train, test = toys.split(spec.num_samples, spec.test_fraction, split_rng)
    inputs = design_matrix(made.points, spec.features)
    return Samples(inputs, made.targets, made.num_classes, train, test, points=made.points)


FAMILIES: dict[str, Callable[[DataSpec], Samples]] = {"plane": _plane}
