"""A class at one training server: many pages, a short queue, some that read slowly.

    .venv/bin/python -m tests.benchmarks.load [--pages 30] [--queue 10] [--seconds 120]

Each page submits one job after the other, follows it, looks at its weights, loses its connection
now and then and comes back, and cancels. A third of them read one message in SLOW_S seconds. The
server is the program itself, in a process of its own, whose memory is watched.
"""

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

from app.protocol import ENDS, PATH, SUBPROTOCOL
from app.protocol.frames import VERSION, decode, encode
from core.spec import DataSpec, TrainSpec, mlp, to_json

SLOW_S = 0.3  # that a slow page leaves a message lying
ENOUGH = 8  # messages of progress, then the job is cancelled
BUSY_S = 0.5  # before one that was refused tries again; sooner than it is told to
ENDING_S = 60.0  # for all to leave
NETWORK, DATA, TRAIN = mlp(2, (64, 64, 64), 1), DataSpec("circles", 400), TrainSpec(batch_size=8)


@dataclass
class Tally:
    """What all pages have seen. lost: states that did not come, by their numbers."""

    jobs: int = 0
    ended: int = 0
    busy: int = 0
    resumed: int = 0
    states: int = 0
    lost: int = 0
    progress: int = 0
    looks: int = 0
    pings: list = field(default_factory=list)
    errors: list = field(default_factory=list)
    memory: list = field(default_factory=list)  # bytes, every second

    @property
    def growth(self):
        """By how much the server's memory grew after the first tenth of the time."""
        start = max(self.memory[: max(1, len(self.memory) // 10)])
        return max(self.memory) - start


class Server:
    """The program, on a free port."""

    def __init__(self, queue, folder):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app.server", "--port", "0", "--engine", "numpy",
             "--queue", str(queue), "--data-folder", folder], stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        lines = iter(self.process.stdout.readline, "")
        self.address, self.token = next(lines).split()[-1].split("/#token=")
        next(line for line in lines if "Ctrl-C" in line)

    @property
    def memory(self):
        """Bytes that are in use, without its jobs' processes."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def stop(self):
        """As Ctrl-C does; returns the exit status."""
        self.process.terminate()
        self.process.communicate(timeout=ENDING_S)
        return self.process.returncode


class Visitor:
    """One page. `until`: when it stops submitting."""

    def __init__(self, server, tally, number, until):
        self.server, self.tally, self.until = server, tally, until
        self.is_slow, self.leaves = number % 3 == 0, number % 4 == 0
        self.learner, self.ids = f"learner {number}", map(str, count())
        self.job, self.seq, self.state, self.told, self.has_left = "", 0, "", 0, False

    async def connect(self):
        request = HTTPRequest(f"{self.server.address.replace('http', 'ws')}{PATH}",
                              headers={"Origin": self.server.address})  # fmt: skip
        keys = [SUBPROTOCOL, f"key.{self.server.token}"]
        self.socket = await websocket_connect(request, subprotocols=keys)
        jobs = [{"job": self.job, "after": self.seq}] if self.job else []
        hello = {"type": "hello", "version": VERSION, "learner": self.learner, "jobs": jobs}
        await self.socket.write_message(encode(hello))
        while (await self.hear())["type"] != "welcome":
            continue

    async def hear(self):
        if self.is_slow:
            await asyncio.sleep(SLOW_S)
        frame = await self.socket.read_message()
        if frame is None:
            raise ConnectionError(f"closed with {self.socket.close_code}")
        message, _ = decode(frame)
        if message["type"] == "state" and message["job"] == self.job:
            self.tally.states += 1
            self.tally.lost += message["seq"] - self.seq - 1
            self.seq, self.state = message["seq"], message["state"]
        elif message["type"] == "progress":
            self.tally.progress += 1
            self.told += 1
        return message

    async def ask(self, kind, **fields):
        name = next(self.ids)
        await self.socket.write_message(encode({"type": kind, "id": name, **fields}))
        while (message := await self.hear()).get("id") != name:
            continue
        return message

    async def visit(self):
        try:
            await self.connect()
            while time.monotonic() < self.until:
                await self.one_job()
            self.socket.close()
        except Exception as error:
            self.tally.errors.append(f"{self.learner}: {type(error).__name__}: {error}")

    async def one_job(self):
        self.job, self.seq, self.state, self.told, self.has_left = "", 0, "", 0, False
        answer = await self.ask("submit", network=to_json(NETWORK), data={"spec": to_json(DATA)},
                                train=to_json(TRAIN), engine="numpy", play=True, checkpoint=None)
        if answer["type"] == "error":
            await self.wait_for_room(answer)
            return
        self.job = answer["job"]
        self.tally.jobs += 1
        await self.follow()
        if self.state not in ENDS:
            await self.ask("cancel", job=self.job)
        while self.state not in ENDS:
            await self.hear()
        self.tally.ended += 1

    async def wait_for_room(self, answer):
        assert answer["reason"] == "busy", answer
        self.tally.busy += 1
        start = time.perf_counter()
        await self.ask("ping")
        if not self.is_slow:
            self.tally.pings.append(time.perf_counter() - start)
        await asyncio.sleep(BUSY_S)

    async def leave_and_return(self):
        self.has_left = True
        self.socket.close()
        self.tally.resumed += 1
        await self.connect()

    async def follow(self):
        """Until it was told enough, or it is time to go."""
        while self.told < ENOUGH and self.state not in ENDS and time.monotonic() < self.until:
            await self.hear()
            if self.leaves and not self.has_left and self.state == "running":
                await self.leave_and_return()
            elif self.state == "running" and self.told % 3 == 2:
                looked = await self.ask("look", job=self.job, whole=True)
                self.tally.looks += looked["type"] == "snapshot"


async def watch(server, tally, until):
    while time.monotonic() < until:
        tally.memory.append(server.memory)
        await asyncio.sleep(1)


async def run(server, pages, seconds):
    """Let so many pages work for so long; return what they have seen."""
    tally, until = Tally(), time.monotonic() + seconds
    visitors = [Visitor(server, tally, number, until) for number in range(pages)]
    async with asyncio.timeout(seconds + ENDING_S):
        await asyncio.gather(watch(server, tally, until), *(each.visit() for each in visitors))
    return tally


def load(pages, queue, seconds):
    """The tally, and the exit status of the server."""
    with tempfile.TemporaryDirectory() as folder:
        server = Server(queue, folder)
        try:
            tally = asyncio.run(run(server, pages, seconds))
        finally:
            status = server.stop()
    return tally, status


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--pages", type=int, default=30)
    parser.add_argument("--queue", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=120)
    options = parser.parse_args()
    tally, status = load(options.pages, options.queue, options.seconds)
    pings = sorted(tally.pings) or [0.0]
    for what, value in (
        ("jobs submitted / ended", f"{tally.jobs} / {tally.ended}"),
        ("refused as the queue was full", tally.busy),
        ("connections lost and resumed", tally.resumed),
        ("states heard / lost", f"{tally.states} / {tally.lost}"),
        ("messages of progress", tally.progress),
        ("snapshots", tally.looks),
        ("answer to a ping, median", f"{statistics.median(pings) * 1000:.1f} ms"),
        ("answer to a ping, 99 of 100", f"{pings[int(0.99 * len(pings))] * 1000:.1f} ms"),
        ("server's memory, greatest", f"{max(tally.memory) / 1e6:.0f} MB"),
        ("its growth", f"{tally.growth / 1e6:.1f} MB"),
        ("errors", "; ".join(tally.errors) or "none"),
        ("exit status", status),
    ):
        print(f"| {what} | {value} |")


if __name__ == "__main__":
    main()
