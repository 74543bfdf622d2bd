"""Recurrent cells and networks against PyTorch's numbers; see tests/golden/make_sequences.py."""

from pathlib import Path

import numpy as np
import pytest

from core.functional.cells import find_cell
from core.functional.losses import LOSSES
from core.functional.recurrence import State
from core.functional.recurrent import recurrent_backward, recurrent_forward
from core.functional.sequence_losses import per_step
from core.network import Network
from core.spec import (
    ANY,
    ActivationSpec,
    EmbeddingSpec,
    LinearSpec,
    NetworkSpec,
    RecurrentSpec,
)

GOLDEN = np.load(Path(__file__).parents[1] / "golden" / "sequences.npz")
TOLERANCE = {"float64": 1e-12, "float32": 2e-5}
FEATURES, HIDDEN, CLASSES, TOKENS, RATE = 3, 4, 3, 4, 0.2
LENGTHS = (5, 2, 4)
OUT, TANH = LinearSpec(CLASSES), ActivationSpec("tanh")
DEEP_OUT = (LinearSpec(HIDDEN), TANH, OUT)
RNN, BOTH = RecurrentSpec("rnn", HIDDEN), RecurrentSpec("lstm", HIDDEN, "both")
LAYERS = {
    "rnn": (RNN, OUT),
    "rnn_relu": (RecurrentSpec("rnn", HIDDEN, activation="relu"), OUT),
    "lstm": (RecurrentSpec("lstm", HIDDEN), OUT),
    "gru": (RecurrentSpec("gru", HIDDEN), OUT),
    "two_bidirectional_lstms": (BOTH, BOTH, OUT),
    "packed_lstms": (BOTH, BOTH, OUT),
    "packed_gru": (RecurrentSpec("gru", HIDDEN, "both"), OUT),
    "stacked": (RNN, RNN, OUT),
    "deep_input": (LinearSpec(FEATURES), TANH, RNN, OUT),
    "deep_transition": (RecurrentSpec("rnn", HIDDEN, transition_layers=2), OUT),
    "deep_transition_shortcut": (
        RecurrentSpec("rnn", HIDDEN, transition_layers=2, transition_shortcut=True), OUT),
    "deep_output": (RNN, *DEEP_OUT),
    "all_four": (
        LinearSpec(FEATURES), TANH,
        RecurrentSpec("rnn", HIDDEN, transition_layers=1, transition_shortcut=True), *DEEP_OUT),
    "embedding_gru_last": (
        EmbeddingSpec(TOKENS, FEATURES), RecurrentSpec("gru", HIDDEN, returns="last"), OUT),
}  # fmt: skip
networks = pytest.mark.parametrize("name", LAYERS)
dtypes = pytest.mark.parametrize("dtype", TOLERANCE)


def assert_near(ours, theirs, dtype):
    tolerance = TOLERANCE[dtype]
    np.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=tolerance * np.abs(theirs).max())


class Setting:
    """A network with PyTorch's start values, and what PyTorch says of it."""

    def __init__(self, name, dtype):
        self.golden = {key.rsplit("/", 1)[1]: GOLDEN[key] for key in GOLDEN
                       if key.startswith(f"{name}/{dtype}/")}  # fmt: skip
        self.x, self.y = self.golden["x"], self.golden["y"]
        shape = (ANY,) if name.startswith("embedding") else (ANY, FEATURES)
        self.network = Network(NetworkSpec(shape, LAYERS[name]), dtype)
        self.network.parameters[:] = self.golden["parameters"]
        steps = np.arange(self.x.shape[1])
        self.mask = steps < np.array(LENGTHS)[:, None] if name.startswith("packed") else None

    def step(self):
        """Output, loss and dx of a pass there and back."""
        output = self.network.forward(self.x, training=True, mask=self.mask)
        loss, gradient = per_step(LOSSES["cross_entropy"], output, self.y, self.mask)
        return output, loss, self.network.backward(gradient)


def test_every_network_is_compared():
    names = {key.split("/")[0] for key in GOLDEN} - {"cell"}
    assert names == set(LAYERS)


@networks
@dtypes
def test_one_pass(name, dtype):
    setting = Setting(name, dtype)
    output, loss, dx = setting.step()
    golden, counted = setting.golden, slice(None) if setting.mask is None else setting.mask
    assert output.dtype == dtype
    assert_near(output[counted], golden["output"][counted], dtype)
    assert_near(loss, golden["loss"], dtype)
    assert_near(setting.network.gradients, golden["gradients"], dtype)
    if "dx" in golden:
        assert_near(dx, golden["dx"], dtype)


@networks
@dtypes
def test_ten_steps(name, dtype):
    setting, losses = Setting(name, dtype), []
    for _ in range(10):
        losses.append(setting.step()[1])
        setting.network.parameters -= np.dtype(dtype).type(RATE) * setting.network.gradients
    assert_near(losses, setting.golden["losses"], dtype)
    assert_near(setting.network.parameters, setting.golden["after"], dtype)


@pytest.mark.parametrize("name", ["rnn", "lstm", "gru"])
@dtypes
def test_a_cell_from_given_states(name, dtype):
    """All states, and the gradients by each of them by every path, from step to step."""
    golden = {key.rsplit("/", 1)[1]: GOLDEN[key] for key in GOLDEN
              if key.startswith(f"cell/{name}/{dtype}/")}  # fmt: skip
    x, dy = (np.ascontiguousarray(golden[key].transpose(2, 0, 1)) for key in ("x", "dy"))
    spec = NetworkSpec((ANY, FEATURES), (RecurrentSpec(name, HIDDEN),))
    network = Network(spec, dtype)
    network.parameters[:] = golden["parameters"]
    weights, grads = network.layers[0].params, network.layers[0].grads
    start = State(golden["h"][0].T, golden["c"][0].T if name == "lstm" else None)
    y, end, cache = recurrent_forward(x, weights, find_cell(name), start)
    back = recurrent_backward(dy, cache, grads=grads)
    totals = back.totals()
    assert_near(y.transpose(1, 2, 0), golden["h"][1:], dtype)
    assert_near(end.h.T, golden["h"][-1], dtype)
    assert_near(back.dx.transpose(1, 2, 0), golden["dx"], dtype)
    assert_near(network.gradients, golden["gradients"], dtype)
    for letter in "hc" if name == "lstm" else "h":
        total, first = getattr(totals, letter), getattr(back.start, letter)
        assert_near(total.transpose(1, 2, 0), golden[f"d{letter}"][1:], dtype)
        assert_near(first.T, golden[f"d{letter}"][0], dtype)
    if name == "lstm":
        assert_near(end.c.T, golden["c"][-1], dtype)
