"""The form of an explanation: a number, its formula, its terms, and where each came from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

SUBSCRIPTS = str.maketrans("0123456789,", "₀₁₂₃₄₅₆₇₈₉,")
SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


class Ref(NamedTuple):
    """The address of one number: a tensor's name and an index into it."""

    tensor: str
    index: tuple[int, ...] = ()  # type: ignore[assignment]  # shadows tuple.index on purpose


@dataclass(frozen=True)
class Factor:
    """A number that goes into another; `ref` opens it, None where there is nothing below."""

    symbol: str
    value: float
    ref: Ref | None = None


@dataclass(frozen=True)
class Term:
    """A product of factors."""

    factors: tuple[Factor, ...]

    @property
    def value(self) -> float:
        return math.prod(factor.value for factor in self.factors)


@dataclass(frozen=True)
class Explanation:
    """One opened number.

    kind "sum": `result` is the sum of the values of `terms`; "function": it is computed from
    `arguments` as `substituted` says; "given": it was computed from nothing, and `note` says where
    it came from. `uses` are numbers that it goes into.
    """

    ref: Ref
    symbol: str
    title: str
    kind: Literal["sum", "function", "given"]
    result: float
    formula: str = ""
    substituted: str = ""
    terms: tuple[Term, ...] = ()
    arguments: tuple[Factor, ...] = ()
    note: str = ""
    uses: tuple[Factor, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The explanation as JSON data; numbers that JSON cannot say become text."""
        return {
            "ref": _ref(self.ref),
            "symbol": self.symbol,
            "title": self.title,
            "kind": self.kind,
            "result": number(self.result),
            "formula": self.formula,
            "substituted": self.substituted,
            "terms": [
                {"factors": [_factor(f) for f in term.factors], "value": number(term.value)}
                for term in self.terms
            ],
            "arguments": [_factor(f) for f in self.arguments],
            "note": self.note,
            "uses": [_factor(f) for f in self.uses],
        }


def number(value: float) -> float | str:
    """A number for JSON: NaN and the infinities as text."""
    value = float(value)
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    return value


def format_number(value: float, digits: int = 6) -> str:
    """A number for reading: up to `digits` significant digits, and a real minus sign."""
    shown = number(value)
    return shown if isinstance(shown, str) else f"{shown:.{digits}g}".replace("-", "−")


def subscript(text: object) -> str:
    return str(text).translate(SUBSCRIPTS)


def _ref(ref: Ref | None) -> dict[str, Any] | None:
    return None if ref is None else {"tensor": ref.tensor, "index": list(ref.index)}


def _factor(factor: Factor) -> dict[str, Any]:
    return {"symbol": factor.symbol, "value": number(factor.value), "ref": _ref(factor.ref)}
