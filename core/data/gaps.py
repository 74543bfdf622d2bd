"""Strings of the embedded Reber grammar with one letter missing: what came before says something
about it, what comes after something else, and both together mostly all.

The grammar is that of core.data.reber.
"""

from __future__ import annotations

import numpy as np

from core.data.reber import STATES, SYMBOLS, encode, make_strings
from core.data.sequences import Sequences

GAP = "?"
GAP_TOKEN = len(SYMBOLS)


def make_gaps(n: int, num_steps: int, rng: np.random.Generator) -> Sequences:
    """Strings of at most num_steps letters, one of them missing, each place alike.

    inputs (n, num_steps): the letters, GAP_TOKEN at the gap; targets: the letters without a gap,
    of which only that at the gap counts; the mask tells which steps exist.
    """
    strings = make_strings(n, num_steps, rng)
    targets = np.zeros((n, num_steps), np.int64)
    mask, counted = np.zeros((2, n, num_steps), bool)
    for row, string in enumerate(strings):
        targets[row, : len(string)], mask[row, : len(string)] = encode(string), True
        counted[row, rng.integers(len(string))] = True
    inputs = np.where(counted, GAP_TOKEN, targets)
    return Sequences(inputs, targets, len(SYMBOLS), len(SYMBOLS) + 1, mask, counted)


def fitting(before: str | None, after: str | None, is_whole: bool = True) -> str:
    """The letters that fit between two pieces of a string; None where a piece is not known.

    `before` is the string up to the gap. `after` follows it, to the end of the string, or as far
    as one can see when not `is_whole`.
    """
    starts = set(STATES) if before is None else _read({"first"}, before)
    found = {letter for state in starts for letter, to in STATES[state].items()
             if _goes_on(to, after, is_whole)}  # fmt: skip
    return "".join(letter for letter in SYMBOLS if letter in found)


def _read(states: set[str], letters: str) -> set[str]:
    """Where the grammar may be after these letters, from any of the states."""
    for letter in letters:
        states = {STATES[state][letter] for state in states if letter in STATES[state]}
    return states


def _goes_on(state: str, after: str | None, is_whole: bool) -> bool:
    ends = _read({state}, after or "")
    return bool(ends) and (after is None or not is_whole or "done" in ends)
