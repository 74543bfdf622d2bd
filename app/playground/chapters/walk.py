"""A walk that the learner starts and can pause: every step is seen before the next one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from app.playground.chapters.base import Instruments


class Walk:
    """`step` takes one step and says whether another one follows; between two there are `pause`
    seconds. The transport shows whether it runs."""

    def __init__(self, app: Instruments, step: Callable[[], bool], pause: float) -> None:
        self.app, self.step, self.pause = app, step, pause
        self._task: asyncio.Task[None] | None = None

    def play(self) -> None:
        self.app.transport.running = True
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._run())

    def stop(self) -> None:
        self.app.transport.running = False

    async def _run(self) -> None:
        while self.app.transport.running:
            await self.app.frame(self._once)
            await asyncio.sleep(self.pause)

    def _once(self) -> None:
        """The learner may have paused while the step waited for its turn."""
        if self.app.transport.running:
            self.app.transport.running = self.step()
