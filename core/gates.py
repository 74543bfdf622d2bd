"""Gates set by hand: which weights and biases make a gate do what one wants.

A gate whose weights are all 0 is the sigmoid of its bias alone, the same at every step: the value v
needs the bias ln(v / (1 − v)). As a sigmoid is never 0 and never 1, neither is a gate.

A unit's rows (gates, X + H + 1) are, for each gate, its weights of the X inputs, those of the H
states before, and its bias. Those of a layer are (gates, H, X + H + 1).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.network import Network
from core.spec import FIRST
from core.spec.sequences import GATES

Array = NDArray[np.floating]
LEAST, MOST = 0.001, 0.999  # of what a gate can be set to
INPUTS = 2  # a value, and a mark
CANDIDATES = "gn"  # the letters that are no gates, but what is written
WRITES = 2.0  # the weight of the value in a candidate: tanh(2) = 0.96
OPEN, SHUT = 0.99, 0.01


@dataclass(frozen=True)
class Preset:
    """What the gates of a unit are: a value, or two for a mark of 0 and of 1, between which the
    gate then changes. `echo` is the weight of the unit's own state in a GRU's candidate."""

    label: str
    gates: dict[str, float | tuple[float, float]] = field(default_factory=dict)
    echo: float = 0.0


PRESETS: dict[str, dict[str, Preset]] = {
    "lstm": {
        "remember": Preset("Remember", {"i": SHUT, "f": OPEN, "o": OPEN}),
        "forget": Preset("Forget", {"i": SHUT, "f": SHUT, "o": OPEN}),
        "overwrite": Preset("Overwrite", {"i": OPEN, "f": SHUT, "o": OPEN}),
        "add": Preset("Add up", {"i": OPEN, "f": OPEN, "o": OPEN}),
        "latch": Preset("Remember the marked", {"i": (SHUT, OPEN), "f": (OPEN, SHUT), "o": OPEN}),
    },
    "gru": {
        "remember": Preset("Remember", {"r": OPEN, "z": OPEN}),
        "forget": Preset("Forget", {"r": SHUT, "z": SHUT}),
        "overwrite": Preset("Overwrite", {"r": SHUT, "z": SHUT}),
        "add": Preset("Add up", {"r": OPEN, "z": SHUT}, echo=1.0),
        "latch": Preset("Remember the marked", {"r": SHUT, "z": (OPEN, SHUT)}),
    },
}  # fmt: skip


def bias_for(value: float) -> float:
    """The bias with which a gate without weights has this value."""
    if not LEAST <= value <= MOST:
        raise ValueError(f"a gate can be set from {LEAST} to {MOST}, not to {value:g}: it lies "
                         "between 0 and 1, and reaches neither")  # fmt: skip
    return math.log(value / (1 - value))


def at_rest(row: Array) -> float:
    """What a gate is when all that it listens to is 0: the sigmoid of its bias."""
    return 1 / (1 + math.exp(-float(row[-1])))


def listens(row: Array) -> bool:
    """Whether a gate depends on anything but its bias."""
    return bool(np.any(row[:-1]))


def hold(row: Array, value: float) -> None:
    """Set a gate by hand: its weights 0, its bias such that it has this value."""
    row[:-1] = 0
    row[-1] = bias_for(value)


def preset_rows(cell: str, preset: Preset, unit: int, hidden: int) -> Array:
    """The rows (gates, X + H + 1) of a unit."""
    rows = np.zeros((len(GATES[cell]), INPUTS + hidden + 1))
    for row, letter in zip(rows, GATES[cell], strict=True):
        if letter in CANDIDATES:
            row[0], row[INPUTS + unit] = WRITES, preset.echo
            continue
        value = preset.gates[letter]
        unmarked, marked = value if isinstance(value, tuple) else (value, value)
        hold(row, unmarked)
        row[1] = bias_for(marked) - bias_for(unmarked)
    return rows


def put_rows(network: Network, path: str, rows: Array) -> None:
    """Give the rows (gates, H, X + H + 1) to the layer at a path."""
    flat = rows.reshape(-1, rows.shape[-1])
    hidden = rows.shape[1]
    network.view(f"{FIRST}{path}.weight_ih")[...] = flat[:, : -hidden - 1]
    network.view(f"{FIRST}{path}.weight_hh")[...] = flat[:, -hidden - 1 : -1]
    network.view(f"{FIRST}{path}.bias")[...] = flat[:, -1]


def take_rows(network: Network, path: str) -> Array:
    """The rows (gates, H, X + H + 1) of the layer at a path."""
    parts = [network.view(f"{FIRST}{path}.{key}") for key in ("weight_ih", "weight_hh")]
    bias = network.view(f"{FIRST}{path}.bias")[:, None]
    flat = np.concatenate([*parts, bias], axis=1)
    return flat.reshape(-1, parts[1].shape[1], flat.shape[1])


def index_of(gate: int, unit: int, column: int, hidden: int) -> tuple[str, tuple[int, ...]]:
    """The tensor and the index of a number of the rows, for two inputs."""
    row = gate * hidden + unit
    if column < INPUTS:
        return "weight_ih", (row, column)
    if column < INPUTS + hidden:
        return "weight_hh", (row, column - INPUTS)
    return "bias", (row,)
