"""Checks with messages that teach: what was wrong, where, and what would be right."""

from __future__ import annotations

import math
from collections.abc import Iterable

MAX_WEIGHT = 1e6  # a start value or a value typed by a learner


def require(condition: bool, where: str, value: object, wanted: str) -> None:
    """Raise ValueError naming the field, what it was, and what would be right."""
    if not condition:
        raise ValueError(f"{where} is {value!r}; it must be {wanted}")


def require_whole(where: str, value: object, low: int, high: int) -> None:
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    require(is_whole and low <= value <= high, where, value, f"a whole number from {low} to {high}")  # type: ignore[operator]


def require_number(where: str, value: object, low: float, high: float) -> None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    fits = is_number and math.isfinite(value) and low <= value <= high  # type: ignore[arg-type, operator]
    require(fits, where, value, f"a number from {low:g} to {high:g}")


def require_choice(where: str, value: object, choices: Iterable[str]) -> None:
    choices = tuple(choices)
    known = isinstance(value, str) and value in choices
    require(known, where, value, f"one of {', '.join(choices)}")


def require_flag(where: str, value: object) -> None:
    require(isinstance(value, bool), where, value, "true or false")
