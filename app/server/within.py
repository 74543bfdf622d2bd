"""The training server within a process that serves the app too: its pages connect without a socket
and without a key; see app.protocol.inside."""

from __future__ import annotations

import asyncio
from contextvars import Context
from functools import cache

from app.protocol import CLOSED
from app.protocol.frames import Frame
from app.server.command import make_gateway, say
from app.server.gateway import WORDS, Gateway
from app.server.line import Line
from app.server.options import read_options
from app.server.security import Keys

GONE = 1000  # the code of WebSockets for an end that was asked for


@cache
def own_gateway() -> Gateway:
    """That of this process. Made when first needed: with it comes a process that waits for jobs."""
    return make_gateway(read_options([], "panel serve"), Keys(say))


class Within:
    """See app.protocol.inside.InsideLine."""

    def __init__(self, gateway: Gateway) -> None:
        self.code = 0
        self._gateway = gateway
        self._heard: asyncio.Queue[Frame | None] = asyncio.Queue(1)  # who does not read, waits
        self._said: asyncio.Queue[Frame | None] = asyncio.Queue()
        self._line: Line | None = None
        if gateway.is_full:
            self._end(CLOSED["full"], WORDS["full"])
            return
        context = Context()  # with the page's own, what outlives it here would keep its document
        self._line = context.run(gateway.join, self._heard.put, self._end)
        self._taker = asyncio.create_task(self._take_all(self._line), context=context)

    async def _take_all(self, line: Line) -> None:
        while line.is_open and (frame := await self._said.get()) is not None:
            await line.take(frame)

    def send(self, frame: Frame) -> None:
        self._said.put_nowait(frame)

    async def receive(self) -> Frame | None:
        if self.code and self._heard.empty():
            return None
        return await self._heard.get()

    def close(self) -> None:
        if self._line is not None:
            self._gateway.leave(self._line)
        self._end(GONE, "")

    def _end(self, code: int, text: str) -> None:
        """What was sent before can still be received."""
        self.code = self.code or code
        self._said.put_nowait(None)
        if self._heard.empty():
            self._heard.put_nowait(None)
