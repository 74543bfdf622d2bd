"""What comes malformed, huge, in masses, or is not read: the server lives, and stays small."""

import asyncio
import json
import resource
import struct
import tracemalloc

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tornado.httpclient import HTTPError
from tornado.websocket import WebSocketClosedError

from app.protocol import CLOSED
from app.server import gateway, line, outbox
from app.server.outbox import Outbox
from tests.server.helpers import HELLO, SOON, StillJobs, connect, greeted, serving


async def lives(page):
    return (await page.ask({"type": "ping", "id": "still there"}))["type"] == "pong"


def test_noise_is_answered_and_the_connection_lives():
    """Binary frames, texts, and messages of any shape, all on one connection."""
    loop = asyncio.new_event_loop()
    objects = st.dictionaries(st.text(max_size=9), st.integers())
    texts = st.text(max_size=50) | objects.map(json.dumps)
    known = st.sampled_from(["hello", "upload", "open", "submit", "play", "tune", "look", "step"])
    values = st.none() | st.integers() | st.text(max_size=9) | st.lists(st.integers(), max_size=2)
    shaped = st.builds(
        lambda kind, rest: json.dumps(rest | {"type": kind}), known,
        st.dictionaries(st.sampled_from(["id", "job", "sha256", "data", "total"]), values),
    )  # fmt: skip
    running = serving()

    async def begin():
        return await greeted(await running.__aenter__())

    page, _ = loop.run_until_complete(begin())

    async def send(frame):
        await page.socket.write_message(frame, binary=isinstance(frame, bytes))
        assert await lives(page)

    @settings(max_examples=150, deadline=None)
    @given(st.binary(max_size=300) | texts | shaped)
    def noise(frame):
        loop.run_until_complete(send(frame))

    noise()
    loop.run_until_complete(running.__aexit__(None, None, None))
    loop.close()


def bombs():
    """Safetensors files that claim more than they have."""
    def file(header, body=b""):
        text = header if isinstance(header, bytes) else json.dumps(header).encode()
        return struct.pack("<Q", len(text)) + text + body

    huge = {"dtype": "F64", "shape": [2**40, 2**20], "data_offsets": [0, 2**63]}
    none = {"dtype": "F32", "shape": [0, 2**62], "data_offsets": [0, 0]}
    message = {"message": json.dumps({"type": "submit", "id": "a"})}
    yield struct.pack("<Q", 2**63) + b"{}"
    yield struct.pack("<Q", 900_000) + b" " * 100
    yield file({"a": huge, "__metadata__": message})
    yield file({"a": none, "b": huge})
    yield file({str(n): none for n in range(10_001)})
    yield file(b"[" * 900_000)
    yield file(b'{"a":' * 100_000)
    yield file({"__metadata__": {"message": "[" * 100_000}})
    yield file({"a": {"dtype": "U8", "shape": [-1, -4], "data_offsets": [0, 4]}}, b"1234")
    yield file({"a": {"dtype": "U8", "shape": [4], "data_offsets": [0, 4]},
                "b": {"dtype": "U8", "shape": [4], "data_offsets": [0, 4]}}, b"1234")  # fmt: skip


def test_a_file_that_claims_more_than_it_has_costs_nothing():
    async def scene():
        async with serving(max_message=2_000_000) as running:
            page, _ = await greeted(running)
            for bomb in bombs():
                tracemalloc.start()
                await page.socket.write_message(bomb, binary=True)
                assert (await page.told("error"))["reason"] == "invalid"
                peak = tracemalloc.get_traced_memory()[1]
                tracemalloc.stop()
                assert peak < 8 * len(bomb) + 20_000_000
            assert await lives(page)

    asyncio.run(scene())


def test_large_frames_up_to_the_bound_are_read_and_no_larger():
    async def scene():
        async with serving(max_message=3_000_000) as running:
            page, _ = await greeted(running)
            arrays = {"bytes": np.zeros(2_900_000, np.uint8)}
            await page.say({"type": "dance", "id": "large"}, arrays)
            assert "dance" in (await page.told("error"))["text"]
            assert await lives(page)
            await page.socket.write_message(b"0" * 3_000_001, binary=True)
            assert await page.closed() in (1009, None)
            page, _ = await greeted(running)
            assert await lives(page)

    asyncio.run(scene())


def test_who_may_not_connect_cannot_send_much():
    """Told why, it would have seconds to close in; a large frame is cut off within them."""
    upgrade = (
        "GET /train HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://attacker.example\r\n"
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    )

    async def scene():
        async with serving(max_message=1 << 30) as running:
            reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
            writer.write(upgrade.format(port=running.port).encode())
            await reader.readuntil(b"\r\n\r\n")
            header = await reader.readexactly(4)
            assert header[0] == 0x88
            assert struct.unpack("!H", header[2:])[0] == CLOSED["origin"]
            writer.write(struct.pack("!BBQ4s", 0x82, 0xFF, 1 << 29, b"mask") + b"0" * 99)
            async with asyncio.timeout(SOON):
                await reader.read()
            writer.close()

    asyncio.run(scene())


def test_a_thousand_sockets_that_say_nothing_are_bounded():
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))

    async def scene():
        async with serving() as running:
            pairs = []
            for _ in range(10):  # no more at once than may wait to be accepted
                asked = [asyncio.open_connection("127.0.0.1", running.port) for _ in range(100)]
                pairs += await asyncio.gather(*asked)
            await until(lambda: sum(reader.at_eof() for reader, _ in pairs) >= 500)
            for _, writer in pairs:
                writer.close()
            page, _ = await until_greeted(running)
            assert await lives(page)

    asyncio.run(scene())


