"""Specifications as plain JSON data, and back, with every value checked on the way in."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

from core.spec.checks import require, require_choice
from core.spec.images import (
    BatchNorm2dSpec,
    Conv2dSpec,
    DropoutSpec,
    LocalResponseNormSpec,
    PoolSpec,
)
from core.spec.layers import (
    ActivationSpec,
    BranchesSpec,
    FlattenSpec,
    LayerSpec,
    LinearSpec,
    SwitchSpec,
)
from core.spec.sequences import EmbeddingSpec, OneHotSpec, RecurrentSpec

T = TypeVar("T")
LAYER_KINDS: dict[str, type[LayerSpec]] = {
    cls.kind: cls
    for cls in (
        ActivationSpec, BatchNorm2dSpec, BranchesSpec, Conv2dSpec, DropoutSpec, EmbeddingSpec,
        FlattenSpec, LinearSpec, LocalResponseNormSpec, OneHotSpec, PoolSpec, RecurrentSpec,
        SwitchSpec,
    )
}  # fmt: skip


def to_json(spec: Any) -> dict[str, Any]:
    """A specification as plain JSON data; a layer says its kind."""
    kind = {"kind": spec.kind} if isinstance(spec, LayerSpec) else {}
    return kind | {field.name: _plain(getattr(spec, field.name)) for field in fields(spec)}


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return to_json(value)
    return [_plain(each) for each in value] if isinstance(value, tuple) else value


def from_json(cls: type[T], data: object) -> T:
    """Read a specification from JSON data; raises ValueError naming what does not fit."""
    require(isinstance(data, dict), cls.__name__, data, "an object")
    values = dict(data)  # type: ignore[call-overload]
    known = {field.name: field for field in fields(cls)}  # type: ignore[arg-type]
    for key, value in values.items():
        require(key in known, f"a field of {cls.__name__}", key, f"one of {', '.join(known)}")
        is_number = known[key].type == "float" and type(value) is int  # JSON writes 1.0 as 1
        values[key] = float(value) if is_number else _read(value)
    try:
        return cls(**values)
    except TypeError as error:  # a field without a default is missing
        raise ValueError(f"{cls.__name__}: {error}") from None


def _read(value: Any) -> Any:
    """JSON has no tuples; an object stands for a layer."""
    if isinstance(value, list):
        return tuple(_read(each) for each in value)
    return layer_from_json(value) if isinstance(value, dict) else value


def layer_from_json(data: dict[str, Any]) -> LayerSpec:
    """Read one layer; raises ValueError for a kind that is not known."""
    values = dict(data)
    kind = values.pop("kind", None)
    require_choice("the kind of a layer", kind, LAYER_KINDS)
    return from_json(LAYER_KINDS[kind], values)
