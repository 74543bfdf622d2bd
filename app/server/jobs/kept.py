"""What is left of ended jobs."""

from __future__ import annotations

from app.protocol import MORE
from app.protocol.frames import Message, Tensors

Stand = tuple[Message, Tensors]


def without_more(arrays: Tensors) -> Tensors:
    """Those arrays of a checkpoint that show the network, without what only training needs."""
    return {name: array for name, array in arrays.items() if not name.startswith(MORE)}


class Kept:
    """The last checkpoints by job, the oldest first; within so many bytes."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._stands: dict[str, Stand] = {}

    @property
    def nbytes(self) -> int:
        return sum(a.nbytes for _, arrays in self._stands.values() for a in arrays.values())

    def put(self, job: str, stand: Stand) -> None:
        self._stands[job] = stand
        while self.nbytes > self.most:
            del self._stands[next(iter(self._stands))]

    def get(self, job: str) -> Stand | None:
        return self._stands.get(job)

    def drop(self, job: str) -> None:
        self._stands.pop(job, None)
