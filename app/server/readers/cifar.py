"""CIFAR-10 in its binary form (A. Krizhevsky, 2009, "Learning multiple layers of features from tiny
images"): records of one byte for the class and 3 × 32 × 32 for the planes red, green, blue.

Taken are the batches (.bin), any number of them, or the archive that they are published in.
"""

from __future__ import annotations

import gzip
import re
import tarfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from app.server.readers.opened import Opened, only_file
from app.server.readers.pictures import (
    Bytes,
    Labels,
    PictureOptions,
    opened,
    opened_as_published,
)
from core.data.idx import GZIP
from core.spec import from_json

SHAPE = (3, 32, 32)
RECORD = 1 + 3 * 32 * 32
CLASSES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
BATCH = re.compile(r"(?:.*/)?(data_batch_[1-9]|test_batch)\.bin")
MAX_BATCH = 20_000 * RECORD
MAX_BYTES = 1 << 28  # of the archive, uncompressed
DAMAGE = (tarfile.TarError, OSError, EOFError, zlib.error, OverflowError)
Batch = tuple[Bytes, Labels]


def read_cifar10(paths: list[Path], options: dict[str, Any]) -> Opened:
    """Of the archive, the test batch is for testing; of batches, a share is."""
    chosen = from_json(PictureOptions, options)
    with paths[0].open("rb") as file:
        is_archive = file.read(2) == GZIP
    if is_archive:
        train, test = _read_archive(only_file(paths, "an archive of CIFAR-10"))
        return opened_as_published(train, test, CLASSES, chosen)
    batches = [_read_batch(path, f"file {number}") for number, path in enumerate(paths, 1)]
    return opened(*_joined(batches), CLASSES, chosen)


def _read_batch(path: Path, where: str) -> Batch:
    size = path.stat().st_size
    if size > MAX_BATCH:
        raise ValueError(f"{where} has {size:,} bytes, more than a batch of CIFAR-10 can have")
    return batch_of(path.read_bytes(), where)


def batch_of(data: bytes, where: str) -> Batch:
    """Pixels (n, 3, 32, 32) and classes (n,) of the bytes of a batch; raises ValueError."""
    if not data or len(data) % RECORD:
        raise ValueError(
            f"{where} has {len(data):,} bytes; a batch of CIFAR-10 is made of records of {RECORD:,}"
            " bytes (the binary version, not the one for Python or Matlab)"
        )
    records = np.frombuffer(data, np.uint8).reshape(-1, RECORD)
    labels = records[:, 0].astype(np.int64)
    if labels.max() >= len(CLASSES):
        first = int(np.argmax(labels >= len(CLASSES)))
        raise ValueError(
            f"{where} says that picture {first + 1:,} is of class {labels[first]}; the classes of "
            "CIFAR-10 are 0 to 9"
        )
    return records[:, 1:].reshape(-1, *SHAPE), labels


def _joined(batches: list[Batch]) -> Batch:
    pixels, labels = zip(*batches, strict=True)
    return np.concatenate(pixels), np.concatenate(labels)


class _Bounded:
    """A stream that ends with an error where it grows beyond what is allowed: a small archive can
    unfold to more than there is room for."""

    def __init__(self, stream: gzip.GzipFile) -> None:
        self.stream, self.left = stream, MAX_BYTES

    def read(self, size: int) -> bytes:
        data = self.stream.read(min(size, self.left + 1))
        self.left -= len(data)
        if self.left < 0:
            raise ValueError(f"the archive unfolds to more than {MAX_BYTES:,} bytes")
        return data


def _read_archive(path: Path) -> tuple[Batch, Batch]:
    """Nothing is extracted: the batches are read where they lie, all else is passed over."""
    found: dict[str, Batch] = {}
    try:
        with gzip.open(path) as unpacked:
            stream: Any = _Bounded(unpacked)
            with tarfile.open(fileobj=stream, mode="r|") as archive:
                for member in archive:
                    match = BATCH.fullmatch(member.name)
                    if match and member.isreg():
                        found[match[1]] = _member(archive, member)
    except DAMAGE as error:
        raise ValueError(f"the archive of CIFAR-10 is damaged: {error}") from None
    train = [batch for name, batch in sorted(found.items()) if name != "test_batch"]
    if not train or "test_batch" not in found:
        raise ValueError(
            f"the archive holds {', '.join(sorted(found)) or 'no batch of pictures'}; CIFAR-10 in "
            "its binary version has data_batch_1.bin and further ones, and test_batch.bin"
        )
    return _joined(train), found["test_batch"]


def _member(archive: tarfile.TarFile, member: tarfile.TarInfo) -> Batch:
    if member.size > MAX_BATCH:
        raise ValueError(f"{member.name} has {member.size:,} bytes, more than a batch can have")
    file = archive.extractfile(member)
    assert file is not None
    return batch_of(file.read(), member.name)
