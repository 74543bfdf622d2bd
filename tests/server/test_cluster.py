"""Jobs of a class on two workers of a cluster, each a process."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from distributed import LocalCluster

from app.server.cluster import ClusterMachine, DaskRunner
from app.server.cluster.workers import Workers
from app.server.command import main
from app.server.jobs import Jobs
from app.server.limits import Limits
from core.checkpoint import to_checkpoint
from core.data.samples import make_samples
from core.spec import from_json
from core.spec.data import DataSpec
from core.training import Trainer
from tests.server.helpers import SOON
from tests.server.jobs_helpers import POINTS, hear, submit


class Files:
    """Files of learners that only this machine has."""

    def hold(self, reference):
        pass

    def release(self, reference):
        pass

    def samples(self, reference):
        return make_samples(from_json(DataSpec, reference["options"]))


async def scene(cluster):
    """All in one, as workers take seconds to begin."""
    told = []
    runner = await DaskRunner.connect(cluster.scheduler_address, told.append)
    jobs = Jobs(Limits(leave_s=1.0), runner, Files())
    assert told == [f"· places for jobs on the workers of {cluster.scheduler_address}: 2"]
    assert (runner.places, runner.workers.resource) == (2, "CPU")
    assert await ClusterMachine(runner, "numpy", "").settle("auto") == "numpy"
    try:
        await two_at_once_and_the_third_waits(jobs)
        await numbers_come_back(jobs)
        await a_killed_worker_fails_its_job(jobs)
    finally:
        await jobs.close()


async def two_at_once_and_the_third_waits(jobs):
    told = [jobs.submit(name, submit(play=True), {}) for name in ("anna", "bert", "carl")]
    ears = [hear(jobs, job) for job in told]
    for ear in ears[:2]:
        await ear.state("running", "numpy")
        await ear.until(lambda m: m["type"] == "progress" and m["step"] > 0)
    assert told[2].state == "waiting"
    jobs.order("anna", {"type": "pause", "job": told[0].id})
    await ears[0].state("paused")
    jobs.order("anna", {"type": "cancel", "job": told[0].id})
    await ears[2].state("running", "numpy")
    message, arrays = await jobs.look(told[0].id, True)
    assert message["step"] == message["checkpoint"]["step"] > 0
    assert "gradients" in arrays
    for job, name in zip(told[1:], ("bert", "carl"), strict=True):
        jobs.order(name, {"type": "cancel", "job": job.id})


async def numbers_come_back(jobs):
    """Of a file that only the server has: its samples go along."""
    opened = {"data": {"opened": "x", "options": {"name": "circles", "num_samples": 45}}}
    job = jobs.submit("anna", submit() | opened, {})
    ear = hear(jobs, job)
    await ear.state("paused", "numpy")
    jobs.order("anna", {"type": "step", "job": job.id, "count": 12})
    await ear.until(lambda m: m["type"] == "progress" and m["step"] == 12)
    _, arrays = await jobs.look(job.id, True)
    here = Trainer(*POINTS)
    for _ in range(12):
        here.step()
    for name, array in to_checkpoint(here.snapshot())[1].items():
        if name != "history":
            np.testing.assert_allclose(arrays[name], array, rtol=1e-9, atol=1e-12)
    jobs.order("anna", {"type": "cancel", "job": job.id})


async def a_killed_worker_fails_its_job(jobs):
    job = jobs.submit("anna", submit(play=True), {})
    ear = hear(jobs, job)
    await ear.state("running", "numpy")
    pid = await jobs.runner._client.run(os.getpid, workers=[jobs._at_work[job.id].run.worker])
    os.kill(*pid.values(), signal.SIGKILL)
    assert (await ear.state("failed"))["text"] == "the machine that trained it is gone"
    again = jobs.submit("anna", submit(), {})
    await hear(jobs, again).state("paused", "numpy")


def test_a_class():
    async def whole():
        async with LocalCluster(n_workers=2, threads_per_worker=1, resources={"CPU": 1},
                                dashboard_address=":0", asynchronous=True) as cluster:  # fmt: skip
            await scene(cluster)

    asyncio.run(whole())


class Scheduler:
    """Of a cluster whose workers, by name, have these resources, and Glassnet or not."""

    def __init__(self, **workers):
        self.workers, self.scheduler, self.asked = workers, self, []

    async def identity(self, n_workers):
        return {"workers": {name: {"resources": each[0]} for name, each in self.workers.items()}}

    async def run(self, function, *args, workers, on_error):
        self.asked += workers
        return {name: self.workers[name][1] or None for name in workers}


def test_which_workers_there_are_is_said_whenever_it_changes():
    async def scene():
        scheduler, told = Scheduler(), []
        workers = Workers(scheduler, "tcp://x", told.append)

        async def look(**now):
            scheduler.workers = now
            await workers.look()
            await workers.look()
            return workers.able, workers.places, workers.resource

        assert await look() == ((), 0, "")
        assert await look(a=({}, True)) == ((), 0, "")
        assert await look(a=({}, True), b=({"GPU": 2}, False)) == ((), 0, "")
        gpu = {"a": ({"CPU": 4}, True), "c": ({"GPU": 1.0}, True)}
        assert await look(**gpu) == (("c",), 1, "GPU")
        assert await look(**gpu, d=({"GPU": 2}, True)) == (("c", "d"), 3, "GPU")
        assert await look(a=({"CPU": 4}, True)) == ((), 0, "GPU")
        beginnings = ["· no worker", "· the workers have no place", "· b cannot import Glassnet",
                      "· places for jobs on the workers of tcp://x: 1",
                      "· places for jobs on the workers of tcp://x: 3",
                      "· the workers have no place"]  # fmt: skip
        for text, words in zip(told, beginnings, strict=True):
            assert text.startswith(words)
        assert "dask worker tcp://x " in told[0]
        assert sorted(scheduler.asked) == ["a", "b", "c", "d"]

    asyncio.run(scene())


def test_where_no_scheduler_is_the_command_says_so(capsys):
    with pytest.raises(SystemExit):
        main(["--cluster", "nonsense://there"])
    assert "✗ glassnet-server: --cluster nonsense://there: " in capsys.readouterr().err


def test_a_scheduler_without_glassnet_is_told_apart(tmp_path, capsys):
    told = tmp_path / "scheduler.json"
    dask = [sys.executable, "-P", "-m", "distributed.cli.dask_scheduler"]
    process = subprocess.Popen([*dask, "--host", "127.0.0.1", "--port", "0", "--no-dashboard",
                                "--scheduler-file", told], cwd=tmp_path)  # fmt: skip
    try:
        until = time.monotonic() + SOON
        while not told.exists() and time.monotonic() < until:
            time.sleep(0.1)
        with pytest.raises(SystemExit):
            main(["--cluster", json.loads(told.read_text())["address"]])
    finally:
        process.terminate()
        process.wait(SOON)
    assert "the scheduler cannot import Glassnet. Install it there" in capsys.readouterr().err