def test_a_thousand_pages_are_bounded(monkeypatch):
    monkeypatch.setattr(line, "HELLO_S", 120.0)  # a busy machine takes long to connect so many

    async def scene():
        async with serving() as running:
            pages = []
            for _ in range(10):
                pages += await asyncio.gather(*(connect(running) for _ in range(100)))
            assert len(running.gateway.lines) == gateway.MAX_CONNECTIONS
            assert await pages[-1].closed() == CLOSED["full"]
            await pages[0].say(HELLO)
            await pages[0].told("welcome")
            pages[1].socket.close()
            await until(lambda: len(running.gateway.lines) < gateway.MAX_CONNECTIONS)
            page, _ = await greeted(running)
            assert await lives(page)

    asyncio.run(scene())


async def until(condition):
    """Return once it is so; the loop runs meanwhile."""
    async with asyncio.timeout(SOON):
        while not condition():
            await asyncio.sleep(0)


async def until_greeted(running):
    """A page, once the server has seen that the others have left."""
    async with asyncio.timeout(SOON):
        while True:
            try:
                return await greeted(running)
            except (OSError, HTTPError, WebSocketClosedError):
                await asyncio.sleep(0)


class LookJobs(StillJobs):
    async def look(self, job, whole):
        return {"type": "snapshot", "job": job}, {"parameters": np.zeros(1 << 20, np.uint8)}


def outbox_of(running):
    return next(iter(running.gateway.lines))._outbox


def test_a_slow_reader_misses_progress_but_no_state():
    async def scene():
        async with serving() as running:
            page, _ = await greeted(running)
            await page.ask({"type": "submit"})
            most, text = 0, "x" * 2000
            tracemalloc.start()
            for n in range(20_000):
                if n % 200 == 0:
                    running.jobs.say("job0", {"type": "state", "state": "running", "text": ""})
                running.jobs.say("job0", {"type": "progress", "step": n, "text": text})
                if n % 10 == 0:
                    await asyncio.sleep(0)
                most = max(most, len(outbox_of(running)))
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            running.jobs.say("job0", {"type": "state", "state": "done", "text": ""})
            heard = []
            while not heard or heard[-1].get("state") != "done":
                heard.append((await page.hear())[0])
            states = [each["seq"] for each in heard if each["type"] == "state"]
            steps = [each["step"] for each in heard if each["type"] == "progress"]
            assert states == list(range(1, 103))
            assert steps == sorted(set(steps))
            assert steps[-1] == 19_999
            assert len(steps) < 10_000
            assert most < 2 * 102
            assert peak < 10_000_000

    asyncio.run(scene())


def test_who_does_not_read_answers_is_not_listened_to():
    async def scene():
        async with serving(LookJobs()) as running:
            page, _ = await greeted(running)
            await page.ask({"type": "submit"})
            running.jobs.say("job0", {"type": "state", "state": "paused"})
            most = 0
            for n in range(200):
                await page.say({"type": "look", "job": "job0", "whole": True, "id": str(n)})
                await asyncio.sleep(0)
                most = max(most, outbox_of(running)._num_bytes)
            heard = [(await page.hear())[0] for _ in range(202)]
            answered = {each["id"]: each["type"] for each in heard if "id" in each}
            assert set(answered) == {str(n) for n in range(200)}
            assert "snapshot" in answered.values()
            assert most <= outbox.MAX_BYTES + (1 << 20)

    asyncio.run(scene())


def test_who_never_reads_is_closed_and_comes_back_to_the_rest(monkeypatch):
    monkeypatch.setattr(outbox, "MAX_STATES", 50)

    async def scene():
        async with serving() as running:
            page, _ = await greeted(running)
            await page.ask({"type": "submit"})
            for _ in range(500):
                running.jobs.say("job0", {"type": "state", "state": "paused", "text": "x" * 50_000})
                await asyncio.sleep(0)
            assert not running.gateway.lines
            assert len(running.jobs.listeners["job0"]) == 0
            seen = [heard[0]["seq"] for heard in await heard_before_the_end(page)]
            assert seen == list(range(1, len(seen) + 1))
            assert len(seen) < 501
            page, _ = await greeted(running, jobs=[{"job": "job0", "after": seen[-1]}])
            rest = [(await page.told("state"))["seq"] for _ in range(501 - len(seen))]
            assert seen + rest == list(range(1, 502))

    asyncio.run(scene())


async def heard_before_the_end(page):
    heard = []
    while (each := await page.hear()) is not None:
        heard.append(each)
    return heard


def test_progress_never_overtakes_the_state_after_it():
    sent = []

    async def write(frame):
        sent.append(json.loads(frame))
        await asyncio.sleep(0)

    async def scene():
        box = Outbox(write, lambda: None)
        sender = asyncio.create_task(box.run())
        for step in (1, 2):
            box.put({"type": "progress", "job": "a", "step": step})
        box.put({"type": "progress", "job": "b", "step": 3})
        box.put({"type": "state", "job": "a"})
        box.put({"type": "progress", "job": "a", "step": 4})
        await box.flushed()
        sender.cancel()
        assert [(m["job"], m.get("step")) for m in sent] == [
            ("a", 2), ("a", None), ("b", 3), ("a", 4)]  # fmt: skip

    asyncio.run(scene())


def test_what_json_does_not_have_is_said_to_be_so():
    async def scene():
        async with serving() as running:
            page, _ = await greeted(running)
            await page.ask({"type": "submit"})
            running.jobs.say("job0", {"type": "progress", "loss": float("nan")})
            assert "progress" in (await page.told("error"))["text"]
            assert await lives(page)

    asyncio.run(scene())
