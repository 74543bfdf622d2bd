"""Files that learners sent, under their hash; and the samples that are in them.

A file comes in pieces, which are written behind each other to a file that ends in `.part`. It gets
its name when all is there and the hash is right. So the folder is a cache between runs, and two
learners with the same file share it.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.server.readers import Opened, read
from app.server.refusal import Refusal
from core.data.preview import preview
from core.data.samples import Samples, make_samples
from core.spec import DataSpec, from_json
from core.spec.checks import require, require_whole

HASH = re.compile(r"[0-9a-f]{64}")
NAME = re.compile(r"[0-9a-f]{64}(\.part)?")
MAX_FILE = 1 << 28  # bytes; CIFAR-10 as published has 170 million
MAX_TOTAL = 1 << 32
PART_S = 3600.0  # for how long a file that did not go on keeps its place
BLOCK = 1 << 20
MOST_FILES = 12  # that belong together
Arrays = dict[str, NDArray[Any]]


class Store:
    """Takes files into `folder`: none larger than `max_file` bytes, all together `max_total`. When
    that is full, the files go that were not used for the longest time, but none that is held.

    Only one process should take files; any number may read them, each with a copy of this.
    """

    def __init__(
        self, folder: Path, max_file: int = MAX_FILE, max_total: int = MAX_TOTAL
    ) -> None:
        self.folder, self.max_file, self.max_total = Path(folder), max_file, max_total
        self._held: Counter[str] = Counter()
        self._digests: dict[str, tuple[Any, int]] = {}  # of pieces, and how many bytes they had

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_held": Counter(), "_digests": {}}

    # Taking files

    def receive(
        self, sha256: str, total: int, offset: int, data: bytes | NDArray[np.uint8] = b""
    ) -> int:
        """Take the next piece of a file of `total` bytes, and return how much of it is there: the
        next piece begins there. A piece from elsewhere changes nothing; an empty one just asks."""
        self._require_file(sha256, total, offset)
        piece = bytes(data)
        if self._path(sha256).exists():
            os.utime(self._path(sha256))
            return self._same_size(sha256, total)
        there = _size(self._part(sha256))
        if offset != there or not piece:
            return there
        if there + len(piece) > total:
            raise Refusal("invalid", f"a file of {total:,} bytes has no byte {total + 1:,}")
        self._make_room(sha256, len(piece), total - there)
        self._append(sha256, piece, there)
        if there + len(piece) == total:
            self._finish(sha256)
        return there + len(piece)

    def _require_file(self, sha256: str, total: int, offset: int) -> None:
        require_hash(sha256)
        require_whole("total", total, 1, 2**53)
        require_whole("offset", offset, 0, total)
        if total > self.max_file:
            raise Refusal("limit", f"the file has {total:,} bytes; this server takes files of up "
                          f"to {self.max_file:,}")  # fmt: skip

    def _same_size(self, sha256: str, total: int) -> int:
        size = _size(self._path(sha256))
        if size != total:
            raise Refusal("invalid", f"the file with this hash has {size:,} bytes, not {total:,}")
        return size

    def _make_room(self, sha256: str, now: int, to_come: int) -> None:
        """Delete what was not used for long, until the rest of a file has its place."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        files = [(path, path.stat()) for path in self.folder.iterdir()
                 if NAME.fullmatch(path.name)]  # fmt: skip
        over = sum(stat.st_size for _, stat in files) + to_come - self.max_total
        for path, stat in sorted(files, key=lambda each: each[1].st_mtime):
            if over > 0 and self._may_go(path, sha256, time.time() - stat.st_mtime):
                path.unlink(missing_ok=True)
                over -= stat.st_size
        if over > 0:
            raise Refusal("storage", "the server's place for files is full, and all of them are in "
                          f"use; {over:,} bytes are missing")  # fmt: skip

    def _may_go(self, path: Path, sha256: str, age: float) -> bool:
        name = path.name.removesuffix(".part")
        is_old = path.suffix != ".part" or age > PART_S
        return name != sha256 and not self._held[name] and is_old

    def _append(self, sha256: str, piece: bytes, there: int) -> None:
        """Write behind what is there; if that fails, all is as before."""
        part = self._part(sha256)
        try:
            with part.open("ab") as file:
                file.write(piece)
        except OSError as error:
            _cut(part, there)
            raise _full(error) from None
        digest, count = self._digests.pop(sha256, (None, 0))
        if digest is None or count != there:
            digest = _digest(part, there)
        digest.update(piece)
        self._digests[sha256] = digest, there + len(piece)

    def _finish(self, sha256: str) -> None:
        part, (digest, _) = self._part(sha256), self._digests.pop(sha256)
        if digest.hexdigest() != sha256:
            part.unlink()
            raise Refusal("invalid", "what came is not the file that was announced, by its hash; "
                          "send it again from the start")  # fmt: skip
        try:
            with part.open("rb+") as file:
                os.fsync(file.fileno())  # a name must never stand for less than all
        except OSError as error:
            part.unlink(missing_ok=True)
            raise _full(error) from None
        part.replace(self._path(sha256))

    # Using files

    def hold(self, reference: object) -> None:
        """Keep the files of data until they are released; raises Refusal for what is not there."""
        names = hashes_of(reference)
        for name in names:
            self._used(name)
        self._held.update(names)

    def release(self, reference: object) -> None:
        """What was held as often as released may be deleted when there is need of room."""
        self._held.subtract(hashes_of(reference))
        self._held = +self._held

    def open(self, sha256: str, kind: str, options: object) -> tuple[dict[str, Any], Arrays]:
        """What is in a file: facts for JSON, and some of its samples: `inputs` and `targets`, of
        which the first `facts["preview"]["train"]` are for training. See core.data.preview.

        It takes as long as reading all of the file; raises ValueError saying what is wrong in it.
        """
        reference = {"opened": sha256, "kind": kind, "options": options}
        opened = self._opened(reference)
        shown, samples = preview(opened.samples), opened.samples
        facts = opened.facts | {
            "kind": kind, "number": len(samples.inputs), "train": len(samples.train_indices),
            "test": len(samples.test_indices), "num_classes": samples.num_classes,
            "num_tokens": samples.num_tokens, "streams": samples.streams,
            "bytes": sum(_size(self._path(name)) for name in hashes_of(reference)),
            "preview": {"train": len(shown.train_indices), "test": len(shown.test_indices)},
        }  # fmt: skip
        return facts, {"inputs": shown.inputs, "targets": shown.targets}

    def samples(self, reference: object) -> Samples:
        """The samples that the `data` of a submitted job stands for: {spec: …}, or {opened: sha256,
        kind, options}. Raises ValueError, of which Refusal is one."""
        if isinstance(reference, dict) and set(reference) == {"spec"}:
            return make_samples(from_json(DataSpec, reference["spec"]))
        return self._opened(reference).samples

    def _opened(self, reference: object) -> Opened:
        names = hashes_of(reference)
        assert isinstance(reference, dict)
        paths = [self._used(name) for name in names]
        return read(str(reference["kind"]), paths, reference["options"])

    def _used(self, sha256: str) -> Path:
        path = self._path(sha256)
        try:
            os.utime(path)
        except FileNotFoundError:
            raise Refusal("unknown", "the server does not have this file (any more); choose it "
                          "again, and it will be sent") from None  # fmt: skip
        return path

    def _path(self, sha256: str) -> Path:
        return self.folder / require_hash(sha256)

    def _part(self, sha256: str) -> Path:
        return self.folder / f"{require_hash(sha256)}.part"


