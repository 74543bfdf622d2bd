"""What a node is: one layer of a network, which records its work, forward and backward."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, Protocol

from app.server.engines.webgpu.recording import Recording, Tensor
from core.spec import FIRST


class Memory(Protocol):
    """What of a network stays on the device from step to step; see memory.py."""

    parameters: Any
    gradients: Any
    state: Any
    slots: dict[str, Any]
    penalised: Any
    losses: Any
    broken: Any
    now: Any
    nothing: Any

    def number(self, path: str) -> int:
        """Of a layer, in the order of the network."""

    def constant(self, name: str, numbers: list[int]) -> Any:
        """A buffer of whole numbers that never change."""

    def at(self, name: str) -> int:
        """Where a tensor begins within the parameters, and within the gradients."""

    def state_at(self, name: str) -> int:
        """Where a tensor begins within what layers learn without gradients."""

    def carried(self, path: str, way: int, what: str, size: int) -> Any:
        """The buffer of a recurrent layer's h or c that goes on from batch to batch."""


@dataclass(frozen=True)
class Pass:
    """What is recorded. exist (T, N): which steps of a sequence exist, None when all do. carry:
    recurrent layers go on from the states that the last batch ended with."""

    recording: Recording
    memory: Memory
    training: bool
    exist: Tensor | None = None
    carry: bool = False


class Node(ABC):
    """Base of all nodes. The order is: `forward`, and while training `backward`, once each."""

    learns = False  # whether it has parameters

    def __init__(self, spec: Any, path: str, run: Pass) -> None:
        self.spec, self.path, self.run = spec, path, run
        self.recording, self.memory = run.recording, run.memory

    @abstractmethod
    def forward(self, x: Tensor) -> Tensor:
        """Record how the output is made."""

    @abstractmethod
    def backward(self, dy: Tensor, needs_dx: bool) -> Tensor | None:
        """Record how dL/d output becomes dL/d input, None when that is not needed, and the
        gradients of the parameters. dy is only read."""

    def at(self, tensor: str) -> int:
        """Where a tensor of this layer begins within the parameters and the gradients."""
        return self.memory.at(f"{FIRST}{self.path}.{tensor}")

    def like(self, tensor: Tensor) -> Tensor:
        return self.recording.take(*tensor.shape)
