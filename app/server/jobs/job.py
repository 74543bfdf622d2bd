"""One job as its learner knows it: a state, where it may go, and who listens."""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Callable

from app.protocol import ENDS
from app.protocol.frames import Message
from app.server.jobs.assignment import Assignment
from app.server.refusal import Refusal

Listener = Callable[[Message], None]
KEPT_STATES = 1000  # of the messages about states, for those who come back
MOVES = {
    "waiting": ("waiting", "running", "paused", "cancelled", "failed"),
    "running": ("running", "paused", "done", "cancelled", "failed"),
    "paused": ("running", "paused", "done", "cancelled", "failed"),
}
AT_WORK = ("play", "pause", "step", "tune", "cancel", "look")
ORDERS = {
    "waiting": ("play", "pause", "tune", "cancel"), "running": AT_WORK, "paused": AT_WORK,
    **dict.fromkeys(ENDS, ("look",)),
}  # fmt: skip
REMEDIES = {
    "waiting": "it has no numbers yet: wait until it runs, or cancel it",
    **dict.fromkeys(ENDS, "to go on, submit it anew with its last checkpoint"),
}


class Job:
    """A job's id is a secret: who knows it may have it. `number` says which was submitted first.
    What it is to do is forgotten once it is at work. No listener may raise."""

    def __init__(self, learner: str, assignment: Assignment, number: int, now: float) -> None:
        self.id = secrets.token_hex(16)
        self.learner, self.number = learner, number
        self.assignment: Assignment | None = assignment
        self.train, self.data = assignment.train, assignment.data
        self.state, self.text, self.engine, self.device = "waiting", "", "", ""
        self.position, self.seq = -1, 0
        self.lost_at: float | None = now  # since when nobody listens
        self.touched_at = now  # when its state changed, or something was asked of it
        self.progress: Message | None = None
        self._states: deque[Message] = deque(maxlen=KEPT_STATES)
        self._listeners: list[Listener] = []

    @property
    def has_ended(self) -> bool:
        return self.state in ENDS

    def require(self, order: str) -> None:
        """Raise Refusal when this cannot be asked of it now."""
        allowed = ORDERS[self.state]
        if order not in allowed:
            raise Refusal("state", f"this job is {self.state}, so it cannot be asked to {order}: "
                                   f"{REMEDIES[self.state]}")  # fmt: skip

    def move(self, state: str, now: float, text: str = "", engine: str = "", device: str = "",
             position: int = 0) -> None:  # fmt: skip
        """Into a state, and tell; raises ValueError for a way that does not exist."""
        if state not in MOVES.get(self.state, ()):
            raise ValueError(f"a job that is {self.state} cannot become {state}")
        if state != self.state:
            self.touched_at = now
        self.state, self.text, self.position = state, text, position
        self.engine, self.device = engine or self.engine, device or self.device
        self.seq += 1
        self._states.append(self._told())
        self._send(self._states[-1])

    def _told(self) -> Message:
        names = ("seq", "state", "position", "engine", "device", "text")
        return {"type": "state", "job": self.id, **{name: getattr(self, name) for name in names}}

    def take_progress(self, progress: Message) -> None:
        self.progress = {**progress, "type": "progress", "job": self.id, "seq": self.seq}
        self._send(self.progress)

    def _send(self, message: Message) -> None:
        for listener in tuple(self._listeners):
            listener(message)

    def attach(self, after: int, listener: Listener) -> None:
        """Tell all states after one, the latest progress, and what comes from now on."""
        for message in tuple(self._states):
            if message["seq"] > after:
                listener(message)
        if self.progress is not None:
            listener(self.progress)
        self._listeners.append(listener)
        self.lost_at = None

    def detach(self, listener: Listener, now: float) -> None:
        if listener in self._listeners:
            self._listeners.remove(listener)
        if not self._listeners and self.lost_at is None:
            self.lost_at = now
