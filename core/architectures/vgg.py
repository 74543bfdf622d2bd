"""VGG: depth out of 3 × 3 convolutions alone."""

from __future__ import annotations

from functools import partial

from core.architectures.parts import RELU, Chain, conv_norm, conv_relu, dense_head, max_pool
from core.architectures.record import Architecture, Paper
from core.spec import FlattenSpec, LinearSpec, NetworkSpec

WIDTHS = (64, 128, 256, 512, 512)
# How many convolutions before each of the five pools: the paper's configurations A, B, D, E.
CONVOLUTIONS = {
    11: (1, 1, 2, 2, 2),
    13: (2, 2, 2, 2, 2),
    16: (2, 2, 3, 3, 3),
    19: (2, 2, 4, 4, 4),
}


def vgg(depth: int = 16, num_classes: int = 1000) -> NetworkSpec:
    """VGG-11, 13, 16 or 19 for 3 × 224 × 224; raises ValueError for another depth."""
    if depth not in CONVOLUTIONS:
        raise ValueError(f"depth is {depth!r}; VGG has {', '.join(map(str, CONVOLUTIONS))}")
    layers = (*_stages(WIDTHS, CONVOLUTIONS[depth]), *dense_head(4096, num_classes))
    return NetworkSpec((3, 224, 224), layers, initializer="he_normal")


def vgg_32x32(num_classes: int = 10, channels: int = 3) -> NetworkSpec:
    """VGG's pattern for pictures of 32 × 32: three stages of two convolutions, two dense layers."""
    head = (FlattenSpec(), LinearSpec(64), RELU, LinearSpec(num_classes))
    layers = (*_stages((16, 32, 64), (2, 2, 2)), *head)
    return NetworkSpec((channels, 32, 32), layers, initializer="he_normal")


def vgg11_32x32(num_classes: int = 10, channels: int = 3) -> NetworkSpec:
    """VGG-11 for 32 × 32: all its convolutions, each with batch normalisation; after the five pools
    one pixel of each map is left, and one dense layer reads them."""
    head = (FlattenSpec(), LinearSpec(num_classes))
    layers = (*_stages(WIDTHS, CONVOLUTIONS[11], norms=True), *head)
    return NetworkSpec((channels, 32, 32), layers, initializer="he_normal")


def _stages(
    widths: tuple[int, ...], convolutions: tuple[int, ...], norms: bool = False
) -> Chain:
    layers: Chain = ()
    for width, count in zip(widths, convolutions, strict=True):
        one = (*conv_norm(width, 3), RELU) if norms else conv_relu(width, 3, padding=1)
        layers += (*one * count, max_pool(2, 2))
    return layers


_PAPER = Paper(
    2014,
    "Karen Simonyan, Andrew Zisserman",
    "Very deep convolutional networks for large-scale image recognition, ICLR 2015,"
    " arXiv 1409.1556",
)
_SUMMARY = "Five stages of 3 × 3 convolutions, each ended by a pool, then three dense layers."
_NOVELTY = (
    "Two 3 × 3 kernels see as far as one of 5 × 5, three as far as one of 7 × 7, with fewer weights"
    " and more nonlinearity: depth by itself helps."
)

VGGS = (
    *(
        Architecture(
            f"vgg{depth}", f"VGG-{depth}", _PAPER, summary=_SUMMARY, novelty=_NOVELTY,
            build=partial(vgg, depth),
        )
        for depth in CONVOLUTIONS
    ),
    Architecture(
        "vgg_32x32", "VGG for 32 × 32", _PAPER,
        summary="Three stages of two 3 × 3 convolutions, and two dense layers.",
        novelty="As VGG, small enough to be trained in the page.",
        note="Not in the paper.",
        build=vgg_32x32, is_small=True,
    ),
    Architecture(
        "vgg11_32x32", "VGG-11 for 32 × 32", _PAPER,
        summary="Five stages of 3 × 3 convolutions, each ended by a pool, then one dense layer.",
        novelty=_NOVELTY,
        note="Not in the paper: it has batch normalisation (2015) behind each convolution, and one"
        " dense layer instead of three, which would hold most of the weights.",
        build=vgg11_32x32, is_large=True,
    ),
)  # fmt: skip
