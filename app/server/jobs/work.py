"""What is done where a job runs: train in short slices, and look at orders between them.

Orders come in as {type: play | pause | step, count | tune, train | finish, state, text | look,
look, whole}. What goes out:

    alive    {}                                   a sign of life, where nothing else is to be said
    chose    {engine, device, text}               the fastest engine, if it was measured
    state    {state, engine, device, text}
    progress {step, epoch, batch, …}              as app.protocol says
    looked   {look, checkpoint, …progress}, arrays
    last     {checkpoint, …progress}, arrays      where training stands as it ends
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Protocol

from app.protocol import ENDS
from app.protocol.frames import Message, Tensors
from app.server.engines.base import Engine, Task
from app.server.engines.choice import AUTO, Choice, engine_for
from app.server.jobs.assignment import Assignment
from app.server.jobs.pace import Pace, ScoreTimer
from app.server.training import ServedTrainer
from core.checkpoint import from_checkpoint
from core.snapshot import Score
from core.spec import TrainSpec, from_json

TELL_S = 0.1  # between two messages of progress
ALIVE_S = 1.0  # between two signs of life while nothing is to be done
LONG_S = 300.0  # for which what takes long is not taken for stuck
MAX_SCORED = 300  # samples of each set
COUNTS = {"step": "step_count", "epoch": "epoch", "batch": "batch", "num_batches": "num_batches"}


class Line(Protocol):
    """Between a job and who watches over it. Raises EOFError or OSError when that one is gone."""

    def send(self, message: Message, arrays: Tensors) -> None: ...

    def receive(self, seconds: float) -> Message | None:
        """The next order, waited for so long; None when there is none."""


@contextmanager
def signs_of(line: Line) -> Iterator[None]:
    """Give signs of life for what may take long, but not for ever: to build, choose, and score.
    Nothing else may be sent meanwhile."""
    is_over, start = threading.Event(), time.monotonic()

    def give() -> None:
        while not is_over.wait(ALIVE_S) and time.monotonic() - start < LONG_S:
            line.send({"type": "alive"}, {})

    thread = threading.Thread(target=give, daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def work(line: Line, assignment: Assignment, device: str = "") -> None:
    """A whole job, whatever happens in it; on a device by name, or the engine's best."""
    try:
        Work(line, assignment, device).run()
    except (EOFError, BrokenPipeError, ConnectionError):
        return  # nobody is there who could be told
    except Exception as error:
        if not isinstance(error, ValueError | MemoryError):
            logging.getLogger(__name__).exception("a job failed")
        line.send({"type": "state", "state": "failed", "text": describe(error)}, {})


def describe(error: Exception) -> str:
    """Errors of value are written for learners; others are ours, and tell their kind."""
    if isinstance(error, MemoryError):
        return "there is not enough memory for this network and batch size on this server"
    return str(error) if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"


