"""Numbers of recurrent layers open, forward and backward, down to inputs, weights and the loss."""

import dataclasses
import math
import re

import numpy as np
import pytest

from core.explain import Ref, Trace, explain
from core.explain.record import subscript
from core.explain.walk import walks
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
    TrainSpec,
)

N, T, FEATURES, HIDDEN, TOKENS = 3, 4, 2, 2, 3
MASK = np.arange(T) < np.array([[4], [2], [3]])
OUT, TANH = LinearSpec(3), ActivationSpec("tanh")


def layer(cell="rnn", **fields):
    return RecurrentSpec(cell, HIDDEN, **fields)


NETWORKS = {
    "rnn": (layer(), OUT),
    "relu": (layer(activation="relu"), OUT),
    "lstm": (layer("lstm"), OUT),
    "gru": (layer("gru"), OUT),
    "backward lstm": (layer("lstm", direction="backward", truncate=2), OUT),
    "both": (layer("lstm", direction="both"), layer("gru", direction="both", merge="sum"), OUT),
    "last": (layer("gru", direction="both", returns="last"), OUT),
    "window lstm": (layer("lstm", direction="both", look_ahead=1), OUT),
    "window gru": (layer("gru", direction="backward", look_ahead=2, returns="last"), OUT),
    "window rnn": (layer(direction="both", look_ahead=1, merge="sum", truncate=1), OUT),
    "deep transition": (layer(transition_layers=2), OUT),
    "shortcut": (LinearSpec(2), TANH, layer(transition_layers=2, transition_shortcut=True), OUT),
    "truncated": (layer("gru", truncate=2), OUT),
    "branches": (BranchesSpec(((layer("lstm"),), (LinearSpec(2), layer())), "add"), OUT),
}
STARTS = {"numbers": (), "embedding": (EmbeddingSpec(TOKENS, 2),), "one-hot": (OneHotSpec(TOKENS),)}
TRAIN = TrainSpec("cross_entropy", l1=0.01, l2=0.02)


def make_trace(name, start="numbers", masked=False, loss="cross_entropy"):
    rng = np.random.default_rng(7)
    shape = (ANY, FEATURES) if start == "numbers" else (ANY,)
    network = Network(NetworkSpec(shape, (*STARTS[start], *NETWORKS[name])))
    network.initialize(rng)
    network.parameters += rng.normal(0, 0.3, network.parameters.shape)
    x = rng.normal(size=(N, T, FEATURES))
    if start != "numbers":
        x = rng.integers(0, TOKENS - (start == "embedding"), (N, T))  # one token is never there
    output = network.forward(x)
    if loss == "cross_entropy":
        targets = rng.integers(0, 3, output.shape[:-1])
    else:
        targets = rng.normal(size=output.shape)
    train = TrainSpec(loss, l1=TRAIN.l1, l2=TRAIN.l2)
    counted = (rng.random((N, T)) < 0.7) & MASK if masked else None
    return Trace(network, x, targets, train, mask=MASK if masked else None, counted=counted)


def roots(trace):
    """The loss, every gradient by a parameter, by the inputs, and every output."""
    yield Ref("loss")
    for name in trace.network.parameter_names:
        path, key = name.rsplit(".", 1)
        for index in np.ndindex(trace.network.view(name).shape):
            yield Ref(f"{path}.d{key}", index)
    for index in np.ndindex(trace.dinput("0").shape):
        yield Ref("layers.0.dinput", index)
    last = len(trace.network.layers) - 1
    for index in np.ndindex(trace.outputs[-1].shape):
        yield Ref(f"layers.{last}.output", index)


def open_all(trace):
    """Everything that can be reached from the roots; each sum and each factor is checked."""
    pending, seen, done = list(roots(trace)), {}, set()

    def value(ref):
        if ref not in seen:
            seen[ref] = explain(trace, ref)
        return seen[ref].result

    while pending:
        ref = pending.pop()
        if ref in done:
            continue
        done.add(ref)
        value(ref)
        opened = seen[ref]
        assert opened.ref == ref
        if opened.kind == "sum":
            total = math.fsum(term.value for term in opened.terms)
            size = max([abs(term.value) for term in opened.terms], default=0)
            assert abs(opened.result - total) <= 1e-12 * size + 1e-15, ref
        factors = [factor for term in opened.terms for factor in term.factors]
        for factor in (*factors, *opened.arguments):
            if factor.ref is None:
                continue
            pending.append(factor.ref)
            if not factor.symbol.startswith(("is the right", "sign")):
                inner = value(factor.ref)
                assert math.isclose(inner, factor.value, rel_tol=1e-12, abs_tol=1e-16), factor
    return seen


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("masked", [False, True])
def test_every_number_opens_down_to_what_was_given(name, masked):
    seen = open_all(make_trace(name, masked=masked))
    kinds = {re.sub(r"\d+\.?", "", ref.tensor) for ref in seen}
    assert {"input", "target", "loss"} <= kinds


