"""The data sets by name: what they are for, and what can be chosen about them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Choice:
    """A whole number that can be chosen, from `low` to `high`; `usual` where nothing is said."""

    low: int
    high: int
    usual: int


@dataclass(frozen=True)
class DatasetInfo:
    """`classes` are the least and greatest number of classes; (1, 1) for regression. The family
    says what a sample is: a point of the plane, a picture, a sequence, a piece of text.

    input_size: the numbers of a point, the planes of a picture, the numbers at a step; 1 where a
    step is a token. The choices are those of DataSpec; None where there is none.
    """

    label: str
    classes: tuple[int, int]
    input_size: int = 2
    family: str = "plane"
    noisy: bool = True
    coloured: bool = False
    image_size: Choice | None = None
    num_steps: Choice | None = None
    delay: Choice | None = None
    copies: Choice | None = None
    streams: Choice | None = None

    @property
    def is_regression(self) -> bool:
        return self.classes == (1, 1)


CHOICES = ("image_size", "num_steps", "delay", "copies", "streams")
STEPS = Choice(2, 1000, 20)
DATASETS = {
    "circles": DatasetInfo("Circles", (2, 5)),
    "xor": DatasetInfo("Exclusive or", (2, 2)),
    "gaussians": DatasetInfo("Gaussian clouds", (2, 5)),
    "spiral": DatasetInfo("Spiral", (2, 5)),
    "moons": DatasetInfo("Moons", (2, 2)),
    "plane": DatasetInfo("Plane (regression)", (1, 1)),
    "curve": DatasetInfo("Curve (regression)", (1, 1), input_size=1),
    "digits": DatasetInfo(
        "Handwritten digits", (2, 10), 1, "pictures",
        image_size=Choice(8, 32, 8), copies=Choice(0, 9, 0),
    ),
    "shapes": DatasetInfo(
        "Shapes", (2, 4), 1, "pictures", coloured=True, image_size=Choice(12, 64, 16)
    ),
    "reber": DatasetInfo(
        "Embedded Reber grammar", (7, 7), 1, "sequences", noisy=False, num_steps=Choice(8, 200, 20)
    ),
    "gaps": DatasetInfo(
        "Missing letter of the Reber grammar", (7, 7), 1, "sequences", noisy=False,
        num_steps=Choice(9, 200, 20),
    ),
    "adding": DatasetInfo("Adding problem", (1, 1), 2, "sequences", noisy=False, num_steps=STEPS),
    "marked": DatasetInfo(
        "Remember the marked value", (2, 2), 2, "sequences", noisy=False, num_steps=STEPS
    ),
    "copy": DatasetInfo(
        "Copy memory", (3, 17), 1, "sequences", noisy=False,
        num_steps=Choice(3, 1000, 20), delay=Choice(1, 900, 10),
    ),
    "echo": DatasetInfo(
        "Delayed echo", (2, 16), 1, "sequences", noisy=False,
        num_steps=STEPS, delay=Choice(-100, 100, 3),
    ),
    "parity": DatasetInfo(
        "Parity so far", (2, 2), 1, "sequences", noisy=False, num_steps=STEPS
    ),
    "parity_last": DatasetInfo(
        "Parity of the whole", (2, 2), 1, "sequences", noisy=False, num_steps=STEPS
    ),
    "wave": DatasetInfo(
        "A number and its wave", (1, 1), 1, "sequences", noisy=False, num_steps=STEPS
    ),
    "sine": DatasetInfo("Sine mixtures", (1, 1), 1, "sequences", num_steps=STEPS),
    "text": DatasetInfo(
        "Text: twelve sonnets", (2, 1000), 1, "text", noisy=False,
        num_steps=Choice(1, 1000, 40), streams=Choice(1, 64, 1),
    ),
}  # fmt: skip


def of_family(family: str) -> list[str]:
    """The names of a family's data sets."""
    return [name for name, info in DATASETS.items() if info.family == family]
