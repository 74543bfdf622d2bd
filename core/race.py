"""Networks that descend on one landscape from one start, each in its own way.

They may differ in optimizer, learning rate and batch size. All are moved together, so that a sweep
over many learning rates takes hardly longer than one descent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.diagnosis import Finding, diverging
from core.landscape import Landscape
from core.optimizers import Optimizer, make_optimizer
from core.seeds import generators
from core.spec import TrainSpec

Array = NDArray[np.floating]
Indices = NDArray[np.int64]
MAX_LANES = 256


@dataclass(frozen=True)
class Lane:
    """How one network descends; its batches have `batch_size` samples, the last maybe fewer."""

    optimizer: str = "sgd"
    learning_rate: float = 0.1
    batch_size: int = 1


class Race:
    """All lanes begin at `start` (parameters,); where `free` (parameters,) is False, a parameter is
    held. Batches of one size are the same for all lanes that have it.

    `steps` (lanes,) counts the steps of each. A lane whose numbers cease to be finite stops at its
    last point.
    """

    def __init__(
        self, landscape: Landscape, start: Array, lanes: Sequence[Lane],
        free: NDArray[np.bool_] | None = None, seed: int = 0,
    ) -> None:  # fmt: skip
        if not 1 <= len(lanes) <= MAX_LANES:
            raise ValueError(f"{len(lanes)} lanes; a race has from 1 to {MAX_LANES}")
        self.landscape, self.lanes = landscape, tuple(lanes)
        self.free = np.ones(len(start), bool) if free is None else free
        self.steps = np.zeros(len(lanes), np.int64)
        self.num_steps = 0
        points = np.tile(start, (len(lanes), 1))
        self._path, self._losses = [points], [landscape.losses(points)]
        self._sizes = self._by_size()
        self._batches = {size: Batches(len(landscape.inputs), size, seed) for size in self._sizes}
        self._groups = [self._group(*key) for key in dict.fromkeys(map(_way, self.lanes))]

    def _by_size(self) -> dict[int, Indices]:
        """The lanes of each batch size."""
        sizes = np.array([lane.batch_size for lane in self.lanes])
        return {int(size): np.flatnonzero(sizes == size) for size in np.unique(sizes)}

    def _group(self, name: str, size: int) -> tuple[Indices, Optimizer]:
        """Lanes that differ in learning rate alone share an optimizer."""
        rows = [k for k, lane in enumerate(self.lanes) if _way(lane) == (name, size)]
        rates = np.array([[self.lanes[k].learning_rate] for k in rows])
        optimizer = make_optimizer(name, self._path[0][rows], rates, TrainSpec.momentum)
        return np.array(rows), optimizer

    @property
    def path(self) -> Array:
        """(steps + 1, lanes, parameters); NaN after a lane has stopped."""
        return np.stack(self._path)

    @property
    def losses(self) -> Array:
        """(steps + 1, lanes), over all samples; NaN after a lane has stopped."""
        return np.stack(self._losses)

    def run(self, steps: int) -> None:
        """Go on until so many steps are taken in all, or every lane has stopped."""
        running = self.steps == self.num_steps
        while self.num_steps < steps and running.any():
            points = self._moved(self._path[-1])
            losses = self.landscape.losses(points)
            running &= np.isfinite(losses) & np.isfinite(points).all(axis=1)
            points[~running] = losses[~running] = np.nan
            self._path.append(points)
            self._losses.append(losses)
            self.num_steps += 1
            self.steps[running] = self.num_steps

    def _moved(self, points: Array) -> Array:
        """Where one step leads."""
        gradients, moved = np.empty_like(points), np.empty_like(points)
        for size, rows in self._sizes.items():
            batch = self._batches[size].take()
            gradients[rows] = self.landscape.gradients(points[rows], batch)
        gradients[:, ~self.free] = 0
        with np.errstate(all="ignore"):
            for rows, optimizer in self._groups:
                group = points[rows]
                optimizer.step(group, gradients[rows])
                moved[rows] = group
        return moved

    # One lane

    def point(self, k: int) -> Array:
        """Where a lane is, or was last."""
        return self._path[int(self.steps[k])][k]

    def history(self, k: int) -> Array:
        """The losses of a lane, from the start to where it is, or was last."""
        return self.losses[: self.steps[k] + 1, k]

    def has_stopped(self, k: int) -> bool:
        return bool(self.steps[k] < self.num_steps)

    def batch(self, k: int) -> Indices:
        """The samples of a lane's next batch."""
        return self._batches[self.lanes[k].batch_size].next

    def optimizer(self, k: int) -> Optimizer:
        """A lane's own optimizer, as it stands before the next step."""
        rows, shared = next(group for group in self._groups if k in group[0])
        lane, at = self.lanes[k], int(np.flatnonzero(rows == k)[0])
        made = make_optimizer(lane.optimizer, self._path[0][k], lane.learning_rate,
                              TrainSpec.momentum)  # fmt: skip
        made.num_steps = shared.num_steps
        made.state = {name: array[at].copy() for name, array in shared.state.items()}
        return made

    def trouble(self, k: int) -> Finding | None:
        """Whether a lane diverges, in words."""
        losses = self.history(k)
        unknown = np.full(len(losses), np.nan)
        found = diverging(np.column_stack([np.arange(len(losses)), losses, unknown]))
        if found or not self.has_stopped(k):
            return found
        seen = f"After step {self.steps[k]} its numbers are too large for a computer."
        return Finding("not_finite", "Not a number any more", seen, "A smaller learning rate.")


def _way(lane: Lane) -> tuple[str, int]:
    return lane.optimizer, lane.batch_size


class Batches:
    """Endless batches of samples, in a new random order for each epoch; all samples in their own
    order when they fit into one batch."""

    def __init__(self, count: int, size: int, seed: int) -> None:
        self.count, self.size = count, min(size, count)
        (self._rng,) = generators(seed, 1)
        self._rest = self._epoch()

    def _epoch(self) -> Indices:
        return np.arange(self.count) if self.size == self.count else self._rng.permutation(
            self.count)  # fmt: skip

    @property
    def next(self) -> Indices:
        return self._rest[: self.size]

    def take(self) -> Indices:
        taken, self._rest = self._rest[: self.size], self._rest[self.size :]
        if not len(self._rest):
            self._rest = self._epoch()
        return taken
