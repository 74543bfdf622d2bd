"""What carries frames to a training server and back, and what the page knows of its browser."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from app.playground.remote.address import Address
from app.protocol.frames import Frame

UNANSWERED = 1006  # the code of a connection that was not closed by the other side


class WireClosed(Exception):
    """There is no connection, or none any more; `code` is that of the WebSocket."""

    def __init__(self, code: int, text: str = "") -> None:
        super().__init__(text or f"closed with code {code}")
        self.code = code


class Wire(Protocol):
    """One connection. Frames arrive in the order in which they were sent."""

    @property
    def waiting(self) -> int:
        """Bytes that were sent and have not left yet."""

    def send(self, frame: Frame) -> None:
        """Send, or do nothing when the connection has ended."""

    async def receive(self) -> Frame:
        """The next frame; raises WireClosed when there will be none."""

    def close(self) -> None:
        """End the connection; whoever receives is told."""


Connect = Callable[[Address], Awaitable[Wire]]  # raises WireClosed


async def no_permission() -> str:
    """Of a page whose Python runs outside of the browser."""
    return ""


async def unreachable(address: Address) -> Wire:
    """Where there is no way to any server."""
    raise WireClosed(UNANSWERED)


@dataclass(frozen=True)
class Surroundings:
    """How to reach a server from here. `permission` asks the browser for the state of the one that
    is needed: granted, prompt, denied, framed where the page around this one keeps it from it, or
    blank where there is none. origin: where the page is from, as the server is told. own: the
    server that this very page belongs to, if it is one. closed: why no server can be reached from
    here, and what to do about it; blank where one may be."""

    connect: Connect
    origin: str
    permission: Callable[[], Awaitable[str]] = no_permission
    own: Address | None = None
    closed: str = ""
