"""Real jobs in real processes, through the socket; and the program itself, from start to Ctrl-C."""

import asyncio
import errno
import hashlib
import io
import os
import signal
import subprocess
import sys
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

from app.protocol import CLOSED, PATH, SUBPROTOCOL
from app.server.engines.numpy_engine import NumpyEngine
from app.server.jobs import Jobs, LocalRunner
from app.server.limits import Limits
from app.server.store import Store
from app.server.training import ServedTrainer
from core.spec import DataSpec, TrainSpec, mlp, to_json
from tests.server.helpers import HELLO, Page, greeted, serving

POINTS = (mlp(2, (4,), 1), DataSpec("circles", 45), TrainSpec(optimizer="momentum", seed=3))


def submit(play=False, engine="numpy", specs=POINTS):
    network, data, train = specs
    return {
        "type": "submit", "network": to_json(network), "data": {"spec": to_json(data)},
        "train": to_json(train), "engine": engine, "play": play, "checkpoint": None,
    }  # fmt: skip


@asynccontextmanager
async def training(folder, **limits):
    limits = Limits(**limits)
    store = Store(folder)
    async with serving(Jobs(limits, LocalRunner(), store), store, limits=limits) as running:
        yield running


async def state(page, wanted):
    while (told := await page.told("state"))["state"] != wanted or not told["engine"]:
        continue
    return told


async def stand(page, job):
    """Where training stands, by step and parameters."""
    await page.say({"type": "look", "id": "look", "job": job, "whole": True})
    while (heard := await page.hear())[0].get("id") != "look":
        continue
    message, arrays = heard
    assert message["type"] == "snapshot", message
    return message["step"], arrays["parameters"]


def same(parameters, wanted):
    """But for the last bits, which a BLAS rounds by where its memory happens to lie."""
    np.testing.assert_allclose(parameters, wanted, rtol=1e-12, atol=1e-15)


def test_a_lost_connection_changes_no_number(tmp_path):
    trainer = ServedTrainer(*POINTS, lambda task: NumpyEngine(task, "CPU"))
    wanted = []
    for _ in range(2):
        for _ in range(5):
            trainer.step()
        wanted.append(trainer.snapshot().parameters)

    async def scene():
        async with training(tmp_path) as running:
            page, _ = await greeted(running)
            job = (await page.ask(submit()))["job"]
            seq = (await state(page, "paused"))["seq"]
            await page.ask({"type": "step", "job": job, "count": 5})
            seq = (await state(page, "paused"))["seq"]
            step, parameters = await stand(page, job)
            assert step == 5
            same(parameters, wanted[0])
            await page.say({"type": "step", "id": "s", "job": job, "count": 5})
            page.socket.close()
            page, welcome = await greeted(running, jobs=[{"job": job, "after": seq}])
            assert welcome["jobs"] == [job]
            assert (await state(page, "paused"))["seq"] == seq + 2
            step, parameters = await stand(page, job)
            assert step == 10
            same(parameters, wanted[1])

    asyncio.run(scene())


def test_a_killed_process_is_told_and_the_next_job_runs(tmp_path):
    async def scene():
        async with training(tmp_path) as running:
            page, _ = await greeted(running)
            job = (await page.ask(submit(play=True)))["job"]
            await state(page, "running")
            (run,) = running.jobs.runner._runs
            os.kill(run.process.pid, signal.SIGKILL)
            end = await state(page, "failed")
            assert end["job"] == job
            assert "SIGKILL" in end["text"]
            await page.ask(submit(play=True))
            await state(page, "running")

    asyncio.run(scene())


def test_too_many_jobs_are_told_when_to_come_back(tmp_path):
    async def scene():
        async with training(tmp_path, queue=1) as running:
            page, _ = await greeted(running)
            told = [await page.ask(submit(play=True)) for _ in range(3)]
            assert [each["type"] for each in told] == ["accepted", "accepted", "error"]
            assert told[2]["reason"] == "busy"
            assert told[2]["retry_after"] > 0
            error = await page.ask(submit(specs=(*POINTS[:2], replace(POINTS[2], batch_size=4097))))
            assert error["reason"] == "limit"
            error = await page.ask(submit() | {"network": {"layers": "?"}})
            assert error["reason"] == "invalid"

    asyncio.run(scene())


def test_a_file_comes_in_pieces(tmp_path):
    data = os.urandom(1000)
    name = hashlib.sha256(data).hexdigest()

    async def scene():
        async with training(tmp_path) as running:
            page, _ = await greeted(running)
            for start, end in ((0, 600), (600, 600), (600, 1000)):
                piece = np.frombuffer(data[start:end], np.uint8)
                told = await page.ask({"type": "upload", "sha256": name, "total": 1000,
                                       "offset": start}, {"bytes": piece})  # fmt: skip
                assert (told["type"], told["offset"]) == ("received", end)
            assert (tmp_path / name).read_bytes() == data
            error = await page.ask({"type": "open", "sha256": name, "kind": "idx", "options": {}})
            assert error["type"] == "error"
            for bad in ({"sha256": "../x"}, {"total": -1}, {"offset": 1.5}, {"total": 2**60}):
                error = await page.ask({"type": "upload", "sha256": "0" * 64, "total": 1000,
                                        "offset": 0} | bad, {"bytes": piece})  # fmt: skip
                assert error["reason"] in ("invalid", "limit")

    asyncio.run(scene())


def test_a_full_disk_is_said_and_the_file_goes_on_later(tmp_path, monkeypatch):
    class Full(io.BytesIO):
        def write(self, data):
            raise OSError(errno.ENOSPC, "No space left on device")

    real = Path.open

    async def scene():
        async with training(tmp_path) as running:
            page, _ = await greeted(running)
            piece = {"bytes": np.arange(4, dtype=np.uint8)}
            asked = {"type": "upload", "sha256": hashlib.sha256(bytes(range(4))).hexdigest(),
                     "total": 4, "offset": 0}  # fmt: skip
            monkeypatch.setattr(Path, "open", lambda self, *args, **kwargs: Full())
            error = await page.ask(asked, piece)
            assert (error["reason"], "disk is full" in error["text"]) == ("storage", True)
            monkeypatch.setattr(Path, "open", real)
            assert (await page.ask(asked, piece))["offset"] == 4

    asyncio.run(scene())


def test_ctrl_c_tells_jobs_and_ends_everything(tmp_path):
    program = subprocess.Popen(
        [sys.executable, "-m", "app.server", "--port", "0", "--engine", "numpy",
         "--data-folder", str(tmp_path)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    said = []
    for line in program.stdout:
        said.append(line)
        if "Ctrl-C" in line:
            break
    address, token = said[0].split()[-1].split("/#token=")
    assert said[1].split()[2].startswith(f"{address.rsplit(':', 1)[1]}-")
    assert any("NumPy on CPU" in line for line in said)

    async def scene():
        url = f"{address.replace('http', 'ws')}{PATH}"
        request = HTTPRequest(url, headers={"Origin": address})
        page = Page(await websocket_connect(request, subprotocols=[SUBPROTOCOL, f"key.{token}"]))
        await page.say(HELLO)
        await page.told("welcome")
        await page.ask(submit(play=True))
        await state(page, "running")
        program.send_signal(signal.SIGINT)
        assert (await state(page, "cancelled"))["text"] == "the server was stopped"
        assert await page.closed() == CLOSED["ended"]

    asyncio.run(scene())
    out, errors = program.communicate(timeout=20)  # until no process of it writes any more
    assert (program.returncode, errors) == (0, "")
    assert token not in out
