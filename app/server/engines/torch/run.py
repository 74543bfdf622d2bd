"""How a batch goes through the layers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch

from core.spec import Shape

# h (N, H), and c beside it for cells that have one
State = tuple[torch.Tensor, ...]


@dataclass
class Run:
    """A pass of one batch. exist (N, T): which steps there are, None for all. carried: the states
    at the end of the batch before, by path, which those at the end of this one replace; None where
    every batch starts from zero. generator: what dropout draws from."""

    training: bool = False
    exist: torch.Tensor | None = None
    carried: dict[str, list[State]] | None = None
    generator: torch.Generator | None = None

    def starts(self, path: str, n: int) -> list[State] | None:
        """The states that a recurrent layer goes on from; a smaller batch takes those of its own
        samples. Raises ValueError for a larger one."""
        states = self.carried.get(path) if self.carried else None
        if states is None:
            return None
        have = len(states[0][0])
        if n > have:
            raise ValueError(
                f"states of {have} sequences were carried on, but this batch has {n}; call forget "
                "before other sequences begin"
            )
        return [tuple(part[:n] for part in state) for state in states]


Forward = Callable[[torch.Tensor, Run], torch.Tensor]
Tensors = dict[str, torch.Tensor]


@dataclass(frozen=True)
class Given:
    """What a layer is made with, beside its specification: the shape of its input, its own tensors,
    its path, and a tensor of the network's type on its device."""

    shape: Shape
    own: Tensors
    path: str
    like: torch.Tensor
