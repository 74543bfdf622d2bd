"""Judging a number that a learner has computed by hand, and recognising how it went wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

ENOUGH = 2  # significant digits that an answer needs, unless it is exact


@dataclass(frozen=True)
class Verdict:
    is_right: bool
    hint: str = ""  # what may have gone wrong, in a sentence; empty when it is right


def judge(text: str, expected: float, mistakes: Mapping[str, float]) -> Verdict:
    """Compare what was typed with what is right, to the digits that were typed.

    `mistakes` maps a hint to the value that one gets by the mistake that it tells of. Raises
    ValueError when the text is no number.
    """
    number = read(text)
    unit = 10.0 ** int(number.as_tuple().exponent)  # of the last digit that was typed
    value = float(number)
    if _is_exact(value, expected):
        return Verdict(True)
    if _fits(value, expected, unit):
        if significant(number) >= ENOUGH:
            return Verdict(True)
        return Verdict(False, f"As far as it goes. Give at least {ENOUGH} digits that count.")
    for hint, wrong in mistakes.items():
        has_digits = significant(number) >= ENOUGH or _is_exact(value, wrong)
        if has_digits and _fits(value, wrong, unit) and not _fits(wrong, expected, unit):
            return Verdict(False, hint)
    if _fits(value, expected, 20 * unit) and significant(number) > ENOUGH:
        return Verdict(False, "Close: look at the last digits, or keep more of them on the way.")
    return Verdict(False, "Not yet. Open a number before this one to see how such a step goes.")


def read(text: str) -> Decimal:
    """A number as people type it: a comma or a point, a real minus sign, an exponent."""
    clean = text.strip().replace("−", "-").replace(",", ".")
    if not re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d{1,2})?", clean, re.IGNORECASE):
        raise ValueError(f"“{text}” is not a number; type one such as 0.25")
    try:
        return Decimal(clean)
    except InvalidOperation:
        raise ValueError(f"“{text}” is not a number; type one such as 0.25") from None


def significant(number: Decimal) -> int:
    """How many digits count; zeros in front do not."""
    return len(number.as_tuple().digits) if number else 1


def _is_exact(value: float, expected: float) -> bool:
    return abs(value - expected) <= 1e-12 * max(abs(expected), 1)


def _fits(value: float, expected: float, unit: float) -> bool:
    """Whether a value is the expected one, rounded or cut off at its last digit."""
    slack = 1e-9 * unit
    is_rounded = abs(value - expected) <= unit / 2 + slack
    is_cut = value * expected >= 0 and -slack <= abs(expected) - abs(value) < unit
    return is_rounded or is_cut
