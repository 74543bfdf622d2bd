"""The WebSocket over which pages speak to the training server.

A page that may not connect is let in only to be told why, by the code with which it is closed at
once: browsers hide all other refusals from the page. That tells a stranger's page no more than that
a Glassnet server runs here, which it could see from the open port; nothing it sends is looked at.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from contextlib import suppress
from typing import Any

from tornado.httputil import HTTPServerRequest
from tornado.iostream import IOStream, StreamClosedError
from tornado.web import HTTPError, RequestHandler
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from app.protocol import CLOSED, KEY_PREFIX, PATH, SUBPROTOCOL
from app.protocol.frames import Frame, FrameError, Message, decode
from app.server.conversation import Closed, Conversation
from app.server.outbox import Outbox
from app.server.security import Asked, Guard
from app.server.service import Service
from app.site.policy import headers

log = logging.getLogger(__name__)
MAX_CONNECTIONS = 200  # of pages
SEND_BUFFER = 1 << 18  # bytes that the system may hold: what lies there is no longer the latest
HELLO_S = 10.0  # within which a page must have said who it is
PING_S = 45.0  # who does not answer within as long is gone; a large frame must get through in it
MAX_REFUSED = 1 << 16  # bytes of a frame of those who are told why they may not connect
LARGE = 1 << 20  # bytes of a frame that is read aside, as it takes a while
GOODBYE_S = 2.0  # for the last states to leave when the server ends
UNREAD = "This page does not read what it is told; connect again, and the rest comes."
WORDS = {
    "key": "The token or pairing code is wrong or no longer valid; the terminal shows them.",
    "origin": "Pages of this address may not connect; start the server with --allow-origin.",
    "version": "Page and server speak different versions; update the older one.",
    "full": "Too many pages are connected; try again later.",
}  # fmt: skip


class Gateway:
    """The pages that are connected, and who may be. max_message: bytes of the largest frame."""

    def __init__(self, service: Service, guard: Guard, max_message: int) -> None:
        self.service, self.guard, self.max_message = service, guard, max_message
        self.pages: set[TrainSocket] = set()

    async def close(self) -> None:
        """Tell every job and page that the server ends, and end."""
        await self.service.close()
        await asyncio.gather(*(page.say_goodbye() for page in tuple(self.pages)))


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
    """The connection of one page."""

    def prepare(self) -> None:
        super().prepare()
        self.refusal = self.gateway.guard.refusal(asked(self.request))
        if not self.refusal and len(self.gateway.pages) >= MAX_CONNECTIONS:
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
        self.gateway.pages.add(self)
        self._outbox = Outbox(self._write, self._overflow)
        self._conversation = Conversation(self.gateway.service, self._outbox.put, self._outbox.room)
        self._sender = asyncio.create_task(self._outbox.run())
        self._late = asyncio.get_running_loop().call_later(HELLO_S, self._await_hello)

    async def _write(self, frame: Frame) -> None:
        try:
            await self.write_message(frame, binary=isinstance(frame, bytes))
        except (WebSocketClosedError, StreamClosedError):
            self.on_close()  # Tornado would find out at the next message alone

    def _overflow(self) -> None:
        self._end(CLOSED["full"], UNREAD)

    def _await_hello(self) -> None:
        if not self._conversation.has_begun:
            self._end(CLOSED["protocol"], "The first message must be hello.")

    def _end(self, code: int, text: str) -> None:
        """Close, and look at nothing that comes before the page has closed too."""
        self.close(code, text.encode()[:120].decode(errors="ignore"))
        self.on_close()

    async def on_message(self, frame: Frame) -> None:
        if self not in self.gateway.pages:
            return
        await self._outbox.room()
        try:
            message, tensors = await _decode(frame)
            await self._conversation.take(message, tensors)
        except FrameError as error:
            self._conversation.refuse({}, error)
        except Closed as closed:
            self._end(CLOSED[closed.reason], closed.text)

    def on_close(self) -> None:
        if self not in self.gateway.pages:
            return  # refused, or gone already
        self.gateway.pages.discard(self)
        self._late.cancel()
        self._outbox.close()
        self._conversation.close()

    async def say_goodbye(self) -> None:
        """Send what waits, and close."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._outbox.flushed(), GOODBYE_S)
        self._end(1001, "The server ends.")


async def _decode(frame: Frame) -> tuple[Message, Any]:
    return await asyncio.to_thread(decode, frame) if len(frame) > LARGE else decode(frame)


def routes(gateway: Gateway) -> list[Any]:
    """What is mounted into another Tornado application: the WebSocket alone."""
    return [(PATH, TrainSocket, {"gateway": gateway})]
