"""A network on a device: its parameters in one flat tensor, their gradients in another."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from app.server.engines.base import Carried
from app.server.engines.torch.layers import chain
from app.server.engines.torch.run import Run, State
from core.functional.recurrence import State as HostState
from core.network import Network


class Model:
    """What core.network.Network is, in PyTorch. The flat tensors have its layout, so that they
    cross to and from the device by a single copy."""

    def __init__(self, network: Network, device: torch.device) -> None:
        kind = {"dtype": getattr(torch, network.dtype.name), "device": device}
        self.parameters = torch.zeros(len(network.parameters), **kind)
        self.gradients = torch.zeros_like(self.parameters)
        self.state = {name: torch.zeros(array.shape, **kind)
                      for name, array in network.state().items()}  # fmt: skip
        self.carried: dict[str, list[State]] = {}
        self._chain = chain(network.spec.layers, network.spec.input_shape,
                            self._leaves(network) | self.state, self.parameters)  # fmt: skip

    def _leaves(self, network: Network) -> dict[str, torch.Tensor]:
        """The tensors as views into the parameters, whose gradients are views into the gradients;
        in both they lie one after the other."""
        leaves, start = {}, 0
        for name in network.parameter_names:
            shape = network.view(name).shape
            part = slice(start, start := start + math.prod(shape))
            leaves[name] = self.parameters[part].view(shape).detach().requires_grad_()
            leaves[name].grad = self.gradients[part].view(shape)
        return leaves

    def forward(self, x: torch.Tensor, run: Run) -> torch.Tensor:
        return self._chain(x, run)

    def backward(self, loss: torch.Tensor) -> None:
        """Replace the gradients by those of a loss."""
        self.gradients.zero_()
        if loss.requires_grad:  # not where no path leads to any parameter
            loss.backward()

    def carry_on(self, carried: Carried) -> None:
        self.carried = {
            path: [tuple(tensor_of(part.T, self.parameters) for part in (state.h, state.c)
                         if part is not None) for state in states]
            for path, states in carried.items()
        }  # fmt: skip

    def carried_states(self) -> Carried:
        return {
            path: [HostState(*(array_of(part).T.copy() for part in state)) for state in states]
            for path, states in self.carried.items()
        }


def tensor_of(array: NDArray[Any], like: torch.Tensor) -> torch.Tensor:
    """A copy of an array, of the type and on the device of a tensor."""
    return torch.from_numpy(np.array(array, order="C")).to(like)


def array_of(tensor: torch.Tensor) -> NDArray[Any]:
    """A copy on the host."""
    return np.array(tensor.detach().cpu().numpy())
