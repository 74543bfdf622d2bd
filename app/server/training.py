"""A trainer whose batches are taken by an engine."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.server.engines.base import Array, Engine, Place, Task
from core.checkpoint import Tensors, named
from core.data.samples import Samples
from core.snapshot import Score, Snapshot
from core.spec import DataSpec, NetworkSpec, TrainSpec, to_json
from core.training import Trainer

COUNTS = {"step": "step_count", "epoch": "epoch", "batch": "batch", "sample": "sample"}


class ServedTrainer(Trainer):
    """A Trainer, but for what computes: order, epochs, scores, snapshots are the core's, and the
    numbers cross to and from the engine's device only when somebody asks for them."""

    def __init__(
        self, network: NetworkSpec, data: DataSpec | Samples, train: TrainSpec,
        make: Callable[[Task], Engine], max_scored: int | None = None,
    ) -> None:  # fmt: skip
        self._make = make
        self._is_loaded = self._is_ahead = False
        self._loss_sum, self._loss_count = 0.0, 0
        super().__init__(network, data, train, max_scored)

    @cached_property
    def engine(self) -> Engine:
        return self._make(Task(self.network_spec, self.train_spec, self.train_x, self.train_y,
                               self.train_masks))  # fmt: skip

    def _make_plan(self) -> None:
        """None: the engine is the way."""

    def reset(self) -> None:
        self._is_loaded = self._is_ahead = False
        super().reset()

    def _start_epoch(self) -> None:
        super()._start_epoch()
        if self._is_loaded and self.train_spec.carry_state:
            self.engine.forget()

    def _load(self) -> None:
        """Have the engine where this trainer is."""
        if not self._is_loaded:
            self.engine.load(self._place())
            self._is_loaded = True

    def _place(self) -> Place:
        network, optimizer = self.network, self.optimizer
        return Place(network.parameters, network.gradients, optimizer.state, optimizer.num_steps,
                     network.state(), network.carried(), self._drop_rng)  # fmt: skip

    def _take(self, count: int) -> tuple[int, bool]:
        """The batches of one epoch that are asked for, by the engine."""
        self._load()
        size = self.train_spec.batch_size
        rows = self._order[self.batch * size : (self.batch + count) * size]
        losses = self.engine.run(rows, size)
        self._loss_sum += float(losses.sum())
        self._loss_count += len(losses)
        self._is_ahead = True
        is_finite = bool(np.isfinite(losses).all())
        if not is_finite:
            self.collect()
        return len(losses), is_finite

    def advance(self, count: int) -> int:
        """So many batches, over the ends of epochs, fewer if training diverges: how many."""
        first = self.step_count
        while (left := first + count - self.step_count) and not self.message:
            self._advance(min(left, self.num_batches - self.batch))
        return self.step_count - first

    @property
    def latest(self) -> tuple[Score, Score | None]:
        """The latest scores, which are of `scored_step`."""
        return self._history.latest

    def mean_loss(self) -> float:
        """Of the batches since it was last asked for; NaN when there were none."""
        mean = self._loss_sum / self._loss_count if self._loss_count else float("nan")
        self._loss_sum, self._loss_count = 0.0, 0
        return mean

    def collect(self) -> None:
        """Take over the engine's numbers."""
        if not self._is_ahead:
            return
        place = self.engine.unload()
        self.network.parameters[:] = place.parameters
        self.network.gradients[:] = place.gradients
        self.network.load_state(place.state)
        self.network.carry_on(place.carried)
        self.optimizer.num_steps = place.num_steps
        for name, array in place.slots.items():
            self.optimizer.state[name][:] = array
        self._drop_rng = copy.deepcopy(place.rng)
        self._is_ahead = False

    def _outputs(self, x: NDArray[Any], mask: NDArray[np.bool_] | None = None) -> Array:
        self._load()
        return self.engine.outputs(x, mask)

    def scores(self) -> tuple[Score, Score | None]:
        if self._scorer.is_short:
            self.collect()
        return super().scores()

    def snapshot(self, records: bool = False, rescore: bool = True) -> Snapshot:
        self.collect()
        return super().snapshot(records, rescore)

    def checkpoint(self, whole: bool) -> tuple[dict[str, Any], Tensors]:
        """What `to_checkpoint` makes of a snapshot, straight from the engine, since each copy of
        millions of parameters takes a while; not whole: without what only training needs."""
        self._load()
        place = self.engine.unload(whole)
        plain = {name: getattr(self, attribute) for name, attribute in COUNTS.items()}
        plain |= {
            "message": self.message, "train_spec": to_json(self.train_spec),
            "num_steps": place.num_steps,
            "streams": [rng.bit_generator.state for rng in (self._shuffle_rng, place.rng)],
        }  # fmt: skip
        arrays = {"parameters": place.parameters, "history": self._history.points()}
        if whole:
            arrays |= {"gradients": place.gradients, "order": self._order.astype(np.int64)}
        return plain, arrays | named(place.slots, place.state, place.carried)

    def restore(self, snapshot: Snapshot) -> None:
        self._is_loaded = self._is_ahead = False
        super().restore(snapshot)

    def set_parameter(self, name: str, index: tuple[int, ...], value: float) -> None:
        self.collect()
        super().set_parameter(name, index, value)
        self._is_loaded = False

    def tune(self, train: TrainSpec) -> None:
        super().tune(train)
        self.engine.tune(train)
