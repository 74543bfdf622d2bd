"""What the learner chooses of deep recurrent networks, and what follows from it."""

from __future__ import annotations

from dataclasses import replace

import param

from app.playground.state import ChapterState
from core.architectures.deep_rnn import Deepening, deep_rnn
from core.data.names import DATASETS
from core.spec import DataSpec, NetworkSpec, TrainSpec

TASKS = {"parity": 2, "echo": 4, "sine": 1}  # and how many classes their answers have
NUM_SAMPLES = 400
DELAY = 5
MOST = 2  # layers that one way adds
WAYS = {  # by the parameter: its short name
    "input_layers": "input", "transition_layers": "transition", "output_layers": "output",
    "stacked": "stacked",
}  # fmt: skip


class DeepState(ChapterState):
    task = param.Selector(default="parity", objects=list(TASKS), label="Task",
                          doc="What all networks learn")  # fmt: skip
    steps = param.Integer(default=16, bounds=(6, 30), label="Steps",
                          doc="The length of the sequences")  # fmt: skip
    input_layers = param.Integer(default=1, bounds=(0, MOST), label="Input to state",
                                 doc="Layers between an input and the state")  # fmt: skip
    transition_layers = param.Integer(default=1, bounds=(0, MOST), label="State to state",
                                      doc="Layers between one state and the next")  # fmt: skip
    shortcut = param.Boolean(default=False, label="Shortcut",
                             doc="A direct path beside the layers from state to state")  # fmt: skip
    output_layers = param.Integer(default=1, bounds=(0, MOST), label="State to output",
                                  doc="Layers between the state and the output")  # fmt: skip
    stacked = param.Integer(default=1, bounds=(0, MOST), label="States on states",
                            doc="Further states, each with the one below as its input")  # fmt: skip
    hidden = param.Integer(default=10, bounds=(2, 32), label="Units",
                           doc="Of every state and every added layer")  # fmt: skip
    rate = param.Number(default=0.005, bounds=(1e-4, 0.1), step=0.001, label="Learning rate")
    seed = param.Integer(default=0, bounds=(0, 999_999), label="Seed",
                         doc="The same seed gives the same samples and the same start")  # fmt: skip
    sample = param.Integer(default=1, bounds=(1, NUM_SAMPLES // 2), label="Test sample",
                           doc="Which one is shown step by step")  # fmt: skip

    ADDRESS = {name: name for name in (  # noqa: RUF012
        "task", "steps", "input_layers", "transition_layers", "shortcut", "output_layers",
        "stacked", "hidden", "rate", "seed", "sample",
    )}  # fmt: skip

    @property
    def ways(self) -> Deepening:
        return Deepening(self.input_layers, self.transition_layers, self.shortcut,
                         self.output_layers, self.stacked)  # fmt: skip

    def single_ways(self) -> dict[str, Deepening]:
        """Each way that is switched on, alone."""
        alone = {}
        for name, label in WAYS.items():
            if count := getattr(self, name):
                ways = replace(Deepening(), **{name: count})
                alone[label] = replace(ways, shortcut=self.shortcut and label == "transition")
        return alone

    @property
    def num_classes(self) -> int:
        return TASKS[self.task]

    @property
    def loss(self) -> str:
        return {1: "mse", 2: "binary_cross_entropy"}.get(self.num_classes, "cross_entropy")

    def network_spec(self, ways: Deepening) -> NetworkSpec:
        is_tokens = self.task == "echo"
        shape = (self.steps,) if is_tokens else (self.steps, DATASETS[self.task].input_size)
        outputs = self.num_classes if self.loss == "cross_entropy" else 1
        return deep_rnn(shape, outputs, self.hidden, ways, self.num_classes if is_tokens else None)

    def data_spec(self) -> DataSpec:
        delay = DELAY if self.task == "echo" else None
        return DataSpec(self.task, NUM_SAMPLES, num_classes=self.num_classes, seed=self.seed,
                        num_steps=self.steps, delay=delay)  # fmt: skip

    def train_spec(self) -> TrainSpec:
        return TrainSpec(self.loss, "adam", float(self.rate), 20, clip_norm=1.0, seed=self.seed)
