"""The conversation of a page with the gateway: hello, orders, answers, states."""

import asyncio

import pytest

from app.protocol import CLOSED, SUBPROTOCOL
from app.protocol.frames import VERSION
from app.server.limits import Limits
from tests.server.helpers import HELLO, connect, greeted, serving


def test_a_page_is_welcomed_and_its_orders_are_answered():
    async def scene():
        async with serving() as running:
            page, welcome = await greeted(running)
            assert welcome["version"] == VERSION
            assert welcome["token"] == running.keys.token
            assert welcome["limits"]["max_batch"] == Limits().max_batch
            assert welcome["engines"] == [
                {"name": "numpy", "device": "CPU", "usable": True, "reason": ""}]  # fmt: skip
            assert page.socket.selected_subprotocol == SUBPROTOCOL
            accepted = await page.ask({"type": "submit", "id": "s"})
            assert accepted == {"type": "accepted", "id": "s", "job": "job0", "position": 0}
            state = await page.told("state")
            assert (state["job"], state["seq"]) == ("job0", 1)
            for kind in ("play", "step", "tune", "pause", "cancel"):
                assert (await page.ask({"type": kind, "job": "job0"}))["type"] == "done"
            assert [kind for _, kind, _ in running.jobs.told] == [
                "play", "step", "tune", "pause", "cancel"]  # fmt: skip
            assert (await page.ask({"type": "ping"})) == {"type": "pong", "id": "a"}

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("message", "reason", "word"),
    [
        ({"type": "dance"}, "invalid", "dance"),
        ({"type": "ping", "id": 3}, "invalid", "id is 3"),
        ({"type": "play", "job": "nobody's"}, "unknown", "nobody's"),
        ({"type": "play"}, "invalid", "job is None"),
        ({"type": "look", "job": "job0", "whole": 1}, "invalid", "whole is 1"),
        ({"type": "submit", "network": "too large"}, "limit", "too many parameters"),
        ({"type": "upload", "sha256": "x"}, "invalid", "`bytes`"),
        ({"type": "hello"}, "invalid", "hello"),
    ],
)
def test_what_cannot_be_obeyed_is_refused_and_the_connection_lives(message, reason, word):
    async def scene():
        async with serving() as running:
            page, _ = await greeted(running)
            await page.say({"id": "a"} | message)
            error = await page.told("error")
            assert error["reason"] == reason
            assert word in error["text"]
            assert (await page.ask({"type": "ping"}))["type"] == "pong"

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("first", "reason"),
    [
        ({"type": "ping", "id": "a"}, "protocol"),
        (HELLO | {"version": VERSION + 1}, "version"),
        (HELLO | {"learner": ""}, "protocol"),
        (HELLO | {"learner": "l" * 201}, "protocol"),
        (HELLO | {"jobs": [{"job": "j", "after": -1}]}, "protocol"),
        (HELLO | {"jobs": [{"job": "j", "after": 0}] * 65}, "protocol"),
    ],
)
def test_who_does_not_greet_is_closed(first, reason):
    async def scene():
        async with serving() as running:
            page = await connect(running)
            await page.say(first)
            assert await page.closed() == CLOSED[reason]
            assert not running.gateway.lines

    asyncio.run(scene())


def test_a_page_comes_back_to_the_states_that_it_missed():
    async def scene():
        async with serving() as running:
            page, _ = await greeted(running)
            await page.ask({"type": "submit"})
            seen = (await page.told("state"))["seq"]
            page.socket.close()
            for name in ("running", "paused"):
                running.jobs.say("job0", {"type": "state", "state": name})
            page, welcome = await greeted(running, jobs=[
                {"job": "job0", "after": seen}, {"job": "gone", "after": 0}])  # fmt: skip
            assert welcome["jobs"] == ["job0"]
            states = [await page.told("state") for _ in range(2)]
            assert [(s["seq"], s["state"]) for s in states] == [(2, "running"), (3, "paused")]

    asyncio.run(scene())


def test_the_end_of_the_server_is_told():
    async def scene():
        async with serving() as running:
            page, _ = await greeted(running)
            await page.ask({"type": "submit"})
            await page.told("state")
            ending = asyncio.create_task(running.gateway.close())
            assert (await page.told("state"))["state"] == "cancelled"
            assert await page.closed() == 1001
            await ending

    asyncio.run(scene())
