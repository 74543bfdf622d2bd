"""How well outputs answer targets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core import metrics
from core.data.samples import Samples
from core.functional.losses import LOSSES
from core.functional.sequence_losses import chosen
from core.masks import ALL, Masks
from core.network import Network
from core.plan import Outputs, Plan
from core.snapshot import Score
from core.spec import TrainSpec
from core.targets import classify, decode

Array = NDArray[np.floating]
SCORED_SHORTLY = 2**20  # numbers of all samples, which this keeps a second time
SCORED_AT_ONCE = 1000  # samples; more would need more memory than a browser likes to give
ALL_OF = slice(None)
Forward = Callable[[Array, NDArray[np.bool_] | None], Array]


def classes_of(network: Network, inputs: Array) -> NDArray[np.int64]:
    """The class (N,) that a network takes each of its inputs for, as accuracy counts them."""
    with np.errstate(all="ignore"):
        return classify(network.forward(inputs))


def score_of(output: Array, y: NDArray[Any], samples: Samples, train: TrainSpec) -> Score:
    """The score of outputs (N, K) against encoded targets of some of the samples."""
    loss = float(LOSSES[train.loss].per_sample(output, y).mean())
    if samples.is_regression:
        return Score(loss, metrics.rmse(output, y))
    return Score(loss, metrics.accuracy(classify(output), decode(y, train)))


@dataclass(frozen=True)
class Part:
    """Some of the samples: inputs (n, ...), encoded targets, and masks."""

    x: Array
    y: NDArray[Any]
    masks: Masks = ALL

    def rows(self, index: slice) -> Part:
        return Part(self.x[index], self.y[index], self.masks.rows(index))


class Scorer:
    """Scores a network, as it is at the time, on the samples for training and on those for testing:
    on `most` of each, taken evenly, None for all. `outputs` gives its answers to inputs and a mask,
    where there is no shorter way."""

    def __init__(self, network: Network, samples: Samples, train: TrainSpec,
                 parts: tuple[Part, Part], most: int | None, outputs: Forward) -> None:  # fmt: skip
        self.network, self.samples, self.train, self.forward = network, samples, train, outputs
        some = [evenly(len(part.x), most) for part in parts]
        self.parts = [part.rows(rows) for part, rows in zip(parts, some, strict=True)]
        self._outputs = self._make_outputs() if some == [ALL_OF] * 2 else None

    @property
    def is_short(self) -> bool:
        """Whether it reads the network's parameters itself."""
        return self._outputs is not None

    def _make_outputs(self) -> Outputs | None:
        """The short way to all answers; it pays where samples are small."""
        everything = [part.x for part in self.parts]
        is_short = sum(x.size for x in everything) <= SCORED_SHORTLY
        if not is_short or not Plan.fits(self.network.spec):
            return None
        return Outputs(self.network.spec, np.concatenate(everything))

    def scores(self) -> tuple[Score, Score | None]:
        """Of the training samples, and of the test samples if there are any."""
        first, second = self.parts
        if self._outputs is None:
            train = self.score(first)
            assert train is not None  # there is at least one sample to train on
            return train, self.score(second)
        count = len(first.x)
        with np.errstate(all="ignore"):
            output = self._outputs(self.network.parameters)
            test = self._score_of(output[count:], second.y) if len(second.x) else None
            return self._score_of(output[:count], first.y), test

    def score(self, part: Part) -> Score | None:
        """Of any samples; None when there are none."""
        if not len(part.x):
            return None
        with np.errstate(all="ignore"):
            pieces = (part.rows(slice(k, k + SCORED_AT_ONCE))
                      for k in range(0, len(part.x), SCORED_AT_ONCE))  # fmt: skip
            output = np.concatenate([self.forward(piece.x, piece.masks.exist)
                                     for piece in pieces])  # fmt: skip
            y = part.y
            if output.ndim > 2:
                output, y = chosen(LOSSES[self.train.loss], output, y, part.masks.counted)
            return self._score_of(output, y)

    def _score_of(self, output: Array, y: NDArray[Any]) -> Score:
        return score_of(output, y, self.samples, self.train)


def evenly(count: int, most: int | None) -> slice:
    """Every so-manieth of `count` samples, so that there are no more than `most`."""
    if most is None or count <= most:
        return ALL_OF
    return slice(None, None, -(-count // most))
