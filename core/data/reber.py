"""The embedded Reber grammar: strings whose last letter but one must be remembered from the second.

The grammar of A. S. Reber (1967), embedded as by S. Hochreiter and J. Schmidhuber (1997), "Long
short-term memory", Neural Computation 9(8), experiment 1, after Smith and Zipser (1989). A string
is B, then T or P, then a string of the inner grammar, then that same T or P again, then E. Where
two letters may follow, each does so with probability one half.

Tokens are places in SYMBOLS. At each step a network is to say what comes next.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.data.sequences import Sequences
from core.spec.checks import require, require_whole

Tokens = NDArray[np.integer]
SYMBOLS = "BTSXPVE"
# From each state of the inner grammar, the letters that may follow and where they lead.
INNER: dict[str, dict[str, str]] = {
    "start": {"B": "fork"},
    "fork": {"T": "left", "P": "right"},
    "left": {"S": "left", "X": "middle"},
    "right": {"T": "right", "V": "lower"},
    "middle": {"X": "right", "S": "last"},
    "lower": {"P": "middle", "V": "last"},
    "last": {"E": "end"},
    "end": {},
}
MIN_LENGTH = 9  # B, T or P, the five letters of BTXSE or BPVVE, T or P, E
MAX_LENGTH = 1000
MAX_STRINGS = 100_000


def _embedded() -> dict[str, dict[str, str]]:
    """The states of the whole grammar: two copies of the inner one, so that the state remembers."""
    states = {"first": {"B": "choice"}, "choice": {"T": "T start", "P": "P start"}}
    for kept in "TP":
        for state, following in INNER.items():
            states[f"{kept} {state}"] = {s: f"{kept} {after}" for s, after in following.items()}
        states[f"{kept} end"] = {kept: "final"}
    return states | {"final": {"E": "done"}, "done": {}}


STATES = _embedded()


def legal_next(prefix: str) -> str:
    """The letters that may follow what was said so far; none after a whole string.

    Raises ValueError naming the first letter that the grammar does not allow.
    """
    state = "first"
    for place, letter in enumerate(prefix):
        if letter not in STATES[state]:
            legal = " or ".join(STATES[state]) or "nothing"
            raise ValueError(
                f"letter {place + 1} of {prefix!r} is {letter!r}; after {prefix[:place]!r} there "
                f"may come {legal}"
            )
        state = STATES[state][letter]
    return "".join(STATES[state])


def is_legal(string: str) -> bool:
    """Whether this is one whole string of the grammar."""
    try:
        return bool(string) and not legal_next(string)
    except ValueError:
        return False


def encode(string: str) -> Tokens:
    """The tokens (length,) of letters; raises ValueError for one that the grammar does not have."""
    for letter in string:
        require(letter in SYMBOLS, "a letter", letter, f"one of {', '.join(SYMBOLS)}")
    return np.array([SYMBOLS.index(letter) for letter in string], np.int64)


def decode(tokens: Tokens) -> str:
    return "".join(SYMBOLS[token] for token in tokens)


def make_strings(n: int, max_length: int, rng: np.random.Generator) -> list[str]:
    """So many strings; one that would be longer than `max_length` is drawn anew.

    What remains is the grammar's own distribution, given that length.
    """
    require_whole("the number of strings", n, 1, MAX_STRINGS)
    require_whole("max_length", max_length, MIN_LENGTH, MAX_LENGTH)
    strings: list[str] = []
    while len(strings) < n:
        string = _draw(max_length, rng)
        if string:
            strings.append(string)
    return strings


def _draw(max_length: int, rng: np.random.Generator) -> str:
    """One string, or nothing when it grows too long."""
    state, letters = "first", []
    for coin in rng.integers(0, 2, max_length):
        options = tuple(STATES[state])
        letters.append(options[coin % len(options)])
        state = STATES[state][letters[-1]]
        if state == "done":
            return "".join(letters)
    return ""


def make_reber(n: int, num_steps: int, rng: np.random.Generator) -> Sequences:
    """Strings of at most num_steps + 1 letters, each asking at every step for the next letter.

    inputs (n, num_steps): all letters but the last, then any; targets (n, num_steps): all but the
    first; the mask tells which steps exist. The letter to remember is the target of the last step
    that exists but one.
    """
    strings = make_strings(n, num_steps + 1, rng)
    inputs, targets = np.zeros((2, n, num_steps), np.int64)
    mask = np.zeros((n, num_steps), bool)
    for row, string in enumerate(strings):
        tokens = encode(string)
        steps = len(tokens) - 1
        inputs[row, :steps], targets[row, :steps], mask[row, :steps] = tokens[:-1], tokens[1:], True
    return Sequences(inputs, targets, len(SYMBOLS), len(SYMBOLS), mask)


def legal_sets(inputs: Tokens, mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which letters may come after each step, (n, T) tokens -> (n, T, 7); none where no step is."""
    legal = np.zeros((*inputs.shape, len(SYMBOLS)), bool)
    for row, (tokens, exists) in enumerate(zip(inputs, mask, strict=True)):
        state = "first"
        for step, letter in enumerate(decode(tokens[exists])):
            state = STATES[state][letter]
            legal[row, step, encode("".join(STATES[state]))] = True
    return legal


def predicts_legal(
    output: NDArray[np.floating], inputs: Tokens, mask: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Whether a network has understood each string (n,), by Hochreiter and Schmidhuber's rule.

    At every step all letters that may follow must be more active in its output (n, T, 7) than all
    that may not.
    """
    legal = legal_sets(inputs, mask)
    least = np.where(legal, output, np.inf).min(axis=-1)
    most = np.where(legal, -np.inf, output).max(axis=-1)
    return np.asarray(((least > most) | ~mask).all(axis=1))
