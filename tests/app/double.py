"""A training server in this very process: its real queue and conversations, without a network, and
with threads where it has processes."""

import asyncio
import queue
import threading

from app.playground.remote.wire import Surroundings, WireClosed
from app.protocol.frames import decode
from app.protocol.pieces import Pieces
from app.server.jobs import Jobs, Run, Runner
from app.server.jobs.work import work
from app.server.limits import Limits
from app.server.line import Line
from app.server.machine import Machine
from app.server.service import Service

ORIGIN = "https://glassnet.example"
CODE = "8765-K7QX-M2PD"


class Thread(Run):
    """A job at work in a thread; it is also the line to it."""

    def __init__(self, assignment, hear):
        self.hear, self.orders, self.is_killed = hear, queue.SimpleQueue(), False
        self.loop = asyncio.get_running_loop()
        threading.Thread(target=self._work, args=(assignment,), daemon=True).start()

    def _work(self, assignment):
        work(self, assignment)
        self.send({"type": "gone", "text": ""}, {})

    def send(self, message, arrays):
        if not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self._heard, message, arrays)

    def _heard(self, message, arrays):
        if not self.is_killed:
            self.hear(message, arrays)

    def receive(self, seconds):
        try:
            order = self.orders.get(timeout=seconds) if seconds else self.orders.get_nowait()
        except queue.Empty:
            return None
        if order is None:
            raise EOFError
        return order

    def tell(self, order):
        self.orders.put(order)

    def kill(self):
        self.is_killed = True
        self.orders.put(None)


class Threads(Runner):
    @property
    def places(self):
        return 2

    def start(self, assignment, hear):
        return Thread(assignment, hear)

    async def close(self):
        """Threads end with their lines."""


class Wire:
    """The page's end of a connection, and what it said."""

    waiting = 0

    def __init__(self, service):
        self.frames, self.said, self.code = asyncio.Queue(), [], None
        self.orders = asyncio.Queue()
        self.pieces = Pieces(1 << 30)
        self.line = Line(service, self._write, lambda code, text: self.end(code), 1 << 30)
        self.reader = asyncio.ensure_future(self._read())

    async def _write(self, frame):
        self.frames.put_nowait(frame)

    async def _read(self):
        while (frame := await self.orders.get()) is not None:
            await self.line.take(frame)

    def send(self, frame):
        if (whole := self.pieces.take(frame)) is not None:
            self.said.append(decode(whole)[0])
        self.orders.put_nowait(frame)

    async def receive(self):
        frame = await self.frames.get()
        if frame is None:
            raise WireClosed(self.code)
        return frame

    def close(self):
        self.end(1000)

    def end(self, code=1006):
        if self.code is None:
            self.code = code
            self.line.close()
            self.orders.put_nowait(None)
            self.frames.put_nowait(None)


class Server:
    """`refuses` is a close code for those who connect, None to let them in; `own`: its address, for
    a page that came from it."""

    def __init__(self, limits=None, own=None):
        self.refuses, self.permission, self.own = None, "", own
        self.lines = []
        self.start(limits or Limits())

    def start(self, limits):
        """Begin anew, with no jobs."""
        self.jobs = Jobs(limits, Threads(), None)
        self.service = Service(self.jobs, None, limits, "token", Machine("numpy"))

    async def connect(self, address):
        if self.refuses is not None:
            raise WireClosed(self.refuses)
        self.lines.append(Wire(self.service))
        return self.lines[-1]

    async def allowed(self):
        return self.permission

    @property
    def around(self):
        return Surroundings(self.connect, ORIGIN, self.allowed, self.own)

    def cut(self, code=1006):
        """The network fails, or the server says why it closes."""
        self.lines[-1].end(code)
