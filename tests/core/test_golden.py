"""The core against PyTorch: outputs, losses, all gradients, and ten steps of every optimizer."""

from pathlib import Path

import numpy as np
import pytest

from core.functional.losses import LOSSES
from core.network import Network
from core.optimizers import make_optimizer
from core.spec import mlp

GOLDEN = np.load(Path(__file__).parents[1] / "golden" / "mlp.npz")
CASES = sorted({key.rsplit("/", 1)[0] for key in GOLDEN if not key.startswith("run/")})
RUNS = sorted({key.rsplit("/", 1)[0] for key in GOLDEN if key.startswith("run/")})
TOLERANCE = {"float64": 1e-12, "float32": 2e-5}
RATES = {"sgd": 0.1, "momentum": 0.1, "rmsprop": 0.01, "adam": 0.05}
L2 = {"sgd": 0.01, "momentum": 0.01, "rmsprop": 0.0, "adam": 0.0}


def assert_near(ours, theirs, dtype):
    tolerance = TOLERANCE[dtype]
    np.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=tolerance * np.abs(theirs).max())


def network(activation, dtype, parameters):
    made = Network(mlp(3, (4,), 3, activation), dtype)
    made.parameters[:] = parameters
    return made


@pytest.mark.parametrize("case", CASES)
def test_one_pass(case):
    activation, loss_name, dtype = case.split("/")
    golden = {name: GOLDEN[f"{case}/{name}"] for name in ("x", "y", "output", "dx", "gradients")}
    net = network(activation, dtype, GOLDEN[f"{case}/parameters"])
    output = net.forward(golden["x"], training=True)
    loss, gradient = LOSSES[loss_name](output, golden["y"])
    dx = net.backward(gradient)
    assert output.dtype == dtype
    assert_near(output, golden["output"], dtype)
    assert_near(loss, GOLDEN[f"{case}/loss"], dtype)
    assert_near(net.gradients, golden["gradients"], dtype)
    assert_near(dx, golden["dx"], dtype)


@pytest.mark.parametrize("run", RUNS)
def test_ten_steps(run):
    _, name, dtype = run.split("/")
    start = f"tanh/mse/{dtype}"
    net = network("tanh", dtype, GOLDEN[f"{start}/parameters"])
    optimizer = make_optimizer(name, net.parameters, RATES[name], 0.9)
    losses = []
    for _ in range(10):
        output = net.forward(GOLDEN[f"{start}/x"], training=True)
        loss, gradient = LOSSES["mse"](output, GOLDEN[f"{start}/y"])
        net.backward(gradient)
        for tensor in net.parameter_names:
            if tensor.endswith("weight"):
                net.view(tensor, net.gradients)[...] += L2[name] * net.view(tensor)
        optimizer.step(net.parameters, net.gradients)
        losses.append(loss)
    assert_near(losses, GOLDEN[f"{run}/losses"], dtype)
    assert_near(net.parameters, GOLDEN[f"{run}/parameters"], dtype)
