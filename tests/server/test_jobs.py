"""The queue of jobs: who is next, who makes room, and what is kept."""

import asyncio

import pytest

from app.server.jobs import Jobs, Refusal
from app.server.jobs.at_work import MAX_ORDERS
from app.server.limits import Limits
from core.spec import TrainSpec, to_json
from tests.server.jobs_helpers import FakeRunner, in_loop, submit


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


def test_a_job_that_rests_while_others_wait_makes_room():
    async def play(jobs, runner, now):
        first, second = (jobs.submit(learner, submit(), {}) for learner in "ab")
        jobs.attach(first.id, 0, lambda message: None)
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


@pytest.mark.parametrize(("next_one", "is_open"), [("a", True), ("b", False)])
def test_a_paused_job_that_was_left_makes_room_soon(next_one, is_open):
    async def play(jobs, runner, now):
        first = jobs.submit("a", submit(), {})
        if is_open:
            jobs.attach(first.id, 0, lambda message: None)
        runner.at_work[0].train(5)
        jobs.order("a", {"type": "pause", "job": first.id})
        for seconds in (20.0, 40.0):  # nobody waits
            now[0] = seconds
            runner.at_work[0].say({"type": "alive"})
            jobs.tick()
            assert first.state == "paused"
        second = jobs.submit(next_one, submit(), {})
        jobs.tick()
        runner.at_work[0].obey()
        return first, second.state, await jobs.look(first.id, True)

    first, state, (message, _) = in_loop(play)
    assert (first.state, state, message["step"]) == ("done", "paused", 5)
    assert "paused and left" in first.text


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
