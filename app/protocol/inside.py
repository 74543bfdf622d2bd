"""The way from a page to its server where both are one process, as under `panel serve`: the same
frames, without a socket and without a key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from app.protocol.frames import Frame


class InsideLine(Protocol):
    """A connection to the server within this process, to be used on its event loop."""

    code: int  # why it has ended, as a WebSocket would say; see app.protocol.CLOSED

    def send(self, frame: Frame) -> None:
        """Send; nothing, when the connection has ended."""

    async def receive(self) -> Frame | None:
        """The next frame; None when there will be none."""

    def close(self) -> None:
        """End the connection."""


Open = Callable[[], InsideLine]
_offers: list[Open] = []  # of this process; the latest counts


def offer(open_line: Open) -> None:
    """Let pages of this process connect so."""
    _offers.append(open_line)


def offered() -> Open | None:
    """How a page connects to the server in its own process; None where there is none."""
    return _offers[-1] if _offers else None
