"""What an engine is: it takes the steps of one network, on one device.

Arrays cross in the layout of core.network.Network: all parameters flat, in the order of its
tensors, and so are the gradients and what the optimizer remembers. The samples are handed over
once; then a batch is named by its rows.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from core.functional.recurrence import State
from core.masks import ALL, Masks
from core.spec import NetworkSpec, TrainSpec

Array = NDArray[np.floating]
Carried = dict[str, list[State]]


class EngineError(ValueError):
    """An engine cannot compute what is asked for; the message says what, and which engine can."""


@dataclass(frozen=True)
class Task:
    """What an engine is made for. inputs (n, ...) and encoded targets are those for training; see
    core.targets. Tokens and class numbers are int64, all else is of the specification's dtype."""

    network: NetworkSpec
    train: TrainSpec
    inputs: NDArray[Any]
    targets: NDArray[Any]
    masks: Masks = ALL


@dataclass(frozen=True)
class Place:
    """Where training stands: all that an engine needs to go on as another one left off.

    slots: what the optimizer remembers, by name, of `num_steps` steps. state: what layers learn
    without gradients, by the name of its tensor. carried: the states (H, N) that recurrent layers
    go on from, by path, one for each pass. rng: what dropout draws from; an engine with random
    numbers of its own draws its seed from it.
    """

    parameters: Array
    gradients: Array
    slots: dict[str, Array]
    num_steps: int
    state: dict[str, Array]
    carried: Carried
    rng: np.random.Generator


class Engine(ABC):
    """Base of all engines. `device` says what computes, in words."""

    name: ClassVar[str]
    device: str

    @classmethod
    @abstractmethod
    def devices(cls) -> tuple[str, ...]:
        """What it could compute on here, the best first; none where it is not installed."""

    @classmethod
    def is_software(cls, device: str) -> bool:
        """Whether a device is a graphics card only in name, and computed by the processor, which is
        many times slower than the same processor by itself."""
        return False

    @classmethod
    @abstractmethod
    def obstacle(cls, network: NetworkSpec, train: TrainSpec) -> str:
        """Why it cannot train this network, as the end of a sentence; empty when it can."""

    @abstractmethod
    def __init__(self, task: Task, device: str) -> None:
        """Raises EngineError when the task cannot be computed."""

    @abstractmethod
    def load(self, place: Place) -> None:
        """Go on from here. The arrays are copied."""

    @abstractmethod
    def unload(self, whole: bool = True) -> Place:
        """Where training stands; the gradients are those of the last batch. Not whole: without
        gradients and slots, which take most of the way and nobody looks at. Copies."""

    @abstractmethod
    def run(self, rows: NDArray[np.int64], batch_size: int) -> NDArray[np.float64]:
        """Train on batches of so many rows after each other, the last of which may be smaller;
        return the mean loss of each before its update, without the penalty. It is not finite once
        training has diverged."""

    @abstractmethod
    def outputs(self, inputs: NDArray[Any], exist: NDArray[np.bool_] | None = None) -> Array:
        """The network's outputs (n, ...) as it is now, not training, from fresh states."""

    @abstractmethod
    def tune(self, train: TrainSpec) -> None:
        """Go on with another learning rate, other penalties or bounds on gradients."""

    @abstractmethod
    def forget(self) -> None:
        """Let recurrent layers start from zero again, where states are carried from batch to
        batch."""

    def close(self) -> None:
        """Give back the device's memory."""
        return None
