"""What all conversations share: the jobs, the files, and what this server can."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Protocol

from app.protocol.frames import VERSION, Message, Tensors
from app.server.limits import Limits
from app.server.machine import Machine
from app.server.refusal import Refusal


class Job(Protocol):
    """A job as it is told to the page: its id, and how many go before it."""

    @property
    def id(self) -> str: ...
    @property
    def position(self) -> int: ...


class Jobs(Protocol):
    """The queue, as conversations use it. All raise Refusal; `attach` tells the states after one,
    then what comes, until `detach`."""

    def submit(self, learner: str, order: Message, arrays: Tensors) -> Job: ...
    def order(self, learner: str, message: Message) -> None: ...
    async def look(self, job_id: str, whole: bool) -> tuple[Message, Tensors]: ...
    def attach(self, job_id: str, after: int, listener: Callable[[Message], None]) -> None: ...
    def detach(self, job_id: str, listener: Callable[[Message], None]) -> None: ...
    async def close(self) -> None: ...


class Store(Protocol):
    """The files of learners, as conversations use them."""

    def receive(self, sha256: str, total: int, offset: int, data: Any = b"") -> int: ...
    def open(self, sha256: str, kind: str, options: object) -> tuple[Message, Tensors]: ...


def _one_thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1)


@dataclass
class Service:
    """One server's jobs and files.

    Files are written by one thread and read by another: neither disk nor decoder holds up what is
    said meanwhile, and only one file is open in memory at a time.
    """

    jobs: Jobs
    store: Store
    limits: Limits
    token: str
    machine: Machine = field(default_factory=Machine)
    _writer: ThreadPoolExecutor = field(default_factory=_one_thread)
    _reader: ThreadPoolExecutor = field(default_factory=_one_thread)

    async def welcome(self) -> Message:
        engines = await self.machine.told()
        return {
            "type": "welcome", "version": VERSION, "token": self.token, "engines": engines,
            "limits": self.limits.told(),
        }  # fmt: skip

    async def submit(self, learner: str, order: Message, arrays: Tensors) -> Job:
        """Raises Refusal, also where the engine asked for is not here or not right."""
        asked = order.get("engine")
        if isinstance(asked, str):
            order = order | {"engine": await self.machine.settle(asked)}
        return self.jobs.submit(learner, order, arrays)

    async def receive(self, message: Message, tensors: Tensors) -> int:
        """Store the next piece of a file; return how much of it is there."""
        data = tensors.get("bytes")
        if data is None or data.dtype != "u1" or data.ndim != 1:
            raise Refusal("invalid", "a piece of a file is an array `bytes` of unsigned bytes")
        asked = (message.get(name) for name in ("sha256", "total", "offset"))
        return await self._in(self._writer, self.store.receive, *asked, data)

    async def open(self, message: Message) -> tuple[Message, Tensors]:
        asked = (message.get(name) for name in ("sha256", "kind", "options"))
        return await self._in(self._reader, self.store.open, *asked)

    async def _in(self, thread: ThreadPoolExecutor, act: Callable[..., Any], *args: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(thread, act, *args)

    async def close(self) -> None:
        """Tell every job, and end the processes and threads."""
        await self.jobs.close()
        for thread in (self._writer, self._reader):
            thread.shutdown(wait=False, cancel_futures=True)
