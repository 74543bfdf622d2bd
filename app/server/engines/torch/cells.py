"""The recurrent cells: one step of each, written out, and PyTorch's kernels for many."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch.nn import functional as F

from app.server.engines.torch.run import State, Tensors
from core.spec import RecurrentSpec

# From W_ih x + b (N, gates · H), the state, the weights and rnn's activation to the next state.
Step = Callable[[torch.Tensor, State, Tensors, str], State]
KERNELS = {
    ("lstm", "tanh"): torch.lstm,
    ("gru", "tanh"): torch.gru,
    ("rnn", "tanh"): torch.rnn_tanh,
    ("rnn", "relu"): torch.rnn_relu,
}


def fused(
    spec: RecurrentSpec, x: torch.Tensor, start: State, w: Tensors
) -> tuple[torch.Tensor, State]:
    """x (N, T, features) -> h of all steps (N, T, H) and the last state, in one call."""
    state = tuple(part[None].contiguous() for part in start)
    biases = [w["bias"], _second_bias(spec, w)]
    has_biases, layers, dropout, two_ways, batch_first = True, 1, 0.0, False, True
    kernel = KERNELS[spec.cell, spec.activation]
    y, *ends = kernel(x, state if spec.cell == "lstm" else state[0],
                      [w["weight_ih"], w["weight_hh"], *biases], has_biases, layers, dropout,
                      torch.is_grad_enabled(), two_ways, batch_first)  # fmt: skip
    return y, tuple(end[0] for end in ends)


def _second_bias(spec: RecurrentSpec, w: Tensors) -> torch.Tensor:
    if spec.cell != "gru":
        return torch.zeros_like(w["bias"])
    return F.pad(w["bias_hn"], (2 * spec.hidden_size, 0))


def rnn_step(z: torch.Tensor, state: State, w: Tensors, activation: str) -> State:
    """With `weight_transition` through further layers, see core.functional.rnn."""
    function = torch.relu if activation == "relu" else torch.tanh
    h = state[0]
    u = function(z + F.linear(h, w["weight_hh"]))
    deeper = w.get("weight_transition", ())
    for layer, weight in enumerate(deeper):
        z = F.linear(u, weight, w["bias_transition"][layer])
        if layer + 1 == len(deeper) and "weight_shortcut" in w:
            z = z + F.linear(h, w["weight_shortcut"])
        u = function(z)
    return (u,)


def lstm_step(z: torch.Tensor, state: State, w: Tensors, activation: str) -> State:
    h, c = state
    i, f, g, o = (z + F.linear(h, w["weight_hh"])).chunk(4, dim=1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c


def gru_step(z: torch.Tensor, state: State, w: Tensors, activation: str) -> State:
    h = state[0]
    z_r, z_z, z_n = z.chunk(3, dim=1)
    h_r, h_z, h_n = F.linear(h, w["weight_hh"]).chunk(3, dim=1)
    keep = torch.sigmoid(z_z + h_z)
    n = torch.tanh(z_n + torch.sigmoid(z_r + h_r) * (h_n + w["bias_hn"]))
    return ((1 - keep) * n + keep * h,)


CELLS: dict[str, Step] = {"rnn": rnn_step, "lstm": lstm_step, "gru": gru_step}
