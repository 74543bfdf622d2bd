"""What waits to be sent over one socket, bounded however slowly the other side reads."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable

from app.protocol.frames import Frame, Message, Tensors, encode
from app.protocol.pieces import PIECE, cut

log = logging.getLogger(__name__)
MAX_STATES = 1_000  # frames that nobody reads; then the connection is closed, to be resumed
MAX_ANSWERS = 8  # that wait, before the next order is read
MAX_BYTES = 1 << 23  # of arrays that wait, before the next order is read
Write = Callable[[Frame], Awaitable[None]]


class Outbox:
    """Answers and states leave in the order in which they came, and none is dropped. Of a job's
    progress only the latest waits, and leaves between the pieces of a large answer, too. `overflow`
    is called when nobody reads what must not be dropped: states are kept with the job, so the page
    comes back and asks for the rest."""

    def __init__(self, write: Write, overflow: Callable[[], None]) -> None:
        self._write, self._overflow = write, overflow
        self._kept: deque[tuple[Message, Tensors]] = deque()
        self._progress: dict[str, Message] = {}
        self._num_bytes, self._is_closed = 0, False
        self._filled, self._has_room, self._empty = (asyncio.Event() for _ in range(3))
        self._has_room.set()
        self._empty.set()

    def __len__(self) -> int:
        return len(self._kept) + len(self._progress)

    def put(self, message: Message, tensors: Tensors | None = None) -> None:
        if self._is_closed:
            return
        job = str(message.get("job"))
        if message["type"] == "progress":
            self._progress[job] = message
        else:
            if (last := self._progress.pop(job, None)) is not None:
                self._keep(last, {})  # it came before, and does not overtake
            self._keep(message, tensors or {})
        self._filled.set()
        self._empty.clear()
        if len(self._kept) > MAX_STATES:
            self._overflow()

    def _keep(self, message: Message, tensors: Tensors) -> None:
        self._kept.append((message, tensors))
        self._num_bytes += _size(tensors)
        if len(self._kept) > MAX_ANSWERS or self._num_bytes > MAX_BYTES:
            self._has_room.clear()

    async def room(self) -> None:
        """Return once most of what waits has left: who does not read is not listened to."""
        await self._has_room.wait()

    async def flushed(self) -> None:
        """Return once everything has left."""
        await self._empty.wait()

    def close(self) -> None:
        """Nothing will leave any more: let nobody wait for it. What is being sent fails by itself,
        as Tornado would not have it cancelled."""
        self._is_closed = True
        self._kept.clear()
        self._progress.clear()
        self._filled.set()
        self._has_room.set()
        self._empty.set()

    async def run(self) -> None:
        """Send, one after the other, each when the one before has left."""
        while not self._is_closed:
            if len(self):
                await self._send(*self._next())
            else:
                self._filled.clear()
                self._empty.set()
                await self._filled.wait()

    async def _send(self, message: Message, tensors: Tensors) -> None:
        try:
            frame = await _encoded(message, tensors)
        except ValueError as error:
            log.error("%s cannot be sent: %s", message["type"], error)
            frame = encode(_unsendable(message))
        del tensors
        for piece in cut(frame):
            await self._write(piece)
            if self._is_closed:
                return
            while self._progress and len(frame) > PIECE:
                await self._write(encode(self._pop_progress()))

    def _next(self) -> tuple[Message, Tensors]:
        if not self._kept:
            return self._pop_progress(), {}
        message, tensors = self._kept.popleft()
        self._num_bytes -= _size(tensors)
        if len(self._kept) <= MAX_ANSWERS and self._num_bytes <= MAX_BYTES:
            self._has_room.set()
        return message, tensors

    def _pop_progress(self) -> Message:
        return self._progress.pop(next(iter(self._progress)))


async def _encoded(message: Message, tensors: Tensors) -> Frame:
    return await asyncio.to_thread(encode, message, tensors) if tensors else encode(message)


def _unsendable(message: Message) -> Message:
    text = f"the server could not write its {message['type']} down; its terminal says more"
    told = {"type": "error", "reason": "internal", "text": text, "retry_after": None}
    return told | {"id": message.get("id")}


def _size(tensors: Tensors) -> int:
    return sum(array.nbytes for array in tensors.values())
