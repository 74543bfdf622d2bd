"""All jobs of a server: who waits, who is at work, what is left of those that ended."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from app.protocol.frames import Message, Tensors
from app.server.jobs.assignment import Source, read_count, read_submit, read_tune
from app.server.jobs.at_work import AtWork
from app.server.jobs.choices import Choices
from app.server.jobs.job import Job, Listener
from app.server.jobs.kept import Kept, Stand, without_more
from app.server.jobs.runner import Runner
from app.server.jobs.waiting import Waiting
from app.server.limits import Limits
from app.server.refusal import Refusal, refusing
from core.spec import TrainSpec, to_json

TICK_S = 0.25  # how often time is looked at
LEFT_S = 5.0  # for which a paused job keeps its place from others when its learner has left it
MAX_LEARNER = 128  # characters of a learner's name
USUAL_S = 30.0  # that a job may take, before any has
SOONEST_S, LATEST_S = 5.0, 600.0  # when to try again
DIED = "the process that trained it ended without a word; it may have run out of memory"


class Jobs:
    """Single-threaded: everything is called on one event loop, and so are the listeners."""

    def __init__(self, limits: Limits, runner: Runner, store: Source | None,
                 clock: Callable[[], float] = time.monotonic) -> None:  # fmt: skip
        self.limits, self.runner, self.store, self.clock = limits, runner, store, clock
        self._jobs: dict[str, Job] = {}
        self._waiting = Waiting(limits)
        self._at_work: dict[str, AtWork] = {}
        self._kept, self._choices = Kept(limits.kept_bytes), Choices(clock)
        self._ended: deque[str] = deque()
        self._durations: deque[float] = deque(maxlen=10)
        self._num_submitted = 0
        self._ticker: asyncio.TimerHandle | None = None
        self._is_closed = False

    def submit(self, learner: str, order: Message, arrays: Tensors) -> Job:
        """A new job, at work or waiting; raises Refusal."""
        if self._is_closed:
            raise Refusal("busy", "this server is about to stop")
        if not (isinstance(learner, str) and 0 < len(learner) <= MAX_LEARNER):
            raise Refusal("invalid", f"learner must be a text of 1 to {MAX_LEARNER} characters")
        assignment = read_submit(order, arrays, self.limits, self.store)
        if len(self._waiting) or not self._has_place:
            self._waiting.require_room(learner, assignment, self._retry_after)
        self._hold(assignment.data)
        self._num_submitted += 1
        job = Job(learner, assignment, self._num_submitted, self.clock())
        self._jobs[job.id] = job
        self._waiting.add(job)
        self._fill()
        self._tick_later()
        return job

    def _hold(self, data: Message) -> None:
        """The files of a job must stay until it has ended."""
        if self.store is not None:
            with refusing("invalid"):
                self.store.hold(data)

    def order(self, learner: str, message: Message) -> None:
        """Play, pause, step, tune or cancel; raises Refusal."""
        job, kind = self._job(message.get("job")), message.get("type")
        obey = {
            "play": self._play, "pause": self._play, "step": self._step, "tune": self._tune,
            "cancel": self._cancel,
        }.get(kind if isinstance(kind, str) else "")  # fmt: skip
        if obey is None:
            raise Refusal("invalid", f"a job cannot be asked to {kind!r}")
        job.require(str(kind))
        job.touched_at = self.clock()
        obey(job, message)

    def _play(self, job: Job, message: Message) -> None:
        """Or pause; one that waits will begin so."""
        if job.assignment is not None:
            job.assignment = replace(job.assignment, play=message["type"] == "play")
        else:
            self._at_work[job.id].tell({"type": message["type"]})

    def _step(self, job: Job, message: Message) -> None:
        count = read_count(message, self.limits)
        self._at_work[job.id].tell({"type": "step", "count": count})

    def _tune(self, job: Job, message: Message) -> None:
        train = read_tune(job.train, message)
        if job.assignment is None:
            self._tell_tune(job, train)
        job.train = train

    def _tell_tune(self, job: Job, train: TrainSpec) -> None:
        self._at_work[job.id].tell({"type": "tune", "train": to_json(train)})

    def _cancel(self, job: Job, message: Message) -> None:
        self._leave(job, "cancelled", "the learner cancelled it")

    def _leave(self, job: Job, state: str, text: str) -> None:
        """The end for whoever listens; what runs it may leave its last checkpoint yet."""
        if job.assignment is not None:
            self._waiting.remove(job)
            job.assignment = None
            job.move(state, self.clock(), text)
            self._end(job)
            self._fill()
            return
        job.move(state, self.clock(), text)
        at_work = self._at_work[job.id]
        at_work.leaving_at = self.clock()
        at_work.run.tell({"type": "finish", "state": state, "text": text})

    async def look(self, job_id: str, whole: bool) -> tuple[Message, Tensors]:
        """Where training stands, or stood at the end: a `snapshot` and its arrays; raises
        Refusal."""
        job = self._job(job_id)
        if not isinstance(whole, bool):
            raise Refusal("invalid", f"whole is {whole!r}; it must be true or false")
        job.require("look")
        at_work = self._at_work.get(job.id)
        if at_work is None or self._kept.get(job.id):
            return self._last(job, whole)
        return await at_work.look(whole)

    def _last(self, job: Job, whole: bool) -> Stand:
        """Of a job that has ended."""
        stand = self._kept.get(job.id)
        if stand is None:
            why = f": {job.text.rstrip('.')}" if job.text else ""
            raise Refusal("state", f"this job is {job.state}{why}; there is no last checkpoint of "
                          "it here")  # fmt: skip
        message, arrays = stand
        return message, arrays if whole else without_more(arrays)

    def attach(self, job_id: str, after: int, listener: Listener) -> None:
        """Let hear all states of a job after one, then what comes; raises Refusal."""
        if not isinstance(after, int) or isinstance(after, bool):
            raise Refusal("invalid", f"after is {after!r}; it must be a whole number")
        self._job(job_id).attach(after, listener)

    def detach(self, job_id: str, listener: Listener) -> None:
        """No more; of a job that nobody listens to the grace period begins."""
        if job_id in self._jobs:
            self._jobs[job_id].detach(listener, self.clock())

    async def close(self) -> None:
        """Tell every job that this is the end, and end what runs them."""
        self._is_closed = True
        if self._ticker:
            self._ticker.cancel()
        for job in self._waiting.in_order():
            self._leave(job, "cancelled", "the server was stopped")
        for at_work in tuple(self._at_work.values()):
            if not at_work.job.has_ended:
                at_work.job.move("cancelled", self.clock(), "the server was stopped")
            at_work.run.kill()
        await self.runner.close()

    def _job(self, job_id: Any) -> Job:
        job = self._jobs.get(job_id) if isinstance(job_id, str) else None
        if job is None:
            raise Refusal("unknown", "there is no such job: it was not submitted to this server "
                                     "since it was started, or it ended long ago")  # fmt: skip
        return job

    @property
    def _has_place(self) -> bool:
        return len(self._at_work) < self.runner.places

    @property
    def _retry_after(self) -> float:
        """In seconds: about what a job has taken of late."""
        known = self._durations
        mean = sum(known) / len(known) if known else USUAL_S
        return round(min(max(mean / max(self.runner.places, 1), SOONEST_S), LATEST_S))

    def _fill(self) -> None:
        """No place is free while somebody waits."""
        while len(self._waiting) and self._has_place and not self._is_closed:
            self._start(self._waiting.take())
        for position, job in enumerate(self._waiting.in_order()):
            if job.position != position:
                job.move("waiting", self.clock(), position=position)

    def _start(self, job: Job) -> None:
        assignment, job.assignment = job.assignment, None
        assert assignment is not None
        run = self._choices.start(self.runner, assignment, lambda *said: self._hear(job, *said))
        self._at_work[job.id] = AtWork(job, run, self.clock())
        if job.train != assignment.train:  # tuned while it waited
            self._tell_tune(job, job.train)
        job.move("running" if assignment.play else "paused", self.clock())

    def _hear(self, job: Job, message: Message, arrays: Tensors) -> None:
        """What a job says; see app.server.jobs.work."""
        at_work, said = self._at_work[job.id], dict(message)
        at_work.hear(self.clock())
        kind = said.pop("type")
        if kind == "looked":
            at_work.answer(said.pop("look"), self._stand(job, said, arrays))
        elif kind == "last":
            self._kept.put(job.id, self._stand(job, said, arrays))
        elif kind == "gone":
            self._gone(at_work, said["text"])
        elif kind == "state" and not job.has_ended:
            job.move(now=self.clock(), **said)
            at_work.leaving_at = self.clock() if job.has_ended else None
        elif kind == "progress" and not job.has_ended:
            job.take_progress(said)

    @staticmethod
    def _stand(job: Job, said: Message, arrays: Tensors) -> Stand:
        return {"type": "snapshot", "job": job.id, "seq": job.seq, **said}, arrays

    def _gone(self, at_work: AtWork, text: str) -> None:
        """Its place is free."""
        job = at_work.job
        del self._at_work[job.id]
        self._durations.append(self.clock() - at_work.started_at)
        if not job.has_ended:
            job.move("failed", self.clock(), text or DIED)
        at_work.answer_all(lambda whole: self._last(job, whole))
        self._end(job)
        self._fill()

    def _end(self, job: Job) -> None:
        """Nothing of it is needed any more; remember only so many."""
        if self.store is not None:
            self.store.release(job.data)
        self._ended.append(job.id)
        while len(self._ended) > self.limits.kept:
            oldest = self._ended.popleft()
            del self._jobs[oldest]
            self._kept.drop(oldest)
        self._waiting.forget({each.learner for each in self._jobs.values()})

    def _tick_later(self) -> None:
        if self._ticker is None:
            self._ticker = asyncio.get_running_loop().call_later(TICK_S, self._tick_again)

    def _tick_again(self) -> None:
        self._ticker = None
        self.tick()
        self._tick_later()

    def tick(self) -> None:
        """What comes of time going by; a timer sees to it that this happens."""
        now = self.clock()
        for at_work in tuple(self._at_work.values()):
            self._watch(at_work, now)
        for job in tuple(self._jobs.values()):
            is_lost = job.lost_at is not None and now - job.lost_at >= self.limits.grace_s
            if is_lost and not job.has_ended:
                self._leave(job, "cancelled", "nobody was connected to it for "
                                              f"{self.limits.grace_s:g} s")  # fmt: skip
        self._fill()

    def _watch(self, at_work: AtWork, now: float) -> None:
        """End what is stuck, what does not leave, and what others have waited for."""
        job, limits = at_work.job, self.limits
        if at_work.leaving_at is not None:
            if now - at_work.leaving_at >= limits.leave_s:
                at_work.run.kill()
        elif now - at_work.heard_at >= limits.stuck_s:
            job.move("failed", now, f"it gave no sign for {limits.stuck_s:g} s and was ended")
            at_work.leaving_at = now
            at_work.run.kill()
        elif job.state == "paused" and self._is_left(job) and now - job.touched_at >= LEFT_S:
            self._make_room(job, "it was paused and left, and another one waits")
        elif self._waiting.has_others(job.learner):
            if job.state == "paused" and now - job.touched_at >= limits.idle_s:
                self._make_room(job, f"it was paused for {limits.idle_s:g} s while others waited")
            elif now - at_work.started_at >= limits.turn_s:
                self._make_room(job, f"it has had its turn of {limits.turn_s:g} s, and others wait")

    def _is_left(self, job: Job) -> bool:
        """Whether its learner has gone on to another one that waits, or is gone while any does."""
        is_gone = job.lost_at is not None and len(self._waiting) > 0
        return is_gone or self._waiting.has(job.learner)

    def _make_room(self, job: Job, why: str) -> None:
        self._leave(job, "done", f"{why}; to go on, submit it anew with its last checkpoint")
