"""A large frame crosses in pieces: nothing else gets through while one crosses, and a browser tells
nothing of one before all of it is there.

MARK and the size of the frame (uint64, little-endian) come first, then the frame's bytes in pieces
of up to PIECE. Texts may come between the pieces; other bytes may not.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from app.protocol.frames import Frame, FrameError

PIECE = 1 << 20  # bytes; a tenth of a second at 10 MB/s
MARK = b"\xff" * 8  # no safetensors file begins so: its header would be that long


def cut(frame: Frame) -> Iterator[Frame]:
    """What to send for a frame."""
    if isinstance(frame, str) or len(frame) <= PIECE:
        yield frame
        return
    yield MARK + struct.pack("<Q", len(frame))
    view = memoryview(frame)
    for start in range(0, len(frame), PIECE):
        yield bytes(view[start : start + PIECE])


class Pieces:
    """Puts together what was cut, up to frames of `most` bytes."""

    def __init__(self, most: int) -> None:
        self._most, self._total = most, 0
        self._parts = bytearray()

    def take(self, sent: Frame) -> Frame | bytearray | None:
        """The frame that is complete with this; raises FrameError for what was not cut so."""
        if isinstance(sent, str):
            return sent
        if self._total:
            return self._add(sent)
        if sent[:8] != MARK:
            return sent
        self._begin(sent)
        return None

    def _begin(self, mark: bytes) -> None:
        (total,) = struct.unpack("<Q", mark[8:]) if len(mark) == 16 else (0,)
        if not PIECE < total <= self._most:
            raise FrameError(f"a frame in pieces must say first how many bytes it has, more than "
                             f"{PIECE} and up to {self._most}")  # fmt: skip
        self._total = total

    def _add(self, piece: bytes) -> bytearray | None:
        self._parts += piece
        missing = self._total - len(self._parts)
        if missing > 0 and len(piece) == PIECE:
            return None
        frame, self._parts, self._total = self._parts, bytearray(), 0
        if missing:
            raise FrameError(f"a piece has {PIECE} bytes, and the last one what is left; this one "
                             f"has {len(piece)}, and {missing + len(piece)} were left")  # fmt: skip
        return frame
