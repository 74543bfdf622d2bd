"""How a network does on many samples, a few at a time, so that whoever watches need not wait."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.functional.losses import LOSSES
from core.metrics import accuracy
from core.network import Network
from core.snapshot import Score
from core.spec import TrainSpec
from core.targets import classify, decode

Array = NDArray[np.floating]
PART_VALUES = 1 << 19  # outputs of all layers for the samples of one part
MOST = 64  # samples of one part


class Evaluation:
    """Scores inputs (N, ...) against encoded targets of classes, with the network as it is now: it
    must be one of its own, which nobody changes meanwhile.

    Samples go through in parts of a fixed size, so that the numbers do not depend on the clock.
    """

    def __init__(
        self, network: Network, inputs: Array, targets: NDArray[Any], train: TrainSpec
    ) -> None:
        self.network, self.train = network, train
        self.inputs, self.targets = inputs, targets
        values = sum(np.prod(layer.output_shape(shape)) for _, layer, shape in network.spec.walk())
        self.part = int(np.clip(PART_VALUES // values, 1, MOST))
        self.outputs = np.zeros((len(inputs), *network.spec.output_shape), network.dtype)
        self.done = 0

    @property
    def is_complete(self) -> bool:
        return self.done == len(self.inputs)

    def advance(self, seconds: float) -> bool:
        """Go on for about so long, at least by one part; tell whether all samples are through."""
        until = time.perf_counter() + seconds
        while not self.is_complete:
            part = slice(self.done, min(self.done + self.part, len(self.inputs)))
            with np.errstate(all="ignore"):
                self.outputs[part] = self.network.forward(self.inputs[part])
            self.done = part.stop
            if time.perf_counter() >= until:
                break
        return self.is_complete

    @property
    def classes(self) -> NDArray[np.int64]:
        """What each sample is taken for (N,)."""
        return classify(self.outputs[: self.done])

    @property
    def true_classes(self) -> NDArray[np.int64]:
        return decode(self.targets[: self.done], self.train)

    @property
    def losses(self) -> Array:
        """The loss of each sample (N,)."""
        with np.errstate(all="ignore"):
            loss = LOSSES[self.train.loss]
            return loss.per_sample(self.outputs[: self.done], self.targets[: self.done])

    @property
    def score(self) -> Score:
        """Over the samples that are through."""
        return Score(float(self.losses.mean()), accuracy(self.classes, self.true_classes))
