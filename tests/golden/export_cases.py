"""Networks to be exported, one a family of layers, with weights and inputs from fixed seeds."""

from __future__ import annotations

import numpy as np

from core.architectures import googlenet_32x32, lenet_8x8, resnet_32x32
from core.data.samples import Samples
from core.functional.activations import ACTIVATIONS
from core.spec import (
    ANY,
    ActivationSpec,
    BatchNorm2dSpec,
    BranchesSpec,
    Conv2dSpec,
    DropoutSpec,
    EmbeddingSpec,
    FlattenSpec,
    LinearSpec,
    LocalResponseNormSpec,
    NetworkSpec,
    OneHotSpec,
    PoolSpec,
    RecurrentSpec,
    TrainSpec,
)

SIGMOID = ActivationSpec("sigmoid")


def branches(merge, *chains):
    return BranchesSpec(chains, merge)


CASES = {
    "activations": NetworkSpec((3,), tuple(
        layer for k, name in enumerate(ACTIVATIONS) if name != "step"
        for layer in (LinearSpec(4, bias=k % 2 == 0), ActivationSpec(name))
    )),
    "step": NetworkSpec((3,), (LinearSpec(5), ActivationSpec("step"), LinearSpec(2))),
    "convolutions": NetworkSpec((4, 19, 17), (
        Conv2dSpec(6, (3, 2), (2, 1), (1, 0), groups=2), SIGMOID,
        Conv2dSpec(4, 3, 1, "same", (1, 2), bias=False), SIGMOID,
        Conv2dSpec(8, (4, 3), 3, "same", groups=4), SIGMOID,
        Conv2dSpec(3, 2, 1, "full", flip=True), SIGMOID,
        Conv2dSpec(3, 3, 1, (0, 1, 2, 3), 1, 3), Conv2dSpec(2, 1, padding="valid", flip=True),
    )),
    "pools": NetworkSpec((2, 23, 22), (
        branches("concatenate", *(
            (PoolSpec(mode, (3, 2), (2, 1), (1, 0)), PoolSpec(mode, 2, padding=(0, 1, 1, 0)),
             PoolSpec(mode, 3, 2, 1, ceil_mode=True), PoolSpec(mode, 2, 1),
             PoolSpec(mode, 2, ceil_mode=True))
            for mode in ("max", "min", "average")
        ), (
            PoolSpec("average", (3, 2), (2, 1), (1, 0), count_include_pad=True),
            PoolSpec("average", 2, padding=(0, 1, 1, 0), count_include_pad=True),
            PoolSpec("average", 3, 2, 1, True, True), PoolSpec("average", 2, 1, 0, False, True),
            PoolSpec("average", 2, 2, (0, 1, 1, 1), True, True),
        )),
        branches("concatenate", *((PoolSpec(mode),) for mode in ("max", "min", "average"))),
    )),
    "norms": NetworkSpec((5, 6, 4), (
        BatchNorm2dSpec(), LocalResponseNormSpec(3, 0.5, 0.6, 1.5), DropoutSpec(0.4),
        Conv2dSpec(4, 3, bias=False), BatchNorm2dSpec(0.2, 1e-3),
        LocalResponseNormSpec(4, 0.8, 0.75, 1.0), FlattenSpec(), LinearSpec(3),
    )),
    "branches": NetworkSpec((3, 6, 6), (
        Conv2dSpec(4, 3),
        branches("add", (), (Conv2dSpec(4, 1), branches("concatenate", (Conv2dSpec(1, 1),),
                 (SIGMOID, PoolSpec("max", 3, 1, 1), Conv2dSpec(3, 1)))), (DropoutSpec(),)),
        FlattenSpec(), branches("concatenate", (LinearSpec(2), SIGMOID), ()), LinearSpec(3),
    )),
    "recurrent_stock": NetworkSpec((ANY, 3), (
        RecurrentSpec("rnn", 4, activation="relu"),
        branches("concatenate", (RecurrentSpec("lstm", 3, "both"),),
                 (RecurrentSpec("gru", 2, "both", "sum"), RecurrentSpec("lstm", 2, "backward"))),
        RecurrentSpec("gru", 4), LinearSpec(3), RecurrentSpec("gru", 3, "both", returns="last"),
    )),
    "recurrent_last": NetworkSpec((5, 2), (branches("add", *(
        (RecurrentSpec(cell, 4, direction, "sum", returns="last"),)
        for cell, direction in (("rnn", "forward"), ("lstm", "backward"), ("gru", "both"),
                                ("lstm", "both"), ("gru", "backward"))
    )), LinearSpec(2))),
    "recurrent_written_out": NetworkSpec((ANY, 3), (
        RecurrentSpec("rnn", 4, transition_layers=2, transition_shortcut=True),
        RecurrentSpec("rnn", 4, "both", transition_layers=1, activation="relu"),
        RecurrentSpec("lstm", 3, "both", look_ahead=2),
        RecurrentSpec("rnn", 3, "backward", look_ahead=1, activation="relu"),
        RecurrentSpec("gru", 3, "both", "sum", look_ahead=9),
        RecurrentSpec("rnn", 2, "both", look_ahead=0, returns="last"), LinearSpec(2),
    )),
    "embedding": NetworkSpec((ANY,), (
        EmbeddingSpec(7, 3), RecurrentSpec("lstm", 4), LinearSpec(7),
    )),
    "one_hot": NetworkSpec((4,), (OneHotSpec(5), LinearSpec(2), FlattenSpec(), LinearSpec(3))),
    "lenet_8x8": lenet_8x8(),
    "googlenet_32x32": googlenet_32x32(),
    "resnet8_32x32": resnet_32x32(8),
}  # fmt: skip
NUM_STEPS = 8
DENSE = NetworkSpec((3,), (LinearSpec(4), ActivationSpec("tanh"), LinearSpec(2)))
ONE = NetworkSpec((3,), (*DENSE.layers, LinearSpec(1)))
LSTM = NetworkSpec((ANY, 3), (RecurrentSpec("lstm", 4, "both"), LinearSpec(2)))
GRU = NetworkSpec((ANY, 3), (RecurrentSpec("gru", 4, returns="last"), LinearSpec(2)))
CUT = NetworkSpec((ANY, 3), (
    RecurrentSpec("lstm", 4, truncate=2), RecurrentSpec("gru", 3, "both", look_ahead=3, truncate=2),
    RecurrentSpec("rnn", 2, transition_layers=1, truncate=3),
))  # fmt: skip
# Batches of all samples, so that their order does not matter.
TRAINED = {
    "train_sgd": (DENSE, TrainSpec("mse", "sgd", 0.1, batch_size=32)),
    "train_momentum": (DENSE, TrainSpec("mse", "momentum", 0.05, batch_size=32, l1=0.01, l2=0.02)),
    "train_rmsprop": (ONE, TrainSpec("binary_cross_entropy", "rmsprop", 0.01, 32, l2=0.01)),
    "train_adam": (DENSE, TrainSpec("cross_entropy", "adam", 0.02, batch_size=32, l1=0.003)),
    "train_lstm": (LSTM, TrainSpec("mse", "sgd", 0.5, 32, l2=0.1, clip_value=0.05)),
    "train_gru": (GRU, TrainSpec("cross_entropy", "adam", 0.05, batch_size=32)),
    "train_steps": (LSTM, TrainSpec("cross_entropy", "sgd", 0.5, 32, clip_norm=0.1)),
    "train_truncated": (CUT, TrainSpec("mse", "sgd", 0.5, batch_size=32)),
}


