"""Figures that every Python must agree on: seeds, and ten steps of training of several nets.

Seeds give the same numbers to the bit: their generators compute with whole numbers, and scale by
operations that IEEE 754 rounds in one way. Training agrees to rounding: NumPy adds up in another
order where it has other vector instructions or a BLAS, and exp, tanh and the like come from another
mathematical library, whose last bit may differ.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from core.data.samples import Samples
from core.initializers import INITIALIZERS
from core.spec import (
    ActivationSpec,
    BatchNorm2dSpec,
    Conv2dSpec,
    DataSpec,
    DropoutSpec,
    FlattenSpec,
    LayerSpec,
    LinearSpec,
    NetworkSpec,
    OneHotSpec,
    PoolSpec,
    RecurrentSpec,
    TrainSpec,
    mlp,
)
from core.training import Trainer

Array = NDArray[np.floating]
STEPS = 10
TOLERANCE = 1e-12  # of the largest figure of a set


def draws() -> Array:
    rng = np.random.default_rng(7)
    whole = rng.integers(0, 1000, 50).astype(float)
    return np.concatenate([rng.random(50), rng.normal(size=50), whole, rng.permutation(50)])


def start_weights() -> Array:
    rng = np.random.default_rng(8)
    return np.concatenate([draw(rng, (4, 3, 2)).ravel() for draw in INITIALIZERS.values()])


def order_of_samples() -> Array:
    trainer = Trainer(mlp(2), DataSpec(num_samples=60), TrainSpec(batch_size=7))
    parts = [trainer.samples.train_indices, trainer.samples.test_indices]
    for _ in range(STEPS):
        parts.append(trainer.batch_samples)
        trainer.step()
    return np.concatenate(parts).astype(float)


def training(
    network: NetworkSpec, data: DataSpec | Samples, train: TrainSpec
) -> Callable[[], Array]:
    """The losses of ten steps, then all parameters."""

    def figures() -> Array:
        trainer, losses = Trainer(network, data, train), []
        for _ in range(STEPS):
            trainer.step()
            losses.append(trainer.snapshot().train.loss)
        return np.concatenate([losses, trainer.network.parameters])

    return figures


def pictures(count: int, size: int) -> Samples:
    rng = np.random.default_rng(10)
    everything, nothing = np.arange(count), np.arange(0)
    inputs, classes = rng.normal(size=(count, 1, size, size)), rng.integers(0, 10, count)
    return Samples(inputs, classes, 10, everything, nothing)


def convolutional(size: int, pool: str, *between: LayerSpec) -> NetworkSpec:
    """LeNet's pattern; `between` follows each of its convolutions."""
    layers = (
        Conv2dSpec(4, 5, padding=2), *between, PoolSpec(pool, 2),
        Conv2dSpec(6, 3), *between, PoolSpec(pool, 2),
        FlattenSpec(), LinearSpec(20), ActivationSpec("tanh"), LinearSpec(10),
    )  # fmt: skip
    return NetworkSpec((1, size, size), layers)


def symbols(count: int, steps: int, kinds: int) -> Samples:
    """Random sequences of unequal lengths; the target of each symbol is the one before it."""
    rng = np.random.default_rng(9)
    tokens = rng.integers(0, kinds, (count, steps))
    exist = np.arange(steps) < rng.integers(2, steps + 1, count)[:, None]
    return Samples(tokens, np.roll(tokens, 1, axis=1), kinds, np.arange(count), np.arange(0), exist)


def recurrent(*layers: RecurrentSpec) -> NetworkSpec:
    return NetworkSpec((8,), (OneHotSpec(5), *layers, LinearSpec(5)))


EXACT: dict[str, Callable[[], Array]] = {
    "draws": draws,
    "start weights": start_weights,
    "order of samples": order_of_samples,
}
TO_ROUNDING: dict[str, Callable[[], Array]] = {
    "tanh, mse, SGD": training(
        mlp(2, (6, 5), 1, "tanh", "tanh"), DataSpec(noise=0.1), TrainSpec()
    ),
    "ReLU, cross-entropy, Adam": training(
        mlp(2, (8, 8), 4, "relu"), DataSpec("spiral", num_classes=4),
        TrainSpec("cross_entropy", "adam", l2=0.01),
    ),
    "GELU, binary cross-entropy, momentum": training(
        mlp(2, (6,), 1, "gelu"), DataSpec("xor"), TrainSpec("binary_cross_entropy", "momentum")
    ),
    "ELU, mse, RMSprop": training(
        mlp(1, (6, 6), 1, "elu"), DataSpec("curve", num_classes=1, features=("x1",)),
        TrainSpec(optimizer="rmsprop", learning_rate=0.01),
    ),
    "LeNet's pattern": training(
        convolutional(14, "max", ActivationSpec("relu")), pictures(16, 14),
        TrainSpec("cross_entropy", "sgd", 0.05, 8),
    ),
    # Not by Adam, which divides by the size of gradients: a bias before batch normalisation changes
    # nothing, so that its gradient is rounding alone, and Adam would make steps of it.
    "batch normalisation, dropout": training(
        convolutional(12, "average", BatchNorm2dSpec(), ActivationSpec("tanh"), DropoutSpec(0.2)),
        pictures(12, 12), TrainSpec("cross_entropy", "momentum", 0.02, 6),
    ),
    "two LSTMs, both directions": training(
        recurrent(*[RecurrentSpec("lstm", 6, direction="both")] * 2), symbols(12, 8, 5),
        TrainSpec("cross_entropy", "adam", 0.02, 4),
    ),
    "GRU, clipped": training(
        recurrent(RecurrentSpec("gru", 7)), symbols(12, 8, 5),
        TrainSpec("cross_entropy", "momentum", 0.1, 5, clip_norm=0.5),
    ),
    "RNN, deep transition": training(
        recurrent(RecurrentSpec("rnn", 6, transition_layers=2, transition_shortcut=True)),
        symbols(12, 8, 5), TrainSpec("cross_entropy", "sgd", 0.1, 4),
    ),
}  # fmt: skip


def figures() -> dict[str, list[float]]:
    """All figures by name. JSON keeps every bit of a float64."""
    return {name: compute().tolist() for name, compute in {**EXACT, **TO_ROUNDING}.items()}
