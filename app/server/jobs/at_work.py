"""A job in its place: what runs it, what was heard of it, and who waits to look at it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from app.protocol.frames import Message
from app.server.jobs.job import Job
from app.server.jobs.kept import Stand
from app.server.jobs.runner import Run
from app.server.refusal import Refusal

MAX_LOOKS = 8  # of one job that wait for an answer
MAX_ORDERS = 1000  # that it may be given without a sign that it looks at them
LOOK_AGAIN_S = 1.0


class AtWork:
    """`started_at`, `heard_at` and `leaving_at` are times; the last is None before it has to go."""

    def __init__(self, job: Job, run: Run, now: float) -> None:
        self.job, self.run = job, run
        self.started_at = self.heard_at = now
        self.leaving_at: float | None = None
        self._looks: dict[int, tuple[bool, asyncio.Future[Stand]]] = {}
        self._num_looks = self._num_told = 0

    def hear(self, now: float) -> None:
        """It gave a sign."""
        self.heard_at, self._num_told = now, 0

    def tell(self, order: Message) -> None:
        """Raises Refusal where it would not be looked at soon."""
        if self._num_told >= MAX_ORDERS:
            raise Refusal("busy", "this job has not come to look at its latest orders; wait",
                          LOOK_AGAIN_S)  # fmt: skip
        self._num_told += 1
        self.run.tell(order)

    def look(self, whole: bool) -> asyncio.Future[Stand]:
        """Ask for where training stands; raises Refusal where too many do."""
        if len(self._looks) >= MAX_LOOKS:
            raise Refusal("busy", f"{MAX_LOOKS} looks at this job wait for an answer already",
                          LOOK_AGAIN_S)  # fmt: skip
        self._num_looks += 1
        self.tell({"type": "look", "look": self._num_looks, "whole": whole})
        future = asyncio.get_running_loop().create_future()
        self._looks[self._num_looks] = (whole, future)
        return future

    def answer(self, look: int, stand: Stand) -> None:
        _, future = self._looks.pop(look)
        if not future.done():
            future.set_result(stand)

    def answer_all(self, last: Callable[[bool], Stand]) -> None:
        """Those who still wait, once it is gone: the last there is of it, or a refusal."""
        for whole, future in self._looks.values():
            if future.done():
                continue
            try:
                future.set_result(last(whole))
            except Refusal as refusal:
                future.set_exception(refusal)
        self._looks.clear()
