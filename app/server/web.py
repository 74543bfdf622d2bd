"""The web server of `glassnet-server`: the built site at /, and the WebSocket of its pages."""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.iostream import IOStream
from tornado.netutil import bind_sockets
from tornado.web import Application, HTTPError, StaticFileHandler

from app.server.gateway import MAX_REFUSED, Gateway, Guarded, routes
from app.site.policy import TYPES, headers

MAX_SOCKETS = 500  # a process may often have no more than 1,024 files open
IDLE_S = 20.0  # for a request to come in, and between two
NUM_PORTS = 100  # that are tried one after the other


class Site(Guarded, StaticFileHandler):
    """The built site, to be read and no more."""

    def initialize(self, gateway: Gateway, path: str) -> None:  # type: ignore[override]
        Guarded.initialize(self, gateway)
        StaticFileHandler.initialize(self, path, default_filename="index.html")

    def set_extra_headers(self, path: str) -> None:
        for name, value in headers(self.request.path).items():
            self.set_header(name, value)

    def get_content_type(self) -> str:
        return TYPES.get(Path(self.absolute_path or "").suffix) or super().get_content_type()

    def head(self, path: str) -> None:  # type: ignore[override]
        raise HTTPError(405)


class NoSite(Guarded):
    """Said at / where no site was built."""

    def get(self) -> None:
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish("The training server runs. No page was built beside it; docs/server.md says "
                    "how to connect from another.\n")  # fmt: skip


class Nothing(Guarded):
    def get(self) -> None:
        raise HTTPError(404)


class LimitedServer(HTTPServer):
    """Holds no more than MAX_SOCKETS connections, so that it can always answer some."""

    def initialize(self, *args: Any, **kwargs: Any) -> None:
        super().initialize(*args, **kwargs)
        self._streams: set[IOStream] = set()

    def handle_stream(self, stream: IOStream, address: tuple[Any, ...]) -> None:
        self._streams = {each for each in self._streams if not each.closed()}
        if len(self._streams) >= MAX_SOCKETS:
            stream.close()
            return
        self._streams.add(stream)
        super().handle_stream(stream, address)


def make_server(
    gateway: Gateway, site: Path | None, tls: ssl.SSLContext | None = None
) -> HTTPServer:
    """A server that listens to nothing yet. site: the folder with index.html."""
    at_root = ((r"/(.*)", Site, {"gateway": gateway, "path": str(site)}) if site
               else (r"/", NoSite, {"gateway": gateway}))  # fmt: skip
    application = Application(
        [*routes(gateway), at_root], log_function=lambda handler: None,
        default_handler_class=Nothing, default_handler_args={"gateway": gateway},
    )  # fmt: skip
    return LimitedServer(
        application, ssl_options=tls, idle_connection_timeout=IDLE_S, max_body_size=MAX_REFUSED,
        body_timeout=IDLE_S, max_buffer_size=gateway.max_message + MAX_REFUSED,
    )  # fmt: skip


def listen(server: HTTPServer, addresses: Iterable[str], port: int) -> int:
    """Bind all addresses to one port, the next free one if it is taken; return it. Raises OSError
    where none of NUM_PORTS is free, or the address is not this machine's."""
    sockets = _bind_free(tuple(addresses), port, port + NUM_PORTS)
    server.add_sockets(sockets)
    return int(sockets[0].getsockname()[1])


def _bind_free(addresses: tuple[str, ...], port: int, end: int) -> list[socket.socket]:
    while True:
        try:
            return _bind(addresses, port)
        except OSError as error:
            port += 1
            if error.errno != errno.EADDRINUSE or port == end:
                raise


def _bind(addresses: tuple[str, ...], port: int) -> list[socket.socket]:
    """Sockets of all addresses; those after the first may be missing on this machine, as IPv6 is,
    but none may belong to somebody else."""
    sockets = bind_sockets(port, addresses[0])
    actual = sockets[0].getsockname()[1]
    for address in addresses[1:]:
        try:
            sockets += bind_sockets(actual, address)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                for each in sockets:
                    each.close()
                raise
    return sockets
