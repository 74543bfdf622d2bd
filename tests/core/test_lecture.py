"""The numbers that a lecture puts on the blackboard, to all their digits."""

import numpy as np
import pytest

from core.explain import Ref, Trace, explain
from core.functional.activations import ACTIVATIONS
from core.functional.losses import LOSSES
from core.network import Network
from core.spec import TrainSpec, mlp


def network_with(weights, bias, hidden=()):
    network = Network(mlp(2, hidden, 1, "sigmoid", "sigmoid"))
    for name in network.parameter_names:
        network.view(name)[...] = weights if name.endswith("weight") else bias
    return network


def test_one_neuron():
    trace = Trace(network_with([0, 1], 4), np.array([[2.0, 3.0]]))
    total = explain(trace, Ref("layers.0.output", (0, 0)))
    assert [term.value for term in total.terms] == [0, 3, 4]
    assert total.result == 7
    output = explain(trace, Ref("layers.1.output", (0, 0)))
    assert output.result == pytest.approx(0.9990889488055994, abs=1e-15)
    assert output.substituted == "1 / (1 + e^(−7))"


def test_three_neurons():
    trace = Trace(network_with([0, 1], 0, (2,)), np.array([[2.0, 3.0]]))
    for unit in (0, 1):
        hidden = explain(trace, Ref("layers.1.output", (0, unit)))
        assert hidden.result == pytest.approx(0.9525741268224334, abs=1e-15)
    output = explain(trace, Ref("layers.3.output", (0, 0)))
    assert output.result == pytest.approx(0.7216325609518421, abs=1e-15)
    assert output.symbol == "o₁"


def test_the_small_network_has_nine_numbers():
    spec = mlp(2, (2,), 1)
    assert spec.num_parameters == 9
    names = Trace(Network(spec), np.zeros((1, 2))).names
    symbols = [names.weight(k, j, i) for k in (0, 2) for j in range(2 - k // 2) for i in range(2)]
    assert symbols == ["w₁", "w₂", "w₃", "w₄", "w₅", "w₆"]
    assert [names.bias(0, 0), names.bias(0, 1), names.bias(2, 0)] == ["b₁", "b₂", "b₃"]


def test_sigmoid_at_zero():
    sigmoid, zero = ACTIVATIONS["sigmoid"], np.zeros(1)
    assert sigmoid.function(zero)[0] == 0.5
    assert sigmoid.derivative(zero)[0] == 0.25
    assert not sigmoid.is_closed


def test_mean_squared_error_is_a_mean_without_a_half():
    y_true = np.array([[1.0], [0.0], [0.0], [1.0]])
    y_pred = np.array([[0.0], [0.0], [0.0], [0.0]])
    loss, gradient = LOSSES["mse"](y_pred, y_true)
    assert loss == 0.5
    np.testing.assert_array_equal(gradient, -2 * (y_true - y_pred) / 4)


def test_the_chain_rule_for_the_first_weight():
    """dL/dw₁ = dL/dy_pred · dy_pred/dh₁ · dh₁/dw₁, a single path in the 2-2-1 network."""
    network = network_with([0.5, -1], 0.25, (2,))
    x, y = np.array([[2.0, 3.0]]), np.array([[1.0]])
    trace = Trace(network, x, y, TrainSpec())

    def factor(tensor, index):
        return explain(trace, Ref(tensor, index)).result

    product = (
        factor("layers.3.doutput", (0, 0))
        * factor("layers.3.derivative", (0, 0)) * factor("layers.2.weight", (0, 0))
        * factor("layers.1.derivative", (0, 0)) * x[0, 0]
    )  # fmt: skip
    assert factor("layers.0.dweight", (0, 0)) == pytest.approx(product, rel=1e-14)
