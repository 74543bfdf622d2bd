"""Recurrent cells: against naive loops, gradients against differences, and what always holds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.buffers import Buffers
from core.functional.bidirectional import make_plan, passes_backward, passes_forward
from core.functional.gru import GRU
from core.functional.lstm import LSTM
from core.functional.recurrence import State
from core.functional.recurrent import (
    BACKWARD,
    FORWARD,
    Way,
    recurrent_backward,
    recurrent_forward,
)
from core.functional.rnn import RNN
from tests.core.gradcheck import assert_close, numeric_gradient
from tests.core.recurrent_cases import CASES, WAYS, lengths_mask, naive, naive_step

HIDDEN, FEATURES, STEPS = 3, 2, 5
LENGTHS = (5, 3, 4, 1)
SAMPLES = len(LENGTHS)
cases = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
ways = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
any_case, any_way = st.sampled_from(CASES), st.sampled_from(list(WAYS.values()))


class Setting:
    """Everything that goes into a pass, and random gradients that come back to it."""

    def __init__(self, case, seed=0, steps=STEPS, n=SAMPLES, features=FEATURES):
        rng = np.random.default_rng(seed)
        self.case = case
        self.weights = case.weights(rng, features, HIDDEN)
        self.x = rng.normal(size=(features, steps, n))
        self.start, self.dend = case.state(rng, HIDDEN, n), case.state(rng, HIDDEN, n)
        self.dy = rng.normal(size=(HIDDEN, steps, n))

    def forward(self, mask=None, way=FORWARD, x=None, start="given"):
        start = self.start if start == "given" else start
        return recurrent_forward(
            self.x if x is None else x, self.weights, self.case.cell, start, mask, way
        )

    def value(self, mask, way, x=None):
        """A number that depends on all outputs and on the last state."""
        y, end, _ = self.forward(mask, way, x)
        c = 0 if end.c is None else (end.c * self.dend.c).sum()
        return (y * self.dy).sum() + (end.h * self.dend.h).sum() + c


@cases
@ways
@pytest.mark.parametrize("unequal", [False, True])
def test_the_naive_loops_give_the_same(case, way, unequal):
    setting = Setting(case)
    mask = lengths_mask(LENGTHS, STEPS) if unequal else None
    for start in (None, setting.start):
        y, end, _ = setting.forward(mask, way, start=start)
        wanted, wanted_end = naive(case, setting.weights, setting.x, start, mask, way)
        np.testing.assert_allclose(y, wanted, rtol=1e-12, atol=1e-13)
        np.testing.assert_allclose(end.h, wanted_end.h, rtol=1e-12, atol=1e-13)
        if case.cell.has_c:
            np.testing.assert_allclose(end.c, wanted_end.c, rtol=1e-12, atol=1e-13)


@cases
@ways
@pytest.mark.parametrize("unequal", [False, True])
def test_every_gradient_against_differences(case, way, unequal):
    setting = Setting(case)
    mask = lengths_mask(LENGTHS, STEPS) if unequal else None
    found = recurrent_backward(setting.dy, setting.forward(mask, way)[2], setting.dend)

    def value():
        return setting.value(mask, way)

    assert_close(found.dx, numeric_gradient(value, setting.x))
    assert_close(found.start.h, numeric_gradient(value, setting.start.h))
    if case.cell.has_c:
        assert_close(found.start.c, numeric_gradient(value, setting.start.c))
    for name, weight in setting.weights.items():
        assert_close(found.weights[name], numeric_gradient(value, weight))


@given(any_case, st.integers(0, 1000), st.booleans())
def test_one_step_is_one_step_of_the_cell(case, seed, reverse):
    setting = Setting(case, seed, 1)
    y, end, _ = setting.forward(way=Way(reverse))
    for n in range(SAMPLES):
        c = setting.start.c[:, n] if case.cell.has_c else None
        h, c = naive_step(case, setting.weights, setting.x[:, 0, n], setting.start.h[:, n], c)
        np.testing.assert_allclose(y[:, 0, n], h, rtol=1e-11, atol=1e-13)
        np.testing.assert_array_equal(end.h[:, n], y[:, 0, n])
        if case.cell.has_c:
            np.testing.assert_allclose(end.c[:, n], c, rtol=1e-11, atol=1e-13)


@cases
@ways
def test_tokens_are_one_hot_vectors(case, way):
    setting = Setting(case, features=4)
    tokens = np.random.default_rng(1).integers(0, 4, (STEPS, SAMPLES))
    one_hot = np.ascontiguousarray(np.eye(4)[tokens].transpose(2, 0, 1))
    y, end, cache = setting.forward(None, way, tokens)
    wanted, wanted_end, wanted_cache = setting.forward(None, way, one_hot)
    np.testing.assert_allclose(y, wanted, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(end.h, wanted_end.h, rtol=1e-12, atol=1e-14)
    found = recurrent_backward(setting.dy, cache)
    wanted = recurrent_backward(setting.dy, wanted_cache)
    assert found.dx is None
    for name, gradient in wanted.weights.items():
        np.testing.assert_allclose(found.weights[name], gradient, rtol=1e-11, atol=1e-13)


@cases
@pytest.mark.parametrize("reverse", [False, True])
def test_total_gradients_are_those_by_a_change_of_the_state(case, reverse):
    """dL/dh_t: the gradient by the state that a second pass over the rest would start from."""
    setting, way = Setting(case), Way(reverse)
    y, _, cache = setting.forward(way=way)
    totals = recurrent_backward(setting.dy, cache, setting.dend).totals(way)
    order = range(STEPS)[:: -1 if reverse else 1]
    for t in order[:-1]:
        rest = slice(0, t) if reverse else slice(t + 1, STEPS)
        c = None
        if case.cell.has_c:
            head = setting.x[:, t:] if reverse else setting.x[:, : t + 1]
            c = setting.forward(way=way, x=np.ascontiguousarray(head))[1].c
        _, _, after = recurrent_forward(
            np.ascontiguousarray(setting.x[:, rest]), setting.weights, case.cell,
            State(np.ascontiguousarray(y[:, t]), c), way=way,
        )  # fmt: skip
        start = recurrent_backward(setting.dy[:, rest], after, setting.dend).start
        wanted = start.h + setting.dy[:, t]
        np.testing.assert_allclose(totals.h[:, t], wanted, rtol=1e-10, atol=1e-12)
        if case.cell.has_c:
            tanh = np.tanh(c)
            o = y[:, t] / tanh
            by_h = totals.h[:, t] * o * (1 - tanh * tanh)
            np.testing.assert_allclose(totals.c[:, t], start.c + by_h, rtol=1e-8, atol=1e-10)


@cases
@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("unequal", [False, True])
def test_truncation_is_a_sequence_cut_into_pieces(case, reverse, unequal):
    """Gradients of 5 steps cut every 2: those of pieces of 2, 2 and 1 steps, states passed on."""
    setting, way = Setting(case), Way(reverse)
    mask = lengths_mask(LENGTHS, STEPS) if unequal else None
    found = recurrent_backward(setting.dy, setting.forward(mask, way)[2], setting.dend, cut=2)
    total = {name: np.zeros_like(weight) for name, weight in setting.weights.items()}
    state = setting.start
    for first in range(0, STEPS, 2):
        piece = range(STEPS)[first : first + 2]
        if reverse:
            piece = range(STEPS - 1 - piece[-1], STEPS - piece[0])
        part = slice(piece[0], piece[-1] + 1)
        _, state, cache = recurrent_forward(
            np.ascontiguousarray(setting.x[:, part]), setting.weights, case.cell, state,
            None if mask is None else mask[part], way,
        )  # fmt: skip
        dend = setting.dend if first + 2 >= STEPS else None
        back = recurrent_backward(setting.dy[:, part], cache, dend)
        np.testing.assert_allclose(found.dx[:, part], back.dx, rtol=1e-12, atol=1e-14)
        if not first:
            np.testing.assert_allclose(found.start.h, back.start.h, rtol=1e-12, atol=1e-14)
        for name in total:
            total[name] += back.weights[name]
    for name, gradient in total.items():
        np.testing.assert_allclose(found.weights[name], gradient, rtol=1e-12, atol=1e-14)


@settings(max_examples=40)
@given(any_case, any_way, st.integers(0, 1000), st.integers(1, 6), st.integers(1, 4))
def test_a_batch_equals_its_samples_one_by_one(case, way, seed, steps, n):
    setting = Setting(case, seed, steps, n)
    y, end, cache = setting.forward(way=way)
    whole = recurrent_backward(setting.dy, cache, setting.dend)
    total = 0
    for k in range(n):
        one = slice(k, k + 1)
        start = State(setting.start.h[:, one], None if end.c is None else setting.start.c[:, one])
        dend = State(setting.dend.h[:, one], None if end.c is None else setting.dend.c[:, one])
        single, last, own = recurrent_forward(
            np.ascontiguousarray(setting.x[..., one]), setting.weights, case.cell, start, way=way
        )
        back = recurrent_backward(setting.dy[..., one], own, dend)
        np.testing.assert_allclose(y[..., one], single, rtol=1e-11, atol=1e-12)
        np.testing.assert_allclose(end.h[:, one], last.h, rtol=1e-11, atol=1e-12)
        np.testing.assert_allclose(whole.dx[..., one], back.dx, rtol=1e-9, atol=1e-11)
        total = total + back.weights["weight_hh"]
    np.testing.assert_allclose(whole.weights["weight_hh"], total, rtol=1e-9, atol=1e-10)


@settings(max_examples=40)
@given(any_case, st.booleans(), st.integers(0, 1000), st.integers(1, 5), st.integers(1, 4))
def test_padding_changes_nothing(case, reverse, seed, steps, padding):
    """Steps that do not exist behind a sequence: same outputs, last state and gradients."""
    setting, way = Setting(case, seed, steps, 2), Way(reverse)
    y, end, cache = setting.forward(way=way)
    back = recurrent_backward(setting.dy, cache, setting.dend)
    rng = np.random.default_rng(seed)
    wide = np.concatenate([setting.x, rng.normal(size=(FEATURES, padding, 2)) * 9], axis=1)
    mask = lengths_mask((steps, steps), steps + padding)
    padded, padded_end, padded_cache = setting.forward(mask, way, wide)
    dy = np.concatenate([setting.dy, np.zeros((HIDDEN, padding, 2))], axis=1)
    padded_back = recurrent_backward(dy, padded_cache, setting.dend)
    np.testing.assert_allclose(padded[:, :steps], y, rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(padded_end.h, end.h, rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(padded_back.dx[:, :steps], back.dx, rtol=1e-9, atol=1e-11)
    assert not padded_back.dx[:, steps:].any()
    for name, gradient in back.weights.items():
        np.testing.assert_allclose(padded_back.weights[name], gradient, rtol=1e-9, atol=1e-10)


@settings(max_examples=40)
@given(any_case, st.integers(0, 1000), st.integers(1, 6), st.integers(0, 3))
def test_looking_beyond_the_end_is_the_full_backward_pass(case, seed, steps, beyond):
    setting = Setting(case, seed, steps)
    far, near = Way(True, steps + beyond), Way(True, steps - 1)
    wanted, end, cache = setting.forward(way=BACKWARD)
    for way in (far, near):
        y, far_end, far_cache = setting.forward(way=way)
        np.testing.assert_array_equal(y, wanted)
        np.testing.assert_array_equal(far_end.h, end.h)
        np.testing.assert_array_equal(
            recurrent_backward(setting.dy, far_cache).dx, recurrent_backward(setting.dy, cache).dx
        )


@cases
def test_a_window_over_all_but_one_step_sees_as_much(case):
    """The windows themselves, where only the first lacks a step that the full pass has."""
    setting = Setting(case)
    wanted = setting.forward(way=BACKWARD)[0]
    y = setting.forward(way=Way(True, STEPS - 2))[0]
    np.testing.assert_allclose(y[:, 1:], wanted[:, 1:], rtol=1e-12, atol=1e-14)
    if case.activation == "tanh":  # by ReLU, all units of a step may be 0
        assert np.abs(y[:, 0] - wanted[:, 0]).max() > 1e-6


@cases
def test_states_carry_on(case):
    """Two halves, the second from where the first ended, are the whole."""
    setting = Setting(case)
    whole, end, _ = setting.forward()
    first, state, _ = setting.forward(x=np.ascontiguousarray(setting.x[:, :2]))
    second, last, _ = setting.forward(x=np.ascontiguousarray(setting.x[:, 2:]), start=state)
    np.testing.assert_allclose(np.concatenate([first, second], axis=1), whole, rtol=1e-12)
    np.testing.assert_allclose(last.h, end.h, rtol=1e-12)


@cases
@ways
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_buffers_and_types_change_nothing(case, way, dtype):
    """In one type throughout; and used again for a smaller batch, memory holds no old numbers."""
    rng, new = np.random.default_rng(2), Buffers()
    weights = case.weights(rng, FEATURES, HIDDEN, dtype)
    for n in (4, 2, 4):
        x = rng.normal(size=(FEATURES, STEPS, n)).astype(dtype)
        dy = rng.normal(size=(HIDDEN, STEPS, n)).astype(dtype)
        kept = x.copy(), dy.copy(), {name: weight.copy() for name, weight in weights.items()}
        for mask in (None, lengths_mask(LENGTHS[:n], STEPS)):
            y, _, cache = recurrent_forward(x, weights, case.cell, mask=mask, way=way, new=new)
            back = recurrent_backward(dy, cache, new=new)
            fresh, _, own = recurrent_forward(x, weights, case.cell, mask=mask, way=way)
            wanted = recurrent_backward(dy, own)
            assert y.dtype == back.dx.dtype == back.weights["bias"].dtype == dtype
            np.testing.assert_array_equal(y, fresh)
            np.testing.assert_array_equal(back.dx, wanted.dx)
            for name, gradient in wanted.weights.items():
                np.testing.assert_array_equal(back.weights[name], gradient)
        np.testing.assert_array_equal(x, kept[0])
        np.testing.assert_array_equal(dy, kept[1])
        for name, weight in weights.items():
            np.testing.assert_array_equal(weight, kept[2][name])


@cases
def test_huge_sums_saturate_without_a_warning(case):
    setting = Setting(case)
    for dtype in ("float32", "float64"):
        weights = {name: weight.astype(dtype) for name, weight in setting.weights.items()}
        x = np.full((FEATURES, STEPS, 1), 1e4, dtype)
        y, _, cache = recurrent_forward(x, weights, case.cell)
        assert np.isfinite(y).all()
        if case.activation == "tanh":
            assert np.abs(y).max() <= 1
        assert np.isfinite(recurrent_backward(np.ones_like(y), cache).dx).all()


# Two passes


def both_weights(case, rng):
    weights = case.weights(rng, FEATURES, HIDDEN)
    second = {f"{name}_reverse": w for name, w in case.weights(rng, FEATURES, HIDDEN).items()}
    return weights | second


@cases
@pytest.mark.parametrize("merge", ["concatenate", "sum"])
@pytest.mark.parametrize("returns", ["sequence", "last"])
@pytest.mark.parametrize("look_ahead", [None, 1])
def test_both_directions(case, merge, returns, look_ahead):
    rng = np.random.default_rng(3)
    weights, x = both_weights(case, rng), rng.normal(size=(FEATURES, STEPS, 4))
    plan = make_plan("both", merge, look_ahead, returns)
    mask = lengths_mask(LENGTHS, STEPS)
    y, _, caches = passes_forward(x, weights, case.cell, plan, mask=mask)
    parts = []
    for ending, way in (("", FORWARD), ("_reverse", Way(True, look_ahead))):
        own = {name.removesuffix("_reverse"): w for name, w in weights.items()
               if name.endswith("_reverse") == bool(ending)}  # fmt: skip
        sequence, end = naive(case, own, x, None, mask, way)
        parts.append(sequence if returns == "sequence" else end.h)
    wanted = np.concatenate(parts) if merge == "concatenate" else parts[0] + parts[1]
    np.testing.assert_allclose(y, wanted, rtol=1e-12, atol=1e-13)
    dy = rng.normal(size=y.shape)

    def value():
        return (passes_forward(x, weights, case.cell, plan, mask=mask)[0] * dy).sum()

    grads = {name: np.full_like(weight, np.nan) for name, weight in weights.items()}
    dx, _ = passes_backward(dy, caches, plan, grads)
    assert_close(dx, numeric_gradient(value, x))
    for name, weight in weights.items():
        assert_close(grads[name], numeric_gradient(value, weight))


# What cannot be


X = np.zeros((2, 3, 4))
W = CASES[0].weights(np.random.default_rng(0), 2, 3)
H = np.zeros((3, 4))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"x": np.zeros((2, 0, 4))}, "T and N at least 1"),
        ({"x": np.zeros((2, 3, 0))}, "T and N at least 1"),
        ({"x": np.zeros((2, 3))}, "features, T, N"),
        ({"x": np.zeros((5, 3, 4))}, "with 2 features"),
        ({"x": X.astype("float32")}, "float32 but the weights are float64"),
        ({"x": np.zeros((3, 4), int) + 2}, "from 0 to 1; there is a 2"),
        ({"x": np.zeros((3, 4), int) - 1}, "there is a -1"),
        ({"x": np.zeros((0, 4), int)}, "T and N at least 1"),
        ({"x": np.zeros((3, 4, 1), int)}, "whole numbers"),
        ({"x": np.zeros((3, 4), bool)}, "features, T, N"),
        ({"mask": np.ones((4, 3), bool)}, r"of shape \(3, 4\)"),
        ({"mask": np.ones((3, 4))}, "true or false"),
        ({"start": State(H)}, "must have h and c"),
        ({"start": State(H, H[:, :3])}, r"c of the state at the start must be \(3, 4\)"),
        ({"start": State(H, H.astype("float32"))}, "is float32"),
        ({"weights": W | {"bias": np.zeros(9)}}, r"bias must be \(12,\)"),
        ({"weights": W | {"weight_hh": np.zeros((9, 3))}}, r"weight_hh must be \(12, 3\)"),
    ],
)
def test_what_does_not_fit_is_named(arguments, words):
    with pytest.raises(ValueError, match=words):
        recurrent_forward(**({"x": X, "weights": W, "cell": LSTM} | arguments))


def test_a_state_of_a_cell_without_c_has_none():
    weights = CASES[1].weights(np.random.default_rng(0), 2, 3)
    with pytest.raises(ValueError, match="h alone"):
        recurrent_forward(X, weights, GRU, State(H, H))


def test_gradients_that_do_not_fit_are_named():
    _, _, cache = recurrent_forward(X, W, LSTM)
    with pytest.raises(ValueError, match=r"dy must be \(3, 3, 4\)"):
        recurrent_backward(np.zeros((3, 4, 3)), cache)
    with pytest.raises(ValueError, match=r"dL/dc at the end must be \(3, 4\)"):
        recurrent_backward(None, cache, State(H, H.T))


def test_only_known_activations():
    assert set(RNN) == {"tanh", "relu"}
