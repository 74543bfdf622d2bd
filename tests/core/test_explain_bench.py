"""One layer over one picture: short names, a gradient that is given, and where each pixel goes."""

import numpy as np
import pytest

from core.explain import Ref, Trace, explain
from core.network import Network
from core.spec import Conv2dSpec, NetworkSpec, PoolSpec


def traced(layer, shape, given=None, seed=0):
    rng = np.random.default_rng(seed)
    network = Network(NetworkSpec(shape, (layer,)))
    network.parameters[:] = rng.integers(-3, 4, network.parameters.size)
    return Trace(network, rng.integers(-4, 5, (1, *shape)).astype(float), given=given)


def test_names_leave_out_what_there_is_only_one_of():
    trace = traced(Conv2dSpec(1, 3), (1, 5, 5))
    opened = explain(trace, Ref("layers.0.output", (0, 0, 1, 2)))
    assert opened.symbol == "y[2, 3]"
    assert opened.title == "Output y[2, 3]"
    assert opened.formula.startswith("w[1, 1] · x[2, 3] + w[1, 2] · x[2, 4]")
    assert opened.terms[-1].factors[0].symbol == "b"
    assert opened.substituted.count("×") == 9
    several = traced(Conv2dSpec(2, 3), (3, 5, 5))
    assert several.names.symbol("input", (2, 0, 1)) == "x[3, 1, 2]"
    assert several.names.parameter("layers.0.weight", (1, 0, 2, 2)) == "w[2, 1, 3, 3]"
    assert several.names.parameter("layers.0.bias", (1,)) == "b[2]"


def test_a_backward_pass_starts_from_a_gradient_that_is_given():
    given = np.zeros((1, 2, 3, 3))
    given[0, 1, 0, 2] = 2.0
    trace = traced(Conv2dSpec(2, 3), (1, 5, 5), given)
    weight = trace.network.view("layers.0.weight")
    np.testing.assert_array_equal(trace.dinput("0")[0, 0, :3, 2:], 2 * weight[1, 0])
    np.testing.assert_array_equal(
        trace.gradient("0", "weight")[1, 0], 2 * trace.inputs[0, 0, :3, 2:])  # fmt: skip
    opened = explain(trace, Ref("layers.0.doutput", (0, 1, 0, 2)))
    assert (opened.kind, opened.result) == ("given", 2.0)
    assert "set by hand" in opened.note


def test_the_gradient_of_one_picture_opens_into_its_places_at_once():
    trace = traced(Conv2dSpec(1, 2), (1, 3, 3), np.ones((1, 1, 2, 2)))
    opened = explain(trace, Ref("layers.0.dweight", (0, 0, 1, 0)))
    assert opened.formula.endswith("over 4 places")
    pixels = [term.factors[1].ref.index[2:] for term in opened.terms]
    assert pixels == [(1, 0), (1, 1), (2, 0), (2, 1)]
    assert opened.result == sum(term.value for term in opened.terms)


@pytest.mark.parametrize("layer", [
    Conv2dSpec(2, 3), Conv2dSpec(2, (2, 3), (2, 1), (1, 0, 2, 1), (1, 2)), PoolSpec("max", 2),
    Conv2dSpec(4, 3, groups=2, padding="full"), PoolSpec("average", 3, 2, 1), PoolSpec("max", 2, 3),
])  # fmt: skip
def test_a_pixel_goes_into_exactly_the_outputs_that_are_made_of_it(layer):
    trace = traced(layer, (2, 5, 6))
    shape = trace.output("0").shape
    for pixel in np.ndindex(2, 5, 6):
        ref = Ref("input", (0, *pixel))
        found = {use.ref for use in explain(trace, ref).uses}
        for place in np.ndindex(shape):
            opened = explain(trace, Ref("layers.0.output", place))
            sources = [f.ref for term in opened.terms for f in term.factors]
            sources += [f.ref for f in opened.arguments]
            assert (ref in sources) == (opened.ref in found)
