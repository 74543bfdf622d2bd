"""The queue and the states of jobs, whatever learners do and in whichever order."""

import asyncio
from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from app.server.jobs import Jobs, Refusal
from app.server.limits import Limits
from core.spec import to_json
from tests.server.jobs_helpers import FakeRunner, submit

LIMITS = Limits(queue=4, queue_each=2, grace_s=100.0, stuck_s=20.0, idle_s=50.0, leave_s=5.0,
                kept=3, max_steps=1000)  # fmt: skip
AT_WORK = {"play", "pause", "step", "tune", "cancel"}
ALLOWED = {"waiting": AT_WORK - {"step"}, "running": AT_WORK, "paused": AT_WORK,
           "done": set(), "cancelled": set(), "failed": set()}  # fmt: skip
WAYS = {"waiting": {"running", "paused", "cancelled"},
        "running": {"paused", "done", "cancelled", "failed"},
        "paused": {"running", "done", "cancelled", "failed"}}  # fmt: skip
LEARNERS = st.sampled_from("abc")
PICK = st.integers(0, 100)


class Page:
    """Follows one job, now and then; what it has heard by the number of the state."""

    def __init__(self, job, learner):
        self.job, self.learner, self.is_open = job, learner, False
        self.states, self.progress = [], None

    def __call__(self, message):
        assert message["job"] == self.job.id
        if message["type"] == "progress":
            self.progress = message
            return
        assert message["seq"] == len(self.states) + 1
        if self.states and message["state"] != self.states[-1]["state"]:
            assert message["state"] in WAYS[self.states[-1]["state"]]
        self.states.append(message)


