"""Serve the built site on this machine, with the headers a careful host would set."""

from __future__ import annotations

import re
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from app.site.policy import POLICY

# Folders named by their content never change; everything else is asked for again each time.
IMMUTABLE = re.compile(r"/[a-z]+-[0-9a-f]{12}/")


class Handler(SimpleHTTPRequestHandler):
    """Static files with their right types, a strict content policy, and cache rules."""

    protocol_version = "HTTP/1.1"
    extensions_map = {  # noqa: RUF012, as the base class has it
        **SimpleHTTPRequestHandler.extensions_map,
        ".mjs": "text/javascript",
        ".js": "text/javascript",
        ".wasm": "application/wasm",
        ".whl": "application/zip",
    }

    def end_headers(self) -> None:
        forever = IMMUTABLE.search(self.path)
        self.send_header(
            "Cache-Control", "public, max-age=31536000, immutable" if forever else "no-cache"
        )
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
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
