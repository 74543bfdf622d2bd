"""The engine that is always there: the NumPy core, in this very process."""

from __future__ import annotations

import time

from core.data.samples import Samples
from core.spec import DataSpec, NetworkSpec, TrainSpec
from core.training import Snapshot, Trainer

STEPS = ("sample", "batch", "epoch")
PATIENCE = 4  # how many times as long as a score takes passes before the next one, in a hurry


class LocalEngine:
    """Trains with the core, and measures how fast."""

    def __init__(self, network: NetworkSpec, data: DataSpec | Samples, train: TrainSpec,
                 place: str, max_scored: int | None = None) -> None:  # fmt: skip
        self.data = data
        self.trainer = Trainer(network, data, train, max_scored)
        self.place = place
        self.steps_per_second = 0.0
        self.scores_here = True  # else whoever trains for it hands scores in
        self.until: int | None = None  # the epoch beyond which it does not `run`
        self._scored_at = self._score_s = 0.0

    @property
    def label(self) -> str:
        """What computes where, and how fast when that is known."""
        rate = f", {self.steps_per_second:,.0f} steps a second" if self.steps_per_second else ""
        return f"NumPy {self.place}{rate}"

    def step(self, kind: str) -> None:
        """One step of STEPS; raises ValueError for another word."""
        if kind not in STEPS:
            raise ValueError(f"a step is one of {', '.join(STEPS)}, not {kind!r}")
        steps = (self.trainer.step_sample, self.trainer.step, self.trainer.step_epoch)
        steps[STEPS.index(kind)]()

    def run(self, seconds: float, within_epoch: bool = False) -> None:
        """Train for about so long, if asked to only to the end of the epoch."""
        start = time.perf_counter()
        steps = self.trainer.run(seconds, within_epoch, self.until)
        self._measure(steps, time.perf_counter() - start)

    def run_epoch(self) -> None:
        start, first = time.perf_counter(), self.trainer.step_count
        self.trainer.step_epoch()
        self._measure(self.trainer.step_count - first, time.perf_counter() - start)

    def _measure(self, steps: int, seconds: float) -> None:
        rate = steps / max(seconds, 1e-9)
        before = self.steps_per_second or rate
        self.steps_per_second = 0.9 * before + 0.1 * rate

    def batches_to(self, epoch: int) -> int:
        """How many there are until an epoch has been reached."""
        return (epoch - self.trainer.epoch) * self.trainer.num_batches - self.trainer.batch

    def reset(self) -> None:
        self.trainer.reset()

    def restore(self, snapshot: Snapshot) -> None:
        """Back to where a snapshot was taken; see `Trainer.restore`."""
        self.trainer.restore(snapshot)

    def switch(self, snapshot: Snapshot) -> None:
        """Go on from a snapshot of a network with other neurons off; see `Trainer.switch`."""
        self.trainer.switch(snapshot)

    def tune(self, train: TrainSpec) -> None:
        self.trainer.tune(train)

    def set_parameter(self, name: str, index: tuple[int, ...], value: float) -> None:
        self.trainer.set_parameter(name, index, value)

    @property
    def is_scored(self) -> bool:
        """Whether the last scores are those of the network as it is."""
        return self.trainer.scored_step == self.trainer.step_count

    def snapshot(self, records: bool = False, hurry: bool = False) -> Snapshot:
        """Where training stands; with `records` also what recurrent layers compute within. In a
        hurry, scores that take long are those of a while ago."""
        start = time.perf_counter()
        is_due = start - self._scored_at > PATIENCE * self._score_s
        rescore = self.scores_here and (is_due or self.trainer.step_count == 0 or not hurry)
        made = self.trainer.snapshot(records, rescore)
        if rescore:
            self._scored_at = time.perf_counter()
            self._score_s = self._scored_at - start
        return made