@pytest.mark.parametrize("start", ["embedding", "one-hot"])
def test_tokens_open(start):
    trace = make_trace("lstm", start)
    seen = open_all(trace)
    tokens = {ref: opened for ref, opened in seen.items() if ref.tensor == "input"}
    assert len(tokens) == N * T
    for ref, opened in tokens.items():
        assert opened.result == trace.inputs[ref.index]
        assert opened.symbol == f"x{subscript(ref.index[1] + 1)}"


def test_errors_of_steps_open():
    open_all(make_trace("lstm", masked=True, loss="mse"))
    open_all(make_trace("gru", loss="mse"))


@pytest.mark.parametrize("name", ["lstm", "gru", "both", "shortcut", "window lstm"])
def test_numbers_open_down_to_the_states_that_were_carried_on(name):
    full = make_trace(name)
    full.network.forward(full.inputs * 2, carry=True)
    carried = full.network.carried()
    train = dataclasses.replace(TRAIN, carry_state=True)
    trace = dataclasses.replace(full, train=train)
    seen = open_all(trace)
    path = next(iter(carried))
    (first, *_), unit = carried[path], 0
    opened = seen[Ref(f"layers.{path}.dweight_hh", (0, unit))]
    starts = [f for term in opened.terms for f in term.factors if f.symbol.startswith("h₀")]
    assert [f.value for f in starts] == [first.h[unit, n] for n in range(N)]
    assert explain(trace, starts[1].ref).result == first.h[unit, 1]
    output = full.network.forward(full.inputs, carry=True)
    np.testing.assert_array_equal(trace.outputs[-1], output)
    assert np.abs(output - full.outputs[-1]).max() > 1e-3


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def test_gates_are_what_the_equations_say():
    """An LSTM by hand, step by step, against what is opened."""
    trace = make_trace("lstm")
    w = {key: trace.network.view(f"layers.0.{key}") for key in ("weight_ih", "weight_hh", "bias")}
    h = c = np.zeros(HIDDEN)
    n = 1
    for t in range(T):
        total = w["weight_ih"] @ trace.inputs[n, t] + w["weight_hh"] @ h + w["bias"]
        sums = dict(zip("ifgo", total.reshape(4, HIDDEN), strict=True))
        gates = {k: np.tanh(a) if k == "g" else sigmoid(a) for k, a in sums.items()}
        c = gates["f"] * c + gates["i"] * gates["g"]
        h = gates["o"] * np.tanh(c)
        for name, values in (gates | {"c": c, "h": h, "tanh_c": np.tanh(c)}
                             | {f"{k}_sum": a for k, a in sums.items()}).items():  # fmt: skip
            for unit in range(HIDDEN):
                opened = explain(trace, Ref(f"layers.0.{name}", (n, t, unit)))
                assert math.isclose(opened.result, values[unit], rel_tol=1e-12)


def test_words_and_symbols():
    trace = make_trace("both")
    gate = explain(trace, Ref("layers.0.f_reverse", (0, 2, 1)))
    assert gate.symbol == "←f⁽⁰⁾[3, 2]"
    assert gate.title == "Forget gate of unit 2 at step 3, sample 1"
    assert gate.formula == "1 / (1 + e^(−←a(f)⁽⁰⁾[3, 2]))"
    gradient = explain(trace, Ref("layers.1.dn_sum", (0, 0, 0)))
    assert gradient.title.startswith("Gradient of the loss by the sum before the candidate")
    assert gradient.symbol == "∂L/∂a(n)⁽¹⁾[1, 1]"
    window = explain(make_trace("window lstm"), Ref("layers.0.c_reverse", (0, 1, 1, 0)))
    assert window.title == "Cell state of unit 1 at step 3 in the window of step 2, sample 1"


def test_steps_that_do_not_exist_say_so():
    trace = make_trace("lstm", masked=True)
    assert explain(trace, Ref("layers.0.i", (1, 2, 0))).note.startswith("This step does not exist")
    kept = explain(trace, Ref("layers.0.h", (1, 3, 0)))
    (term,) = kept.terms
    assert term.factors[0].ref == Ref("layers.0.h", (1, 2, 0))


@pytest.mark.parametrize(
    "ref",
    [
        Ref("layers.0.r", (0, 0, 0)),  # an LSTM has none
        Ref("layers.0.h_reverse", (0, 0, 0)),
        Ref("layers.0.h", (0, T, 0)),
        Ref("layers.0.h", (0, 0, HIDDEN)),
        Ref("layers.0.h", (0, 0)),
        Ref("layers.0.weight_transition", (0, 0, 0)),
        Ref("layers.0.dbias_hn", (0,)),
        Ref("layers.1.h", (0, 0, 0)),
    ],
)
def test_a_number_that_is_not_there_is_refused(ref):
    with pytest.raises(ValueError, match=r"not in this network|there is no"):
        explain(make_trace("lstm"), ref)


def test_without_targets_states_open_and_gradients_do_not():
    full = make_trace("lstm")
    trace = Trace(full.network, full.inputs)
    opened = explain(trace, Ref("layers.0.h", (0, 1, 0)))
    assert opened.result == explain(full, Ref("layers.0.h", (0, 1, 0))).result
    with pytest.raises(ValueError, match="not in this network"):
        explain(trace, Ref("layers.0.dh", (0, 1, 0)))


