"""How each layer is made in a PyTorch program."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.export.code import arguments, unless
from core.export.geometry import NO_SIDES, Pair, Sides, beyond, exact_sides, short, symmetric
from core.export.torch_sequence_writers import embedding, one_hot, recurrent
from core.functional.activations import LEAKY_SLOPE
from core.spec import (
    ActivationSpec,
    BatchNorm2dSpec,
    Conv2dSpec,
    DropoutSpec,
    EmbeddingSpec,
    FlattenSpec,
    LayerSpec,
    LinearSpec,
    LocalResponseNormSpec,
    OneHotSpec,
    PoolSpec,
    RecurrentSpec,
    Shape,
    Window,
)

# From the layer and the shape of its input to an expression.
Writer = Callable[[Any, Shape], str]

ACTIVATIONS = {
    "identity": "nn.Identity()",
    "sigmoid": "nn.Sigmoid()",
    "tanh": "nn.Tanh()",
    "relu": "nn.ReLU()",
    "leaky_relu": f"nn.LeakyReLU({LEAKY_SLOPE})",
    "elu": "nn.ELU()",
    "gelu": "nn.GELU()",
    "softplus": "nn.Softplus(threshold=40)",
    "step": "Step()",
}


def activation(spec: ActivationSpec, shape: Shape) -> str:
    return ACTIVATIONS[spec.name]


def flatten(spec: FlattenSpec, shape: Shape) -> str:
    return "nn.Flatten()"


def linear(spec: LinearSpec, shape: Shape) -> str:
    return f"nn.Linear({shape[-1]}, {spec.out_features}{arguments(bias=unless(spec.bias, True))})"


def conv2d(spec: Conv2dSpec, shape: Shape) -> str:
    window = spec.window(shape)
    sides = window.sides(shape)
    padding = None if spec.flip else symmetric(sides)
    more = arguments(
        stride=unless(short(window.stride), 1),
        padding=padding and unless(short(padding), 0),
        dilation=unless(short(window.dilation), 1),
        groups=unless(spec.groups, 1),
        bias=unless(spec.bias, True),
        sides=unless(left_first(sides), NO_SIDES) if padding is None else None,
        flip=unless(spec.flip, False),
    )
    name = "PaddedConv2d" if padding is None else "nn.Conv2d"
    return f"{name}({shape[0]}, {spec.out_channels}, {short(window.kernel_size)}{more})"


def pool(spec: PoolSpec, shape: Shape) -> str:
    """PyTorch's own pool, if it has this one."""
    if spec.kernel_size is None and spec.mode != "min":
        return "nn.AdaptiveAvgPool2d(1)" if spec.mode == "average" else "nn.AdaptiveMaxPool2d(1)"
    window = spec.window(shape)
    padding = symmetric(window.sides(shape))
    if spec.mode == "min" or padding is None or not _allowed(padding, window.kernel_size):
        return _padded_pool(spec, window, shape)
    kernel, stride = short(window.kernel_size), short(window.stride)
    more = arguments(
        stride=unless(stride, kernel),
        padding=unless(short(padding), 0),
        ceil_mode=unless(spec.ceil_mode, False),
    )
    if spec.mode == "max":
        return f"nn.MaxPool2d({kernel}{more})"
    counts = padding == (0, 0) or spec.count_include_pad
    return f"nn.AvgPool2d({kernel}{more}{'' if counts else ', count_include_pad=False'})"


def _padded_pool(spec: PoolSpec, window: Window, shape: Shape) -> str:
    """The pool that comes along; before it the zeros that count, which are as good as pixels."""
    own = window.sides(shape)
    sides = exact_sides(window, spec.output_shape(shape)[1:], shape)
    counted = spec.mode == "average" and spec.count_include_pad and own != NO_SIDES
    sides = beyond(sides, own) if counted else sides
    more = arguments(sides=unless(left_first(sides), NO_SIDES))
    kernel, stride = short(window.kernel_size), short(window.stride)
    pool = f'PaddedPool2d("{spec.mode}", {kernel}, {stride}{more})'
    if not counted:
        return pool
    return f"nn.Sequential(\n    nn.ZeroPad2d({left_first(own)}),\n    {pool},\n)"


def _allowed(padding: Pair, kernel_size: Pair) -> bool:
    """PyTorch's pools refuse more padding than half a window."""
    return 2 * padding[0] <= kernel_size[0] and 2 * padding[1] <= kernel_size[1]


def left_first(sides: Sides) -> Sides:
    """As torch.nn.functional.pad wants them."""
    top, bottom, left, right = sides
    return left, right, top, bottom


def batch_norm2d(spec: BatchNorm2dSpec, shape: Shape) -> str:
    more = arguments(eps=unless(spec.eps, 1e-5), momentum=unless(spec.momentum, 0.1))
    return f"nn.BatchNorm2d({shape[0]}{more})"


def local_response_norm(spec: LocalResponseNormSpec, shape: Shape) -> str:
    return f"nn.LocalResponseNorm({spec.size}, {spec.alpha}, {spec.beta}, {spec.k})"


def dropout(spec: DropoutSpec, shape: Shape) -> str:
    return f"nn.Dropout({spec.p})"


WRITERS: dict[type[LayerSpec], Writer] = {
    ActivationSpec: activation,
    BatchNorm2dSpec: batch_norm2d,
    Conv2dSpec: conv2d,
    DropoutSpec: dropout,
    EmbeddingSpec: embedding,
    FlattenSpec: flatten,
    LinearSpec: linear,
    LocalResponseNormSpec: local_response_norm,
    OneHotSpec: one_hot,
    PoolSpec: pool,
    RecurrentSpec: recurrent,
}
