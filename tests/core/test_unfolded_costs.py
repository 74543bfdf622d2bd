"""Parameters with and without sharing: those of networks that are really built."""

import pytest

from core.explain.record import Ref
from core.spec import LinearSpec, NetworkSpec, RecurrentSpec
from core.unfolded_costs import DENSE, SIZES, UnfoldedCosts

CELLS = ("rnn", "lstm", "gru")


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("steps", [1, 2, 7])
def test_shared_parameters_are_those_of_the_network_at_any_length(cell, steps):
    it = UnfoldedCosts(cell, 3, 5, 2, steps)
    assert it.number("shared.total") == it.spec.num_parameters
    assert it.number("shared.total") == it.of_length(50).number("shared.total")


@pytest.mark.parametrize("cell", CELLS)
def test_weights_of_its_own_are_a_network_for_each_step(cell):
    one = NetworkSpec((1, 3), (RecurrentSpec(cell, 5), LinearSpec(2)))
    for steps in (1, 4, 9):
        it = UnfoldedCosts(cell, 3, 5, 2, steps)
        assert it.number("own.total") == steps * one.num_parameters


@pytest.mark.parametrize("steps", [1, 6])
def test_the_dense_one_is_that_of_two_linear_layers(steps):
    it = UnfoldedCosts("rnn", 3, 5, 2, steps)
    spec = NetworkSpec((3 * steps,), (LinearSpec(5 * steps), LinearSpec(2 * steps)))
    assert it.number("dense.total") == spec.num_parameters


def test_an_lstm_has_four_times_the_weights_of_a_plain_cell():
    lstm, rnn = (UnfoldedCosts(cell, 3, 8, 1, 10) for cell in ("lstm", "rnn"))
    for key in ("weight_ih", "weight_hh", "bias"):
        assert lstm.number(f"shared.{key}") == 4 * rnn.number(f"shared.{key}")
    assert lstm.explanation(Ref("shared.weight_ih")).substituted == "4 × 8 × 3"
    assert lstm.explanation(Ref("own.weight_ih")).substituted == "10 × 4 × 8 × 3"
    assert rnn.explanation(Ref("shared.weight_hh")).substituted == "8 × 8"


@pytest.mark.parametrize("cell", CELLS)
def test_every_term_adds_up_and_opens(cell):
    it = UnfoldedCosts(cell, 2, 3, 1, 4)
    names = [f"{way}.{key}" for way in ("shared", "own") for key in (*it.tensors, "total")]
    names += [f"dense.{key}" for key in (*DENSE, "total")]
    for name in names:
        opened = it.explanation(Ref(name))
        assert opened.result == sum(term.value for term in opened.terms)
        for factor in (factor for term in opened.terms for factor in term.factors):
            assert it.explanation(factor.ref).result == factor.value
    for size in SIZES:
        assert it.explanation(Ref(f"size.{size}")).kind == "given"


@pytest.mark.parametrize("name", ["shared.bias_hn", "dense.weight_hh", "size.colour", "own", "x.y"])
def test_other_names_are_refused(name):
    with pytest.raises(ValueError, match="no number is called"):
        UnfoldedCosts("rnn", 1, 1, 1, 1).explanation(Ref(name))
