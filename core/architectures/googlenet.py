"""GoogLeNet: Inception blocks, which look at several scales at once."""

from __future__ import annotations

from core.architectures.parts import Chain, conv_relu, max_pool
from core.architectures.record import Architecture, Paper
from core.spec import (
    BranchesSpec,
    DropoutSpec,
    FlattenSpec,
    LinearSpec,
    LocalResponseNormSpec,
    NetworkSpec,
    PoolSpec,
)

NORM = LocalResponseNormSpec(size=5, alpha=1e-4, beta=0.75, k=1.0)
# Table 1 of the paper, one row a block: the maps of 1×1; of 3×3 and of 1×1 before it; of 5×5 and of
# 1×1 before it; of 1×1 after the pool.
STAGES = (
    ((64, 96, 128, 16, 32, 32), (128, 128, 192, 32, 96, 64)),
    (
        (192, 96, 208, 16, 48, 64),
        (160, 112, 224, 24, 64, 64),
        (128, 128, 256, 24, 64, 64),
        (112, 144, 288, 32, 64, 64),
        (256, 160, 320, 32, 128, 128),
    ),
    ((256, 160, 320, 32, 128, 128), (384, 192, 384, 48, 128, 128)),
)


def inception(
    ones: int, before_3x3: int, out_3x3: int, before_5x5: int, out_5x5: int, after_pool: int
) -> BranchesSpec:
    """An Inception block: 1×1, 3×3 and 5×5 convolutions and a pool side by side. The 1×1 in front
    of the large kernels cut the number of maps, and with it the cost."""
    return BranchesSpec(
        (
            conv_relu(ones, 1),
            (*conv_relu(before_3x3, 1), *conv_relu(out_3x3, 3, padding=1)),
            (*conv_relu(before_5x5, 1), *conv_relu(out_5x5, 5, padding=2)),
            (max_pool(3, 1, padding=1), *conv_relu(after_pool, 1)),
        ),
        merge="concatenate",
    )


def googlenet(num_classes: int = 1000) -> NetworkSpec:
    """GoogLeNet for 3 × 224 × 224, without the two auxiliary classifiers."""
    halve = max_pool(3, 2, ceil_mode=True)
    stem: Chain = (
        *conv_relu(64, 7, stride=2, padding=3), halve, NORM,
        *conv_relu(64, 1), *conv_relu(192, 3, padding=1), NORM,
    )  # fmt: skip
    layers = stem
    for stage in STAGES:
        layers += (halve, *(inception(*row) for row in stage))
    head = (PoolSpec("average"), FlattenSpec(), DropoutSpec(0.4), LinearSpec(num_classes))
    return NetworkSpec((3, 224, 224), (*layers, *head))


def googlenet_32x32(num_classes: int = 10, channels: int = 3) -> NetworkSpec:
    """Two Inception blocks for pictures of 32 × 32, and a global average."""
    layers = (
        *conv_relu(16, 3, padding=1), max_pool(2, 2),
        inception(8, 8, 16, 4, 8, 8), max_pool(2, 2),
        inception(16, 12, 24, 4, 12, 12),
        PoolSpec("average"), FlattenSpec(), LinearSpec(num_classes),
    )  # fmt: skip
    return NetworkSpec((channels, 32, 32), layers, initializer="he_normal")


_PAPER = Paper(
    2014,
    "Christian Szegedy and others",
    "Going deeper with convolutions, CVPR 2015, arXiv 1409.4842",
)

GOOGLENETS = (
    Architecture(
        "googlenet", "GoogLeNet", _PAPER,
        summary="Nine Inception blocks, a global average, one dense layer.",
        novelty="Several kernel sizes side by side, 1 × 1 convolutions as cheap bottlenecks, an"
        " average in place of large dense layers: 22 layers with a ninth of AlexNet's weights.",
        note="Without the two auxiliary classifiers, which only served training.",
        build=googlenet,
    ),
    Architecture(
        "googlenet_32x32", "GoogLeNet for 32 × 32", _PAPER,
        summary="One convolution, two Inception blocks, a global average, one dense layer.",
        novelty="As GoogLeNet, small enough to be trained in the page.",
        note="Not in the paper.",
        build=googlenet_32x32, is_small=True,
    ),
)  # fmt: skip
