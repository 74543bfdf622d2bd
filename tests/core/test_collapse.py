"""Without an activation, layers are one linear map; every number of it opens."""

import numpy as np
import pytest

from core.collapse import collapsed
from core.explain import Ref, Trace, explain
from core.network import Network
from core.spec import ActivationSpec, LinearSpec, NetworkSpec


def make(name):
    layers = (LinearSpec(3), ActivationSpec(name), LinearSpec(4, bias=False), LinearSpec(2))
    network = Network(NetworkSpec((2,), layers))
    network.initialize(np.random.default_rng(1))
    network.parameters += 0.3
    return network


def test_layers_without_activation_are_one_map():
    network = make("identity")
    weight, bias = collapsed(network)
    x = np.random.default_rng(2).normal(size=(5, 2))
    np.testing.assert_allclose(network.forward(x), x @ weight.T + bias, rtol=1e-12)


def test_an_activation_keeps_them_apart():
    with pytest.raises(ValueError, match="layer 1 is not linear"):
        collapsed(make("tanh"))


@pytest.mark.parametrize("layer", [0, 2, 3])
def test_the_one_map_opens(layer):
    network = make("identity")
    trace = Trace(network, np.zeros((1, 2)))
    weight, bias = collapsed(network, layer)
    refs = [(Ref(f"layers.{layer}.collapsed_weight", i), weight[i])
            for i in np.ndindex(weight.shape)]  # fmt: skip
    refs += [(Ref(f"layers.{layer}.collapsed_bias", i), bias[i]) for i in np.ndindex(bias.shape)]
    for ref, value in refs:
        opened = explain(trace, ref)
        assert opened.result == value
        assert sum(term.value for term in opened.terms) == pytest.approx(value, rel=1e-12)
        for factor in (f for term in opened.terms for f in term.factors):
            assert explain(trace, factor.ref).result == factor.value
