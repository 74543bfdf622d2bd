"""The WebSocket over which pages speak to the training server.

A page that may not connect is let in only to be told why, by the code with which it is closed at
once: browsers hide all other refusals from the page. That tells a stranger's page no more than that
a Glassnet server runs here, which it could see from the open port; nothing it sends is looked at.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from typing import Any

from tornado.httputil import HTTPServerRequest
from tornado.iostream import IOStream, StreamClosedError
from tornado.web import HTTPError, RequestHandler
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from app.protocol import CLOSED, KEY_PREFIX, PATH, SUBPROTOCOL
from app.protocol.frames import Frame
from app.server.line import End, Line
from app.server.outbox import Write
from app.server.security import Asked, Guard
from app.server.service import Service
from app.site.policy import headers

log = logging.getLogger(__name__)
MAX_CONNECTIONS = 200  # of pages
SEND_BUFFER = 1 << 18  # bytes that the system may hold: what lies there is no longer the latest
PING_S = 45.0  # who does not answer within as long is gone; a large frame must get through in it
MAX_REFUSED = 1 << 16  # bytes of a frame of those who are told why they may not connect
WORDS = {
    "key": "The token or pairing code is wrong or no longer valid; the terminal shows them.",
    "origin": "Pages of this address may not connect; start the server with --allow-origin.",
    "version": "Page and server speak different versions; update the older one.",
    "full": "Too many pages are connected; try again later.",
}  # fmt: skip


class Gateway:
    """The pages that are connected, and who may be. max_message: bytes of the largest message
    that is taken."""

    def __init__(self, service: Service, guard: Guard, max_message: int) -> None:
        self.service, self.guard, self.max_message = service, guard, max_message
        self.lines: set[Line] = set()

    @property
    def is_full(self) -> bool:
        return len(self.lines) >= MAX_CONNECTIONS

    def join(self, write: Write, end: End) -> Line:
        """The line of one more page."""

        def close(code: int, text: str) -> None:
            self.lines.discard(line)
            end(code, text)

        line = Line(self.service, write, close, self.max_message)
        self.lines.add(line)
        return line

    def leave(self, line: Line) -> None:
        """What carried its frames is closed."""
        if line in self.lines:
            self.lines.discard(line)
            line.close()

    async def close(self) -> None:
        """Tell every job and page that the server ends, and end."""
        await self.service.close()
        await asyncio.gather(*(line.say_goodbye() for line in tuple(self.lines)))


class Guarded(RequestHandler):
    """Answers nobody who does not name this server, and logs nothing that was asked for."""

    def initialize(self, gateway: Gateway) -> None:
        self.gateway = gateway

    def set_default_headers(self) -> None:
        self.clear_header("Server")
        for name, value in headers(self.request.path).items():
            self.set_header(name, value)

    def prepare(self) -> None:
        if not self.gateway.guard.knows_host(asked(self.request)):
            raise HTTPError(403)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(f"{status_code} {self._reason}\n")

    def log_exception(self, kind: Any, value: Any, traceback: Any) -> None:
        """Without the address, which could hold what should not be written down."""
        if not isinstance(value, HTTPError):
            log.error("a request failed", exc_info=(kind, value, traceback))


def asked(request: HTTPServerRequest) -> Asked:
    """What the guard looks at. A request without a Host header names nobody."""
    stream: IOStream = request.connection.stream  # type: ignore[union-attr]
    values = request.headers
    return Asked(request.protocol, stream.socket.getsockname()[1], values.get("Host", ""),
                 values.get("Origin"), _key(values))  # fmt: skip


def _key(values: Any) -> str:
    """The key: as a sub-protocol from a page, whose script cannot set headers, or as a bearer's."""
    scheme, _, bearer = values.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return str(bearer.strip())
    offered = (each.strip() for each in values.get("Sec-WebSocket-Protocol", "").split(","))
    return next((e.removeprefix(KEY_PREFIX) for e in offered if e.startswith(KEY_PREFIX)), "")


class TrainSocket(Guarded, WebSocketHandler):
    """The connection of one page; without a line where it is refused."""

    _line: Line | None = None

    def prepare(self) -> None:
        super().prepare()
        self.refusal = self.gateway.guard.refusal(asked(self.request))
        if not self.refusal and self.gateway.is_full:
            self.refusal = "full"

    def check_origin(self, origin: str) -> bool:
        return True  # judged above; Tornado would let in what looks like its own origin unasked

    def select_subprotocol(self, subprotocols: list[str]) -> str | None:
        """Ours; else the version that is offered, to be told that it is another one."""
        family = SUBPROTOCOL.split(".")[0]
        offered = [name for name in subprotocols if name.split(".")[0] == family]
        if offered and SUBPROTOCOL not in offered:
            self.refusal = self.refusal or "version"
        return SUBPROTOCOL if SUBPROTOCOL in offered else next(iter(offered), None)

    @property
    def max_message_size(self) -> int:
        return MAX_REFUSED if self.refusal else self.gateway.max_message

    @property
    def ping_interval(self) -> float:
        return PING_S

    async def open(self) -> None:
        self.set_nodelay(True)  # else an answer waits 40 ms for the next one
        stream: IOStream = self.ws_connection.stream  # type: ignore[union-attr, assignment]
        stream.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        if self.refusal:
            self.close(CLOSED[self.refusal], WORDS[self.refusal])
            return
        self._line = self.gateway.join(self._write, self.close)

    async def _write(self, frame: Frame) -> None:
        try:
            await self.write_message(frame, binary=isinstance(frame, bytes))
        except (WebSocketClosedError, StreamClosedError):
            self.on_close()  # Tornado would find out at the next message alone

    async def on_message(self, frame: Frame) -> None:
        if self._line is not None:
            await self._line.take(frame)

    def on_close(self) -> None:
        if self._line is not None:
            self.gateway.leave(self._line)


def routes(gateway: Gateway) -> list[Any]:
    """What is mounted into another Tornado application: the WebSocket alone."""
    return [(PATH, TrainSocket, {"gateway": gateway})]
