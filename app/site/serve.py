"""Serve the built site on this machine, with the headers a careful host would set."""

from __future__ import annotations

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from app.site.policy import TYPES, headers


class Handler(SimpleHTTPRequestHandler):
    """Static files with their right types, a strict content policy, and cache rules."""

    protocol_version = "HTTP/1.1"
    extensions_map = {**SimpleHTTPRequestHandler.extensions_map, **TYPES}  # noqa: RUF012

    def end_headers(self) -> None:
        for name, value in headers(self.path).items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Stay quiet: the terminal shows only the address."""


def make_server(dist: Path, port: int) -> ThreadingHTTPServer:
    """A server for `dist` on 127.0.0.1; `port` 0 lets the system choose.

    Raises OSError when the port is taken.
    """
    return ThreadingHTTPServer(("127.0.0.1", port), partial(Handler, directory=str(dist)))


def serve(dist: Path, port: int) -> None:
    """Serve until interrupted; when the port is taken, on another one."""
    try:
        server = make_server(dist, port)
    except OSError:
        print(f"· port {port} is taken by another program; choosing a free one", flush=True)
        server = make_server(dist, 0)
    print(f"Glassnet is at http://127.0.0.1:{server.server_port}/ (stop with Ctrl-C)", flush=True)
    with server:
        server.serve_forever()
