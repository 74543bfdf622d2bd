"""Networks on sequences and tokens: layers, their descriptions, and states carried on."""

import dataclasses
import math

import numpy as np
import pytest

from core.functional.losses import LOSSES
from core.functional.sequence_losses import per_step
from core.layers import OneHot, Recurrent
from core.network import Network
from core.spec import (
    ANY,
    ActivationSpec,
    BranchesSpec,
    EmbeddingSpec,
    LinearSpec,
    NetworkSpec,
    OneHotSpec,
    RecurrentSpec,
    ShapeError,
    from_json,
    to_json,
)
from tests.core.gradcheck import assert_close, numeric_gradient

TANH = ActivationSpec("tanh")
STACK = (
    RecurrentSpec("lstm", 3, "both"),
    RecurrentSpec("gru", 2, "both", "sum", look_ahead=1),
    LinearSpec(2),
)
# All four ways of Pascanu et al. at once: a deep input, a deep transition, two states, deep output.
DEEP = (
    LinearSpec(3), TANH,
    RecurrentSpec("rnn", 3, transition_layers=1, transition_shortcut=True),
    RecurrentSpec("rnn", 2, "backward", transition_layers=2),
    LinearSpec(3), TANH, LinearSpec(2),
)  # fmt: skip
BRANCHED = (
    BranchesSpec(((RecurrentSpec("rnn", 2),), (RecurrentSpec("lstm", 1, "backward"),)),
                 "concatenate"),
    RecurrentSpec("gru", 2, returns="last"),
)  # fmt: skip
STARTS = {"numbers": (), "embedding": (EmbeddingSpec(4, 2),), "one-hot": (OneHotSpec(4),)}
CHAINS = {"stack": STACK, "deep": DEEP, "branched": BRANCHED}
N, T = 3, 4
MASK = np.arange(T) < np.array([[4], [2], [3]])


def make(layers, input_shape, seed=0, dtype="float64"):
    network = Network(NetworkSpec(input_shape, layers), dtype)
    network.initialize(np.random.default_rng(seed))
    network.parameters += np.random.default_rng(seed).normal(0, 0.1, network.parameters.shape)
    return network


def example(start, chain, seed=1):
    """A network and an input for it."""
    rng = np.random.default_rng(seed)
    if start == "numbers":
        return make(CHAINS[chain], (ANY, 2)), rng.normal(size=(N, T, 2))
    return make((*STARTS[start], *CHAINS[chain]), (ANY,)), rng.integers(0, 4, (N, T))


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("chain", CHAINS)
def test_all_gradients_of_a_network(start, chain):
    network, x = example(start, chain)
    output = network.forward(x, training=True, mask=MASK)
    dy = np.random.default_rng(2).normal(size=output.shape)
    dx = network.backward(dy)

    def value():
        return (network.forward(x, mask=MASK) * dy).sum()

    for name in network.parameter_names:
        assert_close(network.view(name, network.gradients),
                     numeric_gradient(value, network.view(name)))  # fmt: skip
    if start == "numbers":
        assert_close(dx, numeric_gradient(value, x))
    else:
        np.testing.assert_array_equal(dx, np.zeros(x.shape))
    network.forward(x, training=True, mask=MASK)
    wanted, network.gradients[:] = network.gradients.copy(), np.nan
    network.backward(dy, needs_dx=False)
    np.testing.assert_array_equal(network.gradients, wanted)


def test_one_hot_vectors_are_looked_up_only_while_they_are_the_ones():
    network, x = example("one-hot", "stack")
    first, second = network.layers[:2]
    assert isinstance(first, OneHot)
    assert isinstance(second, Recurrent)
    assert second.one_hot is first
    trained, seen = network.forward(x, training=True), network.forward(x)
    np.testing.assert_allclose(trained, seen, rtol=1e-12, atol=1e-14)
    other = np.random.default_rng(5).normal(size=(4, T, N))
    assert first.tokens_behind(other) is None


def test_the_mask_reaches_every_layer():
    network, x = example("numbers", "stack")
    y = network.forward(x, mask=MASK)
    for n, length in enumerate(MASK.sum(axis=1)):
        np.testing.assert_allclose(y[n, :length], network.forward(x[n : n + 1, :length])[0],
                                   rtol=1e-12, atol=1e-14)  # fmt: skip
    other = np.where(MASK[..., None], x, 99)
    np.testing.assert_array_equal(network.forward(other, mask=MASK)[MASK], y[MASK])


CARRYING = (RecurrentSpec("lstm", 3), RecurrentSpec("gru", 2), RecurrentSpec("rnn", 2))


