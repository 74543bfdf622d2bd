"""How well outputs answer targets."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core import metrics
from core.data.samples import Samples
from core.functional.losses import LOSSES
from core.network import Network
from core.snapshot import Score
from core.spec import TrainSpec
from core.targets import classify, decode

Array = NDArray[np.floating]


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
