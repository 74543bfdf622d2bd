"""What runs jobs: one contract, for processes of this machine and for other machines."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable

from app.protocol.frames import Message, Tensors
from app.server.jobs.assignment import Assignment

Hear = Callable[[Message, Tensors], None]
GONE = "gone"


class Run(ABC):
    """One job at work. Orders arrive in the order they are given."""

    @abstractmethod
    def tell(self, order: Message) -> None:
        """An order for app.server.jobs.work.Work; never waits."""

    @abstractmethod
    def kill(self) -> None:
        """End it at once, whatever it is doing; never waits. It is gone soon after."""


class Runner(ABC):
    """Starts jobs, and lets hear what they say, on the event loop it was called on.

    That is what app.server.jobs.work says, and at the very end, once, {type: "gone", text}, with
    which the job's place is free again; `text` says why, where it was not of its own accord.
    """

    @property
    @abstractmethod
    def places(self) -> int:
        """How many jobs can run at once, those that do included."""

    @abstractmethod
    def start(self, assignment: Assignment, hear: Hear) -> Run:
        """Begin a job; never waits, and hears nothing before it returns."""

    @abstractmethod
    async def close(self) -> None:
        """End all that is left; returns when nothing of it is."""
