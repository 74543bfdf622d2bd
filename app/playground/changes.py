"""What changed between two states of a chapter, in a few words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import param

from app.playground.state import ChapterState, shorten

Values = dict[str, Any]
Write = Callable[[str, Any], str]  # the words for one value of a parameter, or of its list
Item = Callable[[str, int], str]  # the name of one item of a list
NAMED = 2  # so many settings are named; more are counted


def values_of(state: ChapterState) -> Values:
    """All parameters that the address holds; lists as copies."""
    values = {name: getattr(state, name) for name in state.ADDRESS}
    return {name: list(v) if isinstance(v, list) else v for name, v in values.items()}


def differing(before: Values, after: Values) -> list[str]:
    return [name for name, value in before.items() if after.get(name) != value]


def describe(state: ChapterState, before: Values, after: Values, write: Write,
             item: Item) -> str:  # fmt: skip
    """Such as “learning rate 0.03 → 0.1”; nothing where nothing changed."""
    names = differing(before, after)
    if len(names) == 1:
        return _one(state, names[0], before[names[0]], after[names[0]], write, item)
    if len(names) <= NAMED:
        return ", ".join(small(state.param[name].label) for name in names)
    return f"{len(names)} settings"


def _one(state: ChapterState, name: str, old: Any, new: Any, write: Write, item: Item) -> str:
    label = small(state.param[name].label)
    if isinstance(state.param[name], param.String):  # a text that nobody reads
        return label
    if isinstance(new, bool):
        return f"{label}: {'on' if new else 'off'}"
    if isinstance(new, list):
        changed = [i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b]
        if len(old) == len(new) > 1 and len(changed) == 1:
            (i,) = changed
            return f"{item(name, i)} {write(name, old[i])} → {write(name, new[i])}"
        if len(old) == len(new) == 1:
            return f"{label} {write(name, old[0])} → {write(name, new[0])}"
        was, now = (", ".join(write(name, v) for v in values) or "none" for values in (old, new))
        return f"{label}: {shorten(was, 24)} → {shorten(now, 24)}"
    return f"{label} {write(name, old)} → {write(name, new)}"


def small(label: str) -> str:
    """A label within a sentence: “Learning rate” becomes small, “L1” stays."""
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


def plain(value: Any) -> str:
    """A number with the digits that matter; everything else as text."""
    if isinstance(value, float):
        return f"{value:.4g}".replace("-", "−")
    return shorten(str(value), 24)
