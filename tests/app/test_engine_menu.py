"""The engine menu: what it offers, says and does, without a page around it."""

import asyncio
import json
from dataclasses import replace

import numpy as np
import pytest
from bokeh.document import Document

from app.playground.application import App
from app.playground.remote.address import Address
from app.playground.remote.wire import Surroundings, unreachable
from app.protocol import CLOSED
from core.snapshot import Score
from tests.app.double import CODE, Server
from tests.app.helpers import tell


async def frame(update):
    update()
    await asyncio.sleep(0)


def menu(app):
    return app.transport.menu


def option(app, name):
    return next(each for each in menu(app)["options"] if each["id"] == name)


def act(app, what, **more):
    tell(app.transport, "engine", act=what, **more)


async def until(app, is_so):
    """The transport changes until then."""
    changed = asyncio.Event()
    watcher = app.transport.param.watch(lambda *_: changed.set(), ["menu", "counters", "running"])
    while not is_so():
        changed.clear()
        await asyncio.wait_for(changed.wait(), 30)
    app.transport.param.unwatch(watcher)


def with_app(story, query="?chapter=c8", server=None, before=""):
    async def told():
        made = server or Server()
        app = App(query, frame, "in this page", around=made.around, before=before)
        app.add_to(Document())
        await story(app, made)
        app.chapter.leave()
        app.connection.close()
        await made.jobs.close()

    asyncio.run(told())


async def connect(app):
    act(app, "connect", text=CODE)
    await until(app, lambda: menu(app)["state"] == "on")


@pytest.mark.parametrize("chapter", ["c8", "r8", "a8"])
def test_it_is_offered_where_networks_are_trained_and_nowhere_else(chapter):
    async def story(app, server):
        assert menu(app)
        app.navigate("?chapter=a1")
        assert not menu(app)

    with_app(story, f"?chapter={chapter}")


def test_connect_hand_over_train_pause_and_hand_back():
    async def story(app, server):
        assert menu(app)["connects"]
        assert [each["id"] for each in menu(app)["options"]] == ["here"]
        await connect(app)
        assert "Connected to 127.0.0.1:8765" in menu(app)["text"]
        assert not menu(app)["connects"]
        act(app, "choose", engine="numpy")
        tell(app.transport, "play")
        session = app.chapter.session
        await until(app, lambda: session.snapshot.step > 20)
        assert "on the training server: CPU" in app.transport.engine
        assert option(app, "numpy")["chosen"]
        kept = json.loads(app.bridge.kept)
        assert kept["job"] == session.away.job.id
        assert kept["key"] == "token"  # rather than the code
        await until(app, lambda: "steps a second" in option(app, "numpy")["rate"])
        tell(app.transport, "pause")
        assert not app.transport.running
        act(app, "choose", engine="here")
        await until(app, lambda: option(app, "here")["chosen"])
        assert session.away is None
        there = session.snapshot.step
        tell(app.transport, "step", id="batch")
        assert session.snapshot.step == there + 1
        assert app.bridge.kept == ""

    with_app(story)


TOO_LARGE = ("?chapter=c8&net=vgg11_32x32", "?chapter=r8&task=text&hidden=512")


@pytest.mark.parametrize("query", TOO_LARGE)
def test_a_network_too_large_for_the_page_says_the_next_step(query):
    async def story(app, server):
        assert menu(app)["remedy"].endswith("Connect to a training server:")
        assert "python3 build.py server" in app.chapter.barred
        await connect(app)
        assert menu(app)["remedy"].endswith("Choose one of the server's engines:")
        tell(app.transport, "play")
        assert "choose one of the training server's engines" in app.bridge.notices[0]["text"]
        act(app, "choose", engine="numpy")
        await until(app, lambda: option(app, "numpy")["chosen"])
        assert menu(app)["remedy"] == app.chapter.barred == ""

    with_app(story, query)


def test_what_is_said_of_the_engines_is_of_the_network_at_hand():
    async def story(app, server):
        await connect(app)
        act(app, "choose", engine="numpy")
        tell(app.transport, "play")
        await until(app, lambda: "steps a second" in option(app, "numpy")["rate"])
        tell(app.controls, "set", name="net", value="vgg11_32x32")
        assert option(app, "numpy")["rate"] == "not measured yet"
        assert "too large" in option(app, "here")["note"]
        tell(app.controls, "set", name="net", value="lenet_8x8")
        assert not option(app, "here")["note"].endswith("here")

    with_app(story)


def test_what_was_typed_wrongly_is_said_in_the_menu():
    async def story(app, server):
        act(app, "connect", text="K7QX")
        assert menu(app)["state"] == "refused"
        assert "neither a pairing code nor an address" in menu(app)["text"]
        assert not app.bridge.notices
        await connect(app)

    with_app(story)


