"""The chapters, one file each, loaded when they are opened."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.playground.chapters.base import Chapter

MODULES = {
    "a1": "neurons.a1_neuron",
    "a2": "neurons.a2_activations",
    "a3": "neurons.a3_network",
    "a4": "neurons.a4_loss",
    "a5": "neurons.a5_landscape",
    "a6": "neurons.a6_backprop",
    "a7": "neurons.a7_descent",
    "a8": "neurons.a8_playground",
    "a9": "neurons.a9_depth",
    "a10": "neurons.a10_algorithms",
    "a11": "neurons.a11_failures",
    "c1": "images.c1_pictures",
    "c2": "images.c2_sharing",
    "c3": "images.c3_convolution",
    "c4": "images.c4_stride",
    "c5": "images.c5_field",
    "c6": "images.c6_pooling",
    "c7": "images.c7_softmax",
    "c8": "images.c8_learning",
    "c9": "images.c9_shelf",
    "r1": "sequences.r1_cell",
    "r2": "sequences.r2_sharing",
    "r3": "sequences.r3_shapes",
    "r4": "sequences.r4_deep",
    "r5": "sequences.r5_bidirectional",
    "r6": "sequences.r6_gradients",
    "r7": "sequences.r7_lstm",
    "r8": "sequences.r8_learning",
    "r9": "sequences.r9_gru",
}
FIRST = "a1"


def load(chapter: str) -> type[Chapter]:
    """The class of a chapter; raises KeyError for an unknown one."""
    module = import_module(f"{__name__}.{MODULES[chapter]}")
    return module.CHAPTER