def test_states_are_carried_from_batch_to_batch():
    network = make(CARRYING, (ANY, 2))
    x = np.random.default_rng(1).normal(size=(N, 6, 2))
    whole = network.forward(x)
    first = network.forward(x[:, :2], carry=True)
    second = network.forward(x[:, 2:], training=True, carry=True)
    np.testing.assert_allclose(np.concatenate([first, second], axis=1), whole, rtol=1e-12)
    np.testing.assert_array_equal(network.forward(x), whole)
    network.forget()
    np.testing.assert_array_equal(network.forward(x[:, :2], carry=True), first)
    fewer = network.forward(x[:2, 2:], carry=True)
    np.testing.assert_allclose(fewer, whole[:2, 2:], rtol=1e-12)
    with pytest.raises(ValueError, match="2 sequences were carried on, but this batch has 3"):
        network.forward(x, carry=True)


def test_a_pass_from_the_end_carries_nothing():
    """What comes after the batch is not there yet, so each batch is as if it were the last."""
    network = make((RecurrentSpec("lstm", 3, "both"),), (ANY, 2))
    x = np.random.default_rng(1).normal(size=(N, 5, 2))
    network.forward(x, carry=True)
    again = network.forward(x, carry=True)
    once = network.forward(x)
    np.testing.assert_array_equal(again[..., 3:], once[..., 3:])
    assert np.abs(again[..., :3] - once[..., :3]).max() > 1e-3


def test_carried_states_pass_to_a_network_like_this_one():
    first, second = (make(CARRYING, (ANY, 2)) for _ in range(2))
    x = np.random.default_rng(1).normal(size=(N, 5, 2))
    first.forward(x, carry=True)
    assert list(first.carried()) == ["0", "1", "2"]
    second.carry_on(first.carried())
    np.testing.assert_array_equal(first.forward(x, carry=True), second.forward(x, carry=True))
    first.forget()
    assert not first.carried()


def test_no_gradient_passes_into_a_carried_state():
    """What is carried is detached: the gradients are those for a constant state at the start."""
    network = make(CARRYING[:1], (ANY, 2))
    x = np.random.default_rng(1).normal(size=(N, 5, 2))
    network.forward(x[:, :2], carry=True)
    network.forward(x[:, 2:], training=True, carry=True)
    dy = np.ones((N, 3, 3))
    network.backward(dy)
    found = network.gradients.copy()

    def value():
        shifted = network.parameters.copy()
        network.parameters[:] = kept
        network.forget()
        network.forward(x[:, :2], carry=True)
        network.parameters[:] = shifted
        return network.forward(x[:, 2:], carry=True).sum()

    kept = network.parameters.copy()
    assert_close(found, numeric_gradient(value, network.parameters))


def test_truncation_shortens_the_way_back():
    spec = RecurrentSpec("rnn", 3, truncate=2)
    short, full = make((spec,), (ANY, 2)), make((RecurrentSpec("rnn", 3),), (ANY, 2))
    x, dy = np.random.default_rng(1).normal(size=(N, T, 2)), np.zeros((N, T, 3))
    dy[:, -1] = 1
    np.testing.assert_array_equal(short.forward(x, training=True), full.forward(x, training=True))
    dx, whole = short.backward(dy), full.backward(dy)
    assert not dx[:, :2].any()
    np.testing.assert_array_equal(dx[:, 2:], whole[:, 2:])
    assert np.abs(whole[:, :2]).min() > 0


# Descriptions


def test_parameters_are_counted():
    x, h = 5, 7
    for cell, gates, more in (("rnn", 1, 0), ("lstm", 4, 0), ("gru", 3, h)):
        once = gates * (h * x + h * h + h) + more
        assert NetworkSpec((ANY, x), (RecurrentSpec(cell, h),)).num_parameters == once
        both = NetworkSpec((ANY, x), (RecurrentSpec(cell, h, "both"),))
        assert both.num_parameters == 2 * once
    deep = RecurrentSpec("rnn", h, transition_layers=2, transition_shortcut=True)
    wanted = h * x + h * h + h + 2 * (h * h + h) + h * h
    assert NetworkSpec((ANY, x), (deep,)).num_parameters == wanted
    assert NetworkSpec((ANY,), (EmbeddingSpec(9, 4),)).num_parameters == 36


def test_products_of_a_step_are_counted():
    x, h = 5, 7
    assert RecurrentSpec("lstm", h).multiply_adds((ANY, x)) == 4 * h * (x + h)
    assert RecurrentSpec("gru", h, "both").multiply_adds((ANY, x)) == 6 * h * (x + h)
    window = RecurrentSpec("rnn", h, "both", look_ahead=3)
    assert window.multiply_adds((ANY, x)) == 2 * h * x + (1 + 4) * h * h


