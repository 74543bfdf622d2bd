"""The training server within the app's own process."""

import asyncio
import subprocess
import sys

from app.protocol import CLOSED
from app.protocol.frames import decode, encode
from app.server import gateway as gateways
from app.server.within import GONE, Within
from tests.server.helpers import HELLO, SOON, serving


async def heard(line):
    frame = await asyncio.wait_for(line.receive(), SOON)
    return None if frame is None else decode(frame)[0]


def test_a_page_of_this_process_connects_without_a_key():
    async def scene():
        async with serving() as running:
            line = Within(running.gateway)
            line.send(encode(HELLO))
            assert (await heard(line))["type"] == "welcome"
            line.send(encode({"type": "submit", "id": "a"}))
            assert (await heard(line))["type"] == "accepted"
            assert (await heard(line))["type"] == "state"
            line.close()
            assert await heard(line) is None
            assert line.code == GONE
            assert not running.gateway.lines
            assert running.jobs.listeners["job0"] == []

    asyncio.run(scene())


def test_it_is_told_why_it_ends(monkeypatch):
    async def scene():
        async with serving() as running:
            line = Within(running.gateway)
            line.send(encode({"type": "ping", "id": "a"}))
            assert await heard(line) is None
            assert line.code == CLOSED["protocol"]
            line = Within(running.gateway)
            line.send(encode(HELLO))
            assert (await heard(line))["type"] == "welcome"
            monkeypatch.setattr(gateways, "MAX_CONNECTIONS", 1)
            full = Within(running.gateway)
            assert await heard(full) is None
            assert full.code == CLOSED["full"]
            ending = asyncio.create_task(running.gateway.close())
            assert await heard(line) is None
            await ending

    asyncio.run(scene())


def test_the_plugin_offers_it_and_starts_nothing():
    program = (
        "import multiprocessing, app.server.mounted as m, app.protocol.inside as i\n"
        "assert [route[0] for route in m.ROUTES] == ['/train']\n"
        "assert i.offered() is not None and m.own_gateway.cache_info().currsize == 0\n"
        "assert not multiprocessing.active_children()"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