def test_a_server_that_is_gone_leaves_the_choice():
    async def story(app, server):
        await connect(app)
        act(app, "choose", engine="numpy")
        tell(app.transport, "play")
        await until(app, lambda: app.chapter.session.snapshot.step > 5)
        server.refuses = 1006
        server.cut()
        await until(app, lambda: menu(app)["state"] == "lost")
        assert [each["id"] for each in menu(app)["acts"]] == ["retry", "home"]
        assert "Training goes on there" in menu(app)["text"]
        act(app, "home")
        step = app.chapter.session.snapshot.step
        await until(app, lambda: app.chapter.session.snapshot.step > step)
        assert option(app, "here")["chosen"]

    with_app(story)


def test_a_server_that_is_stopped_says_so_and_the_network_goes_on_in_the_page():
    async def story(app, server):
        await connect(app)
        act(app, "choose", engine="numpy")
        tell(app.transport, "play")
        await until(app, lambda: app.chapter.session.snapshot.step > 5)
        server.cut(CLOSED["ended"])
        await until(app, lambda: menu(app)["state"] == "refused")
        assert "was stopped" in menu(app)["text"]
        assert menu(app)["connects"]
        await until(app, lambda: not app.transport.running)
        assert "was stopped" in app.bridge.notices[0]["text"]
        act(app, "home")
        await until(app, lambda: option(app, "here")["chosen"])
        there = app.chapter.session.snapshot.step
        assert there > 5
        tell(app.transport, "step", id="batch")
        assert app.chapter.session.snapshot.step == there + 1

    with_app(story)


def test_a_page_of_a_server_connects_by_itself_and_can_type_the_key_of_a_new_start():
    async def story(app, server):
        await until(app, lambda: menu(app)["state"] == "on")
        assert not menu(app)["connects"]
        server.refuses = CLOSED["key"]
        server.cut()
        await until(app, lambda: menu(app)["state"] == "refused")
        assert "makes a new one at each start" in menu(app)["text"]
        assert menu(app)["connects"]
        server.refuses = None
        await connect(app)
        assert not menu(app)["connects"]

    with_app(story, server=Server(own=Address("ws://127.0.0.1:8765/train", "token")))


@pytest.mark.parametrize("own", [None, Address("ws://127.0.0.1:8765/train", "token")])
def test_a_page_that_was_closed_fetches_what_was_trained_meanwhile(own):
    async def story(app, server):
        await connect(app)
        act(app, "choose", engine="numpy")
        tell(app.transport, "play")
        await until(app, lambda: app.chapter.session.snapshot.step > 5)
        kept, seen = app.bridge.kept, app.chapter.session.snapshot.step
        app.chapter.session.stop = lambda: None  # a page that is closed says nothing
        server.cut()
        server.own = own
        again = App("?chapter=c8", frame, "in this page", around=server.around, before=kept)
        again.add_to(Document())
        assert "may be there still" in again.bridge.notices[0]["text"]
        await until(again, lambda: not own or menu(again)["state"] == "on")
        assert menu(again)["acts"] == [{"id": "fetch", "label": "Fetch what was trained meanwhile"}]
        act(again, "fetch")
        await until(again, lambda: again.chapter.session.snapshot.step > seen)
        session = again.chapter.session
        await until(again, lambda: not session.away.is_ahead)
        assert session.away.job.state == "paused"
        assert len(session.snapshot.history) > 1
        assert np.isfinite(session.snapshot.parameters).all()
        there = session.snapshot.step
        tell(again.transport, "play")
        await until(again, lambda: session.snapshot.step > there)
        again.chapter.leave()
        again.connection.close()

    with_app(story)


def test_what_a_large_network_takes_names_the_next_step():
    def advice(app):
        return {each["term"]: each["text"] for each in app.chapter.stage.takes.items}["to train it"]

    async def story(app, server):
        assert advice(app).startswith("Start a training server")
        await connect(app)
        await until(app, lambda: menu(app)["remedy"].endswith("engines:"))
        assert advice(app).startswith("Choose one of the training server's engines")
        act(app, "choose", engine="numpy")
        assert advice(app).startswith("Press Play.")
        act(app, "choose", engine="here")
        await until(app, lambda: option(app, "here")["chosen"])
        assert advice(app).startswith("Choose one")

    with_app(story, "?chapter=c8&net=vgg11_32x32")


def test_where_no_server_can_be_reached_none_is_asked_for():
    around = Surroundings(unreachable, "", closed="start it with panel")
    app = App("?chapter=c8&net=vgg11_32x32", frame, "on this server", around=around)
    app.add_to(Document())
    assert not menu(app)["connects"]
    assert [each["id"] for each in menu(app)["options"]] == ["here"]
    assert menu(app)["text"] == "To train larger networks, start it with panel."
    tell(app.transport, "play")
    assert app.bridge.notices[0]["text"].endswith("in a page: start it with panel.")


@pytest.mark.parametrize("chapter", ["c8", "r8"])
def test_losses_that_a_server_tells_between_two_pictures_are_shown(open_app, monkeypatch, chapter):
    app = open_app(f"?chapter={chapter}")
    session = app.chapter.session

    def hear():
        session._snapshot = replace(session.snapshot, train=Score(0.25, 0.75))
        return True

    monkeypatch.setattr(session, "hear", hear)
    app.chapter.served()
    assert {"label": "training loss", "value": "0.2500"} in app.transport.counters
