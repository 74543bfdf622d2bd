"""Jobs on the workers of a Dask cluster: the machines of a class, or of a laboratory.

A job is one task, which takes one unit of a resource that workers say they have: GPU, or CPU. Two
queues of the scheduler carry what it is told and what it says, as frames of app.protocol.frames.
Only this program and the workers may reach the scheduler: whoever does can run anything there.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from importlib.util import find_spec
from typing import Any

from distributed import Client, Queue

from app.protocol.frames import Frame, Message, decode, encode
from app.server.cluster.worker import BEAT, BEGIN, BYE, LEAVE, WAYS, Shipped, serve_queues
from app.server.cluster.workers import Workers
from app.server.jobs.assignment import Assignment
from app.server.jobs.runner import GONE, Hear, Run, Runner

CONNECT_S = 10.0
WATCH_S = 0.5  # between two looks at which workers there are
BEAT_S = 5.0  # between two signs of life of this program
LEAVE_S = 2.0  # for a job that has to leave at once; then its worker is begun anew
DIED = "the machine that trained it is gone"


class ClusterRun(Run):
    """A job's end, on the server."""

    def __init__(self, client: Any, workers: Workers, device: str, hear: Hear) -> None:
        self.worker = ""  # its address, once it has begun
        self._client, self._workers, self._device, self._hear = client, workers, device, hear
        self._name = f"glassnet-{secrets.token_hex(8)}"
        self._outbox: asyncio.Queue[Frame] = asyncio.Queue()
        self._lost: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._leaving: asyncio.Task[None] | None = None
        self.task: asyncio.Task[None] | None = None

    def begin(self, assignment: Assignment) -> None:
        self.task = asyncio.create_task(self._live(assignment))

    def tell(self, order: Message) -> None:
        self._outbox.put_nowait(encode(order))

    def lose(self, text: str) -> None:
        """It will not be heard of again."""
        if not self._lost.done():
            self._lost.set_result(text)

    def kill(self) -> None:
        if self._leaving is None:
            self._leaving = asyncio.create_task(self._leave())

    async def _leave(self) -> None:
        """Ask once; then the worker, with all that is in it, is begun anew."""
        self.tell(LEAVE)
        assert self.task is not None
        await asyncio.wait({self.task}, timeout=LEAVE_S)
        if not self.task.done() and self.worker:
            with suppress(Exception):
                await self._client.restart_workers([self.worker], raise_for_error=False)
        self.lose("it did not leave and was ended")

    async def _live(self, assignment: Assignment) -> None:
        """From the first to the last word; then its place is free."""
        text, queues = "", []
        try:
            queues = [await Queue(f"{self._name}-{way}", client=self._client) for way in WAYS]
            text = await self._last_word(await _shipped(assignment), *queues)
        except Exception as error:
            text = f"the cluster failed: {error}"
        for each in queues:
            each.close()  # of this end, and of the other
            each.close()
        self._hear({"type": GONE, "text": text}, {})

    async def _last_word(self, assignment: Assignment, orders: Any, said: Any) -> str:
        """How it ended, if not of its own accord."""
        future = self._client.submit(
            serve_queues, self._name, assignment, self._device, key=self._name, pure=False,
            resources={self._workers.resource: 1}, workers=self._workers.able, retries=0,
        )  # fmt: skip
        ways = {asyncio.ensure_future(each) for each in (
            self._listen(said), self._send(orders), _failure(future), self._lost)}  # fmt: skip
        done, left = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for each in left:
            each.cancel()
        with suppress(Exception):  # it is not needed any more, there or anywhere else
            await orders.put(encode(LEAVE))
            await future.cancel()
        return str(next(iter(done)).result())

    async def _listen(self, said: Any) -> str:
        """All that it says."""
        while (heard := decode(await said.get()))[0] != BYE:
            message, arrays = heard
            if message["type"] != "begun":
                self._hear(message, arrays)
            else:
                self.worker = message["worker"]
        return ""

    async def _send(self, orders: Any) -> str:
        """All that it is told, and a sign of life where that is nothing."""
        await orders.put(encode(BEGIN))
        while True:
            try:
                frame = await asyncio.wait_for(self._outbox.get(), BEAT_S)
            except TimeoutError:
                frame = encode(BEAT)
            await orders.put(frame)


async def _failure(future: Any) -> str:
    """Why the task could not be done; one that was done has said so itself."""
    error = await future.exception()
    if error is None:
        await asyncio.Event().wait()
    return f"the machine that was to train it could not: {error}"


async def _require_glassnet(client: Any) -> None:
    """Where a scheduler does not know what it passes on, Dask waits for ever."""
    if await client.run_on_scheduler(find_spec, "app") is None:
        raise OSError("--cluster: the scheduler cannot import Glassnet. Install it there, in the "
                      "version of this server, or start it in its checkout with PYTHONPATH=.")


async def _shipped(assignment: Assignment) -> Assignment:
    """With the samples of files, which lie here; workers make all others themselves."""
    if "spec" in assignment.data or assignment.source is None:
        return replace(assignment, source=None)
    samples = await asyncio.to_thread(assignment.samples)
    return replace(assignment, source=Shipped(samples))


class DaskRunner(Runner):
    """Jobs on all workers that the scheduler at an address has, and on those that come. A job takes
    one of their GPUs, where any has said to have one, else of their CPUs. Make it by `connect`."""

    def __init__(self, client: Any, workers: Workers, device: str = "") -> None:
        self.workers = workers
        self._client, self._device = client, device
        self._runs: set[ClusterRun] = set()
        self._watching: asyncio.Task[None] | None = None

    @classmethod
    async def connect(
        cls, address: str, tell: Callable[[str], None], device: str = ""
    ) -> DaskRunner:
        """`tell` is told which workers there are. Raises OSError where there is no scheduler, or no
        Glassnet with it."""
        client = Client(address, asynchronous=True, set_as_default=False, timeout=CONNECT_S)
        try:
            await client
        except (OSError, ValueError) as error:
            await client.close()
            raise OSError(f"--cluster {address}: {error}; the address is the one that dask "
                          "scheduler says at its start") from None  # fmt: skip
        runner = cls(client, Workers(client, address, tell), device)
        try:
            await _require_glassnet(client)
            await runner._look()
        except OSError:
            await client.close()
            raise
        runner._watching = asyncio.create_task(runner._watch())
        return runner

    @property
    def places(self) -> int:
        return self.workers.places

    async def ask(self, function: Callable[..., Any], *args: Any, **options: Any) -> Any:
        """What a function gives on any worker, once there is one."""
        await self.workers.one()
        able = self.workers.able
        return await self._client.submit(function, *args, **options, workers=able, pure=False)

    def start(self, assignment: Assignment, hear: Hear) -> Run:
        run = ClusterRun(self._client, self.workers, self._device, hear)
        self._runs.add(run)
        run.begin(assignment)
        assert run.task is not None
        run.task.add_done_callback(lambda _: self._runs.discard(run))
        return run

    async def _watch(self) -> None:
        while True:
            with suppress(OSError):  # the client connects again by itself
                await self._look()
            await asyncio.sleep(WATCH_S)

    async def _look(self) -> None:
        await self.workers.look()
        for run in self._runs:
            if run.worker and run.worker not in self.workers.there:
                run.lose(DIED)

    async def close(self) -> None:
        for run in (left := tuple(self._runs)):
            run.kill()
        await asyncio.gather(*(run.task for run in left if run.task))
        if self._watching:
            self._watching.cancel()
        await self._client.close()
