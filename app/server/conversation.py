"""One page's conversation with the server, whatever carries the messages."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable

from app.protocol.frames import VERSION, Message, Tensors
from app.server.refusal import Refusal
from app.server.service import Service
from core.spec.checks import require, require_flag, require_whole

log = logging.getLogger(__name__)
MAX_TEXT = 200  # characters of an id, a job's name, a learner's
MAX_JOBS = 64  # that a page comes back to
MAX_PENDING = 16  # orders of one page that take a while
ORDERS = ("play", "pause", "step", "tune", "cancel")
Put = Callable[[Message, Tensors | None], None]
Answer = tuple[Message, Tensors | None]
Act = Callable[[Message, Tensors], Awaitable[Answer | None]]


class Closed(Exception):
    """The conversation cannot go on; `reason` is a name of app.protocol.CLOSED."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(text)
        self.reason, self.text = reason, text


class Conversation:
    """Takes what a page says, one message after the other; `put` sends what it is told, and `room`
    waits where it does not read that."""

    def __init__(self, service: Service, put: Put, room: Callable[[], Awaitable[None]]) -> None:
        self._service, self._put, self._room = service, put, room
        self._arrays = asyncio.Lock()  # answers with arrays are made one by one
        self._learner = ""
        self._followed: set[str] = set()
        self._is_behind = True  # until it was told what it missed
        self._missed: deque[Message] = deque()
        self._progress: dict[str, Message] = {}
        self._pending: set[asyncio.Task[None]] = set()
        self._listener = self._hear  # one object, by which it is known

    @property
    def has_begun(self) -> bool:
        return bool(self._learner)

    async def take(self, message: Message, tensors: Tensors) -> None:
        """Obey one message, and answer. What takes a while goes on by itself, so that a pause acts
        at once; only the pieces of a file are waited for. Raises Closed."""
        if not self.has_begun:
            await self._hello(message)
        elif (act := self._slow.get(message["type"])) is not None:
            self._begin(message, tensors, act)
        else:
            act = self._quick.get(message["type"], self._unknown)
            await self._answered(message, tensors, act)

    @property
    def _slow(self) -> dict[str, Act]:
        return {"open": self._open, "submit": self._submit, "look": self._look}

    @property
    def _quick(self) -> dict[str, Act]:
        orders: dict[str, Act] = dict.fromkeys(ORDERS, self._order)
        return orders | {"upload": self._upload, "ping": self._ping}

    def close(self) -> None:
        """The page is gone; its jobs go on for the grace period."""
        for task in self._pending:
            task.cancel()
        for job in self._followed:
            self._service.jobs.detach(job, self._listener)
        self._followed.clear()

    def refuse(self, message: Message, error: Exception) -> None:
        """Say in an `error` why a message was not obeyed."""
        asked = message.get("id")
        told = error_message(error) | {"id": asked if isinstance(asked, str) else None}
        self._put(told, None)

    # The first message

    async def _hello(self, message: Message) -> None:
        if message["type"] != "hello":
            raise Closed("protocol", "the first message must be hello")
        if message.get("version") != VERSION:
            raise Closed("version", f"this server speaks version {VERSION} of the protocol")
        try:
            learner, jobs = require_text("learner", message.get("learner")), _jobs(message)
        except ValueError as error:
            raise Closed("protocol", str(error)) from None
        self._learner = learner
        known = [job for job, after in jobs if self._knows(job, after)]
        self._put(await self._service.welcome() | {"jobs": known}, None)
        await self._catch_up()

    async def _catch_up(self) -> None:
        """Tell what was missed, as fast as it is read, and then what is new."""
        while self._missed:
            await self._room()
            self._put(self._missed.popleft(), None)
        self._is_behind = False
        for each in self._progress.values():
            self._put(each, None)

    def _knows(self, job: str, after: int) -> bool:
        try:
            self._follow(job, after)
        except Refusal:
            return False
        return True

    def _follow(self, job: str, after: int) -> None:
        self._service.jobs.attach(job, after, self._listener)
        self._followed.add(job)

    def _hear(self, message: Message) -> None:
        """What a job tells everybody who follows it."""
        if not self._is_behind:
            self._put(message, None)
        elif message["type"] == "progress":
            self._progress[message["job"]] = message
        else:
            self._missed.append(message)

    # Orders

    def _begin(self, message: Message, tensors: Tensors, act: Act) -> None:
        if len(self._pending) >= MAX_PENDING:
            self.refuse(message, Refusal("busy", "too many orders at once; wait for answers", 1.0))
            return
        task = asyncio.create_task(self._answered(message, tensors, act))
        self._pending.add(task)
        task.add_done_callback(self._pending.discard)

    async def _answered(self, message: Message, tensors: Tensors, act: Act) -> None:
        try:
            require_text("id", message.get("id"))
            if (answer := await act(message, tensors)) is not None:
                self._put(answer[0] | {"id": message["id"]}, answer[1])
        except Exception as error:
            self.refuse(message, error)

    async def _unknown(self, message: Message, tensors: Tensors) -> Answer:
        known = ", ".join((*self._quick, *self._slow))
        raise Refusal("invalid", f"there is no message {message['type']!r:.80}; known are {known}")

    async def _ping(self, message: Message, tensors: Tensors) -> Answer:
        return {"type": "pong"}, None

    async def _order(self, message: Message, tensors: Tensors) -> Answer:
        require_text("job", message.get("job"))
        self._service.jobs.order(self._learner, message)
        return {"type": "done"}, None

    async def _submit(self, message: Message, tensors: Tensors) -> None:
        job = await self._service.submit(self._learner, message, tensors)
        told = {"type": "accepted", "id": message["id"], "job": job.id, "position": job.position}
        self._put(told, None)
        self._follow(job.id, 0)

    async def _look(self, message: Message, tensors: Tensors) -> Answer:
        require_flag("whole", message.get("whole"))
        job = require_text("job", message.get("job"))
        async with self._arrays:
            await self._room()
            return await self._service.jobs.look(job, message["whole"])

    async def _upload(self, message: Message, tensors: Tensors) -> Answer:
        offset = await self._service.receive(message, tensors)
        return {"type": "received", "sha256": message["sha256"], "offset": offset}, None

    async def _open(self, message: Message, tensors: Tensors) -> Answer:
        async with self._arrays:
            await self._room()
            facts, arrays = await self._service.open(message)
        return {"type": "opened", "sha256": message["sha256"], "facts": facts}, arrays


