"""Spectral radii, and lengths of gradients that open, before and after clipping."""

import math

import numpy as np
import pytest

from core.explain import Ref, Trace, explain
from core.explain.norms import lengths, turned
from core.explain.walk import walks
from core.network import Network
from core.spec import LinearSpec, NetworkSpec, RecurrentSpec, TrainSpec
from core.spectrum import blocks, eigenvalue_sizes, scale_to_radius, spectral_radius

STEPS, HIDDEN = 5, 6


def make_trace(cell="lstm", **train):
    network = Network(NetworkSpec((STEPS, 1), (RecurrentSpec(cell, HIDDEN, returns="last"),
                                               LinearSpec(1))))  # fmt: skip
    network.initialize(np.random.default_rng(0))
    inputs = np.random.default_rng(1).normal(size=(1, STEPS, 1))
    return Trace(network, inputs, given=np.ones((1, 1)), train=TrainSpec(**train))


def test_the_radius_of_a_rotation_is_its_stretch():
    turn = 1.5 * np.array([[0.6, -0.8], [0.8, 0.6]])
    assert spectral_radius(turn) == pytest.approx(1.5)
    np.testing.assert_allclose(eigenvalue_sizes(np.diag([1.0, -3.0, 2.0])), [3, 2, 1])


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_every_gate_is_scaled_to_the_radius(cell):
    network = make_trace(cell).network
    before = blocks(network, "0").copy()
    scale_to_radius(network, "0", 0.7)
    for old, new in zip(before, blocks(network, "0"), strict=True):
        assert spectral_radius(new) == pytest.approx(0.7)
        ratio = new / old
        np.testing.assert_allclose(ratio, ratio[0, 0])
    network.view("layers.0.weight_hh")[...] = 0
    with pytest.raises(ValueError, match="cannot be scaled"):
        scale_to_radius(network, "0", 1.0)


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_lengths_at_steps_open_into_units(cell):
    trace = make_trace(cell)
    values = walks(trace, "0")[0].record.values["dh"]
    for step in range(STEPS):
        opened = explain(trace, Ref("norm.layers.0.dh", (0, step)))
        assert opened.result == pytest.approx(np.linalg.norm(values[0, step]))
        assert [factor.value for factor in opened.arguments] == values[0, step].tolist()
        first = explain(trace, opened.arguments[0].ref)
        assert first.result == opened.arguments[0].value
        assert opened.result == lengths(trace, "0", "dh")[step]
    assert opened.symbol == f"‖∂L/∂h{'₁₂₃₄₅'[step]}‖"


def test_the_rate_of_a_linear_cell_is_its_radius():
    """Where no input comes, tanh is at 0, where its slope is 1."""
    network = Network(NetworkSpec((40, 1), (RecurrentSpec("rnn", 2, returns="last"),)))
    network.view("layers.0.weight_hh")[...] = 0.8 * np.array([[0.6, -0.8], [0.8, 0.6]])
    trace = Trace(network, np.zeros((1, 40, 1)), given=np.ones((1, 2)))
    opened = explain(trace, Ref("rate.layers.0.dh", (0,)))
    assert opened.result == pytest.approx(0.8)
    assert [explain(trace, each.ref).result for each in opened.arguments] == [
        each.value for each in opened.arguments
    ]


def test_the_length_of_all_opens_into_tensors_and_these_into_their_largest():
    trace = make_trace()
    opened = explain(trace, Ref("norm.gradients"))
    assert opened.result == pytest.approx(np.linalg.norm(trace.gradients))
    total = 0.0
    for factor in opened.arguments:
        inner = explain(trace, factor.ref)
        assert inner.result == pytest.approx(factor.value)
        total += inner.result**2
        sizes = [abs(each.value) for each in inner.arguments]
        if inner.note:
            assert "The 16 largest of" in inner.note
            assert sizes == sorted(sizes, reverse=True)
        assert explain(trace, inner.arguments[0].ref).result == inner.arguments[0].value
    assert math.sqrt(total) == pytest.approx(opened.result)


@pytest.mark.parametrize(("train", "says"), [
    ({}, "nothing is clipped"), ({"clip_norm": 0.1}, "the smaller"),
    ({"clip_value": 0.05}, "±0.05"),
])  # fmt: skip
def test_what_clipping_leaves(train, says):
    trace = make_trace(**train)
    opened = explain(trace, Ref("norm.clipped"))
    assert opened.result == pytest.approx(np.linalg.norm(trace.clipped))
    assert says in opened.formula
    if "clip_norm" in train:
        assert opened.result == pytest.approx(0.1)
        assert turned(trace) == pytest.approx(0, abs=1e-5)
    if "clip_value" in train:
        cosine = trace.gradients @ trace.clipped / np.linalg.norm(trace.gradients) / opened.result
        assert turned(trace) == pytest.approx(np.degrees(np.arccos(cosine)))
        assert turned(trace) > 1


@pytest.mark.parametrize("ref", [
    Ref("norm.layers.0.dh", (0, STEPS)), Ref("norm.layers.0.dq", (0, 0)), Ref("norm.layers.0.dh"),
    Ref("norm.layers.9.dweight_hh"), Ref("norm.all"),
])  # fmt: skip
def test_a_length_that_is_not_there_is_refused(ref):
    with pytest.raises(ValueError, match=r"not in this network|no number|there is no"):
        explain(make_trace(), ref)
