"""What the server has told of one job."""

from __future__ import annotations

import asyncio
from typing import Any

from app.protocol import ENDS
from app.protocol.frames import Message


class Job:
    """`state` is one of app.protocol.STATES, or lost when the server does not know the job any
    more; `position` is how many go before it; `progress` is the latest."""

    def __init__(self, name: str) -> None:
        self.id = name
        self.seq = 0
        self.state, self.text = "waiting", ""
        self.position = 0
        self.engine = self.device = ""
        self.progress: dict[str, Any] = {}
        self._moved = asyncio.Event()

    @property
    def has_ended(self) -> bool:
        return self.state in (*ENDS, "lost")

    @property
    def was_heard(self) -> bool:
        """Whether the server has told of it, since the page was opened."""
        return self.seq > 0 or self.has_ended

    @property
    def is_ready(self) -> bool:
        """Whether it can be told to train; or it has ended."""
        return self.has_ended or (self.state != "waiting" and bool(self.device))

    @property
    def delay(self) -> str:
        """Why it does not train yet; blank where it could."""
        if self.is_ready:
            return ""
        if self.state != "waiting" or not self.was_heard:
            return "starting"
        return f"waiting for a place, {self.position} before it" if self.position else \
            "waiting for a place, as the next"

    @property
    def steps_per_second(self) -> float:
        return float(self.progress.get("steps_per_second") or 0.0)

    def heard(self, message: Message) -> None:
        if message["type"] == "progress":
            self.progress = message
        elif message["type"] == "state":
            self.seq, self.state = int(message["seq"]), str(message["state"])
            self.position, self.text = int(message.get("position") or 0), message.get("text") or ""
            self.engine = message.get("engine") or self.engine
            self.device = message.get("device") or self.device
            self.stir()

    def take(self, snapshot: Message) -> None:
        """A snapshot says all that progress says; what is newer may have come while it crossed."""
        if snapshot["step"] >= self.progress.get("step", 0):
            self.progress = {**snapshot, "checkpoint": None}

    def lose(self) -> None:
        self.state = "lost"
        self.stir()

    def stir(self) -> None:
        """Have whoever waits for a change look again."""
        self._moved.set()
        self._moved = asyncio.Event()

    async def moved(self) -> None:
        """Until the next change of state."""
        await self._moved.wait()
