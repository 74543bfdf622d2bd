"""What the machines of a cluster can compute with."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from app.server.cluster.runner import DaskRunner
from app.server.engines.choice import AUTO, Candidate, find
from app.server.machine import PLAIN, TRY_S, Machine
from app.server.parity import deviation


class ClusterMachine(Machine):
    """What the first free worker computes with; those of a class are taken to be alike."""

    def __init__(self, runner: DaskRunner, engine: str, device: str) -> None:
        super().__init__(engine, device)
        self._runner = runner

    async def _find(self) -> tuple[Candidate, ...]:
        names = None if self.engine == AUTO else (self.engine,)
        found = await self._runner.ask(find, names=names)
        return tuple([await self._tried(each) for each in self._meant(found)])

    async def _tried(self, candidate: Candidate) -> Candidate:
        if candidate.engine == PLAIN or not candidate.usable:
            return candidate
        try:
            asked = self._runner.ask(deviation, candidate.engine, candidate.device)
            return replace(candidate, reason=await asyncio.wait_for(asked, TRY_S))
        except Exception as error:
            return replace(candidate, reason=f"failed at its first step: {error!r}")
