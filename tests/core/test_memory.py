"""After the first step, training allocates nothing large any more, however large the batch; and
copies hold no more than they must."""

import copy
import tracemalloc

import numpy as np
import pytest

from core.network import Network
from core.optimizers import OPTIMIZERS, make_optimizer
from core.spec import (
    ActivationSpec,
    BatchNorm2dSpec,
    BranchesSpec,
    Conv2dSpec,
    DropoutSpec,
    FlattenSpec,
    LinearSpec,
    LocalResponseNormSpec,
    NetworkSpec,
    PoolSpec,
)

RELU = ActivationSpec("relu")
BODIES = {
    "convolution and pooling": (Conv2dSpec(8, 5, padding=2), RELU, PoolSpec("max", 2)),
    "strides, groups, overlap": (
        Conv2dSpec(8, 3, padding="same"), Conv2dSpec(8, 3, 2, groups=4), PoolSpec("max", 3, 1, 1),
    ),
    "averages": (Conv2dSpec(8, 1), PoolSpec("average", 3, 2, 1)),
    "normalisation": (Conv2dSpec(8, 3, padding=1), BatchNorm2dSpec(), LocalResponseNormSpec()),
    "dropout": (Conv2dSpec(8, 3, padding=1, flip=True), DropoutSpec(0.5), ActivationSpec("tanh")),
    "branches": (BranchesSpec(((Conv2dSpec(4, 3, padding=1), RELU), (Conv2dSpec(4, 1),)),
                              "concatenate"),),
}  # fmt: skip
SIZE, BATCH = 28, 200
WHOLE_MAP = 8 * SIZE * SIZE * BATCH * 4  # bytes of one feature map in float32


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_second_step_finds_its_memory_there(body):
    spec = NetworkSpec((1, SIZE, SIZE), (*body, FlattenSpec(), LinearSpec(3)))
    network, rng = Network(spec, "float32"), np.random.default_rng(0)
    network.initialize(rng)
    x = rng.normal(size=(BATCH, 1, SIZE, SIZE)).astype(np.float32)

    def step():
        y = network.forward(x, training=True, rng=rng)
        network.backward(y, needs_dx=False)

    step()
    tracemalloc.start()
    step()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # Pieces of limited size, and a copy of the batch with its axes in the order of the inside.
    assert peak < 0.8 * WHOLE_MAP


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimizer_s_copy_goes_on_as_it_would_and_takes_no_scratch_space(name):
    rng = np.random.default_rng(0)
    parameters, gradients = rng.normal(size=(2, 1 << 16))
    optimizer = make_optimizer(name, parameters, 0.1, 0.9)
    optimizer.step(parameters, gradients)
    tracemalloc.start()
    copied = copy.deepcopy(optimizer)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < len(optimizer.slots) * parameters.nbytes + 10_000
    other = parameters.copy()
    for each, array in ((optimizer, parameters), (copied, other)):
        each.step(array, gradients)
        each.step(array, gradients)
    np.testing.assert_array_equal(other, parameters)
    assert copied.num_steps == optimizer.num_steps == 3
