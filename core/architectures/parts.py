"""Short chains of layers that architectures repeat."""

from __future__ import annotations

from core.spec import (
    ActivationSpec,
    BatchNorm2dSpec,
    Conv2dSpec,
    DropoutSpec,
    FlattenSpec,
    LayerSpec,
    LinearSpec,
    PoolSpec,
)

Chain = tuple[LayerSpec, ...]
RELU = ActivationSpec("relu")


def conv_relu(
    out_channels: int, kernel_size: int, stride: int = 1, padding: int = 0, groups: int = 1
) -> Chain:
    """A convolution with a bias, and its activation."""
    conv = Conv2dSpec(out_channels, kernel_size, stride=stride, padding=padding, groups=groups)
    return (conv, RELU)


def conv_norm(out_channels: int, kernel_size: int, stride: int = 1) -> Chain:
    """A convolution that keeps the size (divided by the stride), and batch normalisation, whose
    shift makes a bias of the convolution needless."""
    padding = kernel_size // 2
    conv = Conv2dSpec(out_channels, kernel_size, stride=stride, padding=padding, bias=False)
    return (conv, BatchNorm2dSpec())


def max_pool(kernel_size: int, stride: int, padding: int = 0, ceil_mode: bool = False) -> PoolSpec:
    return PoolSpec("max", kernel_size, stride=stride, padding=padding, ceil_mode=ceil_mode)


def dense_head(hidden: int, num_classes: int, dropout: float = 0.5) -> Chain:
    """The three fully connected layers that AlexNet, ZFNet and VGG end with."""
    layer = (LinearSpec(hidden), RELU, DropoutSpec(dropout))
    return (FlattenSpec(), *layer, *layer, LinearSpec(num_classes))
