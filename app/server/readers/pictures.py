"""What all files of pictures have in common: from bytes to what a network takes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.server.readers.opened import Opened
from core.data.colour import grey_to_rgb, rgb_to_grey
from core.data.resample import resize
from core.data.samples import Samples, picture_samples
from core.data.toys import split
from core.seeds import generators
from core.spec.checks import require, require_number, require_whole
from core.spec.data import MAX_SAMPLES

MOST_VALUES = 200_000_000  # of all pictures together, each four bytes; CIFAR-10 has 184 million
PART = 1000  # pictures that are brought to another size at once
Bytes = NDArray[np.uint8]
Labels = NDArray[np.int64]


@dataclass(frozen=True)
class PictureOptions:
    """size: the side of the square that the network takes, None for pictures as they are.
    channels: 1 for grey, 3 for colour, None for as they are. num_samples: at most so many, and of
    data that come with test pictures of their own, of both kinds; None for all. test_fraction and
    seed say which pictures are for testing, where the data do not."""

    size: int | None = None
    channels: int | None = None
    num_samples: int | None = None
    test_fraction: float = 0.2
    seed: int = 0

    def __post_init__(self) -> None:
        for name, low, high in (("size", 4, 256), ("num_samples", 2, MAX_SAMPLES)):
            if getattr(self, name) is not None:
                require_whole(name, getattr(self, name), low, high)
        require(self.channels in (None, 1, 3), "channels", self.channels, "1, 3 or null")
        require_number("test_fraction", self.test_fraction, 0.01, 0.9)
        require_whole("seed", self.seed, 0, 2**31 - 1)


def opened(
    pixels: Bytes, labels: Labels, classes: list[str], options: PictureOptions
) -> Opened:
    """Pictures (n, C, H, W) with classes (n,), some of which are to be kept for testing."""
    some = slice(options.num_samples)
    images = fitted(pixels[some], options)
    rng = generators(options.seed, 1)[0]
    made = picture_samples(images, labels[some], options.test_fraction, rng)
    return _told(replace(made, num_classes=len(classes)), classes, pixels)


def opened_as_published(
    train: tuple[Bytes, Labels], test: tuple[Bytes, Labels], classes: list[str],
    options: PictureOptions,
) -> Opened:  # fmt: skip
    """Pictures whose test pictures others measured themselves by, too; the training pictures are
    shuffled, as they may lie in the order of their classes."""
    some = slice(options.num_samples)
    pixels = np.concatenate([train[0][some], test[0][some]])
    labels = np.concatenate([train[1][some], test[1][some]])
    count = len(train[1][some])
    order, _ = split(count, 0, generators(options.seed, 1)[0])
    samples = Samples(fitted(pixels, options), labels, len(classes), order,
                      np.arange(count, len(labels)))  # fmt: skip
    return _told(samples, classes, pixels)


def _told(samples: Samples, classes: list[str], pixels: Bytes) -> Opened:
    facts: dict[str, Any] = {
        "classes": classes, "shape": list(samples.inputs.shape[1:]),
        "original": list(pixels.shape[1:]),
        "counts": np.bincount(samples.targets, minlength=len(classes)).tolist(),
    }  # fmt: skip
    return Opened(samples, facts)


def fitted(pixels: Bytes, options: PictureOptions) -> NDArray[np.float32]:
    """Bytes (n, C, H, W) as numbers from 0 to 1, of the size and the planes that are wanted."""
    count, planes, *sides = pixels.shape
    planes = options.channels or planes
    height, width = [options.size] * 2 if options.size else sides
    require_room(count, planes * height * width)
    made = np.empty((count, planes, height, width), np.float32)
    for start in range(0, count, PART):
        part = pixels[start : start + PART] / 255
        made[start : start + PART] = _sized(_coloured(part, planes), height, width)
    return made


def require_room(count: int, values: int) -> None:
    if count * values > MOST_VALUES:
        raise ValueError(
            f"{count:,} pictures of {values:,} numbers are more than {MOST_VALUES:,} together; "
            "take fewer samples, a smaller size, or grey pictures"
        )


def _coloured(images: NDArray[Any], planes: int) -> NDArray[Any]:
    if images.shape[1] == planes:
        return images
    return rgb_to_grey(images) if planes == 1 else grey_to_rgb(images)


def _sized(images: NDArray[Any], height: int, width: int) -> NDArray[Any]:
    """By area where it shrinks, so that no pixel is passed over."""
    old = images.shape[2:]
    if old == (height, width):
        return images
    return resize(images, height, width, "area" if max(old) > height else "bilinear")
