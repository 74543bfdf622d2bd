"""The passes that the numbers of a network that learns come from, and its weights kept as text."""

from __future__ import annotations

import base64
import binascii

import numpy as np
from numpy.typing import NDArray

from app.playground.chapters.images.cnn_readings import origin
from core.ablation import Unit, switch_off
from core.explain import Trace
from core.network import Network
from core.training import Snapshot

Array = NDArray[np.floating]
NUMBERS = np.dtype("<f4")


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


def packed(parameters: Array) -> str:
    return base64.b64encode(parameters.astype(NUMBERS).tobytes()).decode()


def unpacked(text: str, count: int) -> Array:
    """As many parameters; raises ValueError for a text that does not hold them."""
    try:
        values = np.frombuffer(base64.b64decode(text, validate=True), NUMBERS)
    except (binascii.Error, ValueError):
        values = np.empty(0, NUMBERS)
    if values.shape != (count,) or not np.isfinite(values).all():
        raise ValueError("the kept weights do not fit the network of this address")
    return values
