"""What was measured, set against the lecture's word for it, by one rule.

A word such as “costly” says nothing about seconds, but it says that an algorithm takes longer than
those that are called “weak”. So each algorithm is compared with every other that was measured and
has another word in the same column. A pair agrees when the measurements lie in the order of the
words, disagrees when they lie the other way round, and counts half when they are about the same.
The word agrees from two thirds of the pairs on, disagrees up to one third; between them, or without
any pair, nothing can be said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from app.playground.laboratory.lecture import COLUMNS, Column, level, word
from app.playground.laboratory.measure import Result

AGREES_FROM, DISAGREES_TO = 2 / 3, 1 / 3
SAME_FACTOR = 1.5  # times and sizes that differ by less are about the same
Kind = Literal["agrees", "disagrees", "unknown"]


@dataclass(frozen=True)
class Verdict:
    """`pairs` has, for each other algorithm, 1 (as the lecture says), 0 (not) or ½ (the same)."""

    column: Column
    word: str
    value: float
    pairs: dict[str, float]

    @property
    def share(self) -> float:
        return sum(self.pairs.values()) / len(self.pairs) if self.pairs else 0.5

    @property
    def kind(self) -> Kind:
        if DISAGREES_TO < self.share < AGREES_FROM:
            return "unknown"
        return "agrees" if self.share >= AGREES_FROM else "disagrees"


def measured(column: str, result: Result) -> float:
    """The number that stands against a column's words."""
    values = {"memory": result.size, "overfitting": result.gap, "learning": result.fit_s,
              "predicting": result.predict_s}  # fmt: skip
    return float(values[column])


def verdict(column: Column, algorithm: str, results: Mapping[str, Result]) -> Verdict | None:
    """None where the lecture has no word, nothing is measured, or the algorithm has not run."""
    said = word(algorithm, column.name)
    own = level(column, said)
    if own is None or algorithm not in results:
        return None
    value = measured(column.name, results[algorithm])
    pairs = {}
    for other, result in results.items():
        rank = level(column, word(other, column.name))
        if rank is not None and rank != own:
            order = compare(value, measured(column.name, result), chance(column, result))
            pairs[other] = (1 + order * (1 if own > rank else -1)) / 2
    return Verdict(column, said, value, pairs)


def chance(column: Column, result: Result) -> float:
    """How far two gaps may lie apart by chance, 1/√n of n test samples; 0 for times and sizes."""
    return result.num_test**-0.5 if column.name == "overfitting" else 0.0


def compare(a: float, b: float, chance: float) -> int:
    """1 where a is greater, −1 where b is, 0 where they are about the same: nearer than chance
    allows, or, where that is 0, by less than SAME_FACTOR."""
    low, high = min(a, b), max(a, b)
    same = high - low < chance if chance else high < SAME_FACTOR * low
    return 0 if same else 1 if a > b else -1


def verdicts(results: Mapping[str, Result]) -> dict[tuple[str, str], Verdict]:
    """All verdicts, by algorithm and column."""
    found = {
        (algorithm, column.name): verdict(column, algorithm, results)
        for algorithm in results for column in COLUMNS
    }  # fmt: skip
    return {key: each for key, each in found.items() if each}
