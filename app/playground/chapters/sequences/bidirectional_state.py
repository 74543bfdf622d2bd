"""What the learner chooses about passes in two directions, and what follows from it."""

from __future__ import annotations

import param

from app.playground.state import ChapterState
from core.data.gaps import GAP_TOKEN
from core.data.reber import SYMBOLS
from core.spec import DataSpec, LinearSpec, NetworkSpec, OneHotSpec, RecurrentSpec, TrainSpec

NUM_SAMPLES = 1000
STEPS = 20
WINDOW = "window"
WAYS = {"forward": "forward", "backward": "backward", "both": "both"}
CELLS = {"rnn": "RNN", "lstm": "LSTM", "gru": "GRU"}
MERGES = {"concatenate": "side by side", "sum": "added up"}


class BidirectionalState(ChapterState):
    look_ahead = param.Integer(default=2, bounds=(0, STEPS - 1), label="Look-ahead",
                               doc="How many letters after the gap the window shows: "
                                   "so many steps must be waited for")  # fmt: skip
    cell = param.Selector(default="rnn", objects=list(CELLS), label="Cell")
    merge = param.Selector(default="concatenate", objects=list(MERGES), label="Merge",
                           doc="How the states of two passes become one vector")  # fmt: skip
    hidden = param.Integer(default=16, bounds=(2, 32), label="Units", doc="Of each pass")
    rate = param.Number(default=0.01, bounds=(1e-4, 0.1), step=0.001, label="Learning rate")
    seed = param.Integer(default=0, bounds=(0, 999_999), label="Seed",
                         doc="The same seed gives the same strings and the same start")  # fmt: skip
    sample = param.Integer(default=1, bounds=(1, NUM_SAMPLES // 2), label="Test string",
                           doc="Which one is shown")  # fmt: skip

    ADDRESS = {name: name for name in (  # noqa: RUF012
        "look_ahead", "cell", "merge", "hidden", "rate", "seed", "sample",
    )}  # fmt: skip

    def network_spec(self, direction: str, look_ahead: int | None = None) -> NetworkSpec:
        cell = RecurrentSpec(self.cell, self.hidden, direction, self.merge, look_ahead)
        layers = (OneHotSpec(GAP_TOKEN + 1), cell, LinearSpec(len(SYMBOLS)))
        return NetworkSpec((STEPS,), layers)

    def data_spec(self) -> DataSpec:
        return DataSpec("gaps", NUM_SAMPLES, num_classes=len(SYMBOLS), num_steps=STEPS,
                        seed=self.seed)  # fmt: skip

    def train_spec(self) -> TrainSpec:
        return TrainSpec("cross_entropy", "adam", float(self.rate), 32, clip_norm=1.0,
                         seed=self.seed)  # fmt: skip
