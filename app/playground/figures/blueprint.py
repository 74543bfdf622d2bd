"""An architecture as boxes: which layer stands where, how large, and what state it is in.

A layer that changes no shape stands as a strip on the box before it, so that a box with its strips
is what the literature calls a layer.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from core.draft import Draft
from core.layer_names import described
from core.spec import BranchesSpec, LayerSpec, Shape, written

# By a layer's kind: the kind as it is coloured, its letter, and the words of the legend.
KINDS = {
    "conv2d": ("conv", "C", "convolution"),
    "pool": ("pool", "P", "pool"),
    "linear": ("dense", "D", "dense"),
    "flatten": ("other", "F", "flatten"),
    "batch_norm2d": ("norm", "N", "normalisation"),
    "local_response_norm": ("norm", "N", "normalisation"),
    "activation": ("activation", "A", "activation"),
    "dropout": ("other", "X", "dropout"),
}
STRIPS = ("batch_norm2d", "local_response_norm", "activation", "dropout")
MERGES = {"add": ("+", "branches added up"), "concatenate": ("‖", "channels after each other")}
Part = dict[str, Any]


@dataclass(frozen=True)
class Drawn:
    """A draft, the names of its layers by their paths before the edits, and their states."""

    draft: Draft
    names: dict[str, str]
    states: dict[str, str]
    shapes: dict[str, tuple[Shape, Shape]]  # input and output, of those that are known


def drawn(draft: Draft, names: dict[str, str]) -> Drawn:
    reached = draft.shapes
    shapes = {old: reached[new] for old, new in draft.places.items() if new in reached}
    return Drawn(draft, names, _states(draft, set(shapes)), shapes)


def _states(draft: Draft, known: set[str]) -> dict[str, str]:
    """removed, failed, unknown (after what failed), edited, or nothing to say."""
    edited = {edit.path for edit in draft.edits}
    failed = draft.failure.path if draft.failure else ""
    states = {}
    for path, _, _ in draft.original.walk():
        if path not in draft.places:
            states[path] = "removed"
        elif draft.places[path] == failed:
            states[path] = "failed"
        else:
            states[path] = "unknown" if path not in known else "edited" if path in edited else ""
    return states


def parts(it: Drawn) -> list[Part]:
    """The whole chain, in the form of the view."""
    return _chain(it, it.draft.original.layers, "")


def _chain(it: Drawn, layers: tuple[LayerSpec, ...], prefix: str) -> list[Part]:
    made: list[Part] = []
    rows = 0
    for number, layer in enumerate(layers):
        path = f"{prefix}{number}"
        if layer.kind in STRIPS and made:
            made[-1]["strips"].append(_mark(it, path, layer))
            continue
        made.append(_block(it, path, layer) if isinstance(layer, BranchesSpec)
                    else _unit(it, path, layer))  # fmt: skip
        now = _rows(it, path) or rows
        # Within branches there is no room for it, and their end says the same.
        made[-1]["below"] = _area(it, path) if now != rows and not prefix else ""
        rows = now
    return made


def _mark(it: Drawn, path: str, layer: LayerSpec) -> Part:
    kind, letter, _ = KINDS[layer.kind]
    return {"path": path, "kind": kind, "letter": letter, "state": it.states[path]}


def _block(it: Drawn, path: str, layer: BranchesSpec) -> Part:
    return {
        "path": path, "kind": "other", "merge": MERGES[layer.merge][0], "strips": [],
        "state": it.states[path], "label": _label(it, path, layer),
        "branches": [_chain(it, c, f"{path}.{b}.") for b, c in enumerate(layer.branches)],
    }  # fmt: skip


def _unit(it: Drawn, path: str, layer: LayerSpec) -> Part:
    shape = it.shapes[path][1] if path in it.shapes else ()
    return {
        **_mark(it, path, layer), "strips": [], "label": _label(it, path, layer),
        "text": str(shape[0]) if shape else "–" if it.states[path] == "removed" else "?",
        "width": round(19 + 0.6 * math.sqrt(shape[0] if shape else 1)),
        "height": round(24 + 5 * math.sqrt(max(_rows(it, path), 1))),
    }  # fmt: skip


def _rows(it: Drawn, path: str) -> int:
    """The height of a layer's maps; 0 where it is not known, or has none."""
    shape = it.shapes[path][1] if path in it.shapes else ()
    return shape[1] if len(shape) == 3 else 0


def _area(it: Drawn, path: str) -> str:
    return area(it.shapes[path][1])


def area(shape: Shape) -> str:
    """Height times width of maps (C, H, W), as short as can be: 28² for 28 × 28."""
    _, height, width = shape
    return f"{height}²" if height == width else f"{height}×{width}"


def _label(it: Drawn, path: str, layer: LayerSpec) -> str:
    words = " ".join(filter(None, (it.names[path], described(layer))))
    if path in it.shapes:
        before, after = it.shapes[path]
        words = f"{words}: {written(before)} to {written(after)}"
    return f"{words} ({it.states[path]})" if it.states[path] else words


def legend(draft: Draft) -> list[Part]:
    """The kinds that occur, each once."""
    found: dict[str, Part] = {}
    for _, layer, _ in draft.original.walk():
        if isinstance(layer, BranchesSpec):
            sign, text = MERGES[layer.merge]
            found[sign] = {"kind": "other", "letter": sign, "text": text}
        else:
            kind, letter, text = KINDS[layer.kind]
            found[letter] = {"kind": kind, "letter": letter, "text": text}
    return list(found.values())
