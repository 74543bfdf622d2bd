"""The WebGPU engine's layers on pictures, against the core in double precision."""

import numpy as np
import pytest

from core.spec import (
    ANY,
    ActivationSpec,
    BatchNorm2dSpec,
    BranchesSpec,
    Conv2dSpec,
    FlattenSpec,
    LinearSpec,
    LocalResponseNormSpec,
    PoolSpec,
)
from tests.server.webgpu_cases import compare, make_task, network

TANH = ActivationSpec("tanh")


@pytest.mark.parametrize(
    "conv",
    [
        Conv2dSpec(4, 3),
        Conv2dSpec(5, (3, 2), stride=(2, 1), padding=(1, 0, 2, 1), bias=False),
        Conv2dSpec(4, 3, stride=2, padding="same", dilation=(2, 1)),
        Conv2dSpec(6, 2, padding="full", groups=2, stride=(1, 3)),
        Conv2dSpec(4, (2, 3), groups=4, padding=1, flip=True),
        Conv2dSpec(3, 1),
    ],
)
def test_convolutions(conv, monkeypatch):
    """In both kinds of tiles."""
    spec = network((4, 7, 6), Conv2dSpec(4, 1), conv, TANH, FlattenSpec(), LinearSpec(3))
    gpu = compare(make_task(spec, 3))._gpu
    monkeypatch.setattr(gpu, "is_software", not gpu.is_software)
    compare(make_task(spec, 3))


@pytest.mark.parametrize(
    "pool",
    [
        PoolSpec("max", 2),
        PoolSpec("min", (3, 2), stride=(2, 1), padding=(1, 0)),
        PoolSpec("max", 3, stride=2, ceil_mode=True, padding=1),
        PoolSpec("average", 3, stride=2, ceil_mode=True, padding=(1, 0, 1, 1)),
        PoolSpec("average", (2, 3), stride=1, padding=(0, 1, 2, 1), count_include_pad=True),
        PoolSpec("average"),
        PoolSpec("max"),
    ],
)
def test_pools(pool):
    spec = network((2, 7, 6), Conv2dSpec(3, 1), pool, FlattenSpec(), LinearSpec(2))
    compare(make_task(spec, 3))


def test_the_first_of_equal_values_wins():
    spec = network((1, 4, 4), Conv2dSpec(1, 1), ActivationSpec("relu"), PoolSpec("max", 2, 1),
                   FlattenSpec(), LinearSpec(2))  # fmt: skip
    task = make_task(spec, 4)
    task.inputs[:] = np.random.default_rng(0).integers(-1, 2, task.inputs.shape)
    compare(task)


def test_batch_normalisation():
    """Running averages move with each batch, the smaller last one too, and make the outputs. A bias
    before it has no gradient but that of rounding."""
    spec = network((2, 4, 3), Conv2dSpec(3, 2, bias=False), BatchNorm2dSpec(momentum=0.3), TANH,
                   Conv2dSpec(2, 2, bias=False), BatchNorm2dSpec(eps=0.1), FlattenSpec(),
                   LinearSpec(2))  # fmt: skip
    compare(make_task(spec, 10), batch_size=4, most=5e-6)


def test_batch_normalisation_of_one_value():
    task = make_task(network((2, 1, 1), BatchNorm2dSpec(), FlattenSpec()), 3)
    engine = compare(task)
    with pytest.raises(ValueError, match="at least 2 values a channel"):
        engine.run(np.arange(3), 2)


def test_a_large_convolution_in_both_kinds_of_tiles(monkeypatch):
    """Several tiles along each side, and sums of the weights' gradients in slices."""
    spec = network((3, 12, 12), Conv2dSpec(66, 3, padding=1), ActivationSpec("relu"),
                   Conv2dSpec(70, 3, 2), PoolSpec("average"), FlattenSpec(),
                   LinearSpec(2))  # fmt: skip
    gpu = compare(make_task(spec, 8))._gpu
    monkeypatch.setattr(gpu, "is_software", not gpu.is_software)
    compare(make_task(spec, 8))


@pytest.mark.parametrize("size", [1, 4, 5])
def test_local_response_normalisation(size):
    spec = network((6, 3, 2), Conv2dSpec(6, 1), LocalResponseNormSpec(size, 2.0, 0.6, 1.5),
                   FlattenSpec(), LinearSpec(2))  # fmt: skip
    compare(make_task(spec))


def test_branches_added():
    """A residual block, its skip connection empty, and one nested within."""
    inner = BranchesSpec(((), (Conv2dSpec(3, 3, padding=1),), (ActivationSpec("relu"),)))
    block = BranchesSpec(((Conv2dSpec(3, 1, bias=False), BatchNorm2dSpec(), inner), ()))
    spec = network((3, 4, 4), block, ActivationSpec("relu"), block, PoolSpec("average"),
                   FlattenSpec(), LinearSpec(2))  # fmt: skip
    compare(make_task(spec, 4), most=5e-6)


def test_branches_side_by_side():
    inner = BranchesSpec(((), (Conv2dSpec(2, 3, padding=1), TANH)), "concatenate")
    block = BranchesSpec(
        ((Conv2dSpec(4, 1),), (PoolSpec("max", 3, 1, 1), inner), ()), "concatenate"
    )
    spec = network((3, 4, 4), block, Conv2dSpec(2, 2), FlattenSpec(), LinearSpec(2))
    compare(make_task(spec, 4))
    features = BranchesSpec(((LinearSpec(3),), (LinearSpec(2), TANH)), "concatenate")
    compare(make_task(network((4,), features, LinearSpec(2))))
    compare(make_task(network((ANY, 4), features, LinearSpec(2))))
