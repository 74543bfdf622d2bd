"""How each layer is called in a NumPy program."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.export.code import arguments, unless
from core.export.geometry import NO_SIDES, beyond, exact_sides
from core.export.numpy_sequence_writers import embedding, one_hot, recurrent
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
)

# From the layer, the shape of its input, the variable that holds the input, and the tensors as
# further arguments, to an expression; the variable itself where nothing happens.
Writer = Callable[[Any, Shape, str, str], str]


def activation(spec: ActivationSpec, shape: Shape, x: str, tensors: str) -> str:
    named = {"identity": x, "tanh": f"np.tanh({x})", "step": f"unit_step({x})"}
    return named.get(spec.name, f"{spec.name}({x})")


def flatten(spec: FlattenSpec, shape: Shape, x: str, tensors: str) -> str:
    return f"{x}.reshape(len({x}), -1)"


def linear(spec: LinearSpec, shape: Shape, x: str, tensors: str) -> str:
    return f"linear({x}{tensors})"


def conv2d(spec: Conv2dSpec, shape: Shape, x: str, tensors: str) -> str:
    window = spec.window(shape)
    more = arguments(
        stride=unless(window.stride, (1, 1)),
        padding=unless(window.sides(shape), NO_SIDES),
        dilation=unless(window.dilation, (1, 1)),
        groups=unless(spec.groups, 1),
        flip=unless(spec.flip, False),
    )
    return f"conv2d({x}{tensors}{more})"


def pool(spec: PoolSpec, shape: Shape, x: str, tensors: str) -> str:
    window = spec.window(shape)
    sides = exact_sides(window, spec.output_shape(shape)[1:], shape)
    if spec.mode == "average" and spec.count_include_pad:  # zeros that count are as good as pixels
        own = window.sides(shape)
        x = x if own == NO_SIDES else f"pad({x}, {own})"
        sides = beyond(sides, own)
    more = arguments(
        kernel_size=window.kernel_size,
        stride=window.stride,
        padding=unless(sides, NO_SIDES),
    )
    return f"{spec.mode}_pool2d({x}{more})"


def batch_norm2d(spec: BatchNorm2dSpec, shape: Shape, x: str, tensors: str) -> str:
    return f"batch_norm2d({x}{tensors}{arguments(eps=spec.eps)})"


def local_response_norm(spec: LocalResponseNormSpec, shape: Shape, x: str, tensors: str) -> str:
    more = arguments(size=spec.size, alpha=spec.alpha, beta=spec.beta, k=spec.k)
    return f"local_response_norm({x}{more})"


def dropout(spec: DropoutSpec, shape: Shape, x: str, tensors: str) -> str:
    return x


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
