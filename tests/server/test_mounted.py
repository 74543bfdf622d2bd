"""The training server within the app's own process."""

import asyncio
import gc
import subprocess
import sys
import weakref
from types import SimpleNamespace

import pytest
from bokeh.application.handlers.document_lifecycle import DocumentLifecycleHandler
from bokeh.server.contexts import ApplicationContext
from panel.io.application import build_single_handler_application
from tornado.ioloop import IOLoop

from app.playground import server
from app.playground.application import App
from app.protocol import CLOSED, inside
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


class Visits:
    """What `panel serve` does when somebody opens the app, and when they have gone."""

    def __init__(self, monkeypatch):
        self.apps = []

        def made(*args, **options):
            app = App(*args, **options)
            self.apps.append(weakref.ref(app))
            return app

        monkeypatch.setattr(server, "App", made)
        application = build_single_handler_application("app/playground/main.py")
        application.add(DocumentLifecycleHandler())
        self.context = ApplicationContext(application, IOLoop.current(), "/main")

    async def come(self, name, chapter):
        arguments = {"chapter": [chapter.encode()]}
        asked = SimpleNamespace(arguments=arguments, cookies={}, headers={})
        await self.context.create_session_if_needed(name, asked)

    async def go(self, name):
        await self.context._discard_session(self.context.get_session(name), lambda _: True)


async def until(is_so):
    async def wait():
        while not is_so():
            await asyncio.sleep(0.01)

    await asyncio.wait_for(wait(), SOON)


@pytest.mark.parametrize("chapter", ["a1", "a10"])
@pytest.mark.parametrize("is_welcome", [False, True])
def test_nothing_is_left_of_a_visitor_who_has_gone(monkeypatch, caplog, chapter, is_welcome):
    """Be it before the server has said a word."""

    async def scene():
        async with serving() as running:
            monkeypatch.setattr(inside, "_offers", [lambda: Within(running.gateway)])
            visits = Visits(monkeypatch)
            for name in ("first", "second"):  # Bokeh keeps the latest document
                await visits.come(name, chapter)
                await until(lambda: running.gateway.lines)
                await until(lambda: visits.apps[-1]().connection.is_on or not is_welcome)
                if chapter == "a10":
                    visits.apps[-1]().chapter.transported({"type": "play"})
                    await until(lambda: visits.apps[-1]().transport.progress)
                await visits.go(name)
                await until(lambda: not running.gateway.lines)
            return visits.apps[0], running.gateway

    app, gateway = asyncio.run(scene())  # with its loop go the timers that were called off
    gc.collect()
    assert app() is None
    assert not gateway.lines
    assert [record.getMessage() for record in caplog.records if record.name == "asyncio"] == []


def test_the_plugin_offers_it_and_starts_nothing():
    program = (
        "import multiprocessing, app.server.mounted as m, app.protocol.inside as i\n"
        "assert [route[0] for route in m.ROUTES] == ['/train']\n"
        "assert i.offered() is not None and m.own_gateway.cache_info().currsize == 0\n"
        "assert not multiprocessing.active_children()"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
