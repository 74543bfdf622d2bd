"""Jobs in processes of this machine, one for each, which can be killed."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

from app.protocol.frames import Message, Tensors
from app.server.engines.catalogue import engine_class
from app.server.jobs.assignment import Assignment
from app.server.jobs.pipe import receive, send
from app.server.jobs.runner import GONE, Hear, Run, Runner
from app.server.jobs.work import work

Target = Callable[[Connection], None]
SPAWN = multiprocessing.get_context("spawn")  # never a copy of a process with threads in it
LEAVE_S = 5.0  # for a process that has said its last word


class PipeLine:
    """A job's end of the pipe."""

    def __init__(self, pipe: Connection) -> None:
        self.pipe = pipe

    def send(self, message: Message, arrays: Tensors) -> None:
        send(self.pipe, (message, arrays))

    def receive(self, seconds: float) -> Message | None:
        return receive(self.pipe) if self.pipe.poll(seconds) else None


def serve_pipe(pipe: Connection, device: str = "") -> None:
    """One process: wait for a job, do it, leave. Ctrl-C is for the server, which then tells us."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        assignment = _awaited(pipe)
    except EOFError:
        return
    work(PipeLine(pipe), assignment, device)
    pipe.close()
    sys.stderr.flush()
    os._exit(0)  # libraries of engines may take seconds to clear up, and a job waits for the place


def _awaited(pipe: Connection) -> Assignment:
    """The job; before it, what is likely to be needed for it."""
    while isinstance(item := receive(pipe), dict):
        with suppress(ImportError):
            engine_class(item["engine"])
    assert isinstance(item, Assignment)
    return item


class LocalRun(Run):
    """A process, and two threads that wait for its pipe so that the event loop need not. It is
    started ahead of its job, as starting takes longer than a hand likes to wait."""

    def __init__(self, target: Target) -> None:
        self.pipe, theirs = SPAWN.Pipe()
        self.process = SPAWN.Process(target=target, args=(theirs,), daemon=True)
        self._outbox: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._is_killed, self._prepared = False, ""
        self._threads = [threading.Thread(target=self._write, args=(theirs,), daemon=True)]
        self._threads[0].start()

    @property
    def has_died(self) -> bool:
        return self.process.pid is not None and not self.process.is_alive()

    def begin(self, assignment: Assignment, hear: Hear) -> None:
        """Its job; what it says is heard on the event loop that runs now."""
        self._outbox.put(assignment)
        loop = asyncio.get_running_loop()
        self._threads.append(threading.Thread(target=self._read, args=(hear, loop), daemon=True))
        self._threads[-1].start()

    def prepare(self, engine: str) -> None:
        """The next job will probably want the engine of this one, and some take long to import."""
        if not self._prepared:
            self._prepared = engine
            self._outbox.put({"type": "prepare", "engine": engine})

    def tell(self, order: Message) -> None:
        self._outbox.put(order)

    def kill(self) -> None:
        """It may not have been started yet, in the other thread."""
        self._is_killed = True
        self._outbox.put(None)
        if self.process.pid is not None:
            self.process.kill()

    def join(self) -> None:
        for thread in self._threads:
            thread.join()

    def _write(self, theirs: Connection) -> None:
        """Only this process's end is left open here, so that its death closes the pipe."""
        with theirs:
            self.process.start()
        if self._is_killed:
            self.process.kill()
        try:
            while (item := self._outbox.get()) is not None:
                send(self.pipe, item)
        except OSError:
            return  # it is gone, as `_read` tells

    def _read(self, hear: Hear, loop: asyncio.AbstractEventLoop) -> None:
        with suppress(EOFError, OSError):
            while True:
                message, arrays = receive(self.pipe)
                _deliver(loop, hear, message, arrays)
        _deliver(loop, hear, {"type": GONE, "text": self._outcome()}, {})
        self._outbox.put(None)

    def _outcome(self) -> str:
        """Wait until it is gone, and say how it went, if not of its own accord."""
        if self.process.pid is None:
            return "the process that was to train it could not be started"
        self.process.join(LEAVE_S)
        self.process.kill()
        self.process.join()
        code = self.process.exitcode or 0
        if not code:
            return ""
        why = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit status {code}"
        return f"the process that trained it was ended by {why}"


def _deliver(loop: asyncio.AbstractEventLoop, hear: Hear, message: Message, arrays: Tensors
             ) -> None:  # fmt: skip
    with suppress(RuntimeError):  # the loop is closed: nobody is there to hear
        loop.call_soon_threadsafe(hear, message, arrays)


class LocalRunner(Runner):
    """So many processes at once, and one more that waits for the next job. `target` is what a
    process does with its end of the pipe."""

    def __init__(self, places: int = 1, target: Target = serve_pipe) -> None:
        self._places, self.target = places, target
        self._runs: set[LocalRun] = set()
        self._spare = LocalRun(target)

    @property
    def places(self) -> int:
        return self._places

    def start(self, assignment: Assignment, hear: Hear) -> Run:
        run = LocalRun(self.target) if self._spare.has_died else self._spare
        self._spare = LocalRun(self.target)
        self._runs.add(run)
        run.begin(assignment, lambda *said: self._hear(run, hear, *said))
        return run

    def _hear(self, run: LocalRun, hear: Hear, message: Message, arrays: Tensors) -> None:
        if message["type"] == GONE:
            self._runs.discard(run)
        elif message.get("engine"):
            self._spare.prepare(message["engine"])
        hear(message, arrays)

    async def close(self) -> None:
        for run in (left := [*self._runs, self._spare]):
            run.kill()
        for run in left:
            await asyncio.to_thread(run.join)
