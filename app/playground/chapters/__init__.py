"""The chapters, one file each, loaded when they are opened."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.playground.chapters.base import Chapter

MODULES = {
    "a1": "a1_neuron",
    "a2": "a2_activations",
    "a3": "a3_network",
    "a4": "a4_loss",
    "a5": "a5_landscape",
    "a6": "a6_backprop",
    "a7": "a7_descent",
    "a8": "a8_playground",
    "a9": "a9_depth",
    "a10": "a10_algorithms",
    "a11": "a11_failures",
    "c1": "c1_pictures",
    "c2": "c2_sharing",
    "c3": "c3_convolution",
    "c4": "c4_stride",
    "c5": "c5_field",
    "c6": "c6_pooling",
    "c7": "c7_softmax",
    "c8": "c8_learning",
    "c9": "c9_shelf",
    "r1": "r1_cell",
    "r2": "r2_sharing",
    "r3": "r3_shapes",
    "r4": "r4_deep",
    "r5": "r5_bidirectional",
    "r6": "r6_gradients",
    "r7": "r7_lstm",
    "r8": "r8_learning",
    "r9": "r9_gru",
}
FIRST = "a1"


def load(chapter: str) -> type[Chapter]:
    """The class of a chapter; raises KeyError for an unknown one."""
    module = import_module(f"{__name__}.{MODULES[chapter]}")
    return module.CHAPTER