def require_hash(sha256: object) -> str:
    """The one way from what a page says to a name of a file."""
    is_hash = isinstance(sha256, str) and HASH.fullmatch(sha256)
    require(bool(is_hash), "sha256", sha256, "64 digits from 0 to f")
    return str(sha256)


def hashes_of(reference: object) -> list[str]:
    """The files that data are read from; none for a specification. Raises ValueError."""
    require(isinstance(reference, dict), "data", reference, "an object")
    assert isinstance(reference, dict)
    if set(reference) == {"spec"}:
        return []
    require(set(reference) == {"opened", "kind", "options"}, "data", sorted(map(str, reference)),
            "an object with spec, or with opened, kind and options")  # fmt: skip
    options = reference["options"]
    require(isinstance(options, dict), "options", options, "an object")
    more = options.get("more", [])
    require(isinstance(more, list) and len(more) < MOST_FILES, "more", more,
            f"a list of fewer than {MOST_FILES} hashes")  # fmt: skip
    return [require_hash(each) for each in (reference["opened"], *more)]


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _cut(part: Path, size: int) -> None:
    """Back to what was whole; where even that fails, nothing."""
    try:
        os.truncate(part, size)
    except OSError:
        part.unlink(missing_ok=True)


def _digest(path: Path, size: int) -> Any:
    """The hash of the first `size` bytes, to go on from."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while size > 0:
            block = file.read(min(BLOCK, size))
            digest.update(block)
            size -= len(block)
    return digest


def _full(error: OSError) -> Refusal:
    is_full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    why = "the server's disk is full" if is_full else f"the server could not write: {error}"
    return Refusal("storage", f"{why}. Nothing of this piece was kept; try again later")
