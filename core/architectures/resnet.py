"""ResNet: blocks that learn what to add to their input."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from core.architectures.parts import RELU, Chain, conv_norm, max_pool
from core.architectures.record import Architecture, Paper
from core.spec import BranchesSpec, FlattenSpec, LinearSpec, NetworkSpec, PoolSpec

Block = Callable[[int, int, int], Chain]
WIDTHS = (64, 128, 256, 512)


def basic_block(in_channels: int, width: int, stride: int) -> Chain:
    """Two 3 × 3 convolutions and the way around them."""
    residual = (*conv_norm(width, 3, stride), RELU, *conv_norm(width, 3))
    return _added(residual, in_channels, width, stride)


def bottleneck(in_channels: int, width: int, stride: int) -> Chain:
    """1 × 1 to fewer maps, 3 × 3, 1 × 1 to four times as many, and the way around them."""
    residual = (*conv_norm(width, 1), RELU, *conv_norm(width, 3, stride), RELU,
                *conv_norm(4 * width, 1))  # fmt: skip
    return _added(residual, in_channels, 4 * width, stride)


def _added(residual: Chain, in_channels: int, out_channels: int, stride: int) -> Chain:
    """The way around is the identity where shapes allow it, else a 1 × 1 convolution (the paper's
    option B)."""
    same = in_channels == out_channels and stride == 1
    shortcut = () if same else conv_norm(out_channels, 1, stride)
    return (BranchesSpec((residual, shortcut), merge="add"), RELU)


BLOCKS: dict[int, tuple[Block, int, tuple[int, ...]]] = {
    18: (basic_block, 1, (2, 2, 2, 2)),
    34: (basic_block, 1, (3, 4, 6, 3)),
    50: (bottleneck, 4, (3, 4, 6, 3)),
}


def resnet(depth: int = 50, num_classes: int = 1000) -> NetworkSpec:
    """ResNet-18, 34 or 50 for 3 × 224 × 224; raises ValueError for another depth."""
    if depth not in BLOCKS:
        raise ValueError(f"depth is {depth!r}; there are {', '.join(map(str, BLOCKS))}")
    block, expansion, counts = BLOCKS[depth]
    stem = (*conv_norm(64, 7, stride=2), RELU, max_pool(3, 2, padding=1))
    stages = _stages(block, expansion, 64, WIDTHS, counts)
    head = (PoolSpec("average"), FlattenSpec(), LinearSpec(num_classes))
    return NetworkSpec((3, 224, 224), (*stem, *stages, *head), initializer="he_normal")


def resnet_32x32(
    depth: int = 20, num_classes: int = 10, channels: int = 3, width: int = 16
) -> NetworkSpec:
    """The paper's networks for 32 × 32 (section 4.2), of 6n + 2 layers: 20, 32, 44, 56, 110; 8 is
    the smallest. Raises ValueError for a depth between."""
    if depth < 8 or depth % 6 != 2:
        raise ValueError(f"depth is {depth!r}; it must be 6n + 2, such as 8, 14 or 20")
    counts = (depth // 6,) * 3
    widths = (width, 2 * width, 4 * width)
    layers = (
        *conv_norm(width, 3), RELU, *_stages(basic_block, 1, width, widths, counts),
        PoolSpec("average"), FlattenSpec(), LinearSpec(num_classes),
    )  # fmt: skip
    return NetworkSpec((channels, 32, 32), layers, initializer="he_normal")


def resnet18_32x32(num_classes: int = 10, channels: int = 3) -> NetworkSpec:
    """ResNet-18 for 32 × 32: all its stages, behind one 3 × 3 convolution in place of the large
    stride and the pool, which would leave 8 × 8 of the picture."""
    layers = (
        *conv_norm(64, 3), RELU, *_stages(basic_block, 1, 64, WIDTHS, BLOCKS[18][2]),
        PoolSpec("average"), FlattenSpec(), LinearSpec(num_classes),
    )  # fmt: skip
    return NetworkSpec((channels, 32, 32), layers, initializer="he_normal")


def _stages(
    block: Block, expansion: int, in_channels: int, widths: tuple[int, ...], counts: tuple[int, ...]
) -> Chain:
    """Each stage but the first halves the size with its first block."""
    layers: Chain = ()
    for stage, (width, count) in enumerate(zip(widths, counts, strict=True)):
        for number in range(count):
            stride = 2 if stage > 0 and number == 0 else 1
            layers += block(in_channels, width, stride)
            in_channels = expansion * width
    return layers


_PAPER = Paper(
    2015,
    "Kaiming He, Xiangyu Zhang, Shaoqing Ren, Jian Sun",
    "Deep residual learning for image recognition, CVPR 2016, arXiv 1512.03385",
)
_NOVELTY = (
    "A shortcut around every two or three layers: the gradient has a direct way back, and deeper"
    " networks at last train better than shallow ones."
)
_BOTTLENECK_NOTE = (
    "The stride of a bottleneck lies in its 3 × 3 convolution, as most do now; the paper has it in"
    " the first 1 × 1, with the same weights and 3.8 instead of 4.1 thousand million products."
)
_SMALL_NOTE = (
    "Where the size halves, the way around is a 1 × 1 convolution (option B); the paper pads with"
    " zeros here (option A), which needs no weights."
)

RESNETS = (
    *(
        Architecture(
            f"resnet{depth}", f"ResNet-{depth}", _PAPER,
            summary=f"{sum(counts)} residual blocks in four stages, a global average, one dense"
            " layer.",
            novelty=_NOVELTY,
            note=_BOTTLENECK_NOTE if block is bottleneck else "",
            build=partial(resnet, depth),
        )
        for depth, (block, _, counts) in BLOCKS.items()
    ),
    *(
        Architecture(
            f"resnet{depth}_32x32", f"ResNet-{depth} for 32 × 32", _PAPER,
            summary=f"{depth // 6 * 3} residual blocks in three stages, a global average, one dense"
            " layer.",
            novelty=_NOVELTY,
            note=_SMALL_NOTE, build=partial(resnet_32x32, depth), is_small=True,
        )
        for depth in (20, 8)
    ),
    Architecture(
        "resnet18_32x32", "ResNet-18 for 32 × 32", _PAPER,
        summary="Eight residual blocks in four stages, a global average, one dense layer.",
        novelty=_NOVELTY,
        note="Not in the paper: its ResNet-18 begins with a stride, a pool and a kernel for"
        " pictures of 224 × 224, in place of which this one has a 3 × 3 convolution.",
        build=resnet18_32x32, is_large=True,
    ),
)  # fmt: skip
