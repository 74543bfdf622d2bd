"""A session's network on a server: it trains there, and its mirror in the page follows."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from app.playground.engines.local import LocalEngine
from app.playground.remote.client import Answer, Refused
from app.playground.remote.connection import Connection
from app.playground.remote.job import Job
from app.playground.remote.uploads import CalledOff, OwnSamples, send_all
from app.protocol import LABELS
from app.protocol.frames import Message, Tensors
from core.checkpoint import from_checkpoint, is_start, to_checkpoint
from core.data.samples import Samples
from core.snapshot import Score, Snapshot
from core.spec import TrainSpec, to_json
from core.training import Trainer

AUTO = "auto"  # the server tries its engines on the network, and takes the fastest
LOST = "the server does not have this training any more; it goes on from where it was last seen"
SMALL = 200_000  # numbers that a network learns
WHOLE_S = 5.0  # from one whole snapshot of a larger one to the next, or longer, where they would
SHARE = 0.1  # be on their way for more of the time than this
PRIVATE = (
    "these data are in this page alone, and no server has them; train here, or choose other data"
)


class Stopped(Exception):
    """The server has ended the job; the text says why, and `last` is where it stood, if known."""

    def __init__(self, text: str, last: Snapshot | None) -> None:
        super().__init__(text)
        self.last = last


@dataclass(frozen=True)
class Asked:
    """A look that is on its way: whether at all of it, whether the job stood still by then, and
    since when."""

    job: Job
    whole: bool
    stands: bool
    answer: asyncio.Future[Answer]
    since: float


class Away:
    """`engine` is what the server calls it, or AUTO. The job is made when there is something to
    train, from wherever the mirror is then; whatever else changes the mirror is to `forget` it."""

    def __init__(self, connection: Connection, engine: str) -> None:
        self.connection, self.engine = connection, engine
        self.job: Job | None = None
        self.is_ahead = False  # whether the server may be further than the mirror
        self.is_wanted = False  # whether it is to train
        self.sending: tuple[int, int] | None = None  # bytes of files that are there, and of all
        self.whole: Snapshot | None = None  # the latest from which training can go on exactly
        self._whole_due = 0.0  # when the next one is
        self._has_end = False  # whether a number of batches was asked for
        self._asked: Asked | None = None  # the look that will be drawn next
        self._is_unseen = False  # whether what it was told may have been done since the last look
        self._since = 0  # the job's seq when it was told to train

    @property
    def label(self) -> str:
        """What computes where, and how fast when that is known."""
        job, where = self.job, "on the training server"
        if job is None:
            stage = "sending the network" if self.is_wanted else ""
            return ", ".join(filter(None, (self.name, stage, where)))
        rate = pace(job.steps_per_second) if job.steps_per_second else ""
        engine = LABELS.get(job.engine, job.engine) or self.name
        device = f": {job.device}" if job.device else ""
        return ", ".join(filter(None, (engine, job.delay or rate, f"{where}{device}")))

    @property
    def name(self) -> str:
        return "The fastest engine" if self.engine == AUTO else LABELS.get(self.engine, self.engine)

    # What the learner does; sent at once

    def pause(self) -> None:
        """The server stops after the batch at hand."""
        self.is_wanted = False
        if self.job and self.is_ahead:
            self._tell("pause", self.job)
            self.job.stir()

    def tune(self, train: TrainSpec) -> None:
        """Go on with another learning rate, or other penalties."""
        if self.whole:
            self.whole = replace(self.whole, train_spec=train)
        if self.job:
            self._tell("tune", self.job, train=to_json(train))

    def adopt(self, name: str) -> None:
        """Be the page of a job that was submitted before."""
        self.job, self.is_ahead, self._since = self.connection.follow(name), True, -1

    def forget(self) -> None:
        """The mirror goes another way; what the server has is of no use any more."""
        job, self.job = self.job, None
        self.is_ahead, self.whole = False, None
        if job:
            self._tell("cancel", job)
            self.connection.forget(job)
            job.stir()

    def _tell(self, kind: str, job: Job, **fields: Any) -> None:
        if self.connection.client and not job.has_ended:
            self.connection.client.ask(kind, job=job.id, **fields)

    # Training

    async def advance(
        self, mirror: LocalEngine, count: int | None, wait: bool = False
    ) -> Snapshot | None:
        """Have it train so many batches, or without end, unless it does so already; return where it
        stands, at once or when they are done. None when the learner wants something else by now.
        Raises WireClosed, Refused, Gone and Stopped."""
        self.is_wanted = True
        try:
            job = await self._present(mirror)
        except CalledOff:
            return None
        while not job.is_ready and self._wants(job):
            await job.moved()
        if self._wants(job) and not job.has_ended:
            await self._go(job, count)
        while wait and self._trains(job) and self._wants(job):
            await job.moved()
        if not (self.is_ahead and self._wants(job)):
            return None
        return await self._look(mirror, job, goes_on=count is None)

    async def settle(self, mirror: LocalEngine) -> Snapshot | None:
        """Have it stand still, and return where; None when it was not ahead."""
        job = self.job
        if job is None or not self.is_ahead:
            return None
        self.is_wanted = False
        await self.connection.ready()
        if self._trains(job) or self._since < 0:  # of one that was adopted it may not be known yet
            with suppress(Refused):  # it has ended
                await self._order("pause", job)
        while self._trains(job):
            await job.moved()
        if self.job is not job:
            return None
        if job.state in ("lost", "failed"):
            self.is_ahead = False
            raise Stopped(job.text or LOST, self.whole)
        found = await self._look(mirror, job, whole=True)
        self.is_ahead = False
        return found

    def _wants(self, job: Job) -> bool:
        return self.is_wanted and self.job is job

    def _trains(self, job: Job) -> bool:
        """It was told to, and has not said that it stands still since."""
        return job.state == "running" or (job.seq == self._since and job.state == "paused")

    async def _present(self, mirror: LocalEngine) -> Job:
        """The job; a new one from where the mirror is, if there is none any more."""
        await self.connection.ready()
        job = self.job
        if job and job.has_ended:
            was_ahead = self.is_ahead and job.state != "lost"
            last = None
            if was_ahead and job.state != "failed":
                last = await self._look(mirror, job, whole=True)
            self.job, self.is_ahead = None, False
            if was_ahead or job.state == "failed":  # it would fail again
                raise Stopped(job.text or f"the training on the server is {job.state}", last)
        if self.job is None:
            self.job = await self._submit(mirror)
        return self.job

    async def _submit(self, mirror: LocalEngine) -> Job:
        trainer = mirror.trainer
        if isinstance(mirror.data, OwnSamples):
            await self._send(mirror.data)
        snapshot = self.whole or trainer.snapshot(rescore=False)
        # The server makes the same start itself; that of a large network takes long to get there.
        plain, arrays = (None, {}) if is_start(snapshot) else to_checkpoint(snapshot)
        self.connection.stir()
        message, _ = await self.connection.ask(
            "submit", arrays, network=to_json(trainer.network_spec),
            train=to_json(trainer.train_spec), data=reference(mirror), engine=self.engine,
            play=False, checkpoint=plain,
        )  # fmt: skip
        self._has_end, self._since, self._is_unseen = False, -1, False
        return self.connection.follow(message["job"])

    async def _send(self, samples: OwnSamples) -> None:
        """Have the learner's files there; whoever pauses calls it off, and goes on there later."""
        try:
            await send_all(self.connection, samples, self._sent)
        finally:
            self.sending = None
            self.connection.stir()

    def _sent(self, there: int, total: int) -> bool:
        self.sending = there, total
        self.connection.stir()
        return self.is_wanted

    async def _go(self, job: Job, count: int | None) -> None:
        """Order what was not ordered yet. How many batches are left is known only when the mirror
        has seen what the last order came to."""
        has_end = count is not None
        if has_end == self._has_end and (self._trains(job) or (has_end and self._is_unseen)):
            return
        self._has_end, self._since = has_end, job.seq
        self.is_ahead = self._is_unseen = True
        if count is None:
            await self._order("play", job)
        else:
            await self._order("step", job, count=count)

    async def _order(self, kind: str, job: Job, **fields: Any) -> Answer:
        return await self.connection.ask(kind, job=job.id, **fields)

    async def _look(
        self, mirror: LocalEngine, job: Job, whole: bool = False, goes_on: bool = False
    ) -> Snapshot | None:
        """Where it stands. As it goes on, the next answer is made while this one is drawn."""
        asked, self._asked = self._asked, None
        if asked is None or asked.job is not job or not goes_on:
            asked = await self._ask(mirror, job, whole)
        message, arrays = await asked.answer
        if self.job is not job:
            return None
        job.take(message)
        self._is_unseen = self._is_unseen and not asked.stands
        found = read_snapshot(mirror.trainer, message, arrays)
        if asked.whole:
            self.whole, now = found, time.perf_counter()
            self._whole_due = now + max(WHOLE_S, (now - asked.since) / SHARE)
        if goes_on and self._trains(job):
            self._asked = await self._ask(mirror, job, False)
        return found

    async def _ask(self, mirror: LocalEngine, job: Job, whole: bool) -> Asked:
        whole = whole or self._is_due(mirror)
        client = await self.connection.ready()
        answer = client.ask("look", job=job.id, whole=whole)
        return Asked(job, whole, not self._trains(job), answer, time.perf_counter())

    def _is_due(self, mirror: LocalEngine) -> bool:
        """All of a small network crosses each time; of a large one mostly what is to be seen."""
        is_small = mirror.trainer.network.parameters.size <= SMALL
        return is_small or time.perf_counter() > self._whole_due


