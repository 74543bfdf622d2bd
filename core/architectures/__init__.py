"""Architectures of the literature as specifications, and smaller ones after their pattern.

Nothing is allocated until a network is built from one; `core.analysis` says what each costs.
"""

from core.architectures.alexnet import ALEXNETS, alexnet, zfnet
from core.architectures.googlenet import GOOGLENETS, googlenet, googlenet_32x32, inception
from core.architectures.lenet import LENETS, lenet5, lenet_8x8
from core.architectures.record import Architecture, Paper
from core.architectures.resnet import (
    RESNETS,
    basic_block,
    bottleneck,
    resnet,
    resnet18_32x32,
    resnet_32x32,
)
from core.architectures.vgg import VGGS, vgg, vgg11_32x32, vgg_32x32

_ALL = (*LENETS, *ALEXNETS, *VGGS, *GOOGLENETS, *RESNETS)

# In the order of a time line.
ARCHITECTURES: dict[str, Architecture] = {
    each.key: each for each in sorted(_ALL, key=lambda each: each.paper.year)
}

__all__ = [
    "ARCHITECTURES",
    "Architecture",
    "Paper",
    "alexnet",
    "basic_block",
    "bottleneck",
    "googlenet",
    "googlenet_32x32",
    "inception",
    "lenet5",
    "lenet_8x8",
    "resnet",
    "resnet18_32x32",
    "resnet_32x32",
    "vgg",
    "vgg11_32x32",
    "vgg_32x32",
    "zfnet",
]
