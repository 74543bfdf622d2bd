"""The training loop: exact batches, the same numbers from the same seeds, and snapshots to look at.

An epoch shuffles the training samples and cuts them into batches; the last may be smaller, and then
its loss is the mean over its own samples. Nothing is carried from one batch into the next.
"""

from __future__ import annotations

import copy
import time
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.data.samples import Samples, make_samples
from core.divergence import diagnose
from core.explain.trace import Trace
from core.explain.walk import all_recorded
from core.history import MAX_HISTORY, History
from core.masks import ALL, Masks, make_masks
from core.network import Network
from core.optimizers import make_optimizer
from core.plan import Plan
from core.records import RecurrentRecord
from core.scoring import Part, Scorer
from core.seeds import generators
from core.snapshot import Score, Snapshot, frozen
from core.spec import (
    MAX_WEIGHT,
    DataSpec,
    DropoutSpec,
    NetworkSpec,
    TrainSpec,
    require_number,
    require_tunable,
)
from core.stepping import Stepper
from core.switches import resting
from core.targets import encode_targets

__all__ = ["MAX_HISTORY", "Score", "Snapshot", "Trainer"]

Array = NDArray[np.floating]
CLOCK_GRAIN = 1e-4  # seconds; a browser's clock may stand still for so long


class Trainer:
    """Trains one network on one data set. All randomness comes from the seeds of the specs.

    A snapshot scores `max_scored` samples of each set, taken evenly, so that one of many long
    sequences takes no longer than one of few; None for all samples. With 0 it scores none: then
    whoever does so (see core.evaluation) hands the scores in by `take_scores`.
    """

    def __init__(self, network: NetworkSpec, data: DataSpec | Samples, train: TrainSpec,
                 max_scored: int | None = None) -> None:  # fmt: skip
        self.network_spec, self.train_spec, self.max_scored = network, train, max_scored
        self.samples = samples = make_samples(data) if isinstance(data, DataSpec) else data
        self.network = Network(network, train.dtype)
        inputs = self.network.checked(samples.inputs)
        targets = encode_targets(samples, train, network.output_shape[-1])
        first, second = samples.train_indices, samples.test_indices
        self.train_x, self.train_y = inputs[first], targets[first]
        self.test_x, self.test_y = inputs[second], targets[second]
        masks = make_masks(samples.mask, samples.counted, samples.inputs)
        self.train_masks, self.test_masks = masks.rows(first), masks.rows(second)
        self._stepper = Stepper(self.network, train)
        self._drops = any(isinstance(layer, DropoutSpec) for _, layer, _ in network.walk())
        self._plan = self._make_plan()
        parts = (Part(self.train_x, self.train_y, self.train_masks),
                 Part(self.test_x, self.test_y, self.test_masks))  # fmt: skip
        self._scorer = Scorer(self.network, samples, train, parts, max_scored or None,
                              self._outputs)  # fmt: skip
        self.reset()

    def _make_plan(self) -> Plan | None:
        """The short way to train, where there is one; it is tested to be the same."""
        train = self.train_spec
        clips = train.clip_value is not None or train.clip_norm is not None
        if clips or not Plan.fits(self.network_spec):
            return None
        return Plan(self.network_spec, train, self.train_x, self.train_y)

    def reset(self) -> None:
        """Back to the very same start: weights, optimizer, order of the samples."""
        init_rng, self._shuffle_rng, self._drop_rng = generators(self.train_spec.seed, 3)
        self.network.initialize(init_rng)
        self.network.gradients[:] = 0
        spec = self.train_spec
        self.optimizer = make_optimizer(
            spec.optimizer, self.network.parameters, spec.learning_rate, spec.momentum
        )
        self.step_count = self.epoch = self.sample = 0
        self.message = ""
        self._history = History(bool(len(self.test_x)))
        self._start_epoch()
        self._record()

    def _start_epoch(self) -> None:
        self._order = self._shuffle_rng.permutation(len(self.train_x))
        if self.train_spec.carry_state:
            self._order.sort()
            self.network.forget()
        self.batch = 0

    @property
    def num_batches(self) -> int:
        return -(-len(self.train_x) // self.train_spec.batch_size)

    @property
    def _rows(self) -> slice:
        start = self.batch * self.train_spec.batch_size
        return slice(start, min(start + self.train_spec.batch_size, len(self.train_x)))

    @property
    def batch_samples(self) -> NDArray[np.int64]:
        """Indices into the training set of the samples of the batch at hand."""
        return self._order[self._rows]

    def step(self) -> None:
        """One batch: forward, backward, update. Does nothing once training has diverged."""
        self._advance(1)

    def _advance(self, count: int) -> None:
        """So many batches, which the epoch at hand must have left; fewer if training diverges."""
        while count and not self.message:
            with np.errstate(all="ignore"):
                taken, is_finite = self._take(count)
            count -= taken
            self._count(taken)
            if not is_finite:
                self.message = diagnose(self.network, self.step_count, self.train_spec)

    def _take(self, count: int) -> tuple[int, bool]:
        """At least one batch and at most `count`: how many, and whether all numbers are finite."""
        return self._by_plan(count) if self._plan else self._by_layers()

    def _by_plan(self, count: int) -> tuple[int, bool]:
        """Many batches by the short way."""
        assert self._plan
        size, network = self.train_spec.batch_size, self.network
        order = self._order[self.batch * size : (self.batch + count) * size]
        return self._plan.train(order, network.parameters, network.gradients, self.optimizer)

    def _by_layers(self) -> tuple[int, bool]:
        """One batch, whatever the network."""
        (x, y), masks = self.batch_arrays(), self.batch_masks()
        self._stepper.step(x, y, masks, self.optimizer, self._drop_rng)
        return 1, bool(np.isfinite(self.network.parameters.sum()))

    def _count(self, taken: int) -> None:
        self.step_count += taken
        self.batch += taken
        self.sample = 0
        if self.batch == self.num_batches:
            self.epoch += 1
            self._start_epoch()

    def step_sample(self) -> None:
        """Move on to the next sample of the batch; after its last one, update as `step` does.

        The parameters stand still while the samples of a batch are looked at one by one, so the
        update is bit for bit that of `step`.
        """
        self.sample += 1
        if self.sample >= len(self.batch_samples):
            self.step()

    def step_epoch(self) -> None:
        """The rest of the epoch at hand."""
        self._advance(self.num_batches - self.batch)

    def run(self, seconds: float, within_epoch: bool = False, until: int | None = None) -> int:
        """Step for about so long, at least once, if asked to only to the end of the epoch, and not
        beyond the epoch `until`; return how many steps were taken."""
        first, start, count = self.step_count, time.perf_counter(), 1
        while not self.message and (until is None or self.epoch < until):
            self._advance(min(count, self.num_batches - self.batch))
            spent = max(time.perf_counter() - start, CLOCK_GRAIN)
            if spent >= seconds or (within_epoch and not self.batch):
                break
            count = max(1, int((self.step_count - first) * (seconds / spent - 1)))
        return self.step_count - first

    def set_parameter(self, name: str, index: tuple[int, ...], value: float) -> None:
        """Put one number into a tensor such as `layers.0.weight`; training may then go on."""
        require_number(f"{name}{list(index)}", value, -MAX_WEIGHT, MAX_WEIGHT)
        self.network.view(name)[index] = value
        if np.isfinite(self.network.parameters).all():
            self.message = ""

    def tune(self, train: TrainSpec) -> None:
        """Go on with another learning rate, other penalties or bounds; all else must stay."""
        require_tunable(self.train_spec, train)
        self.train_spec = self._stepper.train = train
        self._plan = self._make_plan()
        self.optimizer.learning_rate = train.learning_rate

    def batch_arrays(self) -> tuple[Array, Array]:
        """Inputs (n, input_size) and encoded targets of the batch at hand."""
        return self.train_x[self.batch_samples], self.train_y[self.batch_samples]

    def batch_masks(self) -> Masks:
        """Which steps of the batch at hand exist, and which count."""
        return self.train_masks.rows(self.batch_samples)

    def penalty(self) -> float:
        """l1 Σ|w| + (l2/2) Σ w² over the weights."""
        return self._stepper.penalty()

    def _outputs(self, x: Array, mask: NDArray[np.bool_] | None = None) -> Array:
        """What the network as it is gives for samples (n, ...)."""
        return self.network.forward(x, mask=mask)

    def score(self, x: Array, y: NDArray[Any], masks: Masks = ALL) -> Score | None:
        """Loss and metric of the present network on encoded samples; None when there are none."""
        return self._scorer.score(Part(x, y, masks))

    def scores(self) -> tuple[Score, Score | None]:
        """Of the training samples, and of the test samples if there are any; see `max_scored`."""
        return self._scorer.scores()

    @property
    def scored_step(self) -> int:
        """Of which step the latest scores are; -1 before the first."""
        return self._history.step

    def _record(self) -> tuple[Score, Score | None]:
        """Score both sets, if that is done here."""
        if self.max_scored != 0:
            self.take_scores(self.step_count, *self.scores())
        return self._history.latest

    def take_scores(self, step: int, train: Score, test: Score | None) -> None:
        """The scores of the network as it was at a step."""
        self._history.add(step, train, test)

    def scored(self, snapshot: Snapshot) -> Snapshot:
        """A snapshot of before, with what was scored since."""
        train, test = self._history.latest
        return replace(snapshot, train=train, test=test, history=frozen(self._history.points()))

    def _records(self) -> dict[str, RecurrentRecord]:
        """What the recurrent layers compute for the batch at hand, there and back."""
        (x, y), masks = self.batch_arrays(), self.batch_masks()
        return all_recorded(Trace(self.network, x, y, self.train_spec, mask=masks.exist,
                                  counted=masks.counted))  # fmt: skip

    def snapshot(self, records: bool = False, rescore: bool = True) -> Snapshot:
        """Score the network, and freeze all there is to see; with `records` also every gate, state
        and gradient within the recurrent layers. Without `rescore` scores are those of before."""
        train, test = self._record() if rescore else self._history.latest
        return Snapshot(
            network_spec=self.network_spec,
            train_spec=self.train_spec,
            step=self.step_count,
            epoch=self.epoch,
            batch=self.batch,
            num_batches=self.num_batches,
            sample=self.sample,
            batch_samples=frozen(self.batch_samples),
            batch_inputs=frozen(self.batch_arrays()[0]),
            batch_targets=frozen(self.batch_arrays()[1]),
            batch_masks=self.batch_masks().frozen(),
            parameters=frozen(self.network.parameters),
            gradients=frozen(self.network.gradients),
            optimizer=copy.deepcopy(self.optimizer),
            train=train,
            test=test,
            history=frozen(self._history.points()),
            message=self.message,
            records=self._records() if records else {},
            carried=copy.deepcopy(self.network.carried()),
            state={name: frozen(array) for name, array in self.network.state().items()},
            rng=copy.deepcopy(self._drop_rng) if self._drops else None,
            order=frozen(self._order),
            streams=tuple(rng.bit_generator.state for rng in self._streams),
        )

    @property
    def _streams(self) -> tuple[np.random.Generator, ...]:
        """What is drawn from while training goes on."""
        return self._shuffle_rng, self._drop_rng

    def restore(self, snapshot: Snapshot) -> None:
        """Back to where a snapshot was taken, by this trainer or one of the same specs. Training
        then goes on exactly as it did from there. Raises ValueError where it does not fit."""
        if snapshot.network_spec != self.network_spec or len(snapshot.order) != len(self.train_x):
            raise ValueError("the snapshot is of another network, or of other samples")
        if snapshot.train_spec != self.train_spec:
            self.tune(snapshot.train_spec)
        self.network.parameters[:] = snapshot.parameters
        self.network.gradients[:] = snapshot.gradients
        self.network.load_state(snapshot.state)
        self.network.carry_on(copy.deepcopy(snapshot.carried))
        self.optimizer = copy.deepcopy(snapshot.optimizer)
        self._order = snapshot.order.copy()
        for rng, state in zip(self._streams, snapshot.streams, strict=True):
            rng.bit_generator.state = state
        self.step_count, self.epoch = snapshot.step, snapshot.epoch
        self.batch, self.sample, self.message = snapshot.batch, snapshot.sample, snapshot.message
        self._history.take(snapshot.history)

    def switch(self, snapshot: Snapshot) -> None:
        """Go on from a snapshot of the same network with other neurons switched off. What rests has
        no gradient and no momentum, so it stays; switched on again, it starts with none."""
        self.restore(replace(snapshot, network_spec=self.network_spec))
        rests = resting(self.network)
        for array in (self.network.gradients, *self.optimizer.state.values()):
            array[rests] = 0
