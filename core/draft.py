"""Networks edited by hand: what follows from a change, or which layer it makes impossible, and why.

An edit names a layer by its path in the network as it was before any edit, so that several edits
may come in any order, and one can be taken back alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from core.analysis import Analysis, analyse
from core.spec import (
    BranchesSpec,
    Conv2dSpec,
    LayerSpec,
    LinearSpec,
    NetworkSpec,
    PoolSpec,
    Shape,
    ShapeError,
)

REMOVE = "remove"
FIELDS: dict[type[LayerSpec], dict[str, str]] = {
    Conv2dSpec: {"channels": "out_channels", "kernel": "kernel_size", "stride": "stride",
                 "padding": "padding"},
    LinearSpec: {"channels": "out_features"},
    PoolSpec: {"kernel": "kernel_size", "stride": "stride", "padding": "padding"},
}  # fmt: skip
CANDIDATES = {"kernel": range(1, 17), "stride": range(1, 9), "padding": range(9)}


@dataclass(frozen=True)
class Edit:
    """`what` is channels, kernel, stride or padding, with its new value; or remove."""

    path: str
    what: str
    value: int = 0


@dataclass(frozen=True)
class Failure:
    """The first layer, by its path after the edits, that cannot take what comes to it."""

    path: str
    reason: str


def settings(layer: LayerSpec) -> dict[str, int]:
    """What of a layer an edit may set, and its value now; of two axes the first."""
    if isinstance(layer, PoolSpec) and layer.kernel_size is None:
        return {}
    return {
        what: _first(getattr(layer, field)) for what, field in FIELDS.get(type(layer), {}).items()
    }


def _first(value: Any) -> int:
    return int(value[0] if isinstance(value, tuple) else value)


@dataclass(frozen=True)
class Draft:
    """A network and the edits made to it; raises ValueError where one names no layer, or sets what
    that layer cannot have at all."""

    original: NetworkSpec
    edits: tuple[Edit, ...] = ()

    def __post_init__(self) -> None:
        known = {path: layer for path, layer, _ in self.original.walk()}
        for edit in self.edits:
            _require_fits(edit, known)
        if not self.layers:
            raise ValueError("all layers would be removed; a network needs at least one")

    @cached_property
    def _edited(self) -> tuple[tuple[LayerSpec, ...], dict[str, str]]:
        changes: dict[str, dict[str, int]] = {}
        for edit in self.edits:
            changes.setdefault(edit.path, {})[edit.what] = edit.value
        places: dict[str, str] = {}
        return _chain(self.original.layers, changes, "", "", places), places

    @property
    def layers(self) -> tuple[LayerSpec, ...]:
        return self._edited[0]

    @property
    def places(self) -> dict[str, str]:
        """The path after the edits, of every layer that is left, by its path before them."""
        return self._edited[1]

    @cached_property
    def _walked(self) -> tuple[Failure | None, dict[str, tuple[Shape, Shape]]]:
        shapes: dict[str, tuple[Shape, Shape]] = {}
        return first_failure(self.layers, self.original.input_shape, shapes), shapes

    @property
    def failure(self) -> Failure | None:
        return self._walked[0]

    @property
    def shapes(self) -> dict[str, tuple[Shape, Shape]]:
        """Input and output of every layer that is reached, by its path after the edits."""
        return self._walked[1]

    @cached_property
    def analysis(self) -> Analysis | None:
        """The costs of all layers of the chain before the first that does not fit."""
        end = int(self.failure.path.split(".")[0]) if self.failure else len(self.layers)
        return analyse(replace(self.original, layers=self.layers[:end])) if end else None

    def fitting(self, edit: Edit) -> list[int]:
        """The values of one edit with which the whole network would fit, among usual ones; for a
        removed layer, 0 if it would do to bring it back."""
        others = tuple(each for each in self.edits if each != edit)
        if edit.what == REMOVE:
            return [] if Draft(self.original, others).failure else [0]
        found = []
        for value in self._candidates(edit):
            try:
                draft = Draft(self.original, (*others, replace(edit, value=value)))
            except ValueError:  # such as a padding as large as the window
                continue
            if draft.failure is None:
                found.append(value)
        return found

    def _candidates(self, edit: Edit) -> Iterable[int]:
        """For channels, those that occur in the network as it was."""
        if edit.what in CANDIDATES:
            return CANDIDATES[edit.what]
        found = (settings(layer).get("channels") for _, layer, _ in self.original.walk())
        return sorted({value for value in found if value})


def _require_fits(edit: Edit, known: dict[str, LayerSpec]) -> None:
    if edit.path not in known:
        raise ValueError(f"there is no layer {edit.path!r} to edit")
    allowed = (*settings(known[edit.path]), REMOVE)
    if edit.what not in allowed:
        kind = known[edit.path].kind.replace("_", " ")
        raise ValueError(
            f"{edit.what!r} is nothing that layer {edit.path} ({kind}) has; there are "
            f"{', '.join(allowed)}"
        )


def _chain(
    layers: tuple[LayerSpec, ...],
    changes: dict[str, dict[str, int]],
    before: str,
    after: str,
    places: dict[str, str],
) -> tuple[LayerSpec, ...]:
    """A chain with its changes; `before` and `after` begin its layers' paths."""
    made: list[LayerSpec] = []
    for number, layer in enumerate(layers):
        old, new = f"{before}{number}", f"{after}{len(made)}"
        change = changes.get(old, {})
        if REMOVE in change:
            continue
        places[old] = new
        if isinstance(layer, BranchesSpec):
            branches = tuple(
                _chain(chain, changes, f"{old}.{b}.", f"{new}.{b}.", places)
                for b, chain in enumerate(layer.branches)
            )
            layer = replace(layer, branches=branches)
        made.append(_changed(layer, change))
    return tuple(made)


def _changed(layer: LayerSpec, change: dict[str, int]) -> LayerSpec:
    """A new kernel keeps the stride of a pool, as the learner sees it."""
    fields = FIELDS.get(type(layer), {})
    values: dict[str, Any] = {fields[what]: value for what, value in change.items()}
    return replace(layer, **values)  # type: ignore[type-var]


def first_failure(
    layers: tuple[LayerSpec, ...],
    shape: Shape,
    shapes: dict[str, tuple[Shape, Shape]],
    prefix: str = "",
) -> Failure | None:
    """The innermost layer that cannot take the shape before it, or None where all fit; `shapes`
    gets the input and output of every layer before."""
    for number, layer in enumerate(layers):
        path, before = f"{prefix}{number}", shape
        if isinstance(layer, BranchesSpec):
            for b, chain in enumerate(layer.branches):
                if found := first_failure(chain, shape, shapes, f"{path}.{b}."):
                    return found
        try:
            shape = layer.output_shape(shape)
        except ShapeError as error:
            return Failure(path, str(error))
        shapes[path] = (before, shape)
    return None