def test_shapes_follow():
    spec = NetworkSpec((20,), (OneHotSpec(4), *STACK))
    assert spec.shapes == ((20,), (20, 4), (20, 6), (20, 2), (20, 2))
    last = RecurrentSpec("lstm", 3, "both", returns="last")
    assert NetworkSpec((ANY, 2), (last,)).output_shape == (6,)
    assert dataclasses.replace(last, merge="sum").output_shape((ANY, 2)) == (3,)


@pytest.mark.parametrize("chain", CHAINS)
def test_descriptions_survive_json(chain):
    spec = NetworkSpec((ANY,), (EmbeddingSpec(4, 2), *CHAINS[chain]))
    assert from_json(NetworkSpec, to_json(spec)) == spec


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"cell": "lstn"}, "cell is 'lstn'"),
        ({"hidden_size": 0}, "hidden_size"),
        ({"direction": "up"}, "direction"),
        ({"merge": "mean"}, "merge"),
        ({"returns": "all"}, "returns"),
        ({"look_ahead": 2}, "sees nothing ahead"),
        ({"look_ahead": -1, "direction": "both"}, "look_ahead"),
        ({"truncate": 0}, "truncate"),
        ({"forget_bias": math.nan}, "forget_bias"),
        ({"transition_layers": 1}, "stack layers instead"),
        ({"activation": "relu"}, "only rnn has a choice"),
        ({"activation": "gelu", "cell": "rnn"}, "activation"),
        ({"cell": "rnn", "transition_shortcut": True}, "no transition_layers to go around"),
        ({"cell": "rnn", "transition_layers": 99}, "transition_layers"),
    ],
)
def test_a_field_that_cannot_be_is_named(fields, words):
    with pytest.raises(ValueError, match=words):
        RecurrentSpec(**({"cell": "lstm", "hidden_size": 3} | fields))


@pytest.mark.parametrize(
    ("input_shape", "layer", "words"),
    [
        ((5,), RecurrentSpec("lstm", 3), "put an embedding or a one-hot layer before it"),
        ((1, 8, 8), RecurrentSpec("lstm", 3), "takes sequences, T × features, not 1 × 8 × 8"),
        ((ANY, 3), EmbeddingSpec(4, 2), "it can only be the first"),
        ((ANY, 3), OneHotSpec(4), "it can only be the first"),
    ],
)
def test_a_shape_that_cannot_be_is_named(input_shape, layer, words):
    with pytest.raises(ShapeError, match=words):
        _ = NetworkSpec(input_shape, (layer,)).shapes


def test_inputs_that_cannot_be_are_named():
    network, x = example("embedding", "stack")
    for wrong, words in (
        (x.astype(float), "whole numbers"),
        (x[:, :0], "N × T"),
        (x[:0], "N at least 1"),
        (x + 4, "from 0 to 3"),
        (x[..., None], "N × T"),
    ):
        with pytest.raises(ValueError, match=words):
            network.forward(wrong)
    numbers, x = example("numbers", "stack")
    with pytest.raises(ValueError, match="mask"):
        numbers.forward(x, mask=MASK[:, :2])
    with pytest.raises(ValueError, match="N × T × 2"):
        numbers.forward(x[:, :0])


def test_forget_gates_start_open_and_gates_are_drawn_one_by_one():
    spec = NetworkSpec((ANY, 2), (RecurrentSpec("lstm", 50, "both", forget_bias=2),),
                       bias_value=0.5)  # fmt: skip
    network = Network(spec)
    network.initialize(np.random.default_rng(0))
    for ending in ("", "_reverse"):
        bias = network.view(f"layers.0.bias{ending}").reshape(4, 50)
        np.testing.assert_array_equal(bias, np.full((4, 50), [[0.5], [2.5], [0.5], [0.5]]))
        weight = network.view(f"layers.0.weight_hh{ending}").reshape(4, 50, 50)
        bound = math.sqrt(6 / 100)  # Glorot's, for a matrix of 50 × 50
        assert np.abs(weight).max(axis=(1, 2)).min() > 0.99 * bound
        assert np.abs(weight).max() <= bound


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_a_net_learns_to_remember_the_first_token(cell):
    """The class is the first of six tokens, so the gradient must come through all steps."""
    layers = (OneHotSpec(3), RecurrentSpec(cell, 8, returns="last"), LinearSpec(3))
    network, rng = make(layers, (ANY,)), np.random.default_rng(3)
    for _ in range(150):
        x = rng.integers(0, 3, (20, 6))
        output = network.forward(x, training=True)
        loss, gradient = per_step(LOSSES["cross_entropy"], output, x[:, 0])
        network.backward(gradient, needs_dx=False)
        network.parameters -= 0.5 * network.gradients
    assert loss < 0.05
