"""Every number of an architecture opens, and its terms come to it exactly."""

import pytest

from core.analysis import analyse
from core.architectures import ARCHITECTURES
from core.architectures.deep_rnn import Deepening, deep_rnn
from core.explain.costs import Costs, explain_cost
from core.explain.record import Ref
from core.spec import (
    Conv2dSpec,
    EmbeddingSpec,
    FlattenSpec,
    LinearSpec,
    NetworkSpec,
    OneHotSpec,
    PoolSpec,
    RecurrentSpec,
)

TOTALS = ("parameters", "parameter_bytes", "multiply_adds", "activation_bytes", "depth")


def costs_of(key):
    return Costs(analyse(ARCHITECTURES[key].build()))


def numbers(costs):
    """Every number with its value, as the analysis has it."""
    for layer in costs.analysis.layers:
        for axis, value in enumerate(layer.output_shape):
            yield Ref(f"layers.{layer.path}.shape", (axis,)), value
        fields = (layer.field.rows, layer.field.columns) if layer.field else ()
        for axis, field in enumerate(fields):
            yield Ref(f"layers.{layer.path}.field", (axis,)), field.size
            yield Ref(f"layers.{layer.path}.jump", (axis,)), field.jump
        if layer.kind != "branches":
            for what in ("parameters", "multiply_adds", "activation_bytes"):
                yield Ref(f"layers.{layer.path}.{what}"), getattr(layer, what)
    for what in TOTALS:
        yield Ref(f"total.{what}"), getattr(costs.analysis, what)


def refs_within(explanation):
    factors = [f for term in explanation.terms for f in term.factors]
    return [factor for factor in [*factors, *explanation.arguments] if factor.ref]


def recurrent(first, **settings):
    return NetworkSpec((9,), (first, RecurrentSpec(hidden_size=6, **settings), LinearSpec(3)))


SEQUENCES = {
    "all four ways": deep_rnn((9, 2), 3, 5, Deepening(1, 2, True, 1, 1)),
    "lstm": recurrent(EmbeddingSpec(8, 4), cell="lstm"),
    "two passes": recurrent(OneHotSpec(8), cell="rnn", direction="both"),
    "a window": recurrent(OneHotSpec(8), cell="gru", direction="both", look_ahead=3),
    "a window alone": recurrent(OneHotSpec(8), cell="gru", direction="backward", look_ahead=2),
}


@pytest.mark.parametrize("key", ARCHITECTURES)
def test_every_number_opens_and_every_factor_opens_to_its_own_value(key):
    check_numbers(costs_of(key))


@pytest.mark.parametrize("key", SEQUENCES)
def test_so_do_those_of_networks_on_sequences(key):
    check_numbers(Costs(analyse(SEQUENCES[key])))


def check_numbers(costs):
    for ref, value in numbers(costs):
        opened = explain_cost(costs, ref)
        assert opened.ref == ref
        assert opened.result == value, ref
        if opened.kind == "sum":
            assert sum(term.value for term in opened.terms) == value
        for factor in refs_within(opened):
            assert explain_cost(costs, factor.ref).result == factor.value, (ref, factor)


@pytest.mark.parametrize("key", ["googlenet", "resnet50"])
def test_blocks_sum_up_all_that_lies_within(key):
    costs = costs_of(key)
    for block in (layer for layer in costs.analysis.layers if layer.kind == "branches"):
        inside = costs.analysis.within(block.path)
        for what in ("parameters", "multiply_adds", "activation_bytes"):
            opened = explain_cost(costs, Ref(f"layers.{block.path}.{what}"))
            assert opened.result == sum(getattr(layer, what) for layer in inside)


def test_most_of_vgg_lies_in_its_dense_layers():
    costs = costs_of("vgg16")
    dense = explain_cost(costs, Ref("total.dense"))
    assert dense.result == 123_642_856
    assert dense.substituted == "102,764,544 + 16,781,312 + 4,097,000"
    share = explain_cost(costs, Ref("total.dense_share"))
    assert share.result == 123_642_856 / 138_357_544
    assert share.substituted == "123,642,856 / 138,357,544"


def test_the_formula_shows_its_numbers():
    costs = costs_of("vgg16")
    assert explain_cost(costs, Ref("layers.2.parameters")).substituted == "64 × 64 × 3 × 3 + 64"
    pool = explain_cost(costs, Ref("layers.4.shape", (1,)))
    assert (pool.formula, pool.substituted) == ("⌊(n + p − k) / s⌋ + 1", "⌊(224 + 0 − 2) / 2⌋ + 1")


def test_groups_dilation_and_rounding_up_are_in_the_formula():
    layers = (Conv2dSpec(8, 3, dilation=2, groups=2), PoolSpec("max", 2, 2, 1, ceil_mode=True))
    costs = Costs(analyse(NetworkSpec((4, 10, 10), layers)))
    assert explain_cost(costs, Ref("layers.0.parameters")).substituted == "8 × 4 × 0.5 × 3 × 3 + 8"
    rows = explain_cost(costs, Ref("layers.0.shape", (1,)))
    assert rows.substituted == "⌊(10 + 0 − (2 × (3 − 1) + 1)) / 1⌋ + 1"
    assert explain_cost(costs, Ref("layers.1.shape", (1,))).formula.startswith("⌈")


def test_what_is_not_there_is_named():
    costs = Costs(analyse(NetworkSpec((1, 4, 4), (FlattenSpec(), LinearSpec(2)))))
    for tensor in ("layers.9.parameters", "total.beauty", "layers.0.beauty"):
        with pytest.raises(ValueError, match=r"layer '9'|no number|not in this"):
            explain_cost(costs, Ref(tensor))
    with pytest.raises(ValueError, match="not in this architecture"):
        explain_cost(costs, Ref("layers.1.shape", (4,)))