class Work:
    """One job, from its samples to its end. Raises ValueError where it cannot be done."""

    choice: Choice  # of its engine; made with the trainer

    def __init__(self, line: Line, assignment: Assignment, device: str = "") -> None:
        self.line, self.assignment, self.device = line, assignment, device
        self.start = time.monotonic()
        self.is_over = False
        self.left: int | None = None  # batches of a `step` that are still to be taken
        self.pace, self.timer = Pace(), ScoreTimer()
        self._told_at = -math.inf
        self._mean_loss: float | None = None
        with signs_of(line):
            self.trainer = self._make_trainer()
        self.first = self.trainer.step_count
        self.is_playing = assignment.play and not self.trainer.message

    def _make_trainer(self) -> ServedTrainer:
        order = self.assignment
        trainer = ServedTrainer(order.network, order.samples(), order.train, self._make_engine,
                                MAX_SCORED)  # fmt: skip
        if order.checkpoint is not None:
            start = trainer.snapshot(rescore=False)
            # Of an uploaded file, the page may hold no more than some samples to look at.
            is_same = "spec" in order.data
            trainer.restore(from_checkpoint(start, order.checkpoint, order.arrays, is_same))
            trainer.take_scores(trainer.step_count, *trainer.scores())
        assert trainer.engine.device  # made here, if scoring did not need it
        return trainer

    def _make_engine(self, task: Task) -> Engine:
        order = self.assignment
        engine, self.choice = engine_for(task, order.engine, self.device, order.known)
        return engine

    def run(self) -> None:
        if self.assignment.engine == AUTO and self.choice is not self.assignment.known:
            self.line.send({"type": "chose", **asdict(self.choice)}, {})
        self._say_state(self.trainer.message or self.choice.text)
        self._tell()
        while not self.is_over:
            self._listen()
            if self.is_playing and not self.is_over:
                self._train()
        self.trainer.engine.close()

    def _listen(self) -> None:
        """Obey what came; while paused, wait for it."""
        order = self.line.receive(0 if self.is_playing else ALIVE_S)
        while order is not None and not self.is_over:
            self.obey(order)
            order = self.line.receive(0)
        if not self.is_playing and not self.is_over:
            self._sign()
            self._check_limits()

    def obey(self, order: Message) -> None:
        getattr(self, f"_{order['type']}")(order)

    def _play(self, order: Message) -> None:
        self._go(None)

    def _step(self, order: Message) -> None:
        self._go(order["count"])

    def _go(self, left: int | None) -> None:
        """On with training; once it has diverged there is no way on."""
        self.left, self.is_playing = left, not self.trainer.message
        self._say_state(self.trainer.message)

    def _pause(self, order: Message) -> None:
        self._rest("")

    def _rest(self, text: str) -> None:
        """Stand still, and say so at once: to score a large network may take a while."""
        self.is_playing, self.left = False, None
        self._say_state(text)
        self._score(hurry=False)
        self._tell()

    def _tune(self, order: Message) -> None:
        self.trainer.tune(from_json(TrainSpec, order["train"]))

    def _look(self, order: Message) -> None:
        self._score(hurry=self.is_playing)
        plain, arrays = self._stand(order["whole"])
        self.line.send({"type": "looked", "look": order["look"], **plain}, arrays)

    def _stand(self, whole: bool) -> tuple[Message, Tensors]:
        """Where training stands; in full, or without what only training needs."""
        plain, arrays = self.trainer.checkpoint(whole)
        return {"checkpoint": plain, **self._progress()}, arrays

    def _finish(self, order: Message) -> None:
        """Leave, and leave behind what was learnt."""
        assert order["state"] in ENDS
        self.is_playing, self.is_over = False, True
        self._tell()
        plain, arrays = self._stand(whole=True)
        if sum(each.nbytes for each in arrays.values()) <= self.assignment.limits.kept_bytes:
            self.line.send({"type": "last", **plain}, arrays)
        self.line.send({"type": "state", "state": order["state"], "text": order["text"]}, {})

    def _train(self) -> None:
        """One slice, as long as a hand does not notice."""
        start = time.perf_counter()
        taken = self.trainer.advance(self.pace.count(self._most()))
        self.pace.measure(taken, time.perf_counter() - start)
        if self.left is not None:
            self.left -= taken
        if self.trainer.message or self.left == 0:
            self._rest(self.trainer.message)
        elif time.monotonic() - self._told_at >= TELL_S:
            self._score(hurry=True)
            self._tell()
        self._check_limits()

    @property
    def _num_left(self) -> int:
        """Batches until the limit."""
        return self.assignment.limits.max_steps - (self.trainer.step_count - self.first)

    def _most(self) -> int:
        """Batches that the next slice may take."""
        return self._num_left if self.left is None else min(self.left, self._num_left)

    def _check_limits(self) -> None:
        limits = self.assignment.limits
        if self._num_left <= 0:
            self._end(f"it took {limits.max_steps} steps, the most of a job on this server")
        elif time.monotonic() - self.start >= limits.max_seconds:
            self._end(f"it was at work for {limits.max_seconds:g} s, the longest on this server")

    def _end(self, text: str) -> None:
        if not self.is_over:
            self._score(hurry=False)
            self._finish({"state": "done", "text": text})

    def _score(self, hurry: bool) -> None:
        """Score the network as it is; in a hurry, only when enough time has passed."""
        is_scored = self.trainer.scored_step == self.trainer.step_count
        if not is_scored and (self.timer.is_due or not hurry):
            with self.timer, signs_of(self.line):
                self.trainer.take_scores(self.trainer.step_count, *self.trainer.scores())

    def _tell(self) -> None:
        self._told_at = time.monotonic()
        self._mean_loss = finite(self.trainer.mean_loss())
        self.line.send({"type": "progress", **self._progress()}, {})

    def _progress(self) -> Message:
        train, test = self.trainer.latest
        counts = {name: getattr(self.trainer, attribute) for name, attribute in COUNTS.items()}
        return counts | {
            "loss": self._mean_loss, "scored": self.trainer.scored_step, "train": told(train),
            "test": told(test), "steps_per_second": round(self.pace.rate, 3),
        }  # fmt: skip

    def _say_state(self, text: str) -> None:
        engine = self.trainer.engine
        self.line.send({
            "type": "state", "state": "running" if self.is_playing else "paused",
            "engine": engine.name, "device": engine.device, "text": text,
        }, {})  # fmt: skip

    def _sign(self) -> None:
        self.line.send({"type": "alive"}, {})


def finite(value: float) -> float | None:
    """A number as JSON can say it."""
    return float(value) if math.isfinite(value) else None


def told(score: Score | None) -> Message | None:
    """A score as JSON can say it."""
    if score is None:
        return None
    return {"loss": finite(score.loss), "metric": finite(score.metric)}
