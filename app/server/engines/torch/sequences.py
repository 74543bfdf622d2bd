"""Recurrent layers, by PyTorch's own kernels where these can do it, else step by step.

Sequences are (N, T, features), states rows (N, H). The core has one bias for each gate where
PyTorch has two, of which the second is then 0; a GRU's candidate needs it (`bias_hn`).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch.nn import functional as F

from app.server.engines.torch.cells import CELLS, fused
from app.server.engines.torch.run import Forward, Given, Run, State, Tensors
from core.functional.bidirectional import Plan, make_plan, weights_of
from core.functional.recurrent import Way
from core.spec import RecurrentSpec


def recurrent(spec: RecurrentSpec, given: Given) -> Forward:
    plan = make_plan(spec.direction, spec.merge, spec.look_ahead, spec.returns)
    passes = [Pass(spec, way, weights_of(given.own, k, plan)) for k, way in enumerate(plan.ways)]

    def forward(x: torch.Tensor, run: Run) -> torch.Tensor:
        starts = run.starts(given.path, len(x))
        ways = [each(x, starts[k] if starts else None, run) for k, each in enumerate(passes)]
        if run.carried is not None:
            run.carried[given.path] = [tuple(part.detach() for part in end) for _, end in ways]
        outputs = [y if spec.returns == "sequence" else end[0] for y, end in ways]
        return _merged(outputs, plan)

    return forward


def _merged(outputs: list[torch.Tensor], plan: Plan) -> torch.Tensor:
    if len(outputs) == 1:
        return outputs[0]
    return torch.cat(outputs, -1) if plan.merge == "concatenate" else outputs[0] + outputs[1]


@dataclass(frozen=True)
class Pass:
    """One way through a sequence, with weights of its own."""

    spec: RecurrentSpec
    way: Way
    weights: Tensors

    def __call__(
        self, x: torch.Tensor, start: State | None, run: Run
    ) -> tuple[torch.Tensor, State]:
        """x (N, T, features) -> h of all steps (N, T, H), and the state at the end of the pass. A
        pass from the end starts from zero: what comes after the batch is not there yet."""
        needs_c = run.carried is not None
        if self.way.windowed(x.shape[1]):
            return self._windows(x, run.exist, needs_c)
        if not self.way.reverse:
            return self._steps(x, start, run.exist, needs_c)
        exist = None if run.exist is None else run.exist.flip(1)
        y, end = self._steps(x.flip(1), None, exist, needs_c)
        return y.flip(1), end

    def _windows(
        self, x: torch.Tensor, exist: torch.Tensor | None, needs_c: bool
    ) -> tuple[torch.Tensor, State]:
        """For each step t a pass of its own, from look_ahead steps ahead back to t; steps beyond
        the end do not exist. See core.functional.windows."""
        n, length, features = x.shape
        ahead = self.way.look_ahead or 0
        first = torch.arange(length, device=x.device)[:, None] + ahead
        times = first - torch.arange(ahead + 1, device=x.device)  # (T, ahead + 1)
        within, times = (times < length).expand(n, -1, -1), times.clamp(max=length - 1)
        there = within if exist is None else within & exist[:, times]
        windows = x[:, times].reshape(n * length, ahead + 1, features)
        y, end = self._steps(windows, None, there.reshape(n * length, -1), needs_c)
        return y[:, -1].reshape(n, length, -1), tuple(part[::length] for part in end)

    def _steps(
        self, x: torch.Tensor, start: State | None, exist: torch.Tensor | None, needs_c: bool
    ) -> tuple[torch.Tensor, State]:
        """All steps in order, by the fastest way there is."""
        spec, cut = self.spec, self.spec.truncate
        if start is None:
            zero = x.new_zeros(len(x), spec.hidden_size)
            start = (zero, zero) if spec.cell == "lstm" else (zero,)
        if exist is None and not spec.transition_layers:
            return self._pieces(x, start, cut or x.shape[1])
        has_to_step = cut or (needs_c and spec.cell == "lstm")  # c is only known at the very end
        if spec.transition_layers or has_to_step:
            return self._one_by_one(x, start, exist)
        return self._packed(x, start, exist)

    def _pieces(self, x: torch.Tensor, state: State, cut: int) -> tuple[torch.Tensor, State]:
        """So many steps at a time; no gradient passes from one piece to the one before."""
        outputs = []
        for number, piece in enumerate(x.split(cut, dim=1)):
            if number:
                state = tuple(part.detach() for part in state)
            y, state = fused(self.spec, piece, state, self.weights)
            outputs.append(y)
        return (outputs[0] if len(outputs) == 1 else torch.cat(outputs, 1)), state

    def _packed(
        self, x: torch.Tensor, start: State, exist: torch.Tensor
    ) -> tuple[torch.Tensor, State]:
        """The steps that exist moved to the front and taken first; what comes out behind them is
        left aside. A step that does not exist shows the state of the last one that did."""
        order = (~exist).to(torch.int8).argsort(dim=1, stable=True)
        x = x.gather(1, order[..., None].expand_as(x))
        y, _ = fused(self.spec, x, start, self.weights)
        states = torch.cat([start[0][:, None], y], 1)  # before the first step, and after each
        taken = exist.cumsum(1)
        y = states.gather(1, taken[..., None].expand_as(y))
        return y, (y[:, -1],)

    def _one_by_one(
        self, x: torch.Tensor, state: State, exist: torch.Tensor | None
    ) -> tuple[torch.Tensor, State]:
        spec, w, cut, outputs = self.spec, self.weights, self.spec.truncate, []
        step = CELLS[spec.cell]
        sums = F.linear(x, w["weight_ih"], w["bias"])
        for t in range(x.shape[1]):
            if cut and t and t % cut == 0:
                state = tuple(part.detach() for part in state)
            after = step(sums[:, t], state, w, spec.activation)
            if exist is not None:
                there = exist[:, t, None]
                after = tuple(torch.where(there, new, old)
                              for new, old in zip(after, state, strict=True))  # fmt: skip
            state = after
            outputs.append(state[0])
        return torch.stack(outputs, 1), state
