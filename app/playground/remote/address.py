"""Where a training server is, and the key to it, as a learner types them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from app.protocol import PATH

CODE = re.compile(r"(\d{1,5})-([0-9A-Za-z]{4}-[0-9A-Za-z]{4})")
LOOPBACK = ("127.0.0.1", "localhost")
FORMS = "8765-K7QX-M2PD or http://127.0.0.1:8765/#token=…, as the server's terminal shows it"


@dataclass(frozen=True)
class Address:
    """url: of the WebSocket. key: the token or the pairing code."""

    url: str
    key: str

    @property
    def place(self) -> str:
        """Host and port; the server that the page itself runs on has neither."""
        return urlsplit(self.url).netloc or "this server"

    @property
    def page(self) -> str:
        """The address of the page that the server itself delivers, without the key."""
        scheme = "https" if self.url.startswith("wss") else "http"
        return f"{scheme}://{self.place}/"


def read_address(text: str, origin: str) -> Address:
    """Read a pairing code or an address. `origin` is where the page is from: this and servers on
    this machine are all that a page may reach. Raises ValueError saying what would be right."""
    text = "".join(text.split())
    if not text:
        raise ValueError(f"type the pairing code or the address: {FORMS}")
    if match := CODE.fullmatch(text):
        return Address(f"ws://127.0.0.1:{_port(match[1])}{PATH}", match[2].upper())
    return _of_page(text, origin)


def _of_page(text: str, origin: str) -> Address:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError(f"“{text[:60]}” is no address; type {FORMS}") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"“{text[:60]}” is neither a pairing code nor an address; type {FORMS}")
    token = parse_qs(parts.fragment).get("token", [""])[0]
    if not token:
        raise ValueError(f"the address lacks its end, #token=…; type all of it: {FORMS}")
    # The server listens to both addresses of its machine; a policy cannot name the longer one.
    host = "localhost" if parts.hostname == "::1" else parts.hostname
    place = host if port is None else f"{host}:{_port(str(port))}"
    if host not in LOOPBACK and f"{parts.scheme}://{place}" != origin:
        raise ValueError(
            f"a page from {origin} reaches servers on this machine alone; open {text} itself in "
            "the browser: that page needs no connecting"
        )
    return Address(f"{'wss' if parts.scheme == 'https' else 'ws'}://{place}{PATH}", token)


def _port(text: str) -> int:
    if not 1 <= int(text) <= 65_535:
        raise ValueError(f"{text} is no port; the code begins with one, such as 8765")
    return int(text)
