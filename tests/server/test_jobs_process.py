"""Jobs in real processes."""

import asyncio
import os
import signal

import numpy as np
import pytest

from app.protocol import LABELS
from app.server.engines.numpy_engine import NumpyEngine
from app.server.jobs import Jobs, LocalRunner, Refusal
from app.server.limits import Limits
from app.server.training import ServedTrainer
from core.checkpoint import to_checkpoint
from core.data.samples import make_samples
from core.spec import (
    ANY,
    DataSpec,
    DropoutSpec,
    LinearSpec,
    NetworkSpec,
    OneHotSpec,
    RecurrentSpec,
    TrainSpec,
    mlp,
    to_json,
)
from core.training import Trainer
from tests.server.jobs_helpers import POINTS, hear, submit

LETTERS = (
    NetworkSpec((ANY,), (OneHotSpec(30), RecurrentSpec("gru", 6), DropoutSpec(0.3),
                         LinearSpec(30))),
    DataSpec("text", 40, 0, 30, num_steps=5, streams=4),
    TrainSpec("cross_entropy", "adam", batch_size=4, carry_state=True, clip_norm=1.0),
)  # fmt: skip


def served(play, target=None, **limits):
    """Run a play with the jobs of one server, and end them."""

    async def whole():
        runner = LocalRunner(1, target) if target else LocalRunner()
        jobs = Jobs(Limits(**limits), runner, None)
        try:
            return await play(jobs)
        finally:
            await jobs.close()

    return asyncio.run(whole())


def train_here(specs, count):
    """What an engine of this very process computes, and, where it goes layer by layer, the core."""
    network, data, train = specs
    trainer = ServedTrainer(network, make_samples(data), train, lambda t: NumpyEngine(t, "CPU"))
    trainer.advance(count)
    return trainer.snapshot()


def same(arrays, snapshot):
    wanted = to_checkpoint(snapshot)[1]
    assert arrays.keys() == wanted.keys()
    for name in wanted.keys() - {"history"}:  # scored at other steps
        np.testing.assert_array_equal(arrays[name], wanted[name], err_msg=name)


def test_a_job_computes_what_the_core_does_bit_for_bit():
    async def play(jobs):
        job = jobs.submit("anna", submit(LETTERS), {})
        ear = hear(jobs, job)
        jobs.order("anna", {"type": "step", "job": job.id, "count": 37})
        await ear.until(lambda m: m["type"] == "progress" and m["step"] == 37)
        return await jobs.look(job.id, True), await jobs.look(job.id, False), [*ear.heard]

    (message, arrays), (_, few), heard = served(play)
    here = Trainer(*LETTERS, 300)
    for _ in range(37):
        here.step()
    same(arrays, here.snapshot())
    assert (message["step"], message["epoch"]) == (here.step_count, here.epoch)
    assert message["train"]["loss"] == here.scores()[0].loss
    assert message["test"]["metric"] == here.scores()[1].metric
    assert few.keys() == {"parameters", "history", "carried.1/0/h"}
    states = [(m["state"], m["engine"]) for m in heard if m["type"] == "state"]
    assert states == [("paused", ""), ("paused", "numpy"), ("running", "numpy"),
                      ("paused", "numpy")]  # fmt: skip


def test_the_same_numbers_after_coming_back_and_after_beginning_anew():
    """Left alone for a while, then taken to a new job by a checkpoint."""

    async def play(jobs):
        first = jobs.submit("anna", submit(LETTERS), {})
        ear = hear(jobs, first)
        jobs.order("anna", {"type": "step", "job": first.id, "count": 10})
        jobs.detach(first.id, ear)
        again = hear(jobs, first, after=1)
        await again.until(lambda m: m["type"] == "progress" and m["step"] == 10)
        assert next(m["seq"] for m in again.heard if m["type"] == "state") == 2
        message, arrays = await jobs.look(first.id, True)
        jobs.order("anna", {"type": "cancel", "job": first.id})
        second = jobs.submit("anna", submit(LETTERS, checkpoint=message["checkpoint"]), arrays)
        ear = hear(jobs, second)
        jobs.order("anna", {"type": "pause", "job": second.id})
        await ear.state("paused", "numpy")
        jobs.order("anna", {"type": "step", "job": second.id, "count": 15})
        await ear.until(lambda m: m["type"] == "progress" and m["step"] == 25)
        return (await jobs.look(second.id, True))[1], await jobs.look(first.id, True)

    arrays, (last, _) = served(play)
    same(arrays, train_here(LETTERS, 25))
    assert last["step"] == 10


