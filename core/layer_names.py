"""How the layers of an architecture are called: conv 1, pool 1, dense 1, each kind counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from core.functional.activations import ACTIVATIONS
from core.spec import ActivationSpec, LayerSpec, Shape

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
