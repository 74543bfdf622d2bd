"""The page's connection to a training server: made once, and made again whenever it is lost."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from contextlib import closing
from typing import Any

from app.playground.remote.address import Address, read_address
from app.playground.remote.client import Client
from app.playground.remote.job import Job
from app.playground.remote.troubles import AGAIN, REASONS, trouble
from app.playground.remote.wire import Surroundings, WireClosed
from app.protocol.frames import Message, Tensors

FIRST_S, MOST_S = 0.5, 15.0  # between two attempts to come back


class Gone(Exception):
    """There is no server to ask, and nobody tries to reach it; the text says why."""


class Connection:
    """`state` is off, connecting, on, lost (it tries to come back) or refused; `text` says why.
    `changed` is called whenever one of them, or what a job tells, has changed."""

    def __init__(self, around: Surroundings, changed: Callable[[], None]) -> None:
        self.around, self._changed = around, changed
        self.state, self.text = "off", ""
        self.engines: list[dict[str, Any]] = []
        self.limits: dict[str, Any] = {}
        self.learner = secrets.token_urlsafe(16)
        self.address: Address | None = None
        self.jobs: dict[str, Job] = {}
        self.client: Client | None = None
        self._forgotten: set[str] = set()
        self._hurry = asyncio.Event()
        self._moved = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None

    @property
    def is_on(self) -> bool:
        return self.state == "on"

    # What the learner does

    def open(self, text: str) -> None:
        """Connect to what was typed; raises ValueError for what is no address."""
        self.connect(read_address(text, self.around.origin))

    def connect(self, address: Address) -> None:
        self._stop()
        self.address = address
        self._move("connecting")
        self._keeper = asyncio.get_running_loop().create_task(self._keep(address))

    def close(self) -> None:
        """End the connection, and come back no more."""
        self._stop()
        self.address, self.engines = None, []
        self._move("off")

    def retry(self) -> None:
        """Try at once rather than after a while."""
        self._hurry.set()

    def _stop(self) -> None:
        if self._keeper:
            self._keeper.cancel()
        self.client = self._keeper = None

    def _move(self, state: str, text: str = "") -> None:
        self.state, self.text = state, text
        self._moved.set()
        self._moved = asyncio.Event()
        self._changed()

    # Staying connected

    async def _keep(self, address: Address) -> None:
        pause = FIRST_S
        while True:
            code, was_on = await self._once(address)
            reason = REASONS.get(code)
            is_new = self.state == "connecting" and not was_on
            if is_new or (reason and reason not in AGAIN):
                self._move("refused", await self._why(code, address))
                return
            pause = FIRST_S if was_on else min(2 * pause, MOST_S)
            self._move("lost", f"The connection to {address.place} is lost. Training goes on there "
                               f"for a while; trying again every {pause:g} s.")  # fmt: skip
            await self._wait(pause)

    async def _once(self, address: Address) -> tuple[int, bool]:
        """One connection, until it ends: with which code, and whether there was one at all. It is
        closed when it is given up, too, be it before the server has answered."""
        try:
            with closing(Client(await self.around.connect(address), self._heard)) as client:
                known = [{"job": job.id, "after": job.seq} for job in self.jobs.values()]
                self._welcomed(client, await client.greet(self.learner, known), address)
                return await asyncio.shield(client.ended), True  # whoever asked still hears of it
        except WireClosed as closed:
            return closed.code, False

    def _welcomed(self, client: Client, welcome: Message, address: Address) -> None:
        """Go on with the token: a pairing code may be good for a few times only."""
        self.client, self.engines = client, list(welcome.get("engines", []))
        self.limits = dict(welcome.get("limits", {}))
        self.address = Address(address.url, str(welcome.get("token") or address.key))
        known = set(welcome.get("jobs", []))
        for name in self.jobs.keys() - known:
            self.jobs.pop(name).lose()
        self._move("on")

    async def _why(self, code: int, address: Address) -> str:
        permission = await self.around.permission()
        return trouble(code, address, self.around.origin, permission)

    async def _wait(self, seconds: float) -> None:
        self._hurry.clear()
        try:
            await asyncio.wait_for(self._hurry.wait(), seconds)
        except TimeoutError:
            return

    # What is asked, and heard

    async def ready(self) -> Client:
        """The client, once there is a connection; raises Gone when there will be none."""
        while not (self.is_on and self.client):
            if self.state in ("off", "refused"):
                raise Gone(self.text or "There is no connection to a server.")
            await self._moved.wait()
        return self.client

    async def ask(
        self, kind: str, tensors: Tensors | None = None, /, **fields: Any
    ) -> tuple[Message, Tensors]:
        """Ask as soon as there is a connection; raises Refused, WireClosed or Gone."""
        return await (await self.ready()).ask(kind, tensors, **fields)

    def follow(self, job: str) -> Job:
        """What the server tells of this job, from now on."""
        return self.jobs.setdefault(job, Job(job))

    def stir(self) -> None:
        """What is shown of the connection has changed."""
        self._changed()

    def forget(self, job: Job) -> None:
        self.jobs.pop(job.id, None)
        self._forgotten.add(job.id)

    def _heard(self, message: Message) -> None:
        """A new job may be told of before whoever submitted it has had a turn."""
        name = message.get("job")
        if isinstance(name, str) and name not in self._forgotten:
            self.follow(name).heard(message)
            self._changed()
