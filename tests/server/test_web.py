"""Where the server listens, and how it is served."""

import asyncio
import contextlib
import socket
import ssl
from pathlib import Path

import pytest
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

from app.protocol import PATH, SUBPROTOCOL
from app.server.command import ADDRESSES, main
from app.server.web import listen, make_server
from tests.server.helpers import HELLO, Page, serving

# Made for these tests: openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes
#   -days 36500 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1
CERTIFICATE = Path(__file__).with_name("certificate.pem")


def is_here(address):
    """Some machines, and many containers, have no IPv6."""
    try:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        socket.create_server((address, 0), family=family).close()
    except OSError:
        return False
    return True


HERE = [address for address in ADDRESSES if is_here(address)]
HOSTS = [f"[{address}]" if ":" in address else address for address in HERE]


@contextlib.asynccontextmanager
async def listening(running, addresses, tls=None, port=0):
    server = make_server(running.gateway, None, tls)
    try:
        yield listen(server, addresses, port)
    finally:
        server.stop()


async def greet(scheme, host, port, running, tls=None):
    origin = f"{scheme}://{host}:{port}"
    request = HTTPRequest(f"{origin.replace('http', 'ws', 1)}{PATH}", headers={"Origin": origin},
                          ssl_options=tls)  # fmt: skip
    keys = [SUBPROTOCOL, f"key.{running.keys.token}"]
    page = Page(await websocket_connect(request, subprotocols=keys))
    await page.say(HELLO)
    return await page.told("welcome")


@pytest.mark.parametrize("host", [*HOSTS, "localhost"])
def test_both_loopback_addresses_answer(host):
    async def scene():
        async with serving() as running, listening(running, ADDRESSES) as port:
            await greet("http", host, port, running)

    asyncio.run(scene())


@pytest.mark.parametrize("address", HERE)
def test_a_port_that_is_taken_at_one_address_is_left_alone(address):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET

    async def scene():
        async with serving() as running:
            with socket.create_server((address, 0), family=family) as taken:
                wanted = taken.getsockname()[1]
                async with listening(running, ADDRESSES, port=wanted) as port:
                    assert port > wanted
                    await greet("http", HOSTS[-1], port, running)

    asyncio.run(scene())


def test_over_tls_the_own_origin_is_https():
    server_side = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server_side.load_cert_chain(CERTIFICATE)
    client_side = ssl.create_default_context(cafile=CERTIFICATE)

    async def scene():
        async with serving() as running, listening(running, ADDRESSES, server_side) as port:
            await greet("https", "127.0.0.1", port, running, client_side)
            with pytest.raises(OSError):  # noqa: PT011, whatever a plain connection meets
                await greet("http", "127.0.0.1", port, running)

    asyncio.run(scene())


def test_an_address_of_another_machine_is_said_and_nothing_is_left(tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["--host", "192.0.2.7", "--data-folder", str(tmp_path)])
    assert ended.value.code == 1
    assert "192.0.2.7" in capsys.readouterr().err