def tensors_of(spec):
    """Weights, and averages of batch normalisation, by name."""
    rng = np.random.default_rng(0)
    tensors = {}
    for path, layer, shape in spec.walk():
        for key, size in layer.parameter_shapes(shape).items():
            bound = 1 / np.sqrt(np.prod(size[1:]))
            tensors[f"layers.{path}.{key}"] = (2 * rng.random(size) - 1) * bound
        if isinstance(layer, BatchNorm2dSpec):
            tensors[f"layers.{path}.running_mean"] = rng.random(shape[0]) - 0.5
            tensors[f"layers.{path}.running_var"] = rng.random(shape[0]) + 0.5
    return tensors


def input_of(spec, num_samples=3):
    """Numbers from −2 to 2, or tokens, (N, ...); 6 steps where there may be any number."""
    rng = np.random.default_rng(1)
    shape = (num_samples, *(6 if size == ANY else size for size in spec.input_shape))
    return rng.integers(0, 5, shape) if spec.takes_tokens else 4 * rng.random(shape) - 2


def training_data(spec, train):
    """24 samples: values for mse, classes for cross-entropies, at each step of a sequence."""
    rng, all_of_them = np.random.default_rng(2), np.arange(24)
    inputs = input_of(spec, 24)
    size = (24, *(6 if size == ANY else size for size in spec.output_shape))
    targets = rng.random(size) if train.loss == "mse" else rng.integers(0, 2, size[:-1])
    num_classes = 1 if train.loss == "mse" else 2
    return Samples(inputs, targets, num_classes, all_of_them, all_of_them[:0])
