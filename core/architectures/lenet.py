"""LeNet-5: the convolutional network that read cheques."""

from __future__ import annotations

from core.architectures.record import Architecture, Paper
from core.spec import (
    ActivationSpec,
    Conv2dSpec,
    FlattenSpec,
    LinearSpec,
    NetworkSpec,
    PoolSpec,
)

TANH = ActivationSpec("tanh")


def lenet5(input_size: int = 28, num_classes: int = 10) -> NetworkSpec:
    """LeNet-5 for grey pictures of 28 × 28, which are padded to the paper's 32 × 32, or of 32 × 32.

    Raises ValueError for another size.
    """
    if input_size not in (28, 32):
        raise ValueError(f"input_size is {input_size!r}; LeNet-5 takes pictures of 28 or of 32")
    layers = (
        Conv2dSpec(6, 5, padding=(32 - input_size) // 2), TANH, PoolSpec("average", 2),
        Conv2dSpec(16, 5), TANH, PoolSpec("average", 2),
        Conv2dSpec(120, 5), TANH,
        FlattenSpec(), LinearSpec(84), TANH, LinearSpec(num_classes),
    )  # fmt: skip
    return NetworkSpec((1, input_size, input_size), layers)


def lenet_8x8(num_classes: int = 10) -> NetworkSpec:
    """LeNet's pattern for pictures of 8 × 8: the same layers, with kernels that fit."""
    layers = (
        Conv2dSpec(6, 3, padding=1), TANH, PoolSpec("average", 2),
        Conv2dSpec(16, 3), TANH, PoolSpec("average", 2),
        FlattenSpec(), LinearSpec(32), TANH, LinearSpec(num_classes),
    )  # fmt: skip
    return NetworkSpec((1, 8, 8), layers)


_PAPER = Paper(
    1998,
    "Yann LeCun, Léon Bottou, Yoshua Bengio, Patrick Haffner",
    "Gradient-based learning applied to document recognition, "
    "Proceedings of the IEEE 86(11)",
)

LENETS = (
    Architecture(
        "lenet5", "LeNet-5", _PAPER,
        summary="Two rounds of convolution and pooling, a third convolution, two dense layers.",
        novelty="Convolution, subsampling and dense layers trained together by backpropagation.",
        note="The second convolution sees all six maps (the paper wires some of them only); pooling"
        " is a plain average, without the paper's factor and bias; the last layer gives logits"
        " instead of distances to drawn digits.",
        build=lenet5, is_small=True,
    ),
    Architecture(
        "lenet_8x8", "LeNet for 8 × 8", _PAPER,
        summary="LeNet's pattern, shrunk to pictures of 8 × 8.",
        novelty="As LeNet-5, with 3 × 3 kernels and one convolution less.",
        note="Not in the paper.",
        build=lenet_8x8, is_small=True,
    ),
)  # fmt: skip