def test_a_killed_process_fails_its_job_and_the_next_one_runs():
    async def play(jobs):
        first, second = (jobs.submit(name, submit(POINTS, play=True), {}) for name in "ab")
        one, two = hear(jobs, first), hear(jobs, second)
        await one.state("running", "numpy")
        pid = jobs._at_work[first.id].run.process.pid
        os.kill(pid, signal.SIGSTOP)  # so that it cannot answer
        looked = asyncio.ensure_future(jobs.look(first.id, True))
        os.kill(pid, signal.SIGKILL)
        failed = await one.state("failed")
        await two.until(lambda m: m["type"] == "progress" and m["step"] > 0)
        with pytest.raises(Refusal, match="no last checkpoint"):
            await looked
        return failed["text"]

    assert served(play) == "the process that trained it was ended by signal SIGKILL"


def hang(pipe):
    """A process that takes its job and never says a word."""
    pipe.recv()
    while True:
        signal.pause()


def test_a_stuck_process_is_ended():
    async def play(jobs):
        job = jobs.submit("anna", submit(POINTS), {})
        ear = hear(jobs, job)
        process = jobs._at_work[job.id].run.process
        failed = await ear.state("failed")
        with pytest.raises(Refusal, match="no last checkpoint"):
            await jobs.look(job.id, False)
        return failed["text"], process

    text, process = served(play, hang, stuck_s=0.5)
    assert text == "it gave no sign for 0.5 s and was ended"
    assert process.exitcode == -signal.SIGKILL


def test_a_cancelled_job_that_does_not_leave_is_ended():
    async def play(jobs):
        job = jobs.submit("anna", submit(POINTS), {})
        at_work = jobs._at_work[job.id]
        jobs.order("anna", {"type": "cancel", "job": job.id})
        assert job.state == "cancelled"
        with pytest.raises(Refusal, match="no last checkpoint"):
            await jobs.look(job.id, False)
        return at_work.run.process.exitcode

    assert served(play, hang, leave_s=0.2) == -signal.SIGKILL


def test_limits_end_a_job_with_its_numbers_kept():
    async def play(jobs):
        job = jobs.submit("anna", submit(POINTS, play=True), {})
        done = await hear(jobs, job).state("done")
        return done["text"], await jobs.look(job.id, True)

    text, (message, arrays) = served(play, max_steps=33)
    assert text == "it took 33 steps, the most of a job on this server"
    assert message["step"] == 33
    same(arrays, train_here(POINTS, 33))


def test_a_paused_job_cannot_stay_for_ever():
    async def play(jobs):
        job = jobs.submit("anna", submit(POINTS), {})
        return (await hear(jobs, job).state("done"))["text"]

    text = served(play, max_seconds=0.1)
    assert text == "it was at work for 0.1 s, the longest on this server"


def test_what_diverges_is_paused_and_can_be_looked_at():
    wild = (mlp(2, (4,), 1, activation="relu"), POINTS[1],
            TrainSpec(learning_rate=1000.0, dtype="float32"))  # fmt: skip

    async def play(jobs):
        job = jobs.submit("anna", submit(wild, play=True), {})
        ear = hear(jobs, job)
        text = (await ear.until(lambda m: m.get("state") == "paused"))["text"]
        jobs.order("anna", {"type": "play", "job": job.id})
        await ear.until(lambda m: m.get("seq", 0) == 4 and m["type"] == "state")
        message, _ = await jobs.look(job.id, True)
        return text, message, job.state

    text, message, state = served(play)
    assert text == message["checkpoint"]["message"] != ""
    assert message["train"]["loss"] is None
    assert state == "paused"


@pytest.mark.parametrize(("change", "text"), [
    ({"checkpoint": {"step": -1}}, "step is -1; it must be a whole number"),
    ({"network": to_json(mlp(3, (4,), 1))}, "must be N × 3"),
])  # fmt: skip
def test_what_only_the_process_finds_out_fails_the_job(change, text):
    async def play(jobs):
        job = jobs.submit("anna", submit(POINTS) | change, {})
        return (await hear(jobs, job).state("failed"))["text"]

    assert text in served(play)


def test_the_engine_is_chosen_and_says_why_and_the_next_job_need_not_find_it_out():
    async def play(jobs):
        told = []
        for seed, learner in enumerate("ab"):
            job = jobs.submit(learner, submit(POINTS, engine="auto", seed=seed), {})
            told.append(await hear(jobs, job).until(lambda m: m["type"] == "state" and m["engine"]))
            jobs.order(learner, {"type": "cancel", "job": job.id})
        return told

    first, second = served(play)
    assert first["state"] == "paused"
    assert LABELS[first["engine"]] in first["text"]
    assert "steps a second of this network" in first["text"]
    alike = ("state", "engine", "device", "text")  # the rates as they were measured, too
    assert [first[name] for name in alike] == [second[name] for name in alike]
