"""What computes is looked for once, and tried before the first job."""

import asyncio
import os
import signal
import threading

import pytest

from app.server import machine as machines
from app.server import parity
from app.server.engines.choice import Candidate
from app.server.engines.numpy_engine import NumpyEngine
from app.server.machine import Machine
from app.server.parity import deviation
from app.server.refusal import Refusal

CARD, CPU = Candidate("torch", "Card"), Candidate("numpy", "CPU")


class Off(NumpyEngine):
    """Wrong in the fourth digit of its weights."""

    def run(self, rows, batch_size):
        losses = super().run(rows, batch_size)
        self.network.parameters[:] *= 1.001
        return losses


class Nowhere(NumpyEngine):
    def run(self, rows, batch_size):
        return super().run(rows, batch_size) * float("nan")


def off(engine, device):
    return "is off"


def ends(engine, device):
    os.kill(os.getpid(), signal.SIGKILL)


def right(engine, device):
    return ""


def test_right_numbers_pass_and_wrong_ones_are_named(monkeypatch):
    assert deviation("numpy", "CPU") == ""
    for made, what in ((Off, "its weights"), (Nowhere, "its loss")):
        monkeypatch.setattr(parity, "engine_class", lambda name, made=made: made)
        assert what in deviation("off", "CPU")


@pytest.mark.parametrize(
    ("tried", "engine", "asked", "given"),
    [
        (right, "auto", "auto", "auto"),
        (right, "auto", "torch", "torch"),
        (right, "numpy", "auto", "numpy"),
        (off, "auto", "auto", "numpy"),
        (ends, "auto", "auto", "numpy"),
        (off, "auto", "torch", "is off"),
        (off, "torch", "auto", "is off"),
        (ends, "auto", "torch", "failed at its first step"),
        (right, "torch", "numpy", "trains with torch alone"),
        (right, "auto", "abacus", "no such engine"),
    ],
)
def test_a_job_gets_an_engine_whose_numbers_are_right(monkeypatch, tried, engine, asked, given):
    def find(names=None):
        return tuple(each for each in (CARD, CPU) if names is None or each.engine in names)

    monkeypatch.setattr(machines, "find", find)

    async def scene():
        machine = Machine(engine, tried=tried)
        if " " not in given:
            assert await machine.settle(asked) == given
            return
        with pytest.raises(Refusal, match=given) as refused:
            await machine.settle(asked)
        assert refused.value.reason == "engine"

    asyncio.run(scene())


def test_engines_are_looked_for_once(monkeypatch):
    asked = []
    monkeypatch.setattr(machines, "find", lambda names=None: asked.append(names) or (CPU,))

    async def scene():
        machine = Machine()
        found = await asyncio.gather(*(machine.candidates() for _ in range(3)))
        assert found == [(CPU,)] * 3
        assert await machine.outlook() == "NumPy on CPU, all that is here"

    asyncio.run(scene())
    assert asked == [None]


def test_a_device_that_is_not_there_is_answered_by_those_that_are(monkeypatch):
    monkeypatch.setattr(machines, "find", lambda names=None: (CARD, CPU))

    async def scene():
        machine = Machine(device="Crad", tried=right)
        assert await machine.candidates() == ()
        said = await machine.outlook()
        assert "no device is called 'Crad'" in said
        assert "PyTorch on Card, NumPy on CPU" in said
        assert await Machine(device="CPU").outlook() == "NumPy on CPU, all that is here"

    asyncio.run(scene())


def test_a_page_does_not_wait_for_a_driver(monkeypatch):
    found = threading.Event()
    monkeypatch.setattr(machines, "PATIENCE_S", 0.01)
    monkeypatch.setattr(machines, "find", lambda names=None: found.wait() and (CPU,))

    async def scene():
        machine = Machine()
        told = {each["name"]: each for each in await machine.told()}
        assert not told["numpy"]["usable"]
        assert "looked for" in told["numpy"]["reason"]
        found.set()
        assert await machine.settle("auto") == "auto"
        assert await machine.told() == [CPU.told()]

    asyncio.run(scene())
