"""Layers on pictures, and LeNet-5's first ten steps, against PyTorch's numbers; see
tests/golden/make_images.py."""

from pathlib import Path

import numpy as np
import pytest

from core.functional.losses import LOSSES
from core.network import Network
from core.optimizers import make_optimizer
from core.spec import (
    ActivationSpec,
    BatchNorm2dSpec,
    BranchesSpec,
    Conv2dSpec,
    FlattenSpec,
    LinearSpec,
    LocalResponseNormSpec,
    NetworkSpec,
    PoolSpec,
)

GOLDEN = np.load(Path(__file__).parents[1] / "golden" / "images.npz")
TOLERANCE = {"float64": 1e-12, "float32": 2e-5}
RATE, STEPS, EVERY = 0.1, 10, 5
RELU = ActivationSpec("relu")
SAME = Conv2dSpec(4, 3, padding=1, bias=False)
LAYERS = {
    "conv": Conv2dSpec(6, 3),
    "conv_stride_padding": Conv2dSpec(6, (3, 2), (2, 3), (1, 2)),
    "conv_four_sides": Conv2dSpec(5, 3, padding=(1, 2, 3, 0)),
    "conv_same": Conv2dSpec(5, (3, 5), padding="same"),
    "conv_same_even": Conv2dSpec(5, (2, 4), padding="same"),
    "conv_same_dilated": Conv2dSpec(5, 2, padding="same", dilation=3),
    "conv_full": Conv2dSpec(5, 3, padding="full"),
    "conv_dilation": Conv2dSpec(5, 3, padding=2, dilation=(2, 3), bias=False),
    "conv_groups": Conv2dSpec(6, 3, groups=2),
    "conv_depthwise": Conv2dSpec(8, 3, padding=1, groups=4),
    "conv_1x1": Conv2dSpec(5, 1),
    "conv_1x1_stride": Conv2dSpec(5, 1, 2),
    "conv_flip": Conv2dSpec(5, 3, padding=1, flip=True),
    "max": PoolSpec("max", 2),
    "max_overlapping": PoolSpec("max", 3, 2, 1),
    "max_ceil": PoolSpec("max", 3, 2, ceil_mode=True),
    "max_global": PoolSpec("max"),
    "min": PoolSpec("min", 3, 2, 1),
    "average": PoolSpec("average", 2),
    "average_excluded": PoolSpec("average", 3, 2, 1),
    "average_included": PoolSpec("average", 3, 2, 1, count_include_pad=True),
    "average_ceil": PoolSpec("average", (3, 2), (2, 3), (1, 0), True),
    "average_ceil_included": PoolSpec("average", (3, 2), (2, 3), (1, 0), True, True),
    "average_global": PoolSpec("average"),
    "batch_norm": BatchNorm2dSpec(0.2),
    "local_response_norm": LocalResponseNormSpec(3, 0.5, 0.75, 2.0),
    "local_response_norm_even": LocalResponseNormSpec(4, 0.9, 0.5, 1.0),
    "residual": BranchesSpec(((SAME, BatchNorm2dSpec(), RELU, SAME, BatchNorm2dSpec()), ())),
    "inception": BranchesSpec((
        (Conv2dSpec(2, 1),),
        (Conv2dSpec(2, 1), RELU, Conv2dSpec(3, 3, padding=1)),
        (PoolSpec("max", 3, 1, 1), Conv2dSpec(1, 1)),
    ), "concatenate"),
}  # fmt: skip
LENET = NetworkSpec(
    (1, 28, 28),
    (
        Conv2dSpec(6, 5, padding=2), RELU, PoolSpec("max", 2),
        Conv2dSpec(16, 5), RELU, PoolSpec("max", 2), FlattenSpec(),
        LinearSpec(120), RELU, LinearSpec(84), RELU, LinearSpec(10),
    ),
)  # fmt: skip
dtypes = pytest.mark.parametrize("dtype", TOLERANCE)


def assert_near(ours, theirs, dtype):
    tolerance = TOLERANCE[dtype]
    largest = np.abs(theirs).max(initial=0)
    np.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=tolerance * largest)


def running(network):
    """Running averages in the order of the layers."""
    return np.concatenate([array.ravel() for array in network.state().values()] or [np.zeros(0)])


def test_every_layer_of_the_golden_file_is_compared():
    assert {key.split("/")[1] for key in GOLDEN if key.startswith("layer/")} == set(LAYERS)


@dtypes
@pytest.mark.parametrize("name", LAYERS)
def test_a_layer(name, dtype):
    case = f"layer/{name}/{dtype}"
    x = GOLDEN[f"{case}/x"]
    network = Network(NetworkSpec(x.shape[1:], (LAYERS[name],)), dtype)
    network.parameters[:] = GOLDEN[f"{case}/parameters"]
    modes = [mode for mode in ("train", "eval") if f"{case}/{mode}/y" in GOLDEN]
    for mode in modes:
        y = network.forward(x, training=mode == "train", remember=True)
        dx = network.backward(GOLDEN[f"{case}/dy"])
        assert y.dtype == dtype
        assert_near(y, GOLDEN[f"{case}/{mode}/y"], dtype)
        assert_near(dx, GOLDEN[f"{case}/{mode}/dx"], dtype)
        assert_near(network.gradients, GOLDEN[f"{case}/{mode}/gradients"], dtype)
        assert_near(running(network), GOLDEN[f"{case}/{mode}/running"], dtype)


@dtypes
def test_ten_steps_of_lenet(dtype):
    network = Network(LENET, dtype)
    network.parameters[:] = GOLDEN["lenet/parameters"]
    optimizer = make_optimizer("sgd", network.parameters, RATE, 0.0)
    losses = []
    for step in range(STEPS):
        output = network.forward(GOLDEN["lenet/x"], training=True)
        loss, gradient = LOSSES["cross_entropy"](output, GOLDEN["lenet/y"])
        network.backward(gradient, needs_dx=False)
        if step == 0:
            expected = GOLDEN[f"lenet/{dtype}/gradients"]
            assert_near(network.gradients[::EVERY], expected, dtype)
        optimizer.step(network.parameters, network.gradients)
        losses.append(loss)
    assert_near(losses, GOLDEN[f"lenet/{dtype}/losses"], dtype)
    assert_near(network.parameters[::EVERY], GOLDEN[f"lenet/{dtype}/parameters"], dtype)
