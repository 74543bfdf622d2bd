"""Several networks that learn the same samples beside each other, epoch by epoch."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping

from app.playground.session import PICTURE_S, Frame
from core.data.samples import make_samples
from core.spec import DataSpec, NetworkSpec, TrainSpec
from core.training import Snapshot, Trainer


class Contest:
    """All lanes start from one seed and get the same batches in the same order. `show` is called
    when every lane has come to the end of an epoch."""

    def __init__(self, frame: Frame, show: Callable[[], None]) -> None:
        self.frame, self.show = frame, show
        self.running = False
        self.max_epochs = 0
        self._loop: asyncio.Task[None] | None = None

    def configure(self, networks: Mapping[str, NetworkSpec], data: DataSpec, train: TrainSpec,
                  max_epochs: int) -> None:  # fmt: skip
        """Start afresh; raises ValueError and keeps the old lanes if new ones cannot be."""
        samples = make_samples(data)
        made = {key: Trainer(network, samples, train) for key, network in networks.items()}
        self.running = False
        self.lanes, self.max_epochs = made, max_epochs
        self._look()

    def _look(self) -> None:
        self._shown = self.epoch
        self.snapshots: dict[str, Snapshot] = {k: t.snapshot() for k, t in self.lanes.items()}

    @property
    def epoch(self) -> int:
        """How many epochs the lanes have done; one that has diverged stays behind."""
        return max(trainer.epoch for trainer in self.lanes.values())

    @property
    def is_over(self) -> bool:
        return not self._waiting() or self.epoch >= self.max_epochs

    def _waiting(self) -> list[Trainer]:
        """The lanes that have not diverged."""
        return [trainer for trainer in self.lanes.values() if not trainer.message]

    def play(self) -> None:
        if self.running or self.is_over:
            return
        self.running = True
        if self._loop is None or self._loop.done():
            self._loop = asyncio.get_running_loop().create_task(self._run())

    def pause(self) -> None:
        self.running = False

    async def _run(self) -> None:
        while self.running:
            await self.frame(self._advance)
            await asyncio.sleep(0)

    def _advance(self) -> None:
        """Train for a part of a frame; the learner may have paused meanwhile."""
        end = time.perf_counter() + PICTURE_S
        while self.running and time.perf_counter() < end:
            if self._step():
                self._finish_epoch()

    def _step(self) -> bool:
        """One batch of the lane that is furthest behind; tell whether all have ended an epoch."""
        if not (waiting := self._waiting()):
            return True
        min(waiting, key=lambda trainer: trainer.step_count).step()
        return all(trainer.epoch > self._shown for trainer in self._waiting())

    def _finish_epoch(self) -> None:
        self.running = self.running and not self.is_over
        self._look()
        self.show()

    def step(self) -> None:
        """The rest of the epoch, for all lanes."""
        self.running = False
        if not self.is_over:
            while not self._step():
                pass
            self._finish_epoch()

    def restore(self, snapshots: Mapping[str, Snapshot]) -> None:
        """Back to where these snapshots of all lanes were taken, at the end of an epoch."""
        self.running = False
        for key, trainer in self.lanes.items():
            trainer.restore(snapshots[key])
        self.snapshots, self._shown = dict(snapshots), self.epoch
        self.show()

    def reset(self) -> None:
        """Back to the very same start."""
        self.running = False
        for trainer in self.lanes.values():
            trainer.reset()
        self._look()
        self.show()
