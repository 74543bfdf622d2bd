"""The queue and the states of jobs, whatever learners do and in whichever order."""

import asyncio
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from app.server.jobs import Jobs, Refusal
from app.server.jobs.at_work import MAX_ORDERS
from app.server.limits import Limits
from core.spec import DataSpec, TrainSpec, mlp, to_json
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


def in_loop(play, runner=None, **limits):
    """Run a play with jobs whose time stands still but for what the play adds to `now[0]`."""
    runner, now = runner or FakeRunner(), [0.0]

    async def whole():
        jobs = Jobs(Limits(**limits), runner, None, lambda: now[0])
        try:
            return await play(jobs, runner, now)
        finally:
            await jobs.close()

    return asyncio.run(whole())


def test_one_learner_with_many_jobs_does_not_keep_others_waiting():
    async def play(jobs, runner, now):
        told = [jobs.submit(learner, submit(seed=number), {})
                for number, learner in enumerate("aaabbc")]  # fmt: skip
        positions = [job.position for job in told[1:]]
        while runner.at_work:
            runner.at_work[0].leave("")
        return positions, [run.assignment.train.seed for run in runner.runs]

    positions, order = in_loop(play)
    assert positions == [2, 4, 0, 3, 1]
    assert order == [0, 3, 5, 1, 4, 2]


def test_who_waits_is_told_when_the_queue_moves():
    async def play(jobs, runner, now):
        jobs.submit("a", submit(), {})
        second, third = jobs.submit("b", submit(), {}), jobs.submit("c", submit(), {})
        heard = []
        jobs.attach(third.id, 0, heard.append)
        jobs.order("b", {"type": "cancel", "job": second.id})
        runner.at_work[0].leave("")
        return [(m["seq"], m["state"], m["position"]) for m in heard]

    assert in_loop(play) == [(1, "waiting", 1), (2, "waiting", 0), (3, "paused", 0)]


def test_a_waiting_job_begins_as_it_was_last_told():
    async def play(jobs, runner, now):
        first, second = (jobs.submit(learner, submit(), {}) for learner in "ab")
        tuned = to_json(TrainSpec(optimizer="momentum", learning_rate=0.5))
        jobs.order("b", {"type": "tune", "job": second.id, "train": tuned})
        jobs.order("b", {"type": "play", "job": second.id})
        jobs.order("a", {"type": "cancel", "job": first.id})
        runner.at_work[0].obey()
        runner.at_work[0].obey()
        return second.state, runner.at_work[0]

    state, run = in_loop(play)
    assert (state, run.is_playing, run.rate) == ("running", True, 0.5)


@pytest.mark.parametrize(("order", "text"), [
    ({"type": "step", "count": 0}, "count is 0"),
    ({"type": "step", "count": True}, "count is True"),
    ({"type": "step", "count": 10**9}, "from 1 to 10000000"),
    ({"type": "tune", "train": {"batch_size": 3}}, "only learning_rate, l1"),
    ({"type": "tune", "train": {"learning_rate": 10**400}}, "too large"),
    ({"type": "tune"}, "TrainSpec is None"),
    ({"type": "dance"}, "cannot be asked to 'dance'"),
    ({"type": ["play"]}, "cannot be asked to"),
])  # fmt: skip
def test_orders_that_make_no_sense_are_refused(order, text):
    async def play(jobs, runner, now):
        job = jobs.submit("a", submit(), {})
        with pytest.raises(Refusal, match=text) as refused:
            jobs.order("a", order | {"job": job.id})
        return refused.value.reason, len(runner.runs[0].orders)

    assert in_loop(play) == ("invalid", 0)


WIDE = mlp(2, (100, 100), 1)


@pytest.mark.parametrize(("change", "reason", "text"), [
    ({"network": to_json(WIDE)}, "limit", "the number of parameters is 10501; .* 10000"),
    ({"train": to_json(TrainSpec(batch_size=600))}, "limit", "batch_size is 600"),
    ({"data": {"spec": to_json(DataSpec(num_samples=90_000))}}, "limit", "bytes of all samples"),
    ({"network": None}, "invalid", "NetworkSpec is None"),
    ({"network": {"input_shape": [10**400], "layers": []}}, "invalid", "input_shape"),
    ({"data": {"spec": {}, "opened": "00"}}, "invalid", "nothing but spec"),
    ({"data": {"opened": "0" * 64, "kind": "idx", "options": {}}}, "invalid", "takes no files"),
    ({"data": 3}, "invalid", "an object with spec"),
    ({"engine": "abacus"}, "invalid", "engine is 'abacus'; it must be one of auto, "),
    ({"play": 1}, "invalid", "play is 1"),
    ({"checkpoint": [1]}, "invalid", "checkpoint is"),
])  # fmt: skip
def test_what_cannot_be_trained_is_refused_before_anything_is_made(change, reason, text):
    async def play(jobs, runner, now):
        with pytest.raises(Refusal, match=text) as refused:
            jobs.submit("a", submit() | change, {})
        return refused.value.reason, runner.runs

    assert in_loop(play, max_parameters=10_000, max_batch=500, max_bytes=10**6) == (reason, [])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)  # fmt: skip
