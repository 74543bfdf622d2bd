"""AlexNet and ZFNet: the networks that brought deep learning to photographs."""

from __future__ import annotations

from functools import partial

from core.architectures.parts import conv_relu, dense_head, max_pool
from core.architectures.record import Architecture, Paper
from core.spec import LocalResponseNormSpec, NetworkSpec

# Section 3.3 of the paper has 1e-4 times a sum over 5 maps, here it is their average.
NORM = LocalResponseNormSpec(size=5, alpha=5e-4, beta=0.75, k=2.0)


def alexnet(num_classes: int = 1000, groups: int = 2) -> NetworkSpec:
    """AlexNet for 3 × 227 × 227. `groups` = 2 splits layers 2, 4 and 5 between two halves, as the
    paper did between two graphics cards; 1 lets each map see all."""
    layers = (
        *conv_relu(96, 11, stride=4), NORM, max_pool(3, 2),
        *conv_relu(256, 5, padding=2, groups=groups), NORM, max_pool(3, 2),
        *conv_relu(384, 3, padding=1),
        *conv_relu(384, 3, padding=1, groups=groups),
        *conv_relu(256, 3, padding=1, groups=groups), max_pool(3, 2),
        *dense_head(4096, num_classes),
    )  # fmt: skip
    return NetworkSpec((3, 227, 227), layers)


def zfnet(num_classes: int = 1000) -> NetworkSpec:
    """ZFNet for 3 × 224 × 224. Its first two pools round up, to the paper's 55 and 13."""
    layers = (
        *conv_relu(96, 7, stride=2, padding=1), max_pool(3, 2, ceil_mode=True), NORM,
        *conv_relu(256, 5, stride=2), max_pool(3, 2, ceil_mode=True), NORM,
        *conv_relu(384, 3, padding=1),
        *conv_relu(384, 3, padding=1),
        *conv_relu(256, 3, padding=1), max_pool(3, 2),
        *dense_head(4096, num_classes),
    )  # fmt: skip
    return NetworkSpec((3, 224, 224), layers)


_ALEXNET = Paper(
    2012,
    "Alex Krizhevsky, Ilya Sutskever, Geoffrey Hinton",
    "ImageNet classification with deep convolutional neural networks, NIPS 2012",
)
_SUMMARY = "Five convolutions with large first kernels and strides, then three dense layers."
_NOVELTY = (
    "ReLU, dropout, overlapping pooling, local response normalisation, training on two graphics"
    " cards: ImageNet's error fell from 26 to 15 %."
)
_SIZE = "The paper writes 224 for the input; its sizes come out with 227."
_ZFNET = Paper(
    2013,
    "Matthew Zeiler, Rob Fergus",
    "Visualizing and understanding convolutional networks, ECCV 2014, arXiv 1311.2901",
)

ALEXNETS = (
    Architecture(
        "alexnet", "AlexNet (two groups)", _ALEXNET, _SUMMARY, _NOVELTY,
        note=_SIZE, build=alexnet,
    ),
    Architecture(
        "alexnet_ungrouped", "AlexNet (one group)", _ALEXNET, _SUMMARY, _NOVELTY,
        note=f"Each map sees all maps before it. {_SIZE}", build=partial(alexnet, groups=1),
    ),
    Architecture(
        "zfnet", "ZFNet", _ZFNET,
        summary="AlexNet with a smaller first kernel and stride.",
        novelty="Feature maps made visible by a deconvolutional network; what was seen led to 7 × 7"
        " kernels and stride 2 in front.",
        build=zfnet,
    ),
)  # fmt: skip
