"""What a page says of networks that it can show, but only a training server can train."""

from __future__ import annotations

from functools import cache

from app.playground.chapters.images.cnn_state import LearnState
from core.analysis import Analysis, analyse
from core.architectures import ARCHITECTURES
from core.spec import NetworkSpec

# What takes many passes, or is of scores that only a server works out.
LEFT_OUT = frozenset({"sight", "confusion", "gallery"})


@cache
def costs(spec: NetworkSpec) -> Analysis:
    return analyse(spec)


def barred(state: LearnState, spec: NetworkSpec, remedy: str) -> str:
    """Why Play does nothing in this page, and what to do about it."""
    return (
        f"{ARCHITECTURES[state.net].name} has {costs(spec).parameters:,} "
        f"parameters, too many to be trained in a page: {remedy}"
    )


def takes(state: LearnState, spec: NetworkSpec, remedy: str) -> list[dict[str, str]]:
    """What training it takes, as facts; `remedy`: what to do first, blank where nothing is."""
    it, batch = costs(spec), state.batch
    whole = 3 * it.multiply_adds * batch
    items = [
        ("parameters", f"{it.parameters:,}, in {it.depth} layers with weights"),
        ("multiply-adds", f"{it.multiply_adds:,} for one picture; a batch of {batch} takes about "
                          f"{whole / 1e9:,.0f} thousand million, there and back"),
        ("memory", f"{_megabytes(it.parameter_bytes)} for the weights, as much again for each of "
                   "their gradients and the optimizer's averages, and "
                   f"{_megabytes(it.activation_bytes * batch)} for the outputs of a batch"),
        ("in this page", "One picture goes through it, and every number opens. It is not trained "
                         "here: a batch would take this page many seconds."),
        ("to train it", f"{remedy.capitalize() or 'Press Play'}. Its pictures come back into this "
                        "page while it learns."),
    ]  # fmt: skip
    return [{"term": term, "text": text} for term, text in items]


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.0f} MB"
