"""Which learning rate? Many are tried from one start at once; their losses after a while tell.

After Smith 2015, arXiv 1506.01186, who raises the rate within one run; here each has its own run.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.landscape import Landscape
from core.race import Lane, Race

Array = NDArray[np.floating]


@dataclass(frozen=True)
class Sweep:
    """The loss that each learning rate came to; NaN where numbers ceased to be finite. `diverges`
    tells which grew far beyond the start's."""

    rates: Array
    losses: Array
    diverges: NDArray[np.bool_]

    @property
    def best(self) -> float | None:
        """The rate with the least loss; None when all diverge."""
        if self.diverges.all():
            return None
        return float(self.rates[np.where(self.diverges, np.inf, self.losses).argmin()])

    @property
    def edge(self) -> float | None:
        """The least rate from which on all diverge; None when the largest does not."""
        if not self.diverges[-1]:
            return None
        held = np.flatnonzero(~self.diverges)
        return float(self.rates[held[-1] + 1 if len(held) else 0])


def find_rates(
    landscape: Landscape, start: Array, way: Lane, rates: Array, steps: int,
    free: NDArray[np.bool_] | None = None, seed: int = 0,
) -> Sweep:  # fmt: skip
    """Descend so many steps with each of the rates, otherwise as `way` says."""
    lanes = [replace(way, learning_rate=float(rate)) for rate in rates]
    race = Race(landscape, start, lanes, free, seed)
    race.run(steps)
    ends = [race.history(k)[-1] for k in range(len(lanes))]
    stopped = [race.has_stopped(k) for k in range(len(lanes))]
    diverges = [race.trouble(k) is not None for k in range(len(lanes))]
    return Sweep(rates, np.where(stopped, np.nan, ends), np.array(diverges))
