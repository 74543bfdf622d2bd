"""What is told of an architecture beside its layers: who, when, where, and what was new."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.spec import NetworkSpec


@dataclass(frozen=True)
class Paper:
    """Where an architecture was published. `year` is that of its success, not of the print."""

    year: int
    authors: str
    reference: str


@dataclass(frozen=True)
class Architecture:
    """One architecture of the literature, or a smaller one after its pattern.

    `build` makes its specification, with another `num_classes` if asked; nothing is allocated for
    that. `note` says where the specification departs from the paper. `is_small` marks those to be
    trained in the page, is_large those for the same pictures that take a training server.
    """

    key: str
    name: str
    paper: Paper
    summary: str
    novelty: str
    build: Callable[..., NetworkSpec]
    note: str = ""
    is_small: bool = False
    is_large: bool = False
