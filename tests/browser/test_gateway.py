"""What a real browser lets its page know of the training server, under the site's own policy."""

import pytest

from app.protocol import CLOSED, PATH, SUBPROTOCOL
from app.protocol.frames import VERSION
from tests.benchmarks.load import Server

SPEAK = """([url, key, hello]) => new Promise((resolve) => {
    const socket = new WebSocket(url, ["glassnet.1", `key.${key}`]);
    socket.onopen = () => socket.send(hello);
    socket.onmessage = ({ data }) => resolve([socket.protocol, JSON.parse(data).type]);
    socket.onclose = ({ code, reason }) => resolve([code, reason]);
})"""
HELLO = f'{{"type": "hello", "version": {VERSION}, "learner": "l", "jobs": []}}'


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Server(10, str(tmp_path_factory.mktemp("files")))
    yield server
    assert server.stop() == 0


@pytest.fixture
def speak(chromium, server):
    """Connects from a page of an origin, with a key; returns what the page is told."""
    pages = []

    def connect(origin, key):
        page = chromium.new_page()
        pages.append(page)
        page.goto(f"{origin}/nothing")
        url = server.address.replace("http", "ws", 1) + PATH
        return page.evaluate(SPEAK, [url, key, HELLO])

    yield connect
    for page in pages:
        page.close()


def test_the_servers_own_page_connects(speak, server):
    assert speak(server.address, server.token) == [SUBPROTOCOL, "welcome"]


def test_a_wrong_key_is_told_apart(speak, server):
    code, reason = speak(server.address, "wrong")
    assert code == CLOSED["key"]
    assert "terminal" in reason
