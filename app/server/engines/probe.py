"""Asks an engine in a process of its own: a driver that crashes there takes nothing else along, and
this process need not import what an engine needs.

    python -m app.server.engines.probe MODULE CLASS

reads questions and answers them, one JSON object a line:

    {}                         {devices: [{device, software}]}
    {network, train}           {devices, obstacle}
    {network, train, device}   {seconds} that one step takes

and {error, missing} where that fails; `missing` tells that the engine is not installed.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

import numpy as np

from app.server.engines.base import Engine, Place, Task
from app.server.engines.catalogue import load
from core.network import Network
from core.optimizers import make_optimizer
from core.spec import ANY, NetworkSpec, TrainSpec, from_json

Message = dict[str, Any]
ROOT = Path(__file__).resolve().parents[3]
LENGTH = 32  # of sequences that may have any
STOPPED = (-signal.SIGINT, -signal.SIGTERM)  # which the whole of a terminal hears
TIMED_S, MOST_STEPS = 0.3, 50  # of what is timed


class Broken(Exception):
    """An engine gave no answer; the message says how, as the end of a sentence. is_missing: because
    it is not installed; is_stopped: because all of this program was."""

    def __init__(self, how: str, is_missing: bool = False, is_stopped: bool = False) -> None:
        super().__init__(how)
        self.is_missing, self.is_stopped = is_missing, is_stopped


class Probe:
    """Our end. Use it in a with statement: the process ends with it."""

    def __init__(self, module: str, called: str) -> None:
        path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]).strip(os.pathsep)
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115, it lives as long as we
        self._process = subprocess.Popen(
            [sys.executable, "-m", "app.server.engines.probe", module, called], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._complaints,
            env={**os.environ, "PYTHONPATH": path},
        )  # fmt: skip
        self._answers: SimpleQueue[Message | None] = SimpleQueue()
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self._answers.put(json.loads(line))
        self._answers.put(None)

    def ask(self, question: Message, seconds: float) -> Message:
        """The answer; raises Broken where there is none within so many seconds."""
        self.tell(question)
        return self.answer(seconds)

    def tell(self, question: Message) -> None:
        """A question, whose answer is fetched later."""
        assert self._process.stdin
        try:
            self._process.stdin.write(json.dumps(question) + "\n")
            self._process.stdin.flush()
        except OSError:
            return  # it has ended, as `answer` will say

    def answer(self, seconds: float) -> Message:
        try:
            answer = self._answers.get(timeout=seconds)
        except Empty:
            raise Broken(f"gave no answer within {seconds:.0f} s") from None
        if answer is None:
            status = self._process.wait()
            how = f"crashed: its process ended with status {status}"
            raise Broken(how, is_stopped=status in STOPPED)
        if "error" in answer:
            raise Broken(answer["error"], answer["missing"])
        return answer

    def kill(self) -> None:
        """It may still be at work."""
        self._process.kill()

    def complaints(self) -> str:
        """The end of what it wrote to its error output."""
        self._complaints.seek(0)
        return self._complaints.read().decode(errors="replace")[-2000:]

    def __enter__(self) -> Probe:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self._process.wait()
        self._reader.join()
        for end in (self._process.stdin, self._process.stdout, self._complaints):
            assert end
            try:
                end.close()
            except OSError:
                continue  # a question that was never read


def made_up(network: NetworkSpec, train: TrainSpec) -> Task:
    """A batch of numbers of the right shapes."""
    inner, outer = ([train.batch_size, *(LENGTH if size == ANY else size for size in shape)]
                    for shape in (network.input_shape, network.output_shape))  # fmt: skip
    inputs = np.random.default_rng(0).normal(size=inner).astype(train.dtype)
    if network.takes_tokens:
        inputs = np.zeros(inner, np.int64)
    if train.loss == "cross_entropy":
        return Task(network, train, inputs, np.zeros(outer[:-1], np.int64))
    return Task(network, train, inputs, np.zeros(outer, train.dtype))


def start_of(task: Task) -> Place:
    """Freshly drawn weights."""
    train = task.train
    rng = np.random.default_rng(train.seed)
    network = Network(task.network, train.dtype)
    network.initialize(rng)
    optimizer = make_optimizer(train.optimizer, network.parameters, train.learning_rate,
                               train.momentum)  # fmt: skip
    return Place(network.parameters, network.gradients, optimizer.state, 0, network.state(), {},
                 rng)  # fmt: skip


def seconds_of(made: type[Engine], device: str, network: NetworkSpec, train: TrainSpec) -> float:
    """How long one step takes, once all is prepared."""
    task = made_up(network, train)
    engine, rows = made(task, device), np.arange(train.batch_size)
    engine.load(start_of(task))

    def timed(steps: int) -> float:
        start = time.perf_counter()
        engine.run(np.tile(rows, steps), len(rows))
        return (time.perf_counter() - start) / steps

    timed(1)  # what is compiled, or laid out, is so once
    return timed(max(1, min(MOST_STEPS, int(TIMED_S / max(timed(1), 1e-6)))))


def answer(made: type[Engine], question: Message) -> Message:
    if "network" not in question:
        network = train = None
    else:
        network = from_json(NetworkSpec, question["network"])
        train = from_json(TrainSpec, question["train"])
    if network and train and "device" in question:
        return {"seconds": seconds_of(made, question["device"], network, train)}
    devices = [{"device": each, "software": made.is_software(each)} for each in made.devices()]
    obstacle = made.obstacle(network, train) if network and train else ""
    return {"devices": devices, "obstacle": obstacle}


def main(module: str, called: str) -> None:
    """Answer until there are no more questions. What libraries print goes to the error output."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    for line in sys.stdin:
        try:
            said = answer(load(module, called), json.loads(line))
        except ImportError as error:
            said = {"error": f"is not installed ({error})", "missing": True}
        except Exception as error:
            said = {"error": f"failed: {error}", "missing": False}
        out.write(json.dumps(said) + "\n")
        out.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
