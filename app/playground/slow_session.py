"""A session for networks that are too slow to be scored at each picture.

Training goes in slices, and between them the scores of the network as it was are worked out, a few
samples at a time. So a picture never waits for more than one batch and a few samples.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from app.playground.engines.local import LocalEngine
from app.playground.session import PICTURE_S, SEQUENCE_SPEEDS, Frame, Session
from core.ablation import Unit, switch_off
from core.data.samples import Samples
from core.evaluation import Evaluation
from core.snapshot import Snapshot
from core.spec import DataSpec, NetworkSpec, TrainSpec

MAX_TRAINING = 300  # samples for training that are scored
SCORING_S = 0.025  # scoring between two pictures while training runs


@dataclass(frozen=True)
class Scores:
    """The network as it was at a step, on test samples and on some of those for training; and
    without the units that are `off`, on the test samples."""

    step: int
    train: Evaluation
    test: Evaluation
    off: tuple[Unit, ...] = ()
    without: Evaluation | None = None

    def advance(self, seconds: float) -> bool:
        parts = [part for part in (self.test, self.without, self.train) if part]
        next(part for part in parts if not part.is_complete).advance(seconds)
        return all(part.is_complete for part in parts)

    @property
    def shown(self) -> Evaluation:
        """The test samples as the network on the stage takes them."""
        return self.without or self.test


class SlowSession(Session):
    """`scores` are the latest that are complete, None before there are any."""

    off: tuple[Unit, ...] = ()  # units that are switched off, though not for training

    def __init__(self, frame: Frame, show: Callable[[Snapshot], None], place: str) -> None:
        super().__init__(frame, show, place, SEQUENCE_SPEEDS, max_scored=0)

    def configure(self, network: NetworkSpec, data: DataSpec | Samples, train: TrainSpec) -> None:
        """Start afresh; raises ValueError and keeps the old network if the new cannot be."""
        self.engine = LocalEngine(network, data, train, self.place, max_scored=0)
        self._depart()
        self._forget()
        self.publish()
        self.moved()

    def _forget(self) -> None:
        self.scores: Scores | None = None
        self._scoring: Scores | None = None
        self._goal: int | None = None  # the epoch that training pauses at
        self.trained_s = 0.0  # for how long training has run, its pictures included

    # What the learner does

    def play(self) -> None:
        self._goal = None
        super().play()

    def step(self, kind: str) -> None:
        if kind == "epoch":
            self.play()
            self._goal = self.engine.trainer.epoch + 1
            return
        super().step(kind)
        self.settle()

    def pause(self) -> None:
        super().pause()
        self.settle()

    def reset(self) -> None:
        self._forget()
        super().reset()
        self.settle()

    def restore(self, snapshot: Snapshot) -> None:
        self._forget()
        super().restore(snapshot)
        self.settle()

    def settle(self) -> None:
        """Work out the scores of the network as it stands, while the page goes on; at once where
        there is no page, as in a script."""
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            while not self.is_settled:
                self._score(PICTURE_S)
            self.publish()
            return
        self._wake()

    def stop(self) -> None:
        """Do nothing any more, as nobody looks."""
        self.running = False
        if self.away:
            self.away.pause()
        if self._loop:
            self._loop.cancel()
            self._loop = None

    # Slices

    @property
    def is_settled(self) -> bool:
        """Whether the scores are those of the network as it stands, as far as that is up to us."""
        is_ours = self.can_here and self.engine.scores_here
        return self._are_present(self.scores) or not is_ours

    def _are_present(self, scores: Scores | None) -> bool:
        step = self.engine.trainer.step_count
        return scores is not None and (scores.step, scores.off) == (step, self.off)

    async def _run(self) -> None:
        while self.running or self._is_due or self._found or not self.is_settled:
            start, running = time.perf_counter(), self.running
            if self._is_due:
                await self._turn()
            await self.frame(self._slice)
            await asyncio.sleep(self.speeds[self.speed].pause if self.running else 0)
            self.trained_s += running * (time.perf_counter() - start)

    def _pace(self) -> tuple[int | None, bool]:
        if self._goal is not None:
            return max(1, self.engine.batches_to(self._goal)), False
        return super()._pace()

    def _slice(self) -> None:
        if self.away or self._found:
            self._take()
            is_there = self._goal is not None and self.engine.trainer.epoch >= self._goal
            self.running = self.running and not is_there
        elif self.running and self._goal is not None:
            self.engine.run(PICTURE_S, within_epoch=True)
            self.running = self.engine.trainer.epoch < self._goal
        elif self.running:
            self.speeds[self.speed].advance(self.engine)
        self._score(SCORING_S if self.running else PICTURE_S)
        self.publish()

    def _score(self, seconds: float) -> None:
        """Go on with the scores at hand; begin with those of the network as it stands."""
        if self.is_settled:
            return
        if self._scoring is None or not (self.running or self._are_present(self._scoring)):
            self._scoring = self._begin()
        if self._scoring.advance(seconds):
            found, self._scoring = self._scoring, None
            self.scores = found
            trainer = self.engine.trainer
            trainer.take_scores(found.step, found.train.score, found.test.score)

    def _begin(self) -> Scores:
        trainer, network = self.engine.trainer, self.engine.snapshot().network()
        count = min(len(trainer.test_x), len(trainer.train_x), MAX_TRAINING)
        test = trainer.test_x, trainer.test_y, trainer.train_spec
        without = None
        if self.off:
            reduced = self.engine.snapshot().network()
            switch_off(reduced, self.off)
            without = Evaluation(reduced, *test)
        train = trainer.train_x[:count], trainer.train_y[:count], trainer.train_spec
        return Scores(trainer.step_count, Evaluation(network, *train), Evaluation(network, *test),
                      self.off, without)  # fmt: skip
