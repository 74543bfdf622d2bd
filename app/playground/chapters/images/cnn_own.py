"""The learner's own pictures, and those from a pair of IDX files as MNIST comes in."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from app.playground.remote.uploads import own
from app.playground.views import FilesInput
from core.data.idx import read_images_and_labels
from core.data.resample import resize
from core.data.samples import Samples, picture_samples
from core.seeds import generators

MOST = 4000  # samples that are taken; more would fill the memory of a small machine
LEAST = 20
MOST_CLASSES = 62  # digits and letters, as in EMNIST
HINT = (
    "Two IDX files, compressed (.gz) or not, as MNIST, EMNIST and Fashion-MNIST come in: the images "
    f"(magic number 00 00 08 03), and the labels (00 00 08 01). The first {MOST:,} samples are used. "
    "They stay in this page, and are gone when it is closed; they are sent nowhere but to a training "
    "server, if you connect to one and let it train."
)
WANTED = [{"key": "images", "label": "Images"}, {"key": "labels", "label": "Labels"}]


@dataclass(frozen=True, eq=False)
class OwnPictures(ABC):
    """Pictures (n, C, H, W) from 0 to 1, grey or red, green and blue, their classes (n,), and the
    name of the file they are from. is_ink: whether 1 is the ink on paper, as in writing, or the
    light, as in photographs."""

    name: str
    images: NDArray[np.floating]
    labels: NDArray[np.int64]
    is_ink: ClassVar[bool]

    @property
    @abstractmethod
    def classes(self) -> list[str]:
        ...

    @property
    def num_classes(self) -> int:
        return len(self.classes)

    @property
    def channels(self) -> int:
        return int(self.images.shape[1])

    @property
    def side(self) -> int:
        return max(self.images.shape[2:])

    @abstractmethod
    def samples(self, size: int, test_fraction: float, seed: int) -> Samples:
        """For a network that takes pictures of size × size."""

    @abstractmethod
    def words(self, size: int) -> str:
        """What they are, and what became of them for such a network."""

    def fitted(self, size: int) -> NDArray[np.floating]:
        """The pictures at size × size."""
        if self.images.shape[2:] == (size, size):
            return self.images
        return resize(self.images, size, size, "area" if self.side > size else "bilinear")


@dataclass(frozen=True, eq=False)
class IdxPictures(OwnPictures):
    """Of a pair of files, which the page holds."""

    files: tuple[bytes, bytes] = (b"", b"")
    is_ink: ClassVar[bool] = True

    @property
    def classes(self) -> list[str]:
        return [str(k) for k in range(max(int(self.labels.max()) + 1, 2))]

    def samples(self, size: int, test_fraction: float, seed: int) -> Samples:
        """A training server makes the same of the files."""
        rng = generators(seed, 1)[0]
        made = picture_samples(self.fitted(size), self.labels, test_fraction, rng)
        options = {"size": size, "channels": 1, "num_samples": MOST,
                   "test_fraction": test_fraction, "seed": seed}  # fmt: skip
        return own(made, self.files, "idx", options)

    def words(self, size: int) -> str:
        count, _, height, width = self.images.shape
        made = "" if (height, width) == (size, size) else f", made {size} × {size} for the network"
        return (f"“{self.name}”: {count:,} pictures of {height} × {width}{made}, "
                f"{self.num_classes} classes.")  # fmt: skip


def read_pair(images: bytes, labels: bytes, name: str) -> IdxPictures:
    """Raises ValueError saying what is wrong with which file, and what would be right."""
    pictures, classes = read_images_and_labels(images, labels, most=MOST)
    if len(pictures) < LEAST:
        raise ValueError(
            f"there are {len(pictures)} pictures; at least {LEAST} are needed to train and to test"
        )
    if classes.max() >= MOST_CLASSES:
        raise ValueError(
            f"the labels go up to {classes.max()}; they must be from 0 to {MOST_CLASSES - 1}"
        )
    return IdxPictures(name, pictures, classes, (images, labels))


def make_input() -> FilesInput:
    return FilesInput(wanted=WANTED, hint=HINT)
