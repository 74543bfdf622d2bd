"""Fields of units: where they lie, against what really moves a unit; how much of them counts."""

import numpy as np
import pytest

from core.analysis import analyse
from core.effective import effective_pixels, effective_side, unit_gradient, unit_trace
from core.explain.cost_record import Costs
from core.explain.costs import explain_cost
from core.explain.reach import Reach, explain_reach
from core.explain.record import Ref
from core.network import Network
from core.spec import Conv2dSpec, NetworkSpec, PoolSpec

SIDE = 23
NETS = {
    "plain": (Conv2dSpec(1, 3, bias=False), Conv2dSpec(1, 3, bias=False)),
    "strided": (Conv2dSpec(1, 3, 2, bias=False), PoolSpec("average", 2), Conv2dSpec(1, 2)),
    "padded": (Conv2dSpec(1, 5, padding=2, bias=False), Conv2dSpec(1, 3, 2, padding=1)),
    "dilated": (Conv2dSpec(1, 3, dilation=1), Conv2dSpec(1, 3, dilation=2)),
}


def unit(name, place, side=SIDE):
    """The reach and the trace of a unit of the last layer, all weights 1."""
    network = Network(NetworkSpec((1, side, side), NETS[name]), "float64")
    for path, layer in enumerate(network.layers):
        if "weight" in layer.params:
            network.view(f"layers.{path}.weight")[...] = 1
    trace = unit_trace(network, np.random.default_rng(0).normal(size=(1, 1, side, side)), place)
    costs = Costs(analyse(network.spec))
    return Reach(costs, str(len(network.layers) - 1), place, unit_gradient(trace)), trace


@pytest.mark.parametrize("name", NETS)
@pytest.mark.parametrize("place", [(0, 0), (1, 2), (2, 1)])
def test_the_field_is_what_moves_the_unit(name, place):
    """With positive weights, the gradient is above zero exactly at the pixels that are seen."""
    it, _ = unit(name, place)
    for axis in (0, 1):
        seen = np.flatnonzero(it.gradient.any(axis=1 - axis)) + 1
        assert seen[0] == max(it.first(axis), 1)
        assert seen[-1] == min(it.last(axis), SIDE)


@pytest.mark.parametrize("name", NETS)
def test_every_number_opens_and_its_terms_come_to_it(name):
    it, _ = unit(name, (1, 2))
    for tensor in ("reach.first", "reach.last", "reach.offset"):
        for axis in (0, 1):
            opened = explain_reach(it, Ref(tensor, (axis,)))
            if opened.kind == "sum":
                assert sum(term.value for term in opened.terms) == opened.result
            for factor in (f for term in opened.terms for f in term.factors if f.ref):
                explain = explain_cost if factor.ref.tensor.startswith("layers.") else explain_reach
                about = it.costs if explain is explain_cost else it
                assert explain(about, factor.ref).result == factor.value
    assert explain_reach(it, Ref("reach.first", (0,))).result == it.first(0)
    assert explain_reach(it, Ref("reach.last", (1,))).result == it.last(1)


def test_a_gradient_of_equal_weights_counts_the_paths():
    it, trace = unit("plain", (4, 5))
    steps = np.array([1, 2, 3, 2, 1])
    np.testing.assert_array_equal(it.gradient[4:9, 5:10], np.outer(steps, steps))
    assert trace.output("1")[0, 0, 4, 5] == pytest.approx(
        (it.gradient * trace.inputs[0, 0]).sum(), rel=1e-12)  # fmt: skip


def test_the_effective_field_is_a_share_of_the_greatest():
    gradient = np.array([[100.0, 4.56, 4.54], [-5.0, 0.0, 1.0]])
    assert effective_pixels(gradient) == 3
    assert effective_side(gradient) == pytest.approx(3**0.5)
    assert effective_pixels(np.zeros((2, 2))) == 0


def test_the_effective_field_opens():
    it, _ = unit("plain", (4, 5))
    opened = explain_reach(it, Ref("effective.side"))
    assert opened.result == 5
    assert opened.arguments[0].value == explain_reach(it, Ref("effective.pixels")).result == 25
    greatest = explain_reach(it, Ref("effective.pixels")).arguments[0]
    assert it.gradient[greatest.ref.index[2:]] == greatest.value == 9


def test_it_grows_with_the_root_of_the_depth():
    """A stack of n layers: the field grows by 2 a layer, the effective one much more slowly."""
    sides = []
    for depth in (4, 16):
        layers = tuple(Conv2dSpec(1, 3, bias=False) for _ in range(depth))
        network = Network(NetworkSpec((1, 41, 41), layers), "float64")
        network.parameters[:] = 1 / 9
        middle = (20 - depth,) * 2
        gradient = unit_gradient(unit_trace(network, np.zeros((1, 1, 41, 41)), middle))
        sides.append(effective_side(gradient))
    assert sides[1] / sides[0] == pytest.approx(2, rel=0.15)


@pytest.mark.parametrize("at", [Ref("reach.first", (2,)), Ref("reach.middle", (0,))])
def test_what_is_no_number_of_the_field_is_refused(at):
    with pytest.raises(ValueError, match="no number"):
        explain_reach(unit("plain", (0, 0))[0], at)
