"""The passes that the numbers of a network that learns come from."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from app.playground.chapters.images.cnn_readings import origin
from core.ablation import Unit, switch_off
from core.explain import Trace
from core.network import Network
from core.training import Snapshot

Array = NDArray[np.floating]


def shown_pass(
    snapshot: Snapshot, off: tuple[Unit, ...], picture: Array, label: NDArray[np.int64] | None
) -> Trace:
    """One picture (1, C, H, W) through the network without some of its units, in full precision."""
    network = Network(snapshot.network_spec)
    network.parameters[:] = snapshot.parameters
    network.load_state(snapshot.state)
    switch_off(network, off)
    return Trace(network, picture, label, snapshot.train_spec, origin=origin(snapshot))


def batch_pass(snapshot: Snapshot) -> Trace:
    """The next batch through the whole network, there and back, and its update."""
    return Trace(
        snapshot.network(), snapshot.batch_inputs, snapshot.batch_targets, snapshot.train_spec,
        snapshot.optimizer, origin(snapshot), training=True, rng=snapshot.rng,
    )  # fmt: skip
