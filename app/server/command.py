"""The command `glassnet-server`: starts the training server, says how to reach it, ends it."""

from __future__ import annotations

import argparse
import asyncio
import signal
import ssl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from tornado.httpserver import HTTPServer

from app.server.gateway import Gateway
from app.server.installing import bringing
from app.server.jobs import Jobs, LocalRunner, Runner
from app.server.jobs.local import serve_pipe
from app.server.limits import Limits
from app.server.machine import Machine
from app.server.options import DIST, data_folder, read_options
from app.server.security import ANYWHERE, LOOPBACK, Keys, make_guard
from app.server.service import Service
from app.server.store import Store
from app.server.web import listen, make_server

Means = tuple[Runner, Machine]
ADDRESSES = ("127.0.0.1", "::1")
SMALL_FRAME = 1 << 26  # bytes: the largest message but for a network's arrays
ARRAYS = 4  # of the size of a network in a checkpoint: weights, gradients, what Adam remembers
WARNING = (
    "OTHER MACHINES CAN REACH THIS SERVER. Whoever has its token or its code",
    "can train here, and store files, within the limits that --help lists.",
)
NO_TLS = (
    "",
    "WITHOUT --certificate NOTHING IS ENCRYPTED: whoever listens to the",
    "network reads the token, the networks and the data.",
)


def say(text: str) -> None:
    print(text, flush=True)


def framed(lines: tuple[str, ...]) -> str:
    """Lines that nobody overlooks."""
    width = max(map(len, lines))
    edge = "*" * (width + 6)
    inner = "\n".join(f"*  {line:<{width}}  *" for line in lines)
    return f"\n{edge}\n{inner}\n{edge}\n"


def max_message(limits: Limits) -> int:
    """Bytes of the largest frame that a page may send: a network in float32 to go on with."""
    return min(limits.max_bytes, ARRAYS * 4 * limits.max_parameters) + SMALL_FRAME


def this_machine(options: argparse.Namespace) -> Means:
    runner = LocalRunner(target=partial(serve_pipe, device=options.device))
    return runner, Machine(options.engine, options.device)


async def cluster(options: argparse.Namespace) -> Means:
    """The workers of a cluster; raises OSError where there is none."""
    try:
        from app.server.cluster import ClusterMachine, DaskRunner
    except ImportError:
        raise OSError(f"--cluster needs what {bringing('cluster')} brings") from None
    runner = await DaskRunner.connect(options.cluster, say, options.device)
    return runner, ClusterMachine(runner, options.engine, options.device)


def make_gateway(options: argparse.Namespace, keys: Keys, means: Means | None = None) -> Gateway:
    """`means`: what trains; usually this machine."""
    guard = make_guard(keys, options.host, options.allow_origin)
    store = store_of(options)
    runner, machine = means or this_machine(options)
    jobs = Jobs(options.limits, runner, store)
    service = Service(jobs, store, options.limits, keys.token, machine)
    return Gateway(service, guard, max_message(options.limits))


def tls_of(options: argparse.Namespace) -> ssl.SSLContext | None:
    """Raises OSError for files that are no certificate with its key."""
    if options.certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(options.certificate, options.key)
    except OSError as error:
        files = " and ".join(str(each) for each in (options.certificate, options.key) if each)
        raise OSError(f"{files}: no certificate in PEM with its private key can be read there "
                      f"({error.strerror})") from None  # fmt: skip
    return context


def site_of(options: argparse.Namespace) -> Path | None:
    """Raises OSError where the folder that was named has no site."""
    site: Path = options.site or DIST
    if (site / "index.html").is_file():
        return site.resolve()
    if options.site:
        raise OSError(f"--site {site}: no built site is there, which would have an index.html; "
                      "python3 build.py site makes one")  # fmt: skip
    return None


def store_of(options: argparse.Namespace) -> Store:
    """Raises OSError where the folder that was named cannot be."""
    folder: Path | None = options.data_folder
    try:
        if folder:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise OSError(f"--data-folder {folder}: {error.strerror}") from None
    return Store(folder or data_folder())


def welcome(options: argparse.Namespace, keys: Keys, port: int, has_page: bool = True) -> None:
    """Say where it is, and with which key."""
    scheme = "https" if options.certificate else "http"
    host = options.host or ADDRESSES[0]
    name = ADDRESSES[0] if host in ANYWHERE else f"[{host}]" if ":" in host else host
    if options.port and port != options.port:
        say(f"· port {options.port} is taken by another program; this is the next free one")
    if host in ANYWHERE or name not in LOOPBACK:
        say(framed((*WARNING, *(() if options.certificate else NO_TLS))))
    say(f"Glassnet is at   {scheme}://{name}:{port}/#token={keys.token}")
    say(f"or, elsewhere,   {keys.code(port)} connects a page, for an hour from now")
    if not has_page:
        say("· it serves no page, as none was built: --site names the folder of one")


async def serve(options: argparse.Namespace) -> None:
    """Serve until interrupted. Raises OSError where that cannot be."""
    keys, tls, site = Keys(say), tls_of(options), site_of(options)
    gateway = make_gateway(options, keys, await cluster(options) if options.cluster else None)
    server = make_server(gateway, site, tls)
    try:
        welcome(options, keys, port_of(server, options), has_page=site is not None)
        finding = asyncio.create_task(introduce(gateway.service.machine))
        with interruption() as stop:
            await stop.wait()
        say("\nEnding: every job is told.")
        finding.cancel()
    finally:
        server.stop()
        await gateway.close()


def port_of(server: HTTPServer, options: argparse.Namespace) -> int:
    """Listen; return at which port."""
    addresses = ADDRESSES if options.host is None else (options.host,)
    try:
        return listen(server, addresses, options.port)
    except OSError as error:
        where = f"{' and '.join(addresses)}, port {options.port}"
        raise OSError(f"cannot listen at {where}: {error.strerror}; --host must be an address of "
                      "this machine, and --port one that its user may take") from None  # fmt: skip


@contextmanager
def interruption() -> Iterator[asyncio.Event]:
    """What is set by Ctrl-C, and by whoever ends programs."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    names = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(name, lambda *_: loop.call_soon_threadsafe(stop.set))
              for name in names]  # fmt: skip
    try:
        yield stop
    finally:
        for name, handler in zip(names, before, strict=True):
            signal.signal(name, handler)


async def introduce(machine: Machine) -> None:
    """Say what can compute here, and what will."""
    say("· looking for what can compute here …")
    for each in await machine.candidates():
        reason = each.told()["reason"]
        say(f"  {'✓' if each.usable else '-'} {each.words}{f': {reason}' if reason else ''}")
    say(f"Trains with {await machine.outlook()}. Stop with Ctrl-C.")


def main(arguments: list[str] | None = None, prog: str = "glassnet-server") -> None:
    options = read_options(arguments, prog)
    try:
        asyncio.run(serve(options))
    except KeyboardInterrupt:
        return  # before it had begun
    except OSError as error:
        print(f"✗ {prog}: {error}", file=sys.stderr)
        raise SystemExit(1) from None
