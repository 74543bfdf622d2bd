"""Branches: the arithmetic of merging, gradients through every path, and numbers that open."""

import math

import numpy as np
import pytest

from core.explain import Ref, Trace, explain
from core.layers import Record
from core.network import Network
from core.spec import (
    ActivationSpec,
    BranchesSpec,
    LinearSpec,
    NetworkSpec,
    ShapeError,
    TrainSpec,
    from_json,
    to_json,
)
from tests.core.gradcheck import assert_close, numeric_gradient

TANH = ActivationSpec("tanh")
RESIDUAL = BranchesSpec(((LinearSpec(4), TANH, LinearSpec(3)), ()), "add")
INCEPTION = BranchesSpec(((LinearSpec(2), TANH), (), (LinearSpec(1),)), "concatenate")
NESTED = BranchesSpec(((RESIDUAL, TANH), (LinearSpec(3),)), "add")
BLOCKS = {"residual": RESIDUAL, "inception": INCEPTION, "nested": NESTED}


def make(block):
    spec = NetworkSpec((3,), (block, LinearSpec(2)))
    network = Network(spec)
    network.initialize(np.random.default_rng(3))
    network.parameters += 0.1
    return network


@pytest.fixture
def x():
    return np.random.default_rng(4).normal(size=(5, 3))


def test_a_residual_block_adds_what_it_was_given(x):
    network = make(RESIDUAL)
    first, second = (network.state_dict()[f"layers.0.0.{k}.weight"] for k in (0, 2))
    inner = np.tanh(x @ first.T + 0.1) @ second.T + 0.1
    np.testing.assert_allclose(network.activations(x)[0], inner + x, rtol=1e-12)


def test_concatenated_channels_stand_in_the_order_of_the_branches(x):
    network = make(INCEPTION)
    record = Record()
    network.forward(x, record=record)
    merged = record.outputs["0"]
    assert merged.shape == (2 + 3 + 1, 5)
    np.testing.assert_array_equal(merged[:2], record.outputs["0.0.1"])
    np.testing.assert_array_equal(merged[2:5], x.T)
    np.testing.assert_array_equal(merged[5:], record.outputs["0.2.0"])


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS)
def test_gradients_add_up_over_all_paths(block, x):
    network = make(block)
    dy = np.random.default_rng(5).normal(size=(5, 2))
    network.forward(x, training=True)
    dx = network.backward(dy)

    def value():
        return float((network.forward(x) * dy).sum())

    for name in network.parameter_names:
        analytic = network.view(name, network.gradients)
        assert_close(analytic, numeric_gradient(value, network.view(name)))
    assert_close(dx, numeric_gradient(value, x))


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS)
def test_every_number_in_branches_opens(block, x):
    network = make(block)
    trace = Trace(network, x[:2], np.ones((2, 2)), TrainSpec())
    pending, seen = [Ref("loss")], set()
    pending += [Ref(f"{name.rsplit('.', 1)[0]}.d{name.rsplit('.', 1)[1]}", index)
                for name in network.parameter_names
                for index in np.ndindex(network.view(name).shape)]  # fmt: skip
    while pending:
        ref = pending.pop()
        if ref in seen:
            continue
        seen.add(ref)
        opened = explain(trace, ref)
        if opened.kind == "sum":
            total = sum(term.value for term in opened.terms)
            assert math.isclose(opened.result, total, rel_tol=1e-9, abs_tol=1e-15), ref
        for factor in [f for term in opened.terms for f in term.factors] + list(opened.arguments):
            if factor.ref:
                pending.append(factor.ref)
                below = explain(trace, factor.ref).result
                assert math.isclose(below, factor.value, rel_tol=1e-12), factor
    assert {"layers.0.output", "layers.0.0.0.dinput"} & {ref.tensor for ref in seen}


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS)
def test_branches_survive_json(block):
    spec = NetworkSpec((3,), (block, LinearSpec(2)))
    assert from_json(NetworkSpec, to_json(spec)) == spec
    assert from_json(NetworkSpec, to_json(spec)).num_parameters == len(Network(spec).parameters)


def test_branches_that_do_not_fit_are_named():
    with pytest.raises(ShapeError, match=r"layer 1 \(branches\): adding .* 0 gives 4 .* 1 gives 3"):
        NetworkSpec((3,), (TANH, BranchesSpec(((LinearSpec(4),), ()), "add")))
    with pytest.raises(ValueError, match="one of add, concatenate"):
        BranchesSpec(((), ()), "multiply")
    with pytest.raises(ValueError, match="number of branches"):
        BranchesSpec(((),), "add")
