"""The text that a character model learns: the sonnets, or the learner's own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.playground.remote.uploads import own
from core.data.samples import Samples, text_samples
from core.data.text import Vocabulary, limit_text, make_vocabulary, sample_text

TEST_SHARE = 0.1  # of the text, at its end
MAX_CHARACTERS = 96  # of the vocabulary; rarer ones are one character together
SONNETS = "Twelve sonnets by Shakespeare"
SHOWN = {"\n": "↵", " ": "␣", "\t": "⇥", "\r": "␍"}


@dataclass(frozen=True)
class Corpus:
    """A text as tokens (length,); `notice` says what had to be left out."""

    name: str
    text: str
    vocabulary: Vocabulary
    tokens: NDArray[np.int64]
    notice: str

    @property
    def characters(self) -> tuple[str, ...]:
        return self.vocabulary.characters

    @property
    def visible(self) -> tuple[str, ...]:
        """The characters as signs that can be seen."""
        return tuple(SHOWN.get(character, character) for character in self.characters)


def make_corpus(text: str, name: str, seed: int) -> Corpus:
    """Raises ValueError for a text from which nothing can be learnt."""
    text = text.removeprefix("\ufeff")  # the mark of a byte order is no character of the text
    used, notice = limit_text(text, np.random.default_rng(seed))
    vocabulary = make_vocabulary(used, MAX_CHARACTERS)
    if vocabulary.has_rare:
        notice = f"{notice} It has more than {MAX_CHARACTERS} different characters; the rare ones " \
                 f"are one: {vocabulary.characters[-1]}.".strip()  # fmt: skip
    return Corpus(name, used, vocabulary, vocabulary.encode(used), notice)


def sonnets() -> Corpus:
    return make_corpus(sample_text(), SONNETS, 0)


def fit(length: int, steps: int, streams: int) -> tuple[int, int, float]:
    """Steps, streams and the share held out that a text of this length has room for: as wished, or
    less. A short text has nothing held out."""
    has_test = length * TEST_SHARE >= steps + 1
    share = TEST_SHARE if has_test else 0.0
    room = length - round(length * share) - 1
    steps = min(steps, room)
    return steps, min(streams, room // steps), share


def samples(corpus: Corpus, steps: int, streams: int) -> Samples:
    """With what a training server needs to make the same of the text."""
    steps, streams, share = fit(len(corpus.tokens), steps, streams)
    made = text_samples(corpus.tokens, len(corpus.vocabulary), steps, streams, share)
    options = {"num_steps": steps, "streams": streams, "test_fraction": share,
               "max_vocabulary": MAX_CHARACTERS}  # fmt: skip
    try:
        return own(made, (corpus.text.encode(),), "text", options)
    except UnicodeEncodeError:  # half a pair of surrogates, which no file can hold
        return made
