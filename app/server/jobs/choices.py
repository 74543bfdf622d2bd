"""Which engine is the fastest for which network, kept so that it is measured only once."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import replace

from app.protocol.frames import Message, Tensors
from app.server.engines.choice import AUTO, Choice
from app.server.jobs.assignment import Assignment
from app.server.jobs.runner import GONE, Hear, Run, Runner
from core.spec import to_json

MOST = 256  # networks
KEPT_S = 3600.0  # then it is measured anew: the machine may have been busy with something else


class Choices:
    """What jobs have found out, for later ones of any learner, the latest MOST of them. What they
    computed with is forgotten when a job fails, as a driver may not bear it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self._known: dict[bytes, tuple[float, Choice]] = {}  # by kind, with when it was measured

    def __len__(self) -> int:
        return len(self._known)

    def start(self, runner: Runner, assignment: Assignment, hear: Hear) -> Run:
        """Begin a job with what is known, and learn from what it says."""
        if assignment.engine != AUTO:
            return runner.start(assignment, hear)
        kind = kind_of(assignment)

        def listen(message: Message, arrays: Tensors) -> None:
            self._learn(kind, message)
            hear(message, arrays)

        return runner.start(replace(assignment, known=self._get(kind)), listen)

    def _get(self, kind: bytes) -> Choice | None:
        at, choice = self._known.get(kind, (-KEPT_S, None))
        return choice if self.clock() - at < KEPT_S else None

    def _learn(self, kind: bytes, message: Message) -> None:
        if message["type"] == "chose":
            self._known.pop(kind, None)  # it is now the latest
            found = (message[name] for name in ("engine", "device", "text"))
            self._known[kind] = self.clock(), Choice(*found)
            while len(self._known) > MOST:
                del self._known[next(iter(self._known))]
        elif message.get("state") == "failed" or (message["type"] == GONE and message["text"]):
            self._known.pop(kind, None)


def kind_of(assignment: Assignment) -> bytes:
    """Jobs of the same kind compute alike: they differ in samples, seed and rates alone."""
    alike = replace(assignment.train, seed=0, learning_rate=0.0, momentum=0.0)
    text = json.dumps([to_json(assignment.network), to_json(alike)], sort_keys=True)
    return hashlib.sha256(text.encode()).digest()
