"""What a session does while its network trains elsewhere, on a training server."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable

from app.playground.engines.local import LocalEngine
from app.playground.remote.away import SMALL, Away, Stopped, read_scores
from app.playground.remote.connection import Gone
from app.playground.remote.wire import WireClosed
from core.snapshot import Score, Snapshot


class Abroad(ABC):
    """Base of sessions. `engine` is then the mirror: it holds what the server was last seen to
    have, and everything in the page is drawn from it. `tell` is told what the learner must know,
    and `moved` is called when the network is another, or trains elsewhere than before."""

    engine: LocalEngine
    running = False
    away: Away | None = None  # None: the network trains here
    can_here = True  # else the network is too large to be trained, or scored, in this place
    tell: Callable[[str], None] = staticmethod(lambda text: None)
    moved: Callable[[], None] = staticmethod(lambda: None)
    _found: Snapshot | None = None  # of the server's, for the next picture
    _pending = 0  # batches that were asked for one by one
    _next: Away | None = None
    _is_moving = False  # to `_next`, as soon as the network has come back
    _is_stalled = False  # whether asking the server is of no use at present

    @property
    def label(self) -> str:
        """What computes where, and how fast when that is known."""
        return self.away.label if self.away else self.engine.label

    def hand_over(self, to: Away | None) -> None:
        """Train elsewhere, or with None here, from where training stands, running or not. What is
        away comes back first; when nobody answers there, from where it was last seen whole."""
        self._next, self._is_moving, self._is_stalled = to, True, False
        if self.away is None or not self.away.connection.is_on:
            self._move()
            self._restart()  # it may wait for an answer
        else:
            self.away.pause()
            self._wake()

    def resume(self) -> None:
        """The server can be asked again, if it could not."""
        if self._is_stalled:
            self._is_stalled = False
            self._wake()

    def _move(self) -> None:
        if self.away:
            if self.away.is_ahead and self.away.whole:
                self._found = self.away.whole
            self.away.forget()
        self.away, self._next, self._is_moving = self._next, None, False
        self.engine.scores_here = True
        self.running = self.running and (self.can_here or self.away is not None)
        self.moved()

    def _depart(self) -> None:
        """The mirror goes another way than the server."""
        self._found, self._pending = None, 0
        if self.away:
            self.away.forget()

    @property
    def _is_due(self) -> bool:
        """Whether there is something to do elsewhere."""
        if self.away is None:
            return False
        is_open = self.away.is_ahead and not self._is_stalled
        return self.running or bool(self._pending) or self._is_moving or is_open

    @abstractmethod
    def _pace(self) -> tuple[int | None, bool]:
        """How many batches to train, None for no end; and whether to wait until they are done."""

    @abstractmethod
    def _wake(self) -> None:
        """Have the loop go on, if it has ended."""

    @abstractmethod
    def _restart(self) -> None:
        """Have the loop begin anew, whatever it is doing."""

    async def _turn(self) -> None:
        """Train elsewhere, or stand still there; the next picture takes over what is found."""
        away = self.away
        assert away
        try:
            found = await self._ask(away)
        except WireClosed:
            await asyncio.sleep(0)  # for whoever looks after the connection
            return
        except (Stopped, Gone, ValueError) as error:
            found = error.last if isinstance(error, Stopped) else None
            self._halt(error, away)
        if away is self.away:
            self._found = found
            if self._is_moving and not away.is_ahead:
                self._move()

    async def _ask(self, away: Away) -> Snapshot | None:
        if self._is_moving:
            return await away.settle(self.engine)
        if self._pending:
            count, self._pending = self._pending, 0
            return await away.advance(self.engine, count, wait=True)
        if self.running:
            return await away.advance(self.engine, *self._pace())
        return await away.settle(self.engine)

    def _halt(self, error: Exception, away: Away) -> None:
        self.running, self._pending, away.is_wanted = False, 0, False
        self._is_stalled = isinstance(error, Gone)
        away.is_ahead = away.is_ahead and self._is_stalled
        if self._is_moving and self._is_stalled:
            self._move()
        text = str(error).rstrip(".")
        self.tell(f"{text[:1].upper()}{text[1:]}.")

    def _take(self) -> None:
        """Have the mirror show what was found."""
        found, self._found = self._found, None
        self.engine.scores_here = self.away is None or self._is_small
        if found is None:
            return
        self.engine.restore(found)
        if scores := self._scores_told:
            self.engine.trainer.take_scores(*scores)

    @property
    def _is_small(self) -> bool:
        return self.engine.trainer.network.parameters.size <= SMALL

    @property
    def _scores_told(self) -> tuple[int, Score, Score | None] | None:
        """Those of a network that is too large to be scored in the page."""
        job = self.away.job if self.away else None
        return read_scores(job.progress) if job and not self._is_small else None

    def _hear_scores(self) -> bool:
        """Take over what was scored since the picture before; tell whether there was anything."""
        scores = self._scores_told
        if scores is None or scores[0] == self.engine.trainer.scored_step:
            return False
        self.engine.trainer.take_scores(*scores)
        return True
