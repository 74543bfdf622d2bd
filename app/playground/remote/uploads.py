"""A learner's own files on their way to a training server: in pieces, once, under their hash."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any, Protocol

import numpy as np

from app.protocol.frames import Message, Tensors
from core.data.samples import Samples

PIECE = 1 << 20  # bytes
Told = Callable[[int, int], bool]  # of bytes that are there, and of all; whether to go on


class Asked(Protocol):
    """Whoever brings questions to a server and answers back; see `Connection.ask`."""

    async def ask(
        self, kind: str, tensors: Tensors | None = None, /, **fields: Any
    ) -> tuple[Message, Tensors]: ...


class CalledOff(Exception):
    """The learner does not want a file to be sent any more."""


@dataclass(frozen=True, eq=False)
class OwnSamples(Samples):
    """Samples of the learner's own, and what a server makes the same of: `files` of a `kind`, read
    with `options`; see app.protocol. sent: the hashes of files that it has been sent already, in
    place of them. With is_part the server makes more samples than are here."""

    files: tuple[bytes, ...] = ()
    sent: tuple[str, ...] = ()
    kind: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    is_part: bool = False

    @cached_property
    def hashes(self) -> tuple[str, ...]:
        return self.sent or tuple(map(hash_of, self.files))

    @property
    def reference(self) -> dict[str, Any]:
        """The data of a job."""
        more = {"more": list(self.hashes[1:])} if len(self.hashes) > 1 else {}
        return {"opened": self.hashes[0], "kind": self.kind, "options": self.options | more}


def own(
    samples: Samples, files: tuple[bytes, ...], kind: str, options: dict[str, Any], **more: Any
) -> OwnSamples:
    """Samples that were made of files."""
    values = {each.name: getattr(samples, each.name) for each in fields(Samples)}
    return OwnSamples(**values, files=files, kind=kind, options=options, **more)


def hash_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


async def send_all(server: Asked, samples: OwnSamples, told: Told) -> None:
    """Send the files that the server does not have. Raises CalledOff, and what `ask` raises."""
    total, before = sum(map(len, samples.files)), 0
    for name, data in zip(samples.hashes, samples.files, strict=False):  # none that it has
        start = before
        await send(server, name, data, lambda there, _: told(start + there, total))  # noqa: B023
        before += len(data)


async def send(server: Asked, sha256: str, data: bytes, told: Told) -> None:
    """Send one file from where the server has it to. The first answer says where that is."""
    there = -1
    while there < len(data):
        if not told(max(there, 0), len(data)):
            raise CalledOff
        start = max(there, 0)
        piece = np.frombuffer(data[start : start + PIECE], np.uint8)
        answer, _ = await server.ask("upload", {"bytes": piece}, sha256=sha256, total=len(data),
                                     offset=start)  # fmt: skip
        if answer["offset"] <= there:
            raise ValueError("the server does not take the file any further; choose it again")
        there = answer["offset"]
