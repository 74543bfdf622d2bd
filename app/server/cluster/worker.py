"""A job's end in a worker of a cluster; see the runner."""

from __future__ import annotations

import queue
import threading
import time
from contextlib import suppress
from typing import Any

from distributed import Queue, get_client, get_worker

from app.protocol.frames import Message, Tensors, decode, encode
from app.server.jobs.assignment import Assignment
from app.server.jobs.work import work
from core.data.samples import Samples

LOST_S = 30.0  # without a sign of life of the server a job leaves: nobody hears it
TICKET_S = 5.0  # for the word to begin
WAYS = ("orders", "said")
BEGIN, BEAT, LEAVE, BYE = ({"type": word} for word in ("begin", "beat", "leave", "bye"))


class Shipped:
    """Samples of files that lie on the server, sent along: they are there as long as this is."""

    def __init__(self, samples: Samples) -> None:
        self._samples = samples

    def samples(self, reference: dict[str, Any]) -> Samples:
        return self._samples

    def hold(self, reference: dict[str, Any]) -> None:
        return None

    def release(self, reference: dict[str, Any]) -> None:
        return None


class QueueLine:
    """A job's end, in a worker. A thread waits for orders, so that a look for them between two
    slices of training costs nothing."""

    def __init__(self, name: str, client: Any) -> None:
        self._orders, self._said = (Queue(f"{name}-{way}", client=client) for way in WAYS)
        self._inbox: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._heard_at = time.monotonic()

    def begin(self) -> bool:
        """Whether this is the first to do the job: only that one is told to begin."""
        try:
            is_first = decode(self._orders.get(timeout=TICKET_S))[0] == BEGIN
        except TimeoutError:
            is_first = False
        if is_first:
            threading.Thread(target=self._read, daemon=True).start()
        return is_first

    def _read(self) -> None:
        with suppress(Exception):  # the scheduler is gone
            while (order := decode(self._orders.get())[0]) != LEAVE:
                self._heard_at = time.monotonic()
                self._inbox.put(order)
        self._inbox.put(LEAVE)

    def send(self, message: Message, arrays: Tensors) -> None:
        self._said.put(encode(message, arrays))

    def receive(self, seconds: float) -> Message | None:
        if time.monotonic() - self._heard_at > LOST_S:
            raise EOFError
        with suppress(queue.Empty):
            while (order := self._inbox.get(timeout=max(seconds, 1e-9))) == BEAT:
                continue
            if order == LEAVE:
                raise EOFError
            return order
        return None

    def close(self) -> None:
        """The last word, after which the other end tells the thread to leave."""
        self.send(BYE, {})


def serve_queues(name: str, assignment: Assignment, device: str) -> None:
    """The task: one job in a worker. If that dies, the scheduler begins the task anew elsewhere,
    but what was learnt is lost, so the job is not."""
    line = QueueLine(name, get_client())
    if line.begin():
        line.send({"type": "begun", "worker": get_worker().address}, {})
        work(line, assignment, device)
        line.close()
