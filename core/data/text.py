"""Texts as tokens, character by character, for a network that guesses the next one.

A character is one Unicode code point, so any script works, in any direction; a picture that is
written with several code points, as some emoji are, is several characters.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from core.data.sequences import Sequences
from core.spec.checks import require, require_number, require_whole

Tokens = NDArray[np.int64]
RARE = "\N{REPLACEMENT CHARACTER}"  # stands for every character that is not in the vocabulary
MAX_CHARACTERS = 1_000_000
MAX_VOCABULARY = 1000


def sample_text() -> str:
    """Twelve sonnets by William Shakespeare (1609), in the public domain; see files/README.md."""
    return files("core.data").joinpath("files", "sonnets.txt").read_text(encoding="utf-8")


def _points(text: str) -> NDArray[np.uint32]:
    # Half a surrogate pair, which scripts in a page can hand over, is a character like others.
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")


@dataclass(frozen=True)
class Vocabulary:
    """The characters that have tokens: token k is characters[k]. They are in the order of their
    code points; RARE, where there is need of it, is the last."""

    characters: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.characters)

    @property
    def has_rare(self) -> bool:
        return self.characters[-1] == RARE

    def encode(self, text: str) -> Tokens:
        """The tokens (length,) of a text; raises ValueError for a character that has none, when
        there is no RARE to stand for it."""
        known = np.concatenate([_points(each) for each in self.characters])
        points = _points(text)
        in_order = known[:-1] if self.has_rare else known
        tokens = np.minimum(np.searchsorted(in_order, points), max(len(in_order) - 1, 0))
        missing = known[tokens] != points
        if missing.any() and not self.has_rare:
            odd = chr(points[missing.argmax()])
            raise ValueError(
                f"the vocabulary has no {odd!r}; it has {len(self)} characters, from "
                f"{self.characters[0]!r} to {self.characters[-1]!r}"
            )
        return np.where(missing, len(self) - 1, tokens).astype(np.int64)

    def decode(self, tokens: Tokens) -> str:
        return "".join(self.characters[token] for token in tokens)


def make_vocabulary(text: str, max_size: int = 100) -> Vocabulary:
    """The characters of a text; where there are more than `max_size`, the most frequent, of equal
    ones the first by code point, and RARE for the others.

    Raises ValueError for a text with fewer than two characters, from which nothing can be guessed.
    """
    require_whole("max_size", max_size, 2, MAX_VOCABULARY)
    points, counts = np.unique(_points(text), return_counts=True)
    if len(points) < 2:
        raise ValueError(
            "the text is empty; paste at least a few lines" if not len(points) else
            f"the text has no character but {text[0]!r}, so there is nothing to guess; it needs at "
            "least two different ones"
        )  # fmt: skip
    rare_itself = points == ord(RARE)  # in the text, it is what it stands for
    if len(points) > max_size or rare_itself.any():
        counts = np.where(rare_itself, 0, counts)
        by_count = np.lexsort((points, -counts))[: max_size - 1]
        kept = np.sort(points[by_count[counts[by_count] > 0]])
        return Vocabulary((*map(chr, kept), RARE))
    return Vocabulary(tuple(map(chr, points)))


def limit_text(
    text: str, rng: np.random.Generator, max_characters: int = MAX_CHARACTERS
) -> tuple[str, str]:
    """The text, and an empty notice; of one that is too long, a passage at a random place, and a
    notice that says which."""
    require_whole("max_characters", max_characters, 2, 10**9)
    if len(text) <= max_characters:
        return text, ""
    start = int(rng.integers(0, len(text) - max_characters + 1))
    end = start + max_characters
    return text[start:end], (
        f"The text has {len(text):,} characters, more than {max_characters:,}; used are those from "
        f"{start + 1:,} to {end:,}."
    )


def split_text(tokens: Tokens, test_fraction: float) -> tuple[Tokens, Tokens]:
    """The beginning for training, the end for testing: pieces from between would give it away."""
    require_number("test_fraction", test_fraction, 0, 0.9)
    num_test = min(round(len(tokens) * test_fraction), len(tokens) - 1)
    end = len(tokens) - num_test
    return tokens[:end], tokens[end:]


def cut_text(tokens: Tokens, num_tokens: int, num_steps: int, num_streams: int = 1) -> Sequences:
    """Windows that carry on: inputs and targets (n, T), target[t] being the token after input[t],
    each one of `num_tokens`.

    The text is cut into `num_streams` equal streams, and each into windows of T steps. Samples
    k · num_streams to (k + 1) · num_streams − 1 are the k-th windows of all streams, so with that
    batch size, each row of a batch continues the same row of the batch before it, and a state can
    be carried along (truncated back-propagation through time). What is left over at the ends of the
    streams is not used.
    """
    require_whole("num_steps", num_steps, 1, MAX_CHARACTERS)
    require_whole("num_streams", num_streams, 1, 10_000)
    windows = (len(tokens) - 1) // (num_steps * num_streams)
    require(windows >= 1, "the number of characters", len(tokens),
            f"at least {num_steps * num_streams + 1}, one more than streams times steps, "
            f"{num_streams} × {num_steps}")  # fmt: skip
    used = windows * num_steps * num_streams
    pair = np.stack([tokens[:used], tokens[1 : used + 1]])
    pair = pair.reshape(2, num_streams, windows, num_steps).swapaxes(1, 2)
    inputs, targets = pair.reshape(2, -1, num_steps)
    return Sequences(inputs, targets, num_tokens, num_tokens)
