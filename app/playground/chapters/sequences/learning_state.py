"""What the learner chooses in R8, and the specifications that follow from it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import param

from app.playground.state import ChapterState
from core.data.names import DATASETS
from core.generation import MAX_TEMPERATURE
from core.optimizers import OPTIMIZERS
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

MAX_UNITS, MAX_DEPTH = 512, 4
PAGE_UNITS = 128  # of a layer; a page would take seconds for each batch of a larger one
ECHO_SYMBOLS = 4
HELD_OUT = 200  # sequences that are never learnt from


@dataclass(frozen=True)
class Task:
    """What is to be learnt: how many sequences there are, and what a score is called. `goal` is the
    score that counts as solved; a score is a share of what is right, or an error."""

    label: str
    samples: int
    score: str
    goal: float
    is_share: bool = True


TASKS = {
    "reber": Task("Embedded Reber grammar", 1000, "held-out strings understood", 0.99),
    "adding": Task("Adding problem", 3000, "held-out mean squared error", 0.01, False),
    "sine": Task("Sine: the next value", 600, "held-out mean squared error", 0.002, False),
    "echo": Task("Delayed echo", 1000, "held-out symbols right", 0.99),
    "text": Task("Text, character by character", 0, "held-out characters right", 1.0),
}
# What is good for a task to begin with.
USUAL: dict[str, dict[str, int]] = {
    "reber": {"hidden": 16, "batch": 32}, "adding": {"hidden": 32, "batch": 32},
    "sine": {"hidden": 16, "batch": 32}, "echo": {"hidden": 16, "batch": 32},
    "text": {"hidden": 64, "batch": 16},
}  # fmt: skip
# A network that a training server learns a text with.
LARGE: dict[str, Any] = {
    "task": "text", "cell": "lstm", "hidden": 512, "layers": 2, "length": 60, "batch": 32,
    "rate": 0.002, "optimizer": "adam", "clip": 1.0,
}  # fmt: skip
CELLS = {"rnn": "RNN", "lstm": "LSTM", "gru": "GRU"}


class LearningState(ChapterState):
    task = param.Selector(default="reber", objects=list(TASKS), label="Task")
    length = param.Integer(default=30, bounds=(1, 200), label="Sequence length",
                           doc="Steps that gradients go back through")  # fmt: skip
    delay = param.Integer(default=3, bounds=(1, 100), label="Delay",
                          doc="How many steps ago the symbol to be said was shown")  # fmt: skip
    cell = param.Selector(default="lstm", objects=list(CELLS), label="Cell")
    hidden = param.Integer(default=16, bounds=(1, MAX_UNITS), label="Units",
                           doc="The hidden size: units of a layer; more than "
                           f"{PAGE_UNITS} on a training server")  # fmt: skip
    layers = param.Integer(default=1, bounds=(1, MAX_DEPTH), label="Layers",
                           doc="Recurrent layers on top of each other")  # fmt: skip
    optimizer = param.Selector(default="adam", objects=list(OPTIMIZERS), label="Optimizer")
    rate = param.Number(default=0.01, bounds=(1e-5, 10), step=0.01, label="Learning rate")
    clip = param.Number(default=1.0, bounds=(0, 100), step=0.1, label="Clip norm",
                        doc="The gradient is shortened to this length; 0: never")  # fmt: skip
    batch = param.Integer(default=32, bounds=(1, 128), label="Batch size",
                          doc="Sequences in a step, or streams of a text")  # fmt: skip
    seed = param.Integer(default=0, bounds=(0, 999_999), label="Seed",
                         doc="The same seed gives the same data and the same start")  # fmt: skip
    sample = param.Integer(default=1, bounds=(1, HELD_OUT), label="Sample",
                           doc="Which of the held-out sequences is shown")  # fmt: skip
    layer = param.Integer(default=1, bounds=(1, MAX_DEPTH), label="Layer shown")
    unit = param.Integer(default=1, bounds=(1, MAX_UNITS), label="Unit shown")
    temperature = param.Number(default=0.8, bounds=(0, MAX_TEMPERATURE), step=0.1,
                               label="Temperature",
                               doc="0: the likeliest; low: the likely; high: anything")  # fmt: skip
    draw = param.Integer(default=0, bounds=(0, 999_999), label="Seed of the draws",
                         doc="The same seed writes the same text")  # fmt: skip

    ADDRESS = {name: name for name in (  # noqa: RUF012
        "task", "length", "delay", "cell", "hidden", "layers", "optimizer", "rate", "clip", "batch",
        "seed", "sample", "layer", "unit", "temperature", "draw",
    )}  # fmt: skip

    @property
    def chosen(self) -> Task:
        return TASKS[self.task]

    @property
    def is_large(self) -> bool:
        """Whether the network is too large to be trained in a page."""
        return bool(self.hidden > PAGE_UNITS)

    @property
    def shown_layer(self) -> int:
        """Which recurrent layer is shown, from 0."""
        return int(min(self.layer, self.layers)) - 1

    @property
    def shown_unit(self) -> int:
        return int(min(self.unit, self.hidden)) - 1

    @property
    def num_classes(self) -> int:
        """Symbols that an answer chooses from; 1 where it is a value."""
        return {"reber": 7, "echo": ECHO_SYMBOLS}.get(self.task, 1)

    @property
    def network_name(self) -> str:
        """The network in a few letters, such as LSTM 16 × 2."""
        deep = f" × {self.layers}" if self.layers > 1 else ""
        return f"{CELLS[self.cell]} {self.hidden}{deep}"

    def network_spec(self, num_classes: int) -> NetworkSpec:
        """Recurrent layers between what makes vectors of tokens and what reads the states off; for
        the adding problem, the last state alone."""
        first: list[LayerSpec] = [OneHotSpec(num_classes)] if num_classes > 1 else []
        cells = [RecurrentSpec(self.cell, self.hidden) for _ in range(self.layers)]
        if self.task == "adding":
            cells[-1] = RecurrentSpec(self.cell, self.hidden, returns="last")
        shape = (ANY,) if first else (ANY, DATASETS[self.task].input_size)
        return NetworkSpec(shape, (*first, *cells, LinearSpec(num_classes)))

    def data_spec(self) -> DataSpec:
        """Raises ValueError where a sequence would be too short for the task."""
        task, least = self.chosen, DATASETS[self.task].num_steps
        if least and self.length < least.low:
            raise ValueError(f"the sequence length is {self.length}, too short for the "
                             f"{task.label.lower()}; it must be {least.low} or more")
        if self.task == "echo" and self.delay >= self.length:
            raise ValueError(f"the delay is {self.delay}, and a sequence has {self.length} steps; "
                             "the delay must be less, so that there is an answer")  # fmt: skip
        return DataSpec(
            self.task, task.samples, num_classes=self.num_classes, seed=self.seed,
            test_fraction=HELD_OUT / task.samples, num_steps=self.length,
            delay=self.delay if self.task == "echo" else None,
        )  # fmt: skip

    def train_spec(self, streams: int | None = None) -> TrainSpec:
        """With `streams` of a text, states are carried on from batch to batch."""
        has_values = self.task in ("adding", "sine")
        return TrainSpec(
            "mse" if has_values else "cross_entropy", self.optimizer, float(self.rate),
            streams or self.batch, seed=self.seed, dtype="float32", clip_norm=self.clip or None,
            carry_state=streams is not None,
        )  # fmt: skip

    def tuned(self, train: TrainSpec) -> TrainSpec:
        """The same training, with the rate and the bound as they are chosen now."""
        return replace(train, learning_rate=float(self.rate), clip_norm=self.clip or None)
