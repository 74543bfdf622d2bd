"""Pictures that a training server holds: the page was shown some of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from app.playground.chapters.images.cnn_own import OwnPictures
from app.playground.remote.uploads import own
from app.protocol.frames import Message, Tensors
from core.data.samples import Samples

ZIP, GZIP = b"PK", b"\x1f\x8b"
RECORD = 3073  # bytes of a picture of CIFAR-10
HINT = (
    "CIFAR-10 in its binary version (the archive, or a batch), or a zip with a folder of PNG or JPEG "
    "pictures for each class. The file goes to the training server, once; the page is shown some of "
    "the pictures, and the server learns from all."
)
ALONE = "For a file that is too large for a page: connect to a training server first, below."


def kind_of(name: str, data: bytes) -> str:
    """What a file is, by its first bytes and its size; raises ValueError for anything else."""
    if data.startswith(ZIP):
        return "folder"
    if data.startswith(GZIP) or (data and len(data) % RECORD == 0):
        return "cifar10"
    raise ValueError(
        f"“{name}” is neither a zip of pictures nor CIFAR-10 in its binary version (.tar.gz, .bin)"
    )


@dataclass(frozen=True, eq=False)
class ServedPictures(OwnPictures):
    """Some of the pictures, of which the first are for training."""

    sha256: str
    kind: str
    options: dict[str, Any]  # that the server opens the file with
    facts: Message
    is_ink: ClassVar[bool] = False

    @property
    def classes(self) -> list[str]:
        return [str(name) for name in self.facts["classes"]]

    def samples(self, size: int, test_fraction: float, seed: int) -> Samples:
        """Which of them are for testing was settled when the file was opened, lest the page test
        by what the server learns from."""
        rows, first = np.arange(len(self.images)), int(self.facts["preview"]["train"])
        made = Samples(self.fitted(size), self.labels, self.num_classes, rows[:first], rows[first:])
        options = {**self.options, "size": size}
        return own(made, (), self.kind, options, sent=(self.sha256,), is_part=True)

    def words(self, size: int) -> str:
        facts = self.facts
        colours = "grey" if self.channels == 1 else "in colour"
        return (f"“{self.name}”, on the training server: {facts['number']:,} pictures of "
                f"{self.num_classes} classes, {colours}; {facts['train']:,} to learn from and "
                f"{facts['test']:,} to test by. Here are {len(self.images)} of them.")  # fmt: skip


def shown(
    name: str, sha256: str, kind: str, options: dict[str, Any], facts: Message, arrays: Tensors
) -> ServedPictures:
    """What the server answered to `open`. It shall make the same of the file again, be it grey or
    in colour, whatever the size."""
    images = np.asarray(arrays["inputs"], np.float32)
    settled = {**options, "channels": images.shape[1]}
    return ServedPictures(name, images, arrays["targets"], sha256, kind, settled, facts)
