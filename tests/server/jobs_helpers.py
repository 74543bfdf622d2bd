"""What tests of jobs share: a `submit`, and a runner that does only what a test makes it do."""

import asyncio
from collections import deque
from dataclasses import replace

import numpy as np

from app.server.jobs import Jobs, Run, Runner
from app.server.limits import Limits
from core.spec import DataSpec, TrainSpec, mlp, to_json

POINTS = (mlp(2, (4,), 1), DataSpec("circles", 45), TrainSpec(optimizer="momentum"))


def submit(specs=POINTS, play=False, checkpoint=None, engine="numpy", seed=0):
    network, data, train = specs
    train = replace(train, seed=seed)
    return {
        "type": "submit", "network": to_json(network), "train": to_json(train),
        "data": {"spec": to_json(data)}, "engine": engine, "play": play, "checkpoint": checkpoint,
    }  # fmt: skip


class FakeRun(Run):
    """Counts its steps. It obeys what it was told when the test says so."""

    def __init__(self, assignment, hear):
        self.assignment, self._hear = assignment, hear
        self.is_playing, self.step, self.rate = assignment.play, 0, assignment.train.learning_rate
        self.orders, self.is_gone = deque(), False

    def tell(self, order):
        self.orders.append(order)

    def kill(self):
        self.leave("it was killed")

    def leave(self, text):
        if not self.is_gone:
            self.is_gone = True
            self._hear({"type": "gone", "text": text}, {})

    def say(self, message, arrays=None):
        self._hear(message, arrays or {})

    def obey(self):
        while self.orders and not self.is_gone:
            order = self.orders.popleft()
            getattr(self, f"_{order['type']}")(order)

    def train(self, count=1):
        self.step += count
        self.say({"type": "progress", "step": self.step})

    def _state(self, state, text=""):
        self.say({"type": "state", "state": state, "engine": "fake", "device": "", "text": text})

    def _play(self, order):
        self.is_playing = order["type"] == "play"
        self._state("running" if self.is_playing else "paused")

    _pause = _play

    def _step(self, order):
        self._state("running")
        self.train(order["count"])
        self.is_playing = False
        self._state("paused")

    def _tune(self, order):
        self.rate = order["train"]["learning_rate"]

    def _look(self, order):
        arrays = self._arrays() if order["whole"] else {"parameters": np.full(4, self.step)}
        self.say({"type": "looked", "look": order["look"], "step": self.step}, arrays)

    def _finish(self, order):
        self.say({"type": "last", "step": self.step}, self._arrays())
        self._state(order["state"], order["text"])
        self.leave("")

    def _arrays(self):
        return {"parameters": np.full(4, self.step), "order": np.arange(4)}


class FakeRunner(Runner):
    def __init__(self, places=1):
        self._places, self.runs, self.is_closed = places, [], False

    @property
    def places(self):
        return self._places

    @property
    def at_work(self):
        return [run for run in self.runs if not run.is_gone]

    def start(self, assignment, hear):
        self.runs.append(FakeRun(assignment, hear))
        return self.runs[-1]

    async def close(self):
        self.is_closed = True
        for run in self.at_work:
            run.kill()


class Ear:
    """Hears a job, and waits until something was heard."""

    def __init__(self):
        self.heard, self._news = [], asyncio.Event()

    def __call__(self, message):
        self.heard.append(message)
        self._news.set()

    async def until(self, found):
        async with asyncio.timeout(60):  # for what comes at once, on a machine that is busy
            while not (hits := [m for m in self.heard if found(m)]):
                self._news.clear()
                await self._news.wait()
        return hits[0]

    async def state(self, name, engine=None):
        return await self.until(lambda m: m["type"] == "state" and m["state"] == name
                                and (engine is None or m["engine"] == engine))  # fmt: skip


def hear(jobs, job, after=0):
    ear = Ear()
    jobs.attach(job.id, after, ear)
    return ear


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
