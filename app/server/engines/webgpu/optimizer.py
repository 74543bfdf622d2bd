"""What follows the backward pass, on the flat buffers of all parameters and gradients: penalties,
bounds on the gradient, and the optimizer's step. Formulas as in core.optimizers, core.clipping."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.server.engines.webgpu.nodes import Memory
from app.server.engines.webgpu.recording import Recording
from app.server.engines.webgpu.sources import source
from core.optimizers import EPSILON, Adam, RMSProp
from core.spec import TrainSpec

PARTS = 256  # workgroups that share a sum over all gradients, at most


@dataclass(frozen=True)
class Extras:
    """What is done to the gradients before the optimizer's step; how much is told to each step."""

    penalty: bool
    clip_value: bool
    clip_norm: bool


def extras_of(train: TrainSpec) -> Extras:
    return Extras(bool(train.l1 or train.l2), train.clip_value is not None,
                  train.clip_norm is not None)  # fmt: skip


def record_update(
    recording: Recording, memory: Memory, count: int, name: str, extras: Extras
) -> None:
    """One step of the optimizer `name` for `count` parameters."""
    given: dict[str, Any] = {
        "parameters": memory.parameters, "gradients": memory.gradients, "now": memory.now,
        "broken": memory.broken, **memory.slots,
    }  # fmt: skip
    if extras.penalty:
        recording.each("penalty", count, penalised=memory.penalised, **given)
    if extras.clip_value:
        recording.each("clip_value", count, **given)
    if extras.clip_norm:
        _record_clip_norm(recording, count, given)
    recording.each(f"optimizer_{name}", count, **given, **_constants(name))


def _constants(name: str) -> dict[str, float]:
    """The share of the old in each moving average, and that of the new."""
    if name == "rmsprop":
        return {"kept": RMSProp.alpha, "taken": 1 - RMSProp.alpha, "epsilon": EPSILON}
    return {
        "kept_first": Adam.beta1, "taken_first": 1 - Adam.beta1,
        "kept_second": Adam.beta2, "taken_second": 1 - Adam.beta2, "epsilon": EPSILON,
    }  # fmt: skip


def _record_clip_norm(recording: Recording, count: int, given: dict[str, Any]) -> None:
    """The norm is that of numbers divided by the largest, whose squares cannot overflow."""
    groups = min(PARTS, -(-count // 256))
    largest, squares = recording.take(groups), recording.take(groups)
    factor = recording.take(1)
    sizes = {"count": count, "parts": groups}
    recording.groups(source("norm_largest"), (groups, 1, 1), largest=largest, **sizes, **given)
    recording.groups(source("norm_squares"), (groups, 1, 1), largest=largest, squares=squares,
                     **sizes, **given)  # fmt: skip
    recording.groups(source("norm_factor"), (1, 1, 1), largest=largest, squares=squares,
                     factor=factor, **sizes, **given)  # fmt: skip
    recording.each("clip_norm", count, factor=factor, **given)
    recording.give(largest, squares, factor)
