"""What a recurrent layer computes within: gates, states, sums, and the gradients by all of them.

Names of values, each (N, T, H):

    lstm  h, c, the gates i, f, g, o, and tanh_c
    gru   h, the gates r, z, n, and m = W h_{t−1} + b_hn
    rnn   h; with a deep transition also u0, u1, ... before it

lstm and gru also have kept, the product of all later f (for gru, z): the share of a state that is
still there at the end of the pass, and of the last state's gradient that comes back along this way.

What comes out of a non-linearity has its sum before it, such as i_sum, and its slope there, such as
i_slope. Gradients of the loss have a d before the name: dh and dc are those by every path, from the
outputs and from the later steps. At a step that does not exist the state stays, and the gradients
by gates and sums are 0.

A pass limited to a window of k steps ahead is k + 1 steps for each step of the sequence: its values
are (N, T, k + 1, H), where [n, t, a] is step t + a in the window of step t.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from core.buffers import fresh
from core.functional.bidirectional import passes_backward, passes_forward
from core.functional.recurrence import Mask, State, StepGradients, split
from core.functional.recurrent import Cache, Way, project
from core.functional.rnn import ACTIVATIONS
from core.functional.windows import unfold
from core.layers import Recurrent

Array = NDArray[np.floating]
Values = dict[str, Array]
KEEPERS = {"lstm": "f", "gru": "z"}  # the gate that says which share of the state stays


@dataclass(frozen=True)
class PassRecord:
    """One pass through a sequence: every value by name, read-only."""

    way: Way
    values: MappingProxyType[str, Array]
    start: State | None = None  # h and c (H, N) before the first step, None for 0

    @property
    def is_windowed(self) -> bool:
        return self.values["h"].ndim == 4


@dataclass(frozen=True)
class RecurrentRecord:
    """A recurrent layer on one batch: its passes, the one from the end last where there are two."""

    cell: str
    passes: tuple[PassRecord, ...]


def record_recurrent(
    layer: Recurrent,
    x: Array,
    mask: Mask | None = None,
    dy: Array | None = None,
    starts: Sequence[State | None] | None = None,
) -> RecurrentRecord:
    """What a layer computes for x (features, T, N) from given states, 0 for None, and for dy, the
    gradient by its output, on the way back. The layer itself stays as it is."""
    _, _, caches = passes_forward(x, layer.params, layer.cell, layer.plan, starts, mask)
    backs: list[StepGradients | None] = [None] * len(caches)
    if dy is not None:
        grads = {name: np.empty_like(weight) for name, weight in layer.params.items()}
        found = passes_backward(dy, caches, layer.plan, grads, layer.spec.truncate)[1]
        backs = [each.steps for each in found]
    starts = starts or [None] * len(caches)
    passes = [_record_pass(*each) for each in zip(caches, backs, starts, strict=True)]
    return RecurrentRecord(layer.cell.name, tuple(passes))


def _record_pass(cache: Cache, back: StepGradients | None, start: State | None) -> PassRecord:
    """All values in rows and in the order of the pass, then as they are seen from outside."""
    forward, backward = FAMILIES[cache.cell.name]
    values = forward(cache)
    if back is not None:
        values |= backward(cache, values, back)
        absent = cache.steps.absent
        if absent is not None:
            for name in values.keys() - {"dh", "dc"}:
                if name.startswith("d"):
                    values[name] = np.where(absent[..., None], 0, values[name])
    outside = {name: _outside(rows, cache) for name, rows in values.items()}
    return PassRecord(cache.way, MappingProxyType(outside), start)


def _outside(rows: Array, cache: Cache) -> Array:
    if cache.is_windowed:
        windows = rows.reshape(len(rows), *cache.sizes, -1)[::-1]  # the last step is the nearest
        seen = windows.transpose(2, 1, 0, 3).copy()
    else:
        seen = (rows[::-1] if cache.way.reverse else rows).transpose(1, 0, 2).copy()
    seen.flags.writeable = False
    return seen


def _sums(cache: Cache) -> Array:
    """W_ih x + b of every step, in rows."""
    ones = np.ones(len(cache.weights["bias"]), cache.weights["bias"].dtype)
    z = project(cache.x, cache.weights, ones, fresh)
    if not cache.is_windowed:
        return z
    assert cache.way.look_ahead is not None
    return unfold(z, None, cache.way.look_ahead, fresh)[0]


def _logistic_slope(s: Array) -> Array:
    return s * (1 - s)


def _tanh_slope(y: Array) -> Array:
    return 1 - y * y


def _kept(gate: Array) -> Array:
    """The product of a gate (T, N, H) over all later steps."""
    kept = np.ones_like(gate)
    kept[:-1] = gate[:0:-1].cumprod(axis=0)[::-1]
    return kept


# LSTM


def _lstm(cache: Cache) -> Values:
    steps = cache.steps
    assert steps.c is not None
    assert steps.inner is not None
    hidden = steps.h.shape[-1]
    sums = _sums(cache) + steps.h[:-1] @ cache.weights["weight_hh"].T
    values = {"h": steps.h[1:], "c": steps.c[1:], "tanh_c": steps.inner,
              "tanh_c_slope": _tanh_slope(steps.inner)}  # fmt: skip
    for name, gate, total in zip("ifgo", split(steps.gates, hidden), split(sums, hidden),
                                 strict=True):  # fmt: skip
        slope = _tanh_slope if name == "g" else _logistic_slope
        values |= {name: gate, f"{name}_sum": total, f"{name}_slope": slope(gate)}
    return values | {"kept": _kept(values["f"])}


def _lstm_gradients(cache: Cache, values: Values, back: StepGradients) -> Values:
    assert back.dc is not None
    assert cache.steps.c is not None
    sums = split(back.dz, back.dh.shape[-1])
    found = {f"d{name}_sum": each for name, each in zip("ifgo", sums, strict=True)}
    return found | {
        "dh": back.dh, "dc": back.dc,
        "di": back.dc * values["g"], "df": back.dc * cache.steps.c[:-1],
        "dg": back.dc * values["i"], "do": back.dh * values["tanh_c"],
    }  # fmt: skip


# GRU


def _gru(cache: Cache) -> Values:
    steps, weights = cache.steps, cache.weights
    m = steps.inner
    assert m is not None
    r, z, n = split(steps.gates, m.shape[-1])
    r_in, z_in, n_in = split(_sums(cache), m.shape[-1])
    r_state, z_state, _ = split(steps.h[:-1] @ weights["weight_hh"].T, m.shape[-1])
    return {
        "h": steps.h[1:], "m": m, "r": r, "z": z, "n": n, "kept": _kept(z),
        "r_sum": r_in + r_state, "z_sum": z_in + z_state, "n_sum": n_in + r * m,
        "r_slope": _logistic_slope(r), "z_slope": _logistic_slope(z), "n_slope": _tanh_slope(n),
    }  # fmt: skip


def _gru_gradients(cache: Cache, values: Values, back: StepGradients) -> Values:
    dm, dr_sum, dz_sum, dn_sum = split(back.dz, back.dh.shape[-1])
    return {
        "dh": back.dh, "dm": dm, "dr_sum": dr_sum, "dz_sum": dz_sum, "dn_sum": dn_sum,
        "dn": back.dh * (1 - values["z"]), "dz": back.dh * (cache.steps.h[:-1] - values["n"]),
        "dr": dn_sum * values["m"],
    }  # fmt: skip


# RNN


def transition_names(layers: int) -> list[str]:
    """u0, u1, ... and h last."""
    return [*(f"u{layer}" for layer in range(layers)), "h"]


def _rnn(cache: Cache) -> Values:
    steps, weights = cache.steps, cache.weights
    assert steps.inner is not None
    names = transition_names(len(steps.inner))
    outs = [steps.gates, *steps.inner]
    total = _sums(cache) + steps.h[:-1] @ weights["weight_hh"].T
    values: Values = {}
    for layer, (name, out) in enumerate(zip(names, outs, strict=True)):
        if layer:
            total = outs[layer - 1] @ weights["weight_transition"][layer - 1].T
            total += weights["bias_transition"][layer - 1]
            if "weight_shortcut" in weights and name == "h":
                total += steps.h[:-1] @ weights["weight_shortcut"].T
        values |= {name: out, f"{name}_sum": total, f"{name}_slope": _rnn_slope(cache, out)}
    return values | {"h": steps.h[1:]}


def _rnn_slope(cache: Cache, out: Array) -> Array:
    slope = np.empty_like(out)
    ACTIVATIONS[cache.cell.activation].slope(out, slope)
    return slope


def _rnn_gradients(cache: Cache, values: Values, back: StepGradients) -> Values:
    names = transition_names(len(back.dz) - 1)
    found = {f"d{name}_sum": dz for name, dz in zip(names, back.dz, strict=True)}
    for layer, name in enumerate(names[:-1]):
        found[f"d{name}"] = back.dz[layer + 1] @ cache.weights["weight_transition"][layer]
    return found | {"dh": back.dh}


FAMILIES = {
    "lstm": (_lstm, _lstm_gradients), "gru": (_gru, _gru_gradients), "rnn": (_rnn, _rnn_gradients),
}  # fmt: skip
