"""One connection to a server: what is asked there, and the answers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import count
from typing import Any

from app.playground.remote.wire import UNANSWERED, Wire, WireClosed
from app.protocol import CLOSED
from app.protocol.frames import VERSION, FrameError, Message, Tensors, decode, encode
from app.protocol.pieces import Pieces, cut

Answer = tuple[Message, Tensors]
PING_S = 10.0  # after so long without a word the server is asked for one
MOST = 1 << 31  # bytes of an answer
PATIENCE_S = 20.0  # for its answer, as long as nothing leaves that was sent before


class Refused(ValueError):
    """The server did not do what it was asked; `reason` is one of app.protocol.REASONS."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message.get("text") or "the server did not say why"))
        self.reason = str(message.get("reason"))
        self.retry_after: float | None = message.get("retry_after")


class Client:
    """`heard` is told what comes unasked. All that is asked fails with WireClosed at the end."""

    def __init__(self, wire: Wire, heard: Callable[[Message], None]) -> None:
        self._wire, self._heard = wire, heard
        self._numbers = count(1)
        self._asked: dict[str, asyncio.Future[Answer]] = {}
        self._pieces = Pieces(MOST)
        self._was_heard = asyncio.Event()
        loop = asyncio.get_running_loop()
        self._welcome: asyncio.Future[Message] = loop.create_future()
        self.ended: asyncio.Future[int] = loop.create_future()  # with the code
        self._tasks = [loop.create_task(self._listen())]

    async def greet(self, learner: str, jobs: list[dict[str, Any]]) -> Message:
        """Say hello; return the welcome. Raises WireClosed where there is none."""
        hello = {"type": "hello", "version": VERSION, "learner": learner, "jobs": jobs}
        self._wire.send(encode(hello))
        welcome = await self._welcome
        if welcome.get("version") != VERSION:
            self.close()
            raise WireClosed(CLOSED["version"])
        self._tasks.append(asyncio.get_running_loop().create_task(self._watch()))
        return welcome

    def ask(
        self, kind: str, tensors: Tensors | None = None, /, **fields: Any
    ) -> asyncio.Future[Answer]:
        """Send now; the answer comes later, or Refused, or WireClosed."""
        name = str(next(self._numbers))
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        answer.add_done_callback(_is_known)
        if self.ended.done():
            answer.set_exception(WireClosed(self.ended.result()))
            return answer
        self._asked[name] = answer
        for piece in cut(encode({"type": kind, "id": name, **fields}, tensors)):
            self._wire.send(piece)
        return answer

    def close(self) -> None:
        self._wire.close()

    async def _listen(self) -> None:
        try:
            while True:
                sent = await self._wire.receive()
                self._was_heard.set()
                if (frame := self._pieces.take(sent)) is not None:
                    self._take(*decode(frame))
        except WireClosed as closed:
            self._end(closed.code)
        except FrameError:
            self._wire.close()
            self._end(CLOSED["protocol"])

    def _take(self, message: Message, tensors: Tensors) -> None:
        answer = self._asked.pop(str(message.get("id")), None)
        if message["type"] == "welcome" and not self._welcome.done():
            self._welcome.set_result(message)
        elif answer is None:
            self._heard(message)
        elif not answer.done():
            self._answer(answer, message, tensors)

    def _answer(
        self, answer: asyncio.Future[Answer], message: Message, tensors: Tensors
    ) -> None:
        if message["type"] == "error":
            answer.set_exception(Refused(message))
        else:
            answer.set_result((message, tensors))

    def _end(self, code: int) -> None:
        if self.ended.done():
            return
        self.ended.set_result(code)
        waiting, self._asked = list(self._asked.values()), {}
        for answer in waiting:
            if not answer.done():
                answer.set_exception(WireClosed(code))
        if not self._welcome.done():
            self._welcome.set_exception(WireClosed(code))
        for task in self._tasks[1:]:
            task.cancel()

    async def _watch(self) -> None:
        """A connection may end without a word; so a silent server is asked for one."""
        while True:
            if await self._is_silent(PING_S):
                self.ask("ping")
                if await self._is_silent(PATIENCE_S):
                    self._wire.close()
                    self._end(UNANSWERED)  # a dead connection may not close for minutes
                    return

    async def _is_silent(self, seconds: float) -> bool:
        """Whether it says nothing, and takes nothing of a large frame that is on its way to it."""
        self._was_heard.clear()
        before = self._wire.waiting
        try:
            await asyncio.wait_for(self._was_heard.wait(), seconds)
        except TimeoutError:
            return self._wire.waiting >= before
        return False


def _is_known(answer: asyncio.Future[Any]) -> None:
    """Nobody need wait for an answer; then asyncio would complain that its failure was not seen."""
    if not answer.cancelled():
        answer.exception()
