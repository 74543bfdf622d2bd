"""The data sets by name: what they are for, and how many classes they can have."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class DatasetInfo:
    """`classes` are the least and greatest number of classes; (1, 1) for regression. The family
    says what a sample is: a point of the plane, a picture, a sequence."""

    label: str
    classes: tuple[int, int]
    input_size: int = 2
    family: str = "plane"

    @property
    def is_regression(self) -> bool:
        return self.classes == (1, 1)


DATASETS = {
    "circles": DatasetInfo("Circles", (2, 5)),
    "xor": DatasetInfo("Exclusive or", (2, 2)),
    "gaussians": DatasetInfo("Gaussian clouds", (2, 5)),
    "spiral": DatasetInfo("Spiral", (2, 5)),
    "moons": DatasetInfo("Moons", (2, 2)),
    "plane": DatasetInfo("Plane (regression)", (1, 1)),
    "curve": DatasetInfo("Curve (regression)", (1, 1), input_size=1),
}


def of_family(family: str) -> list[str]:
    """The names of a family's data sets."""
    return [name for name, info in DATASETS.items() if info.family == family]