@pytest.mark.parametrize(("hidden", "features", "state", "weight"), [
    (2, 1, "h₁[2]", "w_ih[2, 1]"), (1, 1, "h₁", "w_ih"), (1, 2, "h₁", "w_ih[1, 2]"),
])  # fmt: skip
def test_a_network_of_one_cell_has_short_names(hidden, features, state, weight):
    spec = NetworkSpec((3, features), (RecurrentSpec("rnn", hidden), LinearSpec(1)))
    trace = Trace(Network(spec), np.ones((1, 3, features)))
    unit = hidden - 1
    opened = explain(trace, Ref("layers.0.h_sum", (0, 1, unit)))
    assert opened.symbol == f"a({state.replace('₁', '₂')})"
    assert opened.title == f"Sum before the hidden state of unit {hidden} at step 2"
    factors = [factor for term in opened.terms for factor in term.factors]
    assert state in [factor.symbol for factor in factors]
    assert weight in [factor.symbol for factor in factors]
    answer = explain(trace, Ref("layers.1.output", (0, 1, 0)))
    assert answer.title == "Output y₂"
    assert {f.symbol[:4] for term in answer.terms for f in term.factors} >= {"w_hy", "b_y"}
    start = explain(trace, Ref("layers.0.h_start", (0, unit)))
    assert (start.symbol, start.result) == (state.replace("₁", "₀"), 0)
    assert explain(trace, Ref("layers.0.weight_hh", (0, 0))).title == (
        "Weight from h[1] one step before to h[1], the same at every step")  # fmt: skip


def test_an_answer_at_the_end_has_no_step_in_its_name():
    spec = NetworkSpec((3, 1), (RecurrentSpec("rnn", 1, returns="last"), LinearSpec(2)))
    trace = Trace(Network(spec), np.ones((1, 3, 1)))
    answer = explain(trace, Ref("layers.1.output", (0, 1)))
    assert answer.symbol == "y[2]"
    assert answer.terms[0].factors[1].symbol == "h₃"


@pytest.mark.parametrize(("name", "gate"), [("lstm", "f"), ("gru", "z"), ("window lstm", "f")])
@pytest.mark.parametrize("masked", [False, True])
def test_what_is_kept_is_the_product_of_the_later_gates(name, gate, masked):
    trace = make_trace(name, masked=masked)
    for walk in walks(trace, "0"):
        for place in walk.places():
            for unit in range(HIDDEN):
                wanted, after = 1.0, walk.after(place)
                while after is not None:
                    wanted *= walk.value(gate, after, unit).value
                    after = walk.after(after)
                made = walk.value("kept", place, unit)
                opened = explain(trace, made.ref)
                assert math.isclose(opened.result, wanted, rel_tol=1e-12)
                if walk.after(place) is not None:
                    (term,) = opened.terms
                    assert math.isclose(term.value, wanted, rel_tol=1e-12)
                    assert all(explain(trace, factor.ref) for factor in term.factors)


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_a_given_gradient_goes_back_through_gates(cell):
    """From the last state, the sum of a unit's later gates is what comes back along the belt."""
    network = Network(NetworkSpec((T, FEATURES), (layer(cell, returns="last"),)))
    network.initialize(np.random.default_rng(0))
    network.view("layers.0.weight_hh")[...] = 0
    x = np.random.default_rng(1).normal(size=(1, T, FEATURES))
    trace = Trace(network, x, given=np.ones((1, HIDDEN)))
    values = walks(trace, "0")[0].record.values
    state = "dc" if cell == "lstm" else "dh"
    along = values[state][:, -1:] * values["kept"]
    np.testing.assert_allclose(values[state], along, rtol=1e-12)
    opened = explain(trace, Ref(f"layers.0.{state}", (0, 0, 1)))
    assert math.isclose(opened.result, values[state][0, 0, 1], rel_tol=1e-12)


def test_weights_of_gates_are_named_by_gate_unit_and_source():
    trace = make_trace("lstm")
    names = {
        ("weight_ih", (3, 1)): ("w_xf[2, 2]", "Weight of the forget gate of unit 2 from input 2"),
        ("weight_hh", (6, 1)): (
            "w_ho[1, 2]", "Weight of the output gate of unit 1 from state of unit 2 one step before"
        ),
        ("bias", (5,)): ("b_g[2]", "Bias of the candidate of unit 2"),
    }  # fmt: skip
    for (key, index), (symbol, title) in names.items():
        opened = explain(trace, Ref(f"layers.0.{key}", index))
        assert (opened.symbol, opened.title) == (symbol, title)
    beside = explain(make_trace("gru"), Ref("layers.0.bias_hn", (1,)))
    assert beside.symbol == "b_hn[2]"
    second = explain(make_trace("both"), Ref("layers.0.bias_reverse", (2,)))
    assert second.symbol == "←b_f[1]⁽⁰⁾"
    assert explain(make_trace("rnn"), Ref("layers.0.weight_hh", (0, 1))).symbol == "w_hh[1, 2]"
