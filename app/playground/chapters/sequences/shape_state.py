"""What the learner chooses in R3: the shape of a task on sequences, and who learns it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import param

from app.playground.chapters.base import field
from app.playground.state import ChapterState
from core.spec import (
    ANY,
    DataSpec,
    LayerSpec,
    LinearSpec,
    NetworkSpec,
    OneHotSpec,
    RecurrentSpec,
    TrainSpec,
)

SAMPLES, HELD_OUT = 400, 100  # sequences in all, and of them those that are only for testing
LEAST, MOST = 4, 12  # steps
BATCH, CLIP = 16, 1.0
CELLS = {"rnn": "RNN", "lstm": "LSTM", "gru": "GRU"}
SYMBOLS = 3


@dataclass(frozen=True)
class Task:
    """`data` is its name among the data sets, `letters` those that its tokens stand for, `is_last`
    whether there is an answer at the end alone. `goal` is the mean squared error that counts as
    learnt; where there are classes, all answers must be right."""

    shape: str
    label: str
    data: str
    length: int
    said: str
    loss: str = "binary_cross_entropy"
    features: int = 1
    letters: str = ""
    num_classes: int = 2
    is_last: bool = False
    goal: float = 0.0

    @property
    def num_outputs(self) -> int:
        return self.num_classes if self.loss == "cross_entropy" else 1


TASKS = {
    "wave": Task(
        "One to many", "1 → n: a wave", "wave", 10,
        "An input at step 1 only, which says how fast the wave is; an answer at every step.",
        "mse", num_classes=1, goal=0.002,
    ),
    "last": Task(
        "Many to one", "n → 1: odd or even", "parity_last", 6,
        "One answer, from the last state: how likely the number of ones is odd.", is_last=True,
    ),
    "adding": Task(
        "Many to one", "n → 1: sum of two", "adding", 6,
        "Values, two of which are marked by a 1; one answer, from the last state: their sum.",
        "mse", features=2, num_classes=1, is_last=True, goal=0.01,
    ),
    "parity": Task(
        "Many to many", "n → n: odd or even", "parity", 8,
        "An answer at every step: how likely an odd number of ones has come so far.",
    ),
    "echo": Task(
        "Many to many, delayed", "n → n: say it later", "echo", 8,
        "The letter of two steps before. The first two answers do not count.",
        "cross_entropy", letters="ABC", num_classes=SYMBOLS,
    ),
    "copy": Task(
        "Many to many, read first", "n → n: say it again", "copy", 8,
        "After the sign ! the first letters are said again. Only those answers count.",
        "cross_entropy", letters="ABC·!", num_classes=SYMBOLS + 1,
    ),
}  # fmt: skip


class ShapeState(ChapterState):
    task = param.Selector(default="parity", objects=list(TASKS), label="Task")
    length = param.Integer(default=8, bounds=(LEAST, MOST), label="Steps",
                           doc="The length of the sequences")  # fmt: skip
    cell = param.Selector(default="rnn", objects=list(CELLS), label="Cell")
    hidden = param.Integer(default=16, bounds=(1, 32), label="Hidden units",
                           doc="Numbers of the state")  # fmt: skip
    rate = param.Number(default=0.02, bounds=(1e-4, 1), step=0.01, label="Learning rate")
    seed = param.Integer(default=0, bounds=(0, 999_999), label="Seed",
                         doc="The same seed gives the same data and the same start")  # fmt: skip
    sample = param.Integer(default=1, bounds=(1, HELD_OUT), label="Sample",
                           doc="Which of the test sequences is shown")  # fmt: skip
    step = param.Integer(default=1, bounds=(1, MOST), label="Step t",
                         doc="The step that is looked at")  # fmt: skip

    ADDRESS = {"task": "task", "length": "steps", "cell": "cell", "hidden": "hidden",  # noqa: RUF012
               "rate": "rate", "seed": "seed", "sample": "sample", "step": "t"}  # fmt: skip

    @property
    def chosen(self) -> Task:
        return TASKS[self.task]

    @property
    def at(self) -> int:
        """The step that is looked at, counted from 0."""
        return min(self.step, self.length) - 1

    @property
    def delay(self) -> int | None:
        """For the copy what makes both halves equally long."""
        return {"echo": 2, "copy": 2 + self.length % 2}.get(self.task)

    def network_spec(self) -> NetworkSpec:
        task = self.chosen
        first: list[LayerSpec] = [OneHotSpec(len(task.letters))] if task.data == "copy" else []
        if task.data == "echo":
            first = [OneHotSpec(SYMBOLS)]
        cell = RecurrentSpec(self.cell, self.hidden, returns="last" if task.is_last else "sequence")
        shape = (ANY,) if first else (ANY, task.features)
        return NetworkSpec(shape, (*first, cell, LinearSpec(task.num_outputs)))

    def data_spec(self) -> DataSpec:
        return DataSpec(self.chosen.data, SAMPLES, num_classes=self.chosen.num_classes,
                        test_fraction=HELD_OUT / SAMPLES, seed=self.seed, num_steps=self.length,
                        delay=self.delay)  # fmt: skip

    def train_spec(self) -> TrainSpec:
        return TrainSpec(self.chosen.loss, "adam", float(self.rate), BATCH, seed=self.seed,
                         dtype="float32", clip_norm=CLIP)  # fmt: skip

    def changed(self, name: str, value: Any) -> dict[str, Any]:
        """All parameters that change when the learner sets a field."""
        if name == "task":
            task = TASKS[value]
            step = task.length if task.is_last else 1
            return {"task": value, "length": task.length, "step": step}
        if name == "new_seed":
            return {"seed": (self.seed + 1) % 1_000_000}
        return {name: value}

    def fields(self) -> list[dict[str, Any]]:
        tasks = [{"value": n, "label": t.label} for n, t in TASKS.items()]
        cells = [{"value": name, "label": label} for name, label in CELLS.items()]
        return [
            field(self, "task", "select", "The shape", options=tasks),
            field(self, "length", "integer", "The shape"),
            field(self, "sample", "integer", "What is shown"),
            field(self, "step", "integer", "What is shown", max=self.length, value=self.at + 1),
            field(self, "cell", "select", "The network", options=cells),
            field(self, "hidden", "integer", "The network"),
            field(self, "rate", "number", "Training", scale="log", step=0.01),
            {"name": "new_seed", "label": "Other start", "kind": "button", "value": None,
             "group": "Training", "help": "Other data and weights, from the next seed"},
        ]  # fmt: skip
