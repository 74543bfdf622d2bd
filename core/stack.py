"""Many networks of one architecture that train side by side on the same samples.

A race between learning rates, or between starts. Each network becomes what a Trainer of its own
would make of it; together they take a fraction of the time, because each call does the work of all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from core.data.samples import Samples, make_samples
from core.divergence import diagnose
from core.network import Network
from core.optimizers import OPTIMIZERS
from core.plan import Outputs, Plan
from core.scoring import score_of
from core.seeds import generators
from core.snapshot import Score
from core.spec import DataSpec, NetworkSpec, TrainSpec
from core.targets import encode_targets

Array = NDArray[np.floating]
MAX_NETS = 256
SEED, RATE = "seed", "learning_rate"  # what may differ from one network to another


class Stack:
    """Networks that differ in learning rate, in seed, or in both; one for each of `trains`.

    parameters and gradients are (networks, parameters); `steps` counts those of each network, and
    `messages` says why one stopped, or is empty. Raises ValueError where they cannot be stacked.
    """

    def __init__(
        self, network: NetworkSpec, data: DataSpec | Samples, trains: Sequence[TrainSpec]
    ) -> None:
        _require_alike(network, trains)
        self.network_spec, self.trains = network, tuple(trains)
        self.samples = samples = make_samples(data) if isinstance(data, DataSpec) else data
        self.network = Network(network, trains[0].dtype)  # draws the weights, and names tensors
        inputs = self.network.checked(samples.inputs)
        targets = encode_targets(samples, trains[0], network.output_shape[-1])
        first, second = samples.train_indices, samples.test_indices
        self.train_x, self.train_y, self.test_y = inputs[first], targets[first], targets[second]
        self._own_order = len({train.seed for train in trains}) > 1
        rates = np.array([train.learning_rate for train in trains])
        self._plan = Plan(network, trains[0], self.train_x, self.train_y, rates, self._own_order)
        everything = np.concatenate([self.train_x, inputs[second]])
        self._outputs = Outputs(network, everything, (len(trains),))
        self.reset()

    def reset(self) -> None:
        """Back to the very same start."""
        count, size = len(self.trains), len(self.network.parameters)
        self.parameters, self.gradients = np.zeros((2, count, size), self.network.dtype)
        slots = OPTIMIZERS[self.trains[0].optimizer].slots
        self.state = {name: np.zeros_like(self.parameters) for name in slots}
        self._shuffles = []
        for parameters, train in zip(self.parameters, self.trains, strict=True):
            init_rng, shuffle_rng, _ = generators(train.seed, 3)
            self.network.initialize(init_rng)
            parameters[:] = self.network.parameters
            self._shuffles.append(shuffle_rng)
        self.steps = np.zeros(count, np.int64)
        self.messages = [""] * count
        self.epoch = self._taken = 0
        self._start_epoch()

    def _start_epoch(self) -> None:
        self.batch = 0
        if self._own_order:
            orders = [rng.permutation(len(self.train_x)) for rng in self._shuffles]
            self._order = np.stack(orders, axis=1)
        else:
            self._order = self._shuffles[0].permutation(len(self.train_x))

    @property
    def num_batches(self) -> int:
        return -(-len(self.train_x) // self.trains[0].batch_size)

    @property
    def are_running(self) -> NDArray[np.bool_]:
        return np.array([not message for message in self.messages])

    def step(self) -> None:
        """One batch for each network, unless all have diverged."""
        self._advance(1)

    def step_epoch(self) -> None:
        """The rest of the epoch at hand."""
        self._advance(self.num_batches - self.batch)

    def _advance(self, count: int) -> None:
        running, size = self.are_running, self.trains[0].batch_size
        if not running.any():
            return
        order = self._order[self.batch * size : (self.batch + count) * size]
        with np.errstate(all="ignore"):
            self._load()
            self._plan.run(order)
            if (running & ~self._plan.are_finite()).any():
                self._load()
                for start in range(0, len(order), size):
                    self._plan.run(order[start : start + size])
                    self._stop_broken(self._plan.num_steps - self._taken)
        self.steps[self.are_running] += count
        self._unload(self.are_running)
        self._taken = self._plan.num_steps
        self.batch += count
        if self.batch == self.num_batches:
            self.epoch += 1
            self._start_epoch()

    def _load(self) -> None:
        self._plan.load(self.parameters, self.state, self._taken)

    def _unload(self, which: NDArray[np.bool_]) -> None:
        """Take back the numbers of some networks; the others keep those that they stopped with."""
        kept = {"parameters": self.parameters, "gradients": self.gradients, **self.state}
        new = {name: np.empty_like(array) for name, array in kept.items()}
        state = {name: new[name] for name in self.state}
        self._plan.unload(new["parameters"], new["gradients"], state)
        for name, array in kept.items():
            array[which] = new[name][which]

    def _stop_broken(self, steps: int) -> None:
        """Stop the networks that the last step left with parameters that are not finite."""
        broken = self.are_running & ~self._plan.are_finite()
        if not broken.any():
            return
        self._unload(broken)
        self.steps[broken] += steps
        for k in np.flatnonzero(broken):
            self.network.parameters[:] = self.parameters[k]
            self.messages[k] = diagnose(self.network, int(self.steps[k]), self.trains[k])

    def scores(self) -> list[tuple[Score, Score | None]]:
        """Of the training and of the test samples, for each network."""
        with np.errstate(all="ignore"):
            return [self._score(output) for output in self._outputs(self.parameters)]

    def _score(self, output: Array) -> tuple[Score, Score | None]:
        train, count = self.trains[0], len(self.train_x)
        first = score_of(output[:count], self.train_y, self.samples, train)
        if not len(self.test_y):
            return first, None
        return first, score_of(output[count:], self.test_y, self.samples, train)


def _require_alike(network: NetworkSpec, trains: Sequence[TrainSpec]) -> None:
    if not 1 <= len(trains) <= MAX_NETS:
        raise ValueError(f"{len(trains)} networks; a stack has from 1 to {MAX_NETS}")
    if not Plan.fits(network):
        raise ValueError("only linear layers with activations between them train in a stack; "
                         "give networks of other layers a Trainer each")  # fmt: skip
    first = trains[0]
    for train in trains[1:]:
        if replace(train, seed=first.seed, learning_rate=first.learning_rate) != first:
            raise ValueError(f"the networks of a stack may differ in {SEED} and {RATE} only; "
                             f"{train} differs from {first} in more")  # fmt: skip
    if first.clip_value is not None or first.clip_norm is not None:
        raise ValueError("gradients are not clipped in a stack; give each network a Trainer")
