"""One page's frames: read, obeyed, and answered, whatever carries them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from app.protocol import CLOSED
from app.protocol.frames import Frame, FrameError, Message, decode
from app.protocol.pieces import Pieces
from app.server.conversation import Closed, Conversation
from app.server.outbox import Outbox, Write
from app.server.service import Service

HELLO_S = 10.0  # within which a page must have said who it is
LARGE = 1 << 20  # bytes of a frame that is read aside, as it takes a while
GOODBYE_S = 2.0  # for the last states to leave when the server ends
UNREAD = "This page does not read what it is told; connect again, and the rest comes."
End = Callable[[int, str], None]


class Line:
    """`write` sends a frame and returns when it has left; `end` closes what carries the frames,
    with a code that says why. max_message: bytes of the largest message that is taken."""

    def __init__(self, service: Service, write: Write, end: End, max_message: int) -> None:
        self._pieces = Pieces(max_message)
        self._close = end
        self._outbox = Outbox(write, lambda: self.end(CLOSED["full"], UNREAD))
        self._conversation = Conversation(service, self._outbox.put, self._outbox.room)
        self._sender = asyncio.create_task(self._outbox.run())
        self._late = asyncio.get_running_loop().call_later(HELLO_S, self._await_hello)
        self.is_open = True

    def _await_hello(self) -> None:
        if not self._conversation.has_begun:
            self.end(CLOSED["protocol"], "The first message must be hello.")

    async def take(self, sent: Frame) -> None:
        """Obey one frame, once the answers to those before have been read."""
        await self._outbox.room()
        if not self.is_open:
            return
        try:
            if (frame := self._pieces.take(sent)) is not None:
                await self._conversation.take(*await _decode(frame))
        except FrameError as error:
            self._conversation.refuse({}, error)
        except Closed as closed:
            self.end(CLOSED[closed.reason], closed.text)

    def end(self, code: int, text: str) -> None:
        """Close, and look at nothing that comes before the page has closed too."""
        self._close(code, text.encode()[:120].decode(errors="ignore"))
        self.close()

    def close(self) -> None:
        """What carried the frames is closed."""
        self.is_open = False
        self._late.cancel()
        self._outbox.close()
        self._conversation.close()

    async def say_goodbye(self) -> None:
        """Send what waits, and close."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._outbox.flushed(), GOODBYE_S)
        self.end(CLOSED["ended"], "The server ends.")


async def _decode(frame: Frame | bytearray) -> tuple[Message, Any]:
    return await asyncio.to_thread(decode, frame) if len(frame) > LARGE else decode(frame)
