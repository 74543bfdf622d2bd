"""Whether an engine computes the core's numbers: one seeded step of two small networks, beside the
same step by NumPy. It is asked before the first job, in a process of its own."""

from __future__ import annotations

import copy

import numpy as np
from numpy.typing import NDArray

from app.server.engines.base import Engine, Place
from app.server.engines.catalogue import engine_class
from app.server.engines.numpy_engine import NumpyEngine
from app.server.engines.probe import made_up, start_of
from core.spec import (
    ANY,
    ActivationSpec,
    Conv2dSpec,
    FlattenSpec,
    LinearSpec,
    NetworkSpec,
    PoolSpec,
    RecurrentSpec,
    TrainSpec,
)

TOLERANCE = 1e-4  # relative; float32 in another order of additions differs by about 1e-6
NETWORKS = (
    NetworkSpec((1, 8, 8), (
        Conv2dSpec(4, 3), ActivationSpec("relu"), PoolSpec("max", 2), FlattenSpec(), LinearSpec(3),
    )),
    NetworkSpec((ANY, 2), (RecurrentSpec("lstm", 5), LinearSpec(3))),
)  # fmt: skip
TRAIN = TrainSpec("cross_entropy", "adam", 0.01, 8, dtype="float32")


def deviation(name: str, device: str) -> str:
    """How far an engine's numbers are off, as the end of a sentence; empty where they are right."""
    made = engine_class(name)
    for network in NETWORKS:
        if made.obstacle(network, TRAIN):
            continue
        ours, theirs = _step(NumpyEngine, "CPU", network), _step(made, device, network)
        for what, wanted, found in (
            ("loss", ours[0], theirs[0]), ("gradients", ours[1].gradients, theirs[1].gradients),
            ("weights", ours[1].parameters, theirs[1].parameters),
        ):  # fmt: skip
            error = _apart(wanted, found)
            if not error <= TOLERANCE:  # nor when it is no number
                return (f"computes other numbers than this program's own arithmetic: its {what} "
                        f"after one step are off by {error:.1e}, and may be by {TOLERANCE:.0e}")
    return ""


def _step(
    made: type[Engine], device: str, network: NetworkSpec
) -> tuple[NDArray[np.float64], Place]:
    task = made_up(network, TRAIN)
    engine = made(task, device)
    engine.load(copy.deepcopy(start_of(task)))
    losses = engine.run(np.arange(TRAIN.batch_size), TRAIN.batch_size)
    place = engine.unload()
    engine.close()
    return losses, place


def _apart(wanted: NDArray[np.floating], found: NDArray[np.floating]) -> float:
    """The largest difference, as a part of the largest number."""
    return float(np.abs(found - wanted).max() / np.abs(wanted).max())
