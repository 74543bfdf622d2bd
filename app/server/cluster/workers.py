"""Which workers of a Dask cluster there are, and how many jobs they take at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

RESOURCES = ("GPU", "CPU")  # that a worker says to have, a unit for each job at once
ANSWER_S = 10.0  # for a worker to say whether it has Glassnet
START = "dask worker {address} --nthreads 1 --no-dashboard --resources CPU=1, or GPU=1"
NONE = f"· no worker has come to the scheduler yet; start one: {START}"
NO_PLACE = f"· the workers have no place for a job: start each so: {START}"
AT_ONCE = "· places for jobs on the workers of {address}: {places}"
LACKING = ("· {worker} cannot import Glassnet, and gets no job. Install it there, in the version "
           "of this server, or start it in its checkout with PYTHONPATH=.")  # fmt: skip


class Workers:
    """`there` are all addresses, `able` those that jobs go to, `places` how many jobs at once. Jobs
    take one resource: GPU if any of the first workers has one, else CPU. `tell` is told in words
    what changes."""

    def __init__(self, client: Any, address: str, tell: Callable[[str], None]) -> None:
        self.resource, self.places = "", 0
        self.able: tuple[str, ...] = ()
        self.there: set[str] = set()
        self._client, self._address, self._tell = client, address, tell
        self._has_glassnet: dict[str, bool] = {}
        self._any = asyncio.Event()
        self._words = ""

    async def one(self) -> None:
        """Until there is one that can be asked."""
        await self._any.wait()

    async def look(self) -> None:
        """Raises OSError where the scheduler, or a new worker, does not answer."""
        found = (await self._client.scheduler.identity(n_workers=-1))["workers"]
        self.there = set(found)
        await self._ask(self.there - self._has_glassnet.keys())
        self._count({name: each["resources"] for name, each in found.items()
                     if self._has_glassnet[name]})  # fmt: skip
        if (words := self._say()) != self._words:
            self._words = words
            self._tell(words)

    def _count(self, units: dict[str, dict[str, float]]) -> None:
        """Take stock of the resources of workers by address."""
        had = {name for each in units.values() for name, count in each.items() if count}
        self.resource = self.resource or next((name for name in RESOURCES if name in had), "")
        self.able = tuple(name for name, each in units.items() if each.get(self.resource))
        self.places = int(sum(units[name][self.resource] for name in self.able))
        if self.able:
            self._any.set()

    async def _ask(self, new: set[str]) -> None:
        """Where a worker does not know what it is asked to do, Dask waits for ever."""
        if new:
            asked = self._client.run(find_spec, "app", workers=list(new), on_error="ignore")
            told = await asyncio.wait_for(asked, ANSWER_S)
            self._has_glassnet |= {name: told.get(name) is not None for name in new}

    def _say(self) -> str:
        lacking = sorted(name for name in self.there if not self._has_glassnet[name])
        lines = [LACKING.format(worker=name) for name in lacking]
        if self.places:
            lines.append(AT_ONCE)
        elif len(lacking) < len(self.there):
            lines.append(NO_PLACE)
        elif not self.there:
            lines.append(NONE)
        return "\n".join(lines).format(places=self.places, address=self._address)
