"""One of the networks that learn beside each other: what it is, what it says, how it scored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from core.analysis import analyse
from core.explain import Explanation, Ref, Trace
from core.explain.costs import Costs
from core.explain.scores import explain_score, num_answers
from core.spec import NetworkSpec
from core.training import Score, Snapshot, Trainer


@dataclass(frozen=True)
class Lane:
    """A network that takes part: its name, and what it is."""

    label: str
    network: NetworkSpec

    @cached_property
    def costs(self) -> Costs:
        return Costs(analyse(self.network))


def is_cost(ref: Ref) -> bool:
    """Whether a number is of what a network costs, and not of what it computes."""
    return ref.tensor.startswith(("total.", "input.")) or ref.tensor.endswith(
        (".shape", ".parameters", ".multiply_adds"))  # fmt: skip


def trace_of_sample(trainer: Trainer, sample: int) -> Trace:
    """What a network computes for one of the test samples."""
    one = slice(sample, sample + 1)
    masks = trainer.test_masks.rows(one)
    return Trace(
        trainer.network, trainer.test_x[one], trainer.test_y[one], trainer.train_spec,
        origin=f"It is as training left it after epoch {trainer.epoch}.",
        mask=masks.exist, counted=masks.counted,
    )  # fmt: skip


def explain_test_score(ref: Ref, trainer: Trainer, score: Score) -> Explanation:
    count = num_answers(trainer.test_masks, len(trainer.test_x),
                        trainer.network_spec.output_shape)  # fmt: skip
    return explain_score(ref, score, count, trainer.train_spec.loss,
                         trainer.samples.is_regression, "test samples")  # fmt: skip


def furthest(snapshots: Mapping[str, Snapshot]) -> Snapshot:
    """Of the lane that has trained the longest; one that diverged stays behind."""
    return max(snapshots.values(), key=lambda snapshot: snapshot.step)
