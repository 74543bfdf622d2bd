"""A walk that the learner starts and can pause: every step is seen before the next one."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Callable
from typing import ClassVar

from app.playground.chapters.base import Chapter, Instruments
from app.playground.views.component import Message


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


class WalkingChapter(Chapter):
    """A chapter that is gone through by the transport: one step, or one after the other."""

    play_label: ClassVar[str] = "Walk through"
    buttons: ClassVar[tuple[dict[str, str], ...]]  # of single steps
    pause_s: ClassVar[float]  # between two steps of a walk

    def __init__(self, app: Instruments) -> None:
        super().__init__(app)
        self.walk = Walk(app, self.advance, self.pause_s)

    # To be given by a chapter

    @abstractmethod
    def advance(self, by: int = 1) -> bool:
        """One step on, or with −1 one back where there is a button for that; tell whether there are
        more."""

    def rewind(self) -> None:
        """A walk begins; where there is nowhere left to go, go to the start."""

    def stepped(self, button: str) -> None:
        """One of the `buttons` was pressed."""
        self.advance(-1 if button == "back" else 1)

    def reset(self) -> None:
        self.apply(self.state.defaults())

    # The transport

    def show_walk(self) -> None:
        """The transport goes through this chapter, and nothing of another one stays there."""
        self.app.transport.param.update(
            running=False, play_label=self.play_label, steps=list(self.buttons), speeds=[],
            counters=[], history={}, message="", engine=f"NumPy {self.app.place}",
        )  # fmt: skip

    def leave(self) -> None:
        self.walk.stop()

    def transported(self, message: Message) -> None:
        kind = message["type"]
        if kind == "play":
            self.rewind()
            self.walk.play()
            return
        self.walk.stop()
        if kind == "step":
            self.stepped(message["id"])
        elif kind == "reset":
            self.reset()
