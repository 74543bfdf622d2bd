"""Recurrent cells with random weights; and the same cells as naive loops, the specification."""

from dataclasses import dataclass

import numpy as np

from core.functional.gru import GRU
from core.functional.lstm import LSTM
from core.functional.recurrence import Cell, State
from core.functional.recurrent import BACKWARD, FORWARD, Way
from core.functional.rnn import RNN


@dataclass(frozen=True)
class Case:
    cell: Cell
    activation: str = "tanh"
    layers: int = 0
    shortcut: bool = False

    @property
    def name(self):
        deep = f"-{self.layers}" + ("-shortcut" if self.shortcut else "") if self.layers else ""
        return f"{self.cell.name}-{self.activation}{deep}"

    def weights(self, rng, features, hidden, dtype=float):
        rows = len(self.cell.gates) * hidden
        shapes = {"weight_ih": (rows, features), "weight_hh": (rows, hidden), "bias": (rows,)}
        if self.cell.name == "gru":
            shapes["bias_hn"] = (hidden,)
        if self.layers:
            shapes["weight_transition"] = (self.layers, hidden, hidden)
            shapes["bias_transition"] = (self.layers, hidden)
        if self.shortcut:
            shapes["weight_shortcut"] = (hidden, hidden)
        drawn = {name: rng.normal(size=shape) * 0.7 for name, shape in shapes.items()}
        return {name: array.astype(dtype) for name, array in drawn.items()}

    def state(self, rng, hidden, n, dtype=float):
        h, c = (rng.normal(size=(hidden, n)).astype(dtype) for _ in range(2))
        return State(h, c if self.cell.has_c else None)


CASES = [
    Case(LSTM),
    Case(GRU),
    Case(RNN["tanh"]),
    Case(RNN["relu"], "relu"),
    Case(RNN["tanh"], layers=1),
    Case(RNN["tanh"], layers=2, shortcut=True),
    Case(RNN["relu"], "relu", layers=1, shortcut=True),
]
WAYS = {"forward": FORWARD, "backward": BACKWARD, "look-ahead": Way(reverse=True, look_ahead=2)}


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def naive_step(case, w, x, h, c):
    """One step of one sample: x (F,), h, c (H,) -> the next h and c."""
    hidden = len(h)
    a = w["weight_ih"] @ x + w["bias"]
    b = w["weight_hh"] @ h
    if case.cell.name == "lstm":
        i, f, g, o = (a + b).reshape(4, hidden)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        return sigmoid(o) * np.tanh(c), c
    if case.cell.name == "gru":
        a, b = a.reshape(3, hidden), b.reshape(3, hidden)
        r, z = sigmoid(a[0] + b[0]), sigmoid(a[1] + b[1])
        n = np.tanh(a[2] + r * (b[2] + w["bias_hn"]))
        return (1 - z) * n + z * h, None
    function = np.tanh if case.activation == "tanh" else lambda z: z * (z > 0)
    u = function(a + b)
    for layer in range(case.layers):
        z = w["weight_transition"][layer] @ u + w["bias_transition"][layer]
        if case.shortcut and layer == case.layers - 1:
            z = z + w["weight_shortcut"] @ h
        u = function(z)
    return u, None


def naive(case, w, x, start=None, mask=None, way=FORWARD):
    """x (F, T, N) -> all h (H, T, N), and the last h and c (H, N)."""
    hidden = w["weight_hh"].shape[1]
    _, length, n = x.shape
    y = np.zeros((hidden, length, n))
    last_h, last_c = np.zeros((hidden, n)), np.zeros((hidden, n))

    def run(sample, steps):
        h = np.zeros(hidden) if start is None else start.h[:, sample]
        c = np.zeros(hidden) if start is None or start.c is None else start.c[:, sample]
        for t in steps:
            if mask is None or mask[t, sample]:
                h, c = naive_step(case, w, x[:, t, sample], h, c)
            yield t, h, c

    for sample in range(n):
        if way.look_ahead is None:
            steps = reversed(range(length)) if way.reverse else range(length)
            for t, h, c in run(sample, steps):
                y[:, t, sample] = last_h[:, sample] = h
                last_c[:, sample] = c if case.cell.has_c else 0
        else:
            for t in reversed(range(length)):
                window = range(min(t + way.look_ahead, length - 1), t - 1, -1)
                *_, (_, h, c) = run(sample, window)
                y[:, t, sample] = last_h[:, sample] = h
                last_c[:, sample] = c if case.cell.has_c else 0
    return y, State(last_h, last_c if case.cell.has_c else None)


def lengths_mask(lengths, steps):
    """(T, N): true for the first steps of each sample."""
    return np.arange(steps)[:, None] < np.asarray(lengths)