class JobsMachine(RuleBasedStateMachine):
    @initialize(places=st.integers(1, 2))
    def begin(self, places):
        self.now, self.runner = 0.0, FakeRunner(places)
        self.jobs = Jobs(LIMITS, self.runner, None, lambda: self.now)
        self.loop = asyncio.new_event_loop()
        self.pages, self.starts = [], []  # the learners of all that ever began
        self.submitted = {}  # how many had begun when a job was submitted

    def teardown(self):
        if hasattr(self, "loop"):
            self.loop.run_until_complete(self.jobs.close())
            assert all(page.job.has_ended for page in self.pages)
            self.loop.close()

    def page(self, pick):
        return self.pages[pick % len(self.pages)]

    def waiting(self):
        return [page for page in self.pages if page.job.state == "waiting"]

    @rule(learners=st.lists(LEARNERS, min_size=1, max_size=4), play=st.booleans())
    def submit(self, learners, play):
        for learner in learners:
            self.submit_one(learner, play)

    def submit_one(self, learner, play):
        waiting = self.waiting()
        own = sum(page.learner == learner for page in waiting)
        is_full = own >= LIMITS.queue_each or len(waiting) >= LIMITS.queue

        async def ask():
            return self.jobs.submit(learner, submit(play=play, seed=len(self.pages)), {})

        if is_full and waiting:
            with pytest.raises(Refusal) as refused:
                self.loop.run_until_complete(ask())
            assert refused.value.reason == "busy"
            assert 5 <= refused.value.retry_after <= 600
        else:
            num_begun = len(self.runner.runs)
            job = self.loop.run_until_complete(ask())
            self.submitted[job.id] = num_begun
            self.pages.append(Page(job, learner))

    @precondition(lambda self: self.pages)
    @rule(pick=PICK, kind=st.sampled_from(sorted(AT_WORK)))
    def order(self, pick, kind):
        page = self.page(pick)
        state, is_known = page.job.state, page.job.id in self.jobs._jobs
        message = {"type": kind, "job": page.job.id, "count": 3,
                   "train": to_json(replace(page.job.train, learning_rate=0.5))}  # fmt: skip
        if is_known and kind in ALLOWED[state]:
            self.jobs.order(page.learner, message)
            assert (page.job.state == "cancelled") == (kind == "cancel")
        else:
            with pytest.raises(Refusal) as refused:
                self.jobs.order(page.learner, message)
            assert refused.value.reason == ("state" if is_known else "unknown")
            assert page.job.state == state

    @precondition(lambda self: self.pages)
    @rule(pick=PICK)
    def attach(self, pick):
        page = self.page(pick)
        if page.job.id not in self.jobs._jobs:
            with pytest.raises(Refusal, match="there is no such job"):
                self.jobs.attach(page.job.id, 0, page)
        elif not page.is_open:
            self.jobs.attach(page.job.id, len(page.states), page)
            page.is_open = True
            assert len(page.states) == page.job.seq
            assert page.states[-1]["state"] == page.job.state
            assert page.progress == page.job.progress

    @precondition(lambda self: self.pages)
    @rule(pick=PICK)
    def detach(self, pick):
        page = self.page(pick)
        self.jobs.detach(page.job.id, page)
        page.is_open = False

    @precondition(lambda self: self.runner.at_work)
    @rule(pick=PICK)
    def obey(self, pick):
        self.runner.at_work[pick % len(self.runner.at_work)].obey()

    @precondition(lambda self: any(run.is_playing for run in self.runner.at_work))
    @rule(pick=PICK)
    def train(self, pick):
        playing = [run for run in self.runner.at_work if run.is_playing]
        playing[pick % len(playing)].train()

    @precondition(lambda self: self.runner.at_work)
    @rule(pick=PICK)
    def die(self, pick):
        self.runner.at_work[pick % len(self.runner.at_work)].leave("")

    @precondition(lambda self: self.pages)
    @rule(pick=PICK, whole=st.booleans())
    def look(self, pick, whole):
        """The last of what has ended, the present of what is at work."""
        self.loop.run_until_complete(self._look(self.page(pick).job, whole))

    async def _look(self, job, whole):
        asked = asyncio.ensure_future(self.jobs.look(job.id, whole))
        await asyncio.sleep(0)
        at_work = self.jobs._at_work.get(job.id)
        if at_work and not asked.done():
            run = at_work.run
            run.obey()
            message, arrays = await asked
            assert (message["type"], message["job"]) == ("snapshot", job.id)
            assert (message["step"], arrays["parameters"][0]) == (run.step, run.step)
            assert ("order" in arrays) == whole
        else:
            await asyncio.sleep(0)
            error = asked.exception()
            assert error is None or error.reason in ("state", "unknown")
            assert error or job.has_ended

    @rule(seconds=st.sampled_from([1.0, 6.0, 30.0, 60.0]))
    def pass_time(self, seconds):
        """All that are at work and not stuck give a sign."""
        self.now += seconds
        for run in self.runner.at_work:
            run.say({"type": "alive"})
        self.jobs.tick()
        for page in self.pages:
            job = page.job
            lost = job.lost_at is not None and self.now - job.lost_at >= LIMITS.grace_s
            assert not lost or job.has_ended

    @rule()
    def hang(self):
        """Nobody gives a sign; what is at work is ended."""
        self.now += LIMITS.stuck_s + LIMITS.leave_s
        before = self.runner.at_work
        self.jobs.tick()
        assert all(run.is_gone for run in before)

    @invariant()
    def places_are_taken_and_no_more(self):
        if not hasattr(self, "jobs"):
            return
        assert len(self.runner.at_work) <= self.runner.places
        if self.waiting():
            assert len(self.runner.at_work) == self.runner.places
        assert sorted(p.job.position for p in self.waiting()) == [*range(len(self.waiting()))]
        assert sum(page.job.has_ended and page.job.id in self.jobs._jobs
                   for page in self.pages) <= LIMITS.kept + self.runner.places  # fmt: skip

    @invariant()
    def learners_take_turns(self):
        """Who waits was not passed over since the learner who now started did so before."""
        if not hasattr(self, "jobs"):
            return
        for run in self.runner.runs[len(self.starts):]:
            page = self.pages[run.assignment.train.seed]
            before = [k for k, each in enumerate(self.starts) if each == page.learner]
            self.starts.append(page.learner)
            for other in self.waiting() if before else ():
                was_there = self.submitted[other.job.id] <= before[-1]
                assert other.learner in self.starts[before[-1]:] or not was_there


JobsMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestJobs = JobsMachine.TestCase
