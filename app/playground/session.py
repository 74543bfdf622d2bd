"""A session: the engine, whether it runs, and the latest snapshot. It alone changes them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from app.playground.abroad import Abroad
from app.playground.engines.local import LocalEngine
from core.data.samples import Samples
from core.spec import DataSpec, NetworkSpec, TrainSpec
from core.training import Snapshot

# Runs an update of the document, and returns when whoever looks has seen it.
Frame = Callable[[Callable[[], None]], Awaitable[None]]
PICTURE_S = 0.025  # training between two pictures at full speed; the rest of a frame draws


@dataclass(frozen=True)
class Speed:
    label: str
    advance: Callable[[LocalEngine], None]
    pause: float = 0.0  # seconds between pictures
    count: Callable[[LocalEngine], int | None] = lambda engine: None  # batches, None for no end


SPEEDS = (
    Speed("1 batch a second", lambda engine: engine.step("batch"), 1.0, lambda engine: 1),
    Speed("10 batches a second", lambda engine: engine.step("batch"), 0.1, lambda engine: 1),
    Speed("1 epoch a picture", lambda engine: engine.run_epoch(), 0.0,
          lambda engine: engine.batches_to(engine.trainer.epoch + 1)),
    Speed("as fast as it can", lambda engine: engine.run(PICTURE_S)),
)
DEFAULT_SPEED = 2
SEQUENCE_PICTURE_S = 0.06  # their pictures take longer, and a pause still acts at once
# An epoch of long sequences takes seconds, in which the learner could not pause.
SEQUENCE_SPEEDS = (
    *SPEEDS[:2],
    Speed("as fast as it can", lambda engine: engine.run(SEQUENCE_PICTURE_S)),
)


class Session(Abroad):
    """Trains one network. `show` is called with every new snapshot, which with `records` has what
    recurrent layers compute within; its scores are of `max_scored` samples, None for all. In a
    `hurry`, scores that take long wait while it runs, and are made up for after a pause."""

    def __init__(self, frame: Frame, show: Callable[[Snapshot], None], place: str,
                 speeds: tuple[Speed, ...] = SPEEDS, records: bool = False,
                 max_scored: int | None = None, hurry: bool = False) -> None:  # fmt: skip
        self.frame, self.show, self.place = frame, show, place
        self.speeds, self.speed = speeds, DEFAULT_SPEED
        self.records, self.max_scored, self.hurry = records, max_scored, hurry
        self.running = False
        self.until = 0  # the epoch at which to pause; 0 for none
        self._loop: asyncio.Task[None] | None = None

    def configure(self, network: NetworkSpec, data: DataSpec | Samples, train: TrainSpec) -> None:
        """Start afresh; raises ValueError and keeps the old network if the new cannot be."""
        self.engine = LocalEngine(network, data, train, self.place, self.max_scored)
        self._depart()
        self.publish()
        self.moved()

    @property
    def snapshot(self) -> Snapshot:
        return self._snapshot

    def publish(self, hurry: bool = False) -> None:
        self._snapshot = self.engine.snapshot(self.records, hurry)
        if self._snapshot.diverged:
            self.running = False
            self._snapshot = self.engine.snapshot(self.records)
        self.show(self._snapshot)

    def hear(self) -> bool:
        """Between two pictures a server may have told of new losses; tell whether there are any."""
        if not self._hear_scores():
            return False
        self._snapshot = self.engine.trainer.scored(self._snapshot)
        return True

    def play(self) -> None:
        """Train until paused, a picture after each stretch."""
        if self.running or self.snapshot.diverged:
            return
        self.running, self._is_stalled = True, False
        self._wake()

    def _wake(self) -> None:
        if self._loop is None or self._loop.done():
            self._loop = asyncio.get_running_loop().create_task(self._run())

    def _restart(self) -> None:
        if self._loop:
            self._loop.cancel()
            self._loop = None
        self._wake()

    def pause(self) -> None:
        self.running = False
        if self.away:
            self.away.pause()
            self._wake()

    async def _run(self) -> None:
        while self.running or self._is_due or self._found:
            if self._is_due:
                await self._turn()
            await self.frame(self._advance)
            await asyncio.sleep(self.speeds[self.speed].pause if self.running else 0)
            if self.hurry and not self.running:
                await self.frame(self._settle)

    def _settle(self) -> None:
        """A pause acts at once; the scores of the network as it is take longer."""
        if not self.running:
            self.publish(hurry=self.engine.is_scored)

    def _advance(self) -> None:
        """One stretch; the learner may have paused while it waited for its turn."""
        if self.away or self._found:
            self._follow()
        elif self.running:
            is_before = self._snapshot.epoch < self.until
            self.engine.until = self.until if is_before else None
            self.speeds[self.speed].advance(self.engine)
            if is_before and self.engine.trainer.epoch >= self.until:
                self.running = False
            self.publish(self.hurry)

    def _follow(self) -> None:
        """One picture of what trains elsewhere."""
        is_before = self._snapshot.epoch < self.until
        self._take()
        if is_before and self.engine.trainer.epoch >= self.until:
            self.running = False
        self.publish(self.hurry and self.running)

    def _pace(self) -> tuple[int | None, bool]:
        count = self.speeds[self.speed].count(self.engine)
        if count is None and self.engine.trainer.epoch < self.until:
            return self.engine.batches_to(self.until), False
        return count, count is not None

    def step(self, kind: str) -> None:
        self.running = False
        if self.away and kind != "sample":
            rest = self.engine.batches_to(self.engine.trainer.epoch + 1)
            self._pending += rest if kind == "epoch" else 1
            self._wake()
            return
        self.engine.step(kind)
        self._depart()
        self.publish()

    def reset(self) -> None:
        """Back to the very same start."""
        self.running = False
        self._depart()
        self.engine.reset()
        self.publish()

    def restore(self, snapshot: Snapshot) -> None:
        """Back to where a snapshot was taken, from where training goes on as it did."""
        self.running = False
        self._depart()
        self.engine.restore(snapshot)
        self._snapshot = snapshot
        self.show(snapshot)

    def switch(self, network: NetworkSpec) -> None:
        """Go on, running or not, with other neurons switched off."""
        trainer = self.engine.trainer
        self._depart()
        self.engine = LocalEngine(network, self.engine.data, trainer.train_spec, self.place,
                                  self.max_scored)  # fmt: skip
        self.engine.switch(self.snapshot)
        self.publish()

    def tune(self, train: TrainSpec) -> None:
        self.engine.tune(train)
        if self.away:
            self.away.tune(train)
        self.publish()

    def set_parameter(self, name: str, index: tuple[int, ...], value: float) -> None:
        self.engine.set_parameter(name, index, value)
        self._depart()
        self.publish()
