"""The way to a training server: lost, come back to, refused, and what is typed to find it."""

import asyncio
import re

import numpy as np
import pytest

from app.playground.remote import client as clients
from app.playground.remote.address import read_address
from app.playground.remote.wire import UNANSWERED, WireClosed
from app.protocol.frames import VERSION, encode
from app.protocol.pieces import PIECE, cut
from tests.app.double import CODE
from tests.app.remote_page import expect_exact, with_page


class SlowWire:
    """Nobody answers; of what was sent, some bytes leave at each look, or none."""

    def __init__(self, leaving=0):
        self.left, self.leaving, self.end = 1000, leaving, asyncio.Event()

    @property
    def waiting(self):
        self.left = max(0, self.left - self.leaving)
        return self.left

    def send(self, frame):
        """Into the void."""

    async def receive(self):
        if self.end.is_set():
            raise WireClosed(UNANSWERED)
        await self.end.wait()
        raise WireClosed(UNANSWERED)

    def close(self):
        self.end.set()


class SlowAnswer(SlowWire):
    """An answer comes, piece by piece."""

    def __init__(self, message, arrays):
        super().__init__()
        self.sent = list(cut(encode(message, arrays)))

    async def receive(self):
        await asyncio.sleep(0.01)
        return self.sent.pop(0) if self.sent else await super().receive()


def test_a_server_is_there_as_long_as_pieces_of_its_answer_come(monkeypatch):
    monkeypatch.setattr(clients, "PING_S", 0.1)
    monkeypatch.setattr(clients, "PATIENCE_S", 0.1)

    async def story():
        weights = np.arange(40 * PIECE, dtype=np.uint8)
        wire = SlowAnswer({"type": "snapshot", "id": "1"}, {"weights": weights})
        client = clients.Client(wire, lambda message: None)
        client._welcome.set_result({"version": VERSION})
        await client.greet("l", [])
        message, arrays = await client.ask("look", job="a", whole=True)
        assert message["type"] == "snapshot"
        np.testing.assert_array_equal(arrays["weights"], weights)
        client.close()

    asyncio.run(story())


@pytest.mark.parametrize(("leaving", "is_alive"), [(1, True), (0, False)])
def test_a_silent_server_is_there_as_long_as_it_takes_what_is_sent(monkeypatch, leaving, is_alive):
    monkeypatch.setattr(clients, "PING_S", 0.02)
    monkeypatch.setattr(clients, "PATIENCE_S", 0.02)

    async def story():
        client = clients.Client(SlowWire(leaving), lambda message: None)
        client._welcome.set_result({"version": VERSION})
        await client.greet("l", [])
        done, _ = await asyncio.wait([client.ended], timeout=1.0 if is_alive else 20)
        assert bool(done) != is_alive
        client.close()

    asyncio.run(story())


def test_a_lost_connection_comes_back_to_the_job():
    async def story(page, server):
        await page.depart()
        page.session.play()
        await page.until(lambda: page.step > 20)
        job = page.session.away.job
        server.cut()
        await page.until(lambda: len(server.lines) == 2)
        again = page.step
        await page.until(lambda: page.step > again + 50)
        assert page.session.away.job is job
        assert server.lines[1].said[0]["jobs"][0]["job"] == job.id
        await page.rest()
        expect_exact(page)

    with_page(story)


@pytest.mark.parametrize("stage", ["greeting", "on"])
def test_a_connection_that_is_given_up_is_closed_and_whoever_waits_is_told(stage):
    async def story(page, server):
        page.connection.open(CODE)
        while not server.lines:
            await asyncio.sleep(0)
        assert page.connection.state == "connecting"
        answer = None
        if stage == "on":
            answer = (await page.connection.ready()).ask("ping")
        page.connection.close()
        await asyncio.wait({server.lines[0].reader}, timeout=20)
        assert server.lines[0].code == 1000
        if answer:
            with pytest.raises(WireClosed):
                await asyncio.wait_for(answer, 20)

    with_page(story)


def test_a_server_that_is_gone_for_good_leaves_the_last_snapshot_here():
    async def story(page, server):
        await page.depart()
        page.session.play()
        await page.until(lambda: page.step > 20)
        server.refuses = 1006
        server.cut()
        while page.connection.state != "lost":
            await page.connection._moved.wait()
        page.session.hand_over(None)
        home = page.step
        await page.until(lambda: page.step > home)
        await page.rest()
        assert page.session.away is None
        expect_exact(page)

    with_page(story)


def test_a_server_that_was_started_anew_gets_the_network_again():
    async def story(page, server):
        await page.depart()
        page.session.play()
        await page.until(lambda: page.step > 20)
        server.refuses = 4401
        server.cut()
        await page.until(lambda: not page.session.running)
        assert "makes a new one at each start" in page.told[0]
        server.refuses = None
        server.start(server.jobs.limits)
        await page.connect()
        before = page.step
        page.session.play()
        await page.until(lambda: page.step > before)
        await page.rest()
        expect_exact(page)

    with_page(story)


@pytest.mark.parametrize(("code", "words"), [
    (1006, "Nothing answers at 127.0.0.1:8765"),
    (4401, "this code or token is not its own"),
    (4403, "--allow-origin https://glassnet.example"),
    (4426, "another version of the protocol"),
    (4429, "as many pages as it takes"),
    (4400, "does not speak as a Glassnet server"),
])  # fmt: skip
def test_each_refusal_has_its_sentence(code, words):
    async def story(page, server):
        server.refuses = code
        await page.try_to_connect()
        assert page.connection.state == "refused"
        assert words in page.connection.text

    with_page(story)


@pytest.mark.parametrize(("permission", "words"), [
    ("denied", "does not let this page reach programs"),
    ("prompt", "got no answer"),
    ("framed", 'allow="local-network-access"'),
])  # fmt: skip
def test_what_the_browser_forbids_is_told_apart(permission, words):
    async def story(page, server):
        server.refuses, server.permission = 1006, permission
        await page.try_to_connect()
        assert words in page.connection.text

    with_page(story)


@pytest.mark.parametrize(("typed", "url", "key"), [
    ("8765-k7qx-m2pd", "ws://127.0.0.1:8765/train", "K7QX-M2PD"),
    (" http://localhost:90/#token=aB_-c ", "ws://localhost:90/train", "aB_-c"),
    ("http://[::1]:8765/?chapter=c8#token=x", "ws://localhost:8765/train", "x"),
    ("https://glassnet.example/#token=x", "wss://glassnet.example/train", "x"),
])  # fmt: skip
def test_codes_and_addresses(typed, url, key):
    assert (read_address(typed, "https://glassnet.example").url,
            read_address(typed, "https://glassnet.example").key) == (url, key)  # fmt: skip


@pytest.mark.parametrize(("typed", "words"), [
    ("", "type the pairing code"),
    ("99999-K7QX-M2PD", "99999 is no port"),
    ("K7QX-M2PD", "neither a pairing code nor an address"),
    ("http://127.0.0.1:8765/", "lacks its end, #token"),
    ("http://127.0.0.1:99999/#token=x", "is no address"),
    ("http://192.168.0.7:8765/#token=x", "open http://192.168.0.7:8765/#token=x itself"),
])  # fmt: skip
def test_what_is_no_address_is_said(typed, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        read_address(typed, "https://glassnet.example")
