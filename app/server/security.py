"""Who may speak to the training server.

A page on any site can make a browser send requests to this machine. So a request must name this
server in its Host header, which a rebound name of a stranger's does not; a page's origin must be on
a list; and whoever connects must hold the key of this run, which only the terminal shows.
"""

from __future__ import annotations

import ipaddress
import re
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hmac import compare_digest

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
ANYWHERE = ("0.0.0.0", "::")  # hosts that mean every address of this machine
DEFAULT_PORTS = {"http": 80, "https": 443}
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # no 0 and O, no 1, I and L
CODE = re.compile(rf"(?:[0-9]{{1,5}}-)?([{ALPHABET}]{{4}})-?([{ALPHABET}]{{4}})")
MAX_WRONG = 10  # tries of a code; of 31^8 codes, they find the right one once in 10^11 runs
CODE_S = 3600.0
ORIGIN = re.compile(r"(https?)://([a-z0-9.-]+|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?")


class Keys:
    """The keys of one run: a token of 256 bits, and a pairing code that is short enough to type,
    valid for an hour and void after MAX_WRONG wrong ones. `say` tells it in the terminal."""

    def __init__(
        self, say: Callable[[str], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.token = secrets.token_urlsafe(32)
        self._code = "".join(secrets.choice(ALPHABET) for _ in range(8))
        self._say, self._clock = say, clock
        self._end, self._num_wrong = clock() + CODE_S, 0

    def code(self, port: int) -> str:
        """The pairing code as it is shown, such as 8765-K7QX-M2PD: by it alone a page finds us."""
        return f"{port}-{self._code[:4]}-{self._code[4:]}"

    def is_token(self, key: str) -> bool:
        return compare_digest(key.encode(), self.token.encode())

    def is_code(self, key: str) -> bool:
        """Whether it is the pairing code, in any case, with or without port and hyphens."""
        typed = CODE.fullmatch(key.strip().upper())
        if not typed or self._num_wrong >= MAX_WRONG or self._clock() > self._end:
            return False
        if compare_digest("".join(typed.groups()).encode(), self._code.encode()):
            return True
        self._num_wrong += 1
        if self._num_wrong == MAX_WRONG:
            self._say(f"{MAX_WRONG} wrong pairing codes were tried: the code is void from now on. "
                      "The address with the token still works; a new start makes a new code.")
        return False


@dataclass(frozen=True)
class Asked:
    """What a request says of itself: its scheme, the port that it came to, and its headers."""

    scheme: str
    port: int
    host: str
    origin: str | None
    key: str


@dataclass(frozen=True)
class Guard:
    """Judges requests. names: of this machine, as a Host header has them, without the port;
    any_address: whether an address in numbers, which cannot be rebound, is one of them."""

    keys: Keys
    names: frozenset[str] = frozenset(LOOPBACK)
    any_address: bool = False
    origins: frozenset[str] = field(default_factory=frozenset)

    def knows_host(self, asked: Asked) -> bool:
        host = asked.host.lower()
        if host in {_with_port(name, asked) for name in self.names}:
            return True
        name = host.removesuffix(f":{asked.port}")
        return self.any_address and _is_address(name) and host == _with_port(name, asked)

    def refusal(self, asked: Asked) -> str:
        """Why it may not connect, as a name of app.protocol.CLOSED; empty when it may."""
        if asked.origin is None:
            return "" if self.keys.is_token(asked.key) else "key"
        if not self._knows_origin(asked):
            return "origin"
        is_key = self.keys.is_token(asked.key) or self.keys.is_code(asked.key)
        return "" if is_key else "key"

    def _knows_origin(self, asked: Asked) -> bool:
        """Origins are compared whole, scheme, host and port: a prefix or a suffix is a trick."""
        own = {f"{asked.scheme}://{_with_port(name, asked)}" for name in self.names}
        own.add(f"{asked.scheme}://{asked.host.lower()}")  # which knows_host has let in
        return asked.origin in own | self.origins


def make_guard(keys: Keys, host: str | None, origins: Iterable[str]) -> Guard:
    """The guard of a server bound to `host`, None for this machine alone."""
    names = set(LOOPBACK)
    if host is not None and host not in ANYWHERE:
        names.add(f"[{host}]".lower() if ":" in host else host.lower())
    allowed = frozenset(read_origin(each) for each in origins)
    return Guard(keys, frozenset(names), host in ANYWHERE, allowed)


def read_origin(text: str) -> str:
    """An origin as browsers send it; raises ValueError for what is none."""
    match = ORIGIN.fullmatch(text.lower().removesuffix("/"))
    if not match:
        raise ValueError(f"{text!r} is no origin; one is https://host or http://host:port, exactly "
                         "as the page's address begins, without a path and without wildcards")
    scheme, host, port = match.groups()
    is_default = port is None or int(port) == DEFAULT_PORTS[scheme]
    return f"{scheme}://{host}" if is_default else f"{scheme}://{host}:{int(port)}"


def _with_port(name: str, asked: Asked) -> str:
    return name if DEFAULT_PORTS.get(asked.scheme) == asked.port else f"{name}:{asked.port}"


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return True