def pace(rate: float) -> str:
    """Steps a second in words; of large networks they are few."""
    return f"{rate:,.0f} steps a second" if rate >= 10 else f"{rate:.2g} steps a second"


def reference(mirror: LocalEngine) -> dict[str, Any]:
    """The data as the server can make them itself; raises ValueError where it cannot."""
    if isinstance(mirror.data, OwnSamples):
        return mirror.data.reference
    if isinstance(mirror.data, Samples):
        raise ValueError(PRIVATE)
    return {"spec": to_json(mirror.data)}


def read_snapshot(trainer: Trainer, message: Message, arrays: Tensors) -> Snapshot:
    """The answer to `look`, as a snapshot of the mirror's. What it lacks, and the losses so far if
    there are any, are the mirror's; and so is how to train, which the server may not have heard."""
    start = trainer.snapshot(rescore=False)
    own = to_checkpoint(start)[1]
    plain = message["checkpoint"] | {"train_spec": to_json(trainer.train_spec)}
    if start.step:
        arrays = {**arrays, "history": own["history"]}
    same = not (isinstance(trainer.samples, OwnSamples) and trainer.samples.is_part)
    return from_checkpoint(start, plain, own | arrays, same)


def read_scores(message: Message) -> tuple[int, Score, Score | None] | None:
    """The step that the server has scored last, and the scores of training and test samples."""
    train, test = (message.get(name) for name in ("train", "test"))
    if not train:
        return None
    return int(message["scored"]), _score(train), _score(test) if test else None


def _score(told: dict[str, float | None]) -> Score:
    loss, metric = (told.get(name) for name in ("loss", "metric"))
    return Score(*(float("nan") if value is None else value for value in (loss, metric)))
