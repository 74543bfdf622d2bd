"""A picture of training that nothing can change any more."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from core.masks import ALL, Masks
from core.network import Network
from core.optimizers import Optimizer
from core.records import RecurrentRecord
from core.spec import NetworkSpec, TrainSpec

Array = NDArray[np.floating]
T = TypeVar("T", bound=NDArray[Any])


@dataclass(frozen=True)
class Score:
    """How the network does on one set of samples. `metric` is accuracy, or the root mean squared
    error for regression; NaN before anything was scored."""

    loss: float
    metric: float


@dataclass(frozen=True, eq=False)
class Snapshot:
    """Where training stands; all arrays are read-only copies. Each is equal to itself alone."""

    network_spec: NetworkSpec
    train_spec: TrainSpec
    step: int
    epoch: int
    batch: int  # of the epoch, counted from 0
    num_batches: int
    sample: int  # how many samples of the batch were shown by stepping through it
    batch_samples: NDArray[np.int64]  # indices into the training set of the batch at hand
    batch_inputs: Array
    batch_targets: NDArray[Any]
    parameters: Array
    gradients: Array
    optimizer: Optimizer
    train: Score
    test: Score | None
    history: Array  # (points, 3): step, training loss, test loss (NaN without test samples)
    message: str  # says why training stopped, or is empty
    batch_masks: Masks = ALL  # which steps of the batch exist, and which count
    # Of recurrent layers by path, when asked for: every gate, state and gradient of this batch
    records: dict[str, RecurrentRecord] = field(default_factory=dict)
    carried: dict[str, Any] = field(default_factory=dict)  # states that this batch goes on from
    state: dict[str, Array] = field(default_factory=dict)  # what layers learn without gradients
    rng: np.random.Generator | None = None  # what dropout draws from for this batch
    # What training goes on from beside all this, see `Trainer.restore`
    order: NDArray[np.int64] = field(default_factory=lambda: np.arange(0))  # of this epoch
    streams: tuple[Any, ...] = ()  # where the generators of random numbers stand

    @property
    def diverged(self) -> bool:
        return bool(self.message)

    def network(self) -> Network:
        """A network of its own with these parameters."""
        network = Network(self.network_spec, self.train_spec.dtype)
        network.parameters[:] = self.parameters
        network.load_state(self.state)
        network.carry_on(self.carried)
        return network


def frozen(array: T) -> T:
    """A read-only copy."""
    array = array.copy()
    array.flags.writeable = False
    return array
