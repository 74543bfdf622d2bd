"""Numbers computed by hand: how many digits do, and which mistake made a wrong one."""

import numpy as np
import pytest

from core.explain import Ref, Trace, explain
from core.explain.mistakes import usual_mistakes
from core.functional.losses import LOSSES
from core.network import Network
from core.numeric import numeric_gradient
from core.optimizers import SGD
from core.practice import judge
from core.spec import TrainSpec, mlp

TRUTH = 0.7216325609518421


@pytest.mark.parametrize("text", ["0.72", "0,72", ".722", "0.7216", "0.72163256", "0.72163",
                                  "0.7216325609518421", "7.2e-1"])  # fmt: skip
def test_right_to_the_digits_that_were_typed(text):
    assert judge(text, TRUTH, {}).is_right


@pytest.mark.parametrize(("text", "hint"), [("0.7", "at least 2 digits"), ("0.725", "Close"),
                                            ("0.7217", "Close"), ("0.9", "Not yet"),
                                            ("-0.72", "sign")])  # fmt: skip
def test_wrong_answers_are_answered(text, hint):
    verdict = judge(text, TRUTH, {"The sign is wrong.": -TRUTH})
    assert not verdict.is_right
    assert hint in verdict.hint


@pytest.mark.parametrize("text", ["", "abc", "nan", "inf", "1e999", "1/2", "0x10", "1 2"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(ValueError, match="is not a number"):
        judge(text, 1.0, {})


def test_an_exact_answer_needs_no_second_digit():
    assert judge("3", 3.0, {}).is_right
    assert judge("0", 0.0, {}).is_right
    assert not judge("3", 3.4, {}).is_right


@pytest.fixture
def trace():
    network = Network(mlp(2, (2,), 1, "sigmoid", "sigmoid"))
    network.parameters[:] = [0.5, -1, 0.3, 0.8, 0.1, -0.2, 1.2, -0.7, 0.4]
    x, y = np.array([[2.0, 3.0], [-1.0, 0.5]]), np.array([[1.0], [0.0]])
    return Trace(network, x, y, TrainSpec("mse"), SGD(network.parameters, 0.5))


def hint_for(trace, ref, value):
    verdict = judge(repr(round(value, 6)), explain(trace, ref).result, usual_mistakes(trace, ref))
    assert not verdict.is_right
    return verdict.hint


def test_the_usual_mistakes_are_recognised(trace):
    z = explain(trace, Ref("layers.0.output", (0, 0))).result
    dz = trace.doutput("2")[:, 0]
    do, slope = trace.doutput("3")[:, 0], explain(trace, Ref("layers.3.derivative", (0, 0))).result
    h = trace.output("1")
    w5 = Ref("layers.2.dweight", (0, 0))
    cases = [
        (Ref("layers.0.output", (0, 0)), z - 0.1, "bias is missing"),
        (Ref("layers.1.output", (0, 0)), z, "put it through the activation"),
        (Ref("layers.3.doutput", (0, 0)), 2 * do[0], "1/n of the mean"),
        (Ref("layers.3.doutput", (0, 0)), do[0] / 2, "factor 2"),
        (Ref("layers.3.derivative", (0, 0)), trace.output("3")[0, 0], "not the slope"),
        (Ref("layers.2.doutput", (0, 0)), do[0], "derivative of the activation"),
        (w5, (do * h[:, 0]).sum(), "derivative of the activation"),
        (w5, dz[0] * h[0, 0], "first sample alone"),
        (w5, -(dz * h[:, 0]).sum(), "sign"),
        (w5, dz.sum(), "input is missing"),
        (Ref("layers.1.doutput", (0, 0)), dz[0], "weight is missing"),
        (Ref("update.layers.2.weight", (0, 0)), 1.2 + 0.5 * (dz @ h[:, 0]), "Up instead of down"),
        (Ref("update.layers.2.weight", (0, 0)), 1.2 - dz @ h[:, 0], "learning rate is missing"),
    ]  # fmt: skip
    updated = explain(trace, Ref("update.layers.2.weight", (0, 0))).result
    cases.append((Ref("layers.1.doutput", (0, 0)), updated * dz[0], "after the update"))
    for ref, value, words in cases:
        assert words in hint_for(trace, ref, float(value)), (ref, words)
    assert slope == pytest.approx(dz[0] / do[0])


def test_finite_differences_agree_with_the_chain_rule(trace):
    network = trace.network
    for name in network.parameter_names:
        for index in np.ndindex(network.view(name).shape):
            opened = explain(trace, Ref(f"numeric.{name}", index))
            analytic = network.view(name, trace.gradients)[index]
            assert opened.result == pytest.approx(analytic, rel=1e-6, abs=1e-10)
            batch = (trace.inputs, trace.targets, LOSSES["mse"])
            assert numeric_gradient(network, *batch, name, index) == opened.result
