"""A gateway in the test's own loop, pages that connect to it, and jobs that do nothing."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass

from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

from app.protocol import PATH, SUBPROTOCOL
from app.protocol.frames import VERSION, decode, encode
from app.protocol.pieces import Pieces, cut
from app.server.gateway import Gateway
from app.server.limits import Limits
from app.server.machine import Machine
from app.server.refusal import Refusal
from app.server.security import Guard, Keys, make_guard
from app.server.service import Service
from app.server.web import listen, make_server

SOON = 30.0  # seconds, for what comes at once, on a machine that is busy
HELLO = {"type": "hello", "version": VERSION, "learner": "l", "jobs": []}


@dataclass(frozen=True)
class Job:
    id: str
    position: int = 0


class StillJobs:
    """Keeps what it is told; a job says what a test makes it say."""

    def __init__(self):
        self.told, self.listeners, self.states, self.is_closed = [], {}, {}, False

    def submit(self, learner, order, arrays):
        if order.get("network") == "too large":
            raise Refusal("limit", "too many parameters")
        job = Job(f"job{len(self.states)}")
        self.states[job.id] = []
        self.say(job.id, {"type": "state", "state": "waiting"})
        return job

    def order(self, learner, message):
        self._require(message["job"])
        self.told.append((learner, message["type"], message["job"]))

    async def look(self, job, whole):
        self._require(job)
        return {"type": "snapshot", "job": job, "checkpoint": None}, {}

    def _require(self, job):
        if job not in self.states:
            raise Refusal("unknown", f"there is no job {job!r}")

    def attach(self, job, after, listener):
        self._require(job)
        for state in self.states[job][after:]:
            listener(state)
        self.listeners.setdefault(job, []).append(listener)

    def detach(self, job, listener):
        self.listeners[job].remove(listener)

    def say(self, job, message):
        message = message | {"job": job}
        if message["type"] == "state":
            message["seq"] = len(self.states[job]) + 1
            self.states[job].append(message)
        for listener in self.listeners.get(job, ()):
            listener(message)

    async def close(self):
        self.is_closed = True
        for job in self.states:
            self.say(job, {"type": "state", "state": "cancelled", "text": "the server ends"})


@dataclass
class Running:
    gateway: Gateway
    guard: Guard
    port: int
    said: list

    @property
    def keys(self):
        return self.guard.keys

    @property
    def jobs(self):
        return self.gateway.service.jobs

    @property
    def own(self):
        return f"http://127.0.0.1:{self.port}"

    def url(self, query=""):
        return f"ws://127.0.0.1:{self.port}{PATH}{query}"


@asynccontextmanager
async def serving(jobs=None, store=None, origins=(), host=None, site=None, limits=None,
                  max_message=1 << 20):
    """A server on a free port of this machine."""
    said = []
    guard = make_guard(Keys(said.append), host, origins)
    service = Service(jobs or StillJobs(), store, limits or Limits(), guard.keys.token,
                      Machine("numpy"))
    gateway = Gateway(service, guard, max_message)
    server = make_server(gateway, site)
    port = listen(server, ("127.0.0.1",), 0)
    try:
        yield Running(gateway, guard, port, said)
    finally:
        server.stop()
        await gateway.close()


OWN = object()


class Page:
    """One connection, as a page makes it."""

    def __init__(self, socket):
        self.socket, self.pieces = socket, Pieces(1 << 30)

    async def say(self, message, tensors=None):
        for piece in cut(encode(message, tensors)):
            await self.socket.write_message(piece, binary=isinstance(piece, bytes))

    async def hear(self):
        """The next message and its arrays; None when the connection was closed."""
        while (sent := await asyncio.wait_for(self.socket.read_message(), SOON)) is not None:
            if (frame := self.pieces.take(sent)) is not None:
                return decode(frame)
        return None

    async def told(self, kind):
        """The next message of that kind."""
        while (heard := await self.hear()) is not None:
            if heard[0]["type"] == kind:
                return heard[0]
        raise AssertionError(f"closed with {self.socket.close_code} before {kind}")

    async def ask(self, message, tensors=None):
        """The answer to a message."""
        await self.say({"id": "a"} | message, tensors)
        while (heard := await self.hear()) is not None:
            if heard[0].get("id") == message.get("id", "a"):
                return heard[0]
        raise AssertionError(f"closed with {self.socket.close_code}")

    async def closed(self):
        """The code with which the server closes, whatever it said before."""
        while await self.hear() is not None:
            continue
        return self.socket.close_code


async def connect(running, origin=OWN, key=OWN, host=None, protocols=(SUBPROTOCOL,), query="",
                  bearer=None):
    headers = {"Origin": running.own if origin is OWN else origin, "Host": host}
    if bearer:
        headers["Authorization"] = f"Bearer {bearer}"
    key = running.keys.token if key is OWN else key
    offered = [*protocols, *([f"key.{key}"] if key else [])]
    request = HTTPRequest(running.url(query), headers={k: v for k, v in headers.items() if v})
    return Page(await websocket_connect(request, subprotocols=offered or None))


async def greeted(running, **hello):
    """A page that was welcomed."""
    page = await connect(running)
    await page.say(HELLO | hello)
    return page, await page.told("welcome")
