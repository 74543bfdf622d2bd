"""What this machine computes with: its engines and devices, looked for once, and tried."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace

from app.protocol.frames import Message
from app.server.engines.catalogue import ENGINES
from app.server.engines.choice import AUTO, Candidate, find
from app.server.parity import deviation
from app.server.refusal import Refusal

TRY_S = 120.0  # for one engine to take a step; a driver may compile for long
PATIENCE_S = 5.0  # of a page for the list of engines
LOOKING = "is still being looked for; connect again in a while, or let the server choose"
PLAIN = "numpy"  # what the others are compared with
Deviation = Callable[[str, str], str]


@dataclass
class Machine:
    """`engine` and `device` are those that all jobs must take; auto, and blank, leave it to them.
    tried: whether an engine's numbers are right; see app.server.parity."""

    engine: str = AUTO
    device: str = ""
    tried: Deviation = deviation
    _finding: asyncio.Task[tuple[Candidate, ...]] | None = field(default=None, init=False)
    _devices: tuple[str, ...] = field(default=(), init=False)  # all, also those not meant

    async def candidates(self) -> tuple[Candidate, ...]:
        """All engines on all their devices, the best first. Looked for once."""
        if self._finding is None:
            self._finding = asyncio.create_task(self._find())
        return await asyncio.shield(self._finding)

    async def told(self) -> list[Message]:
        """As `welcome` has it. A page does not wait for long; a driver may."""
        finding = asyncio.ensure_future(self.candidates())
        done, _ = await asyncio.wait([finding], timeout=PATIENCE_S)
        if done:
            return [each.told() for each in finding.result()]
        names = ENGINES if self.engine == AUTO else (self.engine,)
        return [Candidate(name, "", LOOKING).told() for name in names]

    async def _find(self) -> tuple[Candidate, ...]:
        names = None if self.engine == AUTO else (self.engine,)
        found = await asyncio.to_thread(find, names=names)
        return tuple(await asyncio.gather(*map(self._tried, self._meant(found))))

    def _meant(self, found: tuple[Candidate, ...]) -> list[Candidate]:
        """Without those on a device that is not asked for."""
        self._devices = tuple(each.words for each in found if each.usable)
        return [each for each in found if self.device in ("", each.device) or not each.usable]

    async def _tried(self, candidate: Candidate) -> Candidate:
        """With the reason, where its numbers are not right."""
        if candidate.engine == PLAIN or not candidate.usable:
            return candidate
        spawn = multiprocessing.get_context("spawn")
        process = ProcessPoolExecutor(1, spawn, initializer=_be_quiet)
        answer = process.submit(self.tried, candidate.engine, candidate.device)
        try:
            reason = await asyncio.wait_for(asyncio.wrap_future(answer), TRY_S)
        except TimeoutError:
            reason = f"did not finish one step within {TRY_S:.0f} s"
            _kill(process)
        except Exception as error:
            reason = f"failed at its first step: {error}"
        process.shutdown(wait=False)
        return replace(candidate, reason=reason)

    async def outlook(self) -> str:
        """What will train, and why, as the end of a sentence."""
        fit = [each for each in await self.candidates() if each.usable]
        real = [each for each in fit if not each.software] or fit
        if not real and self.device and self._devices:
            return f"nothing: no device is called {self.device!r}. Here are " \
                   f"{', '.join(self._devices)}; --device names what stands after “on”"
        if not real:
            return "nothing: no engine works here"
        if len(real) == 1 or self.engine != AUTO:
            why = "as asked for" if self.engine != AUTO else "all that is here"
            return f"{real[0].words}, {why}"
        return f"the fastest of {', '.join(each.words for each in real)} for each network"

    async def settle(self, asked: str) -> str:
        """The engine that a job gets; raises Refusal where it cannot have the one it asks for."""
        if self.engine not in (AUTO, asked) and asked != AUTO:
            raise Refusal("engine", f"this server trains with {self.engine} alone, not {asked}")
        found = await self.candidates()
        name = self.engine if asked == AUTO else asked
        fit = [each for each in found if each.usable and name in (AUTO, each.engine)]
        if not fit:
            raise Refusal("engine", _why_not(name, found))
        is_barred = any(not each.usable and each.device for each in found)
        return fit[0].engine if is_barred and name == AUTO else name


def _be_quiet() -> None:
    """What drivers have to say while they are tried is not for learners."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


def _kill(process: ProcessPoolExecutor) -> None:
    """It would be waited for at the end of this program."""
    for each in list(process._processes.values()):
        each.kill()


def _why_not(name: str, found: tuple[Candidate, ...]) -> str:
    meant = [each for each in found if name in (AUTO, each.engine)]
    reasons = "; ".join(f"{each.words}: {each.reason}" for each in meant)
    known = ", ".join(dict.fromkeys(each.engine for each in found if each.usable))
    return f"{name} cannot train here ({reasons or 'there is no such engine or device'}). " \
           f"This server has {known or 'no engine that works'}"