KEYS = st.sampled_from([*submit(), "layers", "input_shape", "spec", "kind"])


@given(st.dictionaries(KEYS, JSON, max_size=3), st.sampled_from(["", "network", "train", "data"]))
@settings(max_examples=150, deadline=None)
def test_nothing_but_a_refusal_comes_of_what_is_no_job(mess, where):
    order = submit()
    if where:
        order[where] = {**order[where], **mess}
    else:
        order |= mess

    async def play(jobs, runner, now):
        with suppress(Refusal):
            jobs.submit("a", order, {})

    in_loop(play)


def test_a_job_that_rests_while_others_wait_makes_room():
    async def play(jobs, runner, now):
        first, second = (jobs.submit(learner, submit(), {}) for learner in "ab")
        run = runner.at_work[0]
        run.train(5)
        now[0] = 30.0
        jobs.order("a", {"type": "pause", "job": first.id})
        now[0] = 65.0
        run.say({"type": "alive"})
        jobs.tick()
        assert first.state == "paused"
        now[0] = 70.0
        run.say({"type": "alive"})
        jobs.tick()
        run.obey()
        return first, second.state, await jobs.look(first.id, True)

    first, state, (message, _) = in_loop(play, idle_s=40.0)
    assert first.state == "done"
    assert "paused for 40 s while others waited" in first.text
    assert state == "paused"
    assert message["step"] == 5


def test_a_learner_alone_may_go_on_and_others_get_their_turn():
    async def play(jobs, runner, now):
        first, own = (jobs.submit("a", submit(play=True), {}) for _ in range(2))
        now[0] = 40.0
        runner.at_work[0].say({"type": "alive"})
        jobs.tick()
        assert first.state == "running"
        other = jobs.submit("b", submit(), {})
        jobs.tick()
        runner.at_work[0].obey()
        return first.state, first.text, own.state, other.state

    state, text, *others = in_loop(play, turn_s=30.0)
    assert state == "done"
    assert "its turn of 30 s" in text
    assert others == ["waiting", "paused"], "who was served the longest ago is next"


def test_a_job_that_does_not_look_at_its_orders_is_not_given_more():
    async def play(jobs, runner, now):
        job = jobs.submit("a", submit(), {})
        for _ in range(MAX_ORDERS):
            jobs.order("a", {"type": "play", "job": job.id})
        with pytest.raises(Refusal, match="has not come to look") as refused:
            jobs.order("a", {"type": "play", "job": job.id})
        runner.at_work[0].obey()
        jobs.order("a", {"type": "pause", "job": job.id})
        return refused.value.reason

    assert in_loop(play) == "busy"


def test_only_so_many_bytes_and_jobs_are_kept():
    async def play(jobs, runner, now):
        told = []
        for count in range(3):
            job = jobs.submit("a", submit(), {})
            run = runner.at_work[0]
            run.train(count)
            jobs.order("a", {"type": "cancel", "job": job.id})
            run.obey()
            told.append(job)
        with pytest.raises(Refusal, match="no such job"):
            jobs.attach(told[0].id, 0, lambda message: None)
        with pytest.raises(Refusal, match="no last checkpoint"):
            await jobs.look(told[1].id, True)
        return (await jobs.look(told[2].id, True))[0]["step"]

    assert in_loop(play, kept=2, kept_bytes=100) == 2


def test_the_end_of_the_server_is_told_to_all():
    async def play(jobs, runner, now):
        told, heard = [jobs.submit(learner, submit(), {}) for learner in "ab"], []
        for job in told:
            jobs.attach(job.id, job.seq, heard.append)
        await jobs.close()
        with pytest.raises(Refusal, match="about to stop"):
            jobs.submit("a", submit(), {})
        return heard

    runner = FakeRunner()
    ends = [(m["state"], m["text"]) for m in in_loop(play, runner)]
    assert ends == [("cancelled", "the server was stopped")] * 2
    assert runner.is_closed


class Files:
    """A store that counts who holds its files."""

    def __init__(self):
        self.held = 0

    def hold(self, reference):
        if reference.get("opened") == "gone":
            raise Refusal("unknown", "the server does not have this file")
        self.held += 1

    def release(self, reference):
        self.held -= 1


def test_files_are_held_as_long_as_a_job_may_need_them():
    async def play():
        files, runner = Files(), FakeRunner()
        jobs = Jobs(Limits(), runner, files)
        opened = {"data": {"opened": "here", "kind": "idx", "options": {}}}
        _, second = (jobs.submit("a", submit() | opened, {}) for _ in range(2))
        with pytest.raises(Refusal, match="does not have this file"):
            jobs.submit("a", submit() | {"data": {"opened": "gone"}}, {})
        counts = [files.held]
        jobs.order("a", {"type": "cancel", "job": second.id})
        counts.append(files.held)
        runner.at_work[0].leave("")
        await jobs.close()
        return [*counts, files.held]

    assert asyncio.run(play()) == [2, 1, 0]


@pytest.mark.parametrize("wrong", [{"max_seconds": 0}, {"queue": -1}, {"max_batch": 1.5},
                                   {"max_parameters": 10**12}])  # fmt: skip
def test_limits_are_checked(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Limits(**wrong)
