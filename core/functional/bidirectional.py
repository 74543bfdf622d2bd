"""One or two passes over a sequence, with weights of their own, merged.

The passes do not know of each other: a pass from the end revises nothing, it only sees what comes
later (Schuster and Paliwal 1997). Names of the second pass's weights end in `_reverse`, as in
PyTorch. Merged by concatenation the outputs of the first come first; by `sum` they are added.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.buffers import Allocate, fresh
from core.functional.recurrence import Cell, Mask, State, Weights, within
from core.functional.recurrent import (
    BACKWARD,
    FORWARD,
    Cache,
    Gradients,
    Way,
    recurrent_backward,
    recurrent_forward,
)

Array = NDArray[np.floating]
SUFFIXES = ("", "_reverse")
WAYS = {"forward": (FORWARD,), "backward": (BACKWARD,), "both": (FORWARD, BACKWARD)}


@dataclass(frozen=True)
class Plan:
    """Which passes, and what of them is the output: of the whole `sequence` (H, T, N), or the
    `last` state (H, N) of each pass, for a pass from the end that of the first step."""

    ways: tuple[Way, ...] = (FORWARD,)
    merge: str = "concatenate"
    returns: str = "sequence"

    def width(self, hidden: int) -> int:
        """The features of the output."""
        return hidden * (len(self.ways) if self.merge == "concatenate" else 1)

    def part(self, array: Array, number: int) -> Array:
        """What belongs to one pass within the output, or its gradient."""
        if self.merge != "concatenate":
            return array
        hidden = len(array) // len(self.ways)
        return array[number * hidden : (number + 1) * hidden]


def make_plan(direction: str, merge: str, look_ahead: int | None, returns: str) -> Plan:
    """direction: forward, backward or both; `look_ahead` limits the pass from the end."""
    ways = tuple(
        replace(way, look_ahead=look_ahead) if way.reverse else way for way in WAYS[direction]
    )
    return Plan(ways, merge, returns)


def weights_of(weights: Weights, number: int, plan: Plan) -> Weights:
    """The weights of one pass, without the ending of their names."""
    if len(plan.ways) == 1:
        return weights
    ending = SUFFIXES[1]
    if number == 0:
        return {name: array for name, array in weights.items() if not name.endswith(ending)}
    return {
        name.removesuffix(ending): array for name, array in weights.items() if name.endswith(ending)
    }


def passes_forward(
    x: NDArray[Any],
    weights: Weights,
    cell: Cell,
    plan: Plan,
    starts: Sequence[State | None] | None = None,
    mask: Mask | None = None,
    new: Allocate = fresh,
) -> tuple[Array, list[State], list[Cache]]:
    """Return the merged output, the state at the end of each pass, and what the way back needs."""
    hidden = weights["weight_hh"].shape[1]
    dtype = weights["weight_hh"].dtype
    y = new("y", (plan.width(hidden), *x.shape[-2:]), dtype)
    ends, caches = [], []
    for number, way in enumerate(plan.ways):
        added = number > 0 and plan.merge == "sum"
        room = new("added", y.shape, dtype) if added else plan.part(y, number)
        start = None if starts is None else starts[number]
        _, end, cache = recurrent_forward(x, weights_of(weights, number, plan), cell, start, mask,
                                          way, room, within(new, str(number)))  # fmt: skip
        if added:
            y += room
        ends.append(end)
        caches.append(cache)
    return (y if plan.returns == "sequence" else _last(ends, plan)), ends, caches


def _last(ends: list[State], plan: Plan) -> Array:
    states = [end.h for end in ends]
    return np.concatenate(states) if plan.merge == "concatenate" else np.sum(states, axis=0)


def passes_backward(
    dy: Array,
    caches: list[Cache],
    plan: Plan,
    grads: Weights | None = None,
    cut: int | None = None,
    needs_dx: bool = True,
    new: Allocate = fresh,
) -> tuple[Array | None, list[Gradients]]:
    """dL/d the merged output -> dx (F, T, N), None for tokens; and the gradients of each pass."""
    back: list[Gradients] = []
    for number, cache in enumerate(caches):
        part = plan.part(dy, number)
        outputs, end = (part, None) if plan.returns == "sequence" else (None, State(part))
        own = None if grads is None else weights_of(grads, number, plan)
        back.append(recurrent_backward(outputs, cache, end, own, cut, needs_dx,
                                       within(new, str(number))))  # fmt: skip
    dx = back[0].dx
    for each in back[1:]:
        if dx is not None and each.dx is not None:
            dx += each.dx
    return dx, back
