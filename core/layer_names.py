"""How layers of an architecture are called, such as conv 1 or pool 1, and what they are set to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from core.functional.activations import ACTIVATIONS
from core.spec import (
    ActivationSpec,
    BranchesSpec,
    Conv2dSpec,
    DropoutSpec,
    LayerSpec,
    PoolSpec,
    Shape,
    written,
)

WORDS = {
    "conv2d": "conv",
    "linear": "dense",
    "branches": "block",
    "batch_norm2d": "batch norm",
    "local_response_norm": "local norm",
}


def layer_names(walk: Iterable[tuple[str, LayerSpec, Shape]]) -> dict[str, str]:
    """A name for every path of `NetworkSpec.walk`."""
    counts: Counter[str] = Counter()
    names = {}
    for path, layer, _ in walk:
        word = WORDS.get(layer.kind, layer.kind.replace("_", " "))
        if isinstance(layer, ActivationSpec):
            word = ACTIVATIONS[layer.name].label
        counts[word] += 1
        names[path] = f"{word} {counts[word]}"
    return names


def described(layer: LayerSpec) -> str:
    """A layer's settings in words, such as 3 × 3, stride 2, padding 1; those that do nothing are
    left out."""
    if isinstance(layer, Conv2dSpec | PoolSpec):
        mode = [layer.mode] if isinstance(layer, PoolSpec) else []
        return " ".join([*mode, ", ".join(_window(layer))])
    if isinstance(layer, BranchesSpec):
        count = len(layer.branches)
        return f"{count} branches, {'added' if layer.merge == 'add' else 'one after another'}"
    return f"p = {layer.p:g}" if isinstance(layer, DropoutSpec) else ""


def _window(layer: Conv2dSpec | PoolSpec) -> list[str]:
    if layer.kernel_size is None:
        return ["over the whole picture"]
    parts = [written(_pair(layer.kernel_size))]
    if _pair(layer.stride) != (1, 1):
        parts.append(f"stride {_once(layer.stride)}")
    if layer.padding != (0, 0, 0, 0):
        parts.append(f"padding {_once(_axes(layer.padding))}")
    if isinstance(layer, Conv2dSpec) and _pair(layer.dilation) != (1, 1):
        parts.append(f"dilation {_once(layer.dilation)}")
    if isinstance(layer, Conv2dSpec) and layer.groups > 1:
        parts.append(f"{layer.groups} groups")
    return parts


def _pair(value: object) -> tuple[int, ...]:
    return value if isinstance(value, tuple) else ()


def _axes(padding: object) -> object:
    """Four sides as two, where opposite ones are alike."""
    if isinstance(padding, tuple) and padding[0] == padding[1] and padding[2] == padding[3]:
        return padding[0], padding[2]
    return padding


def _once(value: object) -> str:
    """Numbers that are all the same once, others side by side."""
    if not isinstance(value, tuple):
        return str(value)
    return str(value[0]) if len(set(value)) == 1 else " × ".join(map(str, value))
