"""Numbers of several passes side by side, and what a covered part of a picture is worth."""

import numpy as np
import pytest

from core.architectures.lenet import lenet_8x8
from core.data.digits import load_digits
from core.explain import Ref, Trace, explain
from core.explain.occlusion import Occlusion
from core.explain.passes import explain_in
from core.network import Network
from core.spec import TrainSpec

TRAIN = TrainSpec("cross_entropy")


@pytest.fixture
def trace():
    network = Network(lenet_8x8())
    network.initialize(np.random.default_rng(0))
    images, labels = load_digits()
    return Trace(network, images[5:6], labels[5:6], TRAIN)


def refs(made):
    factors = [f for term in made.terms for f in term.factors] + list(made.arguments)
    return [f.ref for f in factors if f.ref]


def test_every_number_of_a_named_pass_stays_in_it(trace):
    plain = explain(trace, Ref("layers.3.output", (0, 2, 1, 0)))
    named = explain_in({"there": trace}.get, Ref("there/layers.3.output", (0, 2, 1, 0)))
    assert named.result == plain.result
    assert named.ref.tensor == "there/layers.3.output"
    assert [(f"there/{r.tensor}", r.index) for r in refs(plain)] == refs(named)
    with pytest.raises(ValueError, match="no pass is called 'nowhere'"):
        explain_in({"there": trace}.get, Ref("nowhere/input", (0, 0, 0, 0)))


def test_the_gradient_of_a_logit_is_its_finite_difference(trace):
    network, x = trace.network, trace.inputs
    sight = Trace(network, x, None, TRAIN, given=np.eye(10)[[3]])
    for y, column in ((2, 3), (4, 4), (6, 2)):
        shift = np.zeros_like(x)
        shift[0, 0, y, column] = 1e-6
        logits = network.forward(x + shift)[0, 3], network.forward(x - shift)[0, 3]
        made = explain(sight, Ref("layers.0.dinput", (0, 0, y, column)))
        assert made.result == pytest.approx((logits[0] - logits[1]) / 2e-6, rel=1e-6)


@pytest.mark.parametrize(("size", "stride", "shape"), [(2, 1, (7, 7)), (3, 2, (3, 3)),
                                                       (8, 1, (1, 1))])  # fmt: skip
def test_a_drop_is_what_covering_by_hand_gives(trace, size, stride, shape):
    found = Occlusion(trace, 4, size, stride)
    assert found.drops.shape == shape
    for row, column in np.ndindex(shape):
        x = trace.inputs.copy()
        x[0, :, row * stride : row * stride + size, column * stride : column * stride + size] = 0
        both = [trace.loss.predict(trace.network.forward(each))[0, 4] for each in (trace.inputs, x)]
        assert found.drops[row, column] == pytest.approx(both[0] - both[1], abs=1e-12)


def test_a_drop_opens_into_both_probabilities_down_to_the_covered_pixels(trace):
    found = Occlusion(trace, 4, 2, 1)
    made = found.explain(Ref("occlusion", (3, 2)))
    assert sum(term.value for term in made.terms) == pytest.approx(made.result)
    assert made.result == pytest.approx(found.drops[3, 2])
    whole, covered = refs(made)
    assert explain(trace, whole).result - explain_in(found.pass_at, covered).result == made.result
    pixel = Ref(covered.tensor.replace("prediction", "input"), (0, 0, 3, 2))
    assert explain_in(found.pass_at, pixel).result == 0


def test_what_is_no_place_is_said(trace):
    found = Occlusion(trace, 4, 2, 1)
    assert found.pass_at("covered.7.0") is None
    assert found.pass_at("covered.x.0") is None
    with pytest.raises(ValueError, match="7"):
        found.explain(Ref("occlusion", (7, 0)))
    with pytest.raises(ValueError, match="size"):
        Occlusion(trace, 4, 9, 1)