def require_text(where: str, value: object) -> str:
    is_text = isinstance(value, str) and 0 < len(value) <= MAX_TEXT
    require(is_text, where, value, f"a text of up to {MAX_TEXT} characters")
    return str(value)


def _jobs(message: Message) -> list[tuple[str, int]]:
    """The jobs of a `hello`, each with the last `seq` that the page has seen."""
    jobs = message.get("jobs", [])
    require(isinstance(jobs, list) and len(jobs) <= MAX_JOBS, "jobs", jobs,
            f"a list of up to {MAX_JOBS}")  # fmt: skip
    found: dict[str, int] = {}
    for each in jobs:
        require(isinstance(each, dict), "jobs", each, "objects with job and after")
        require_whole("after", each.get("after"), 0, 2**53)
        found[require_text("job", each.get("job"))] = each["after"]
    return list(found.items())


def error_message(error: Exception) -> Message:
    """What a page is told of a failure: words for what it did, and no more for what we did."""
    if isinstance(error, Refusal):
        return _error(error.reason, error.text, error.retry_after)
    if isinstance(error, ValueError):
        return _error("invalid", str(error))
    log.error("an order failed", exc_info=error)
    if isinstance(error, OSError):
        return _error("storage", f"the server could not read or write: {error.strerror}")
    return _error("internal", f"the server failed ({type(error).__name__}); its terminal says more")


def _error(reason: str, text: str, retry_after: float | None = None) -> Message:
    return {"type": "error", "reason": reason, "text": text[:1000], "retry_after": retry_after}
