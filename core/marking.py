"""Which units mark a stretch of a sequence: those whose states differ within it from those outside.

The score of a unit is its mean within, minus its mean outside, in units of its own spread over the
whole sequence. It is the standardised difference of J. Cohen (1988), "Statistical Power Analysis
for the Behavioral Sciences", with the spread of all values in place of the pooled one; its size
says how well the unit marks the stretch, its sign whether by high or by low states.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.spec.checks import require

Array = NDArray[np.floating]


@dataclass(frozen=True)
class Marks:
    """Of every unit (H,)."""

    within: Array
    outside: Array
    spread: Array
    score: Array

    @property
    def order(self) -> NDArray[np.int64]:
        """The units, the best mark first."""
        return np.argsort(-np.abs(self.score), kind="stable")


def mark(states: Array, inside: NDArray[np.bool_]) -> Marks:
    """states (T, H), inside (T,): which steps are the stretch. A unit without spread scores 0."""
    require(bool(inside.any() and not inside.all()), "the stretch", f"{inside.sum()} steps",
            f"at least 1 of the {len(inside)} steps, and not all")  # fmt: skip
    states = np.asarray(states, np.float64)
    within, outside = states[inside].mean(axis=0), states[~inside].mean(axis=0)
    # What never changes must not be marked by the rounding of its mean.
    spread = np.where(np.ptp(states, axis=0) > 0, states.std(axis=0), 0.0)
    difference = within - outside
    score = np.divide(difference, spread, out=np.zeros_like(spread), where=spread > 0)
    return Marks(within, outside, spread, score)
