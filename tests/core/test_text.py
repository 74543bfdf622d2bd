"""Texts as tokens: nothing is lost but what is said to be, in any script."""

from collections import Counter
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.data.text import (
    RARE,
    cut_text,
    limit_text,
    make_vocabulary,
    sample_text,
    split_text,
)

texts = st.text(st.characters(exclude_characters=RARE, exclude_categories=()), min_size=2).filter(
    lambda text: len(set(text)) > 1
)


@settings(deadline=None)
@given(texts)
def test_a_text_comes_back_from_its_tokens(text):
    vocabulary = make_vocabulary(text, 1000)
    assert list(vocabulary.characters) == sorted(set(text))
    assert not vocabulary.has_rare
    assert vocabulary.decode(vocabulary.encode(text)) == text


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=()), min_size=2), st.integers(2, 6))
def test_beyond_the_limit_the_rarest_are_folded_and_only_those(text, limit):
    counts = Counter(text.replace(RARE, ""))
    if len(set(text)) < 2:
        return
    vocabulary = make_vocabulary(text, limit)
    assert len(vocabulary) <= limit
    if len(counts) <= limit and RARE not in text:
        assert not vocabulary.has_rare
        return
    by_count = sorted(counts, key=lambda character: (-counts[character], character))
    kept = sorted(by_count[: limit - 1])
    assert list(vocabulary.characters) == [*kept, RARE]
    folded = "".join(each if each in kept else RARE for each in text)
    assert vocabulary.decode(vocabulary.encode(text)) == folded


@pytest.mark.parametrize(
    "text",
    ["שלום עולם", "مرحبا بالعالم", "naïve café — “so”", "👩‍👩‍👧 and 🎉🎉",
     "日本語のテキスト", "a\ud800b", "a\0b\r\n\tc"],
    ids=["hebrew", "arabic", "latin", "emoji", "japanese", "half a pair", "control"],
)  # fmt: skip
def test_any_script_works_code_point_by_code_point(text):
    vocabulary = make_vocabulary(text)
    tokens = vocabulary.encode(text)
    assert len(tokens) == len(text)
    assert vocabulary.decode(tokens) == text


def test_an_emoji_above_every_other_character_is_told_from_the_rare_sign():
    vocabulary = make_vocabulary("aaa🎉🎉🎉bz", 3)
    assert vocabulary.characters == ("a", "🎉", RARE)
    assert vocabulary.encode("a🎉b🎊").tolist() == [0, 1, 2, 2]


def test_a_character_without_a_token_is_named():
    vocabulary = make_vocabulary("hello")
    with pytest.raises(ValueError, match="vocabulary has no 'y'; it has 4 characters, from 'e'"):
        vocabulary.encode("helly")


@pytest.mark.parametrize(("text", "words"), [("", "is empty"), ("aaaa", "no character but 'a'")])
def test_a_text_from_which_nothing_can_be_guessed_is_refused(text, words):
    with pytest.raises(ValueError, match=words):
        make_vocabulary(text)


@pytest.mark.parametrize("size", [1, 10**6])
def test_a_vocabulary_has_limits(size):
    with pytest.raises(ValueError, match="max_size"):
        make_vocabulary("hello", size)


def test_a_long_text_gives_a_passage_and_says_which():
    text = "".join(chr(97 + k % 26) for k in range(5000))
    passage, notice = limit_text(text, np.random.default_rng(0), 1000)
    assert len(passage) == 1000
    start = int(notice.split("from ")[1].split(" to ")[0].replace(",", ""))
    assert notice.startswith("The text has 5,000 characters, more than 1,000")
    assert notice.endswith(f"to {start + 999:,}.")
    assert text[start - 1 : start + 999] == passage
    assert limit_text(text, np.random.default_rng(0), 1000) == (passage, notice)
    places = {limit_text(text, np.random.default_rng(seed), 1000)[1] for seed in range(5)}
    assert len(places) == 5
    assert limit_text("short", np.random.default_rng(0), 1000) == ("short", "")


@settings(deadline=None)
@given(st.integers(2, 200), st.integers(1, 9), st.integers(1, 5))
def test_each_row_carries_on_from_batch_to_batch(length, steps, streams):
    tokens = np.arange(length)
    if length - 1 < steps * streams:
        with pytest.raises(ValueError, match=f"at least {steps * streams + 1}"):
            cut_text(tokens, length, steps, streams)
        return
    data = cut_text(tokens, length, steps, streams)
    batches = data.inputs.reshape(-1, streams, steps)
    rows = batches.swapaxes(0, 1).reshape(streams, -1)  # each stream in one piece again
    np.testing.assert_array_equal(np.diff(rows, axis=1), 1)
    np.testing.assert_array_equal(data.targets, data.inputs + 1)
    np.testing.assert_array_equal(rows.ravel(), np.arange(rows.size))  # one after the other
    assert len(tokens) - rows.size <= steps * streams


def test_the_end_of_a_text_is_for_testing():
    train, test = split_text(np.arange(10), 0.3)
    assert train.tolist() == list(range(7))
    assert test.tolist() == [7, 8, 9]
    assert [len(part) for part in split_text(np.arange(1), 0.9)] == [1, 0]
    with pytest.raises(ValueError, match="test_fraction"):
        split_text(np.arange(10), 1.0)


def test_the_sample_is_twelve_sonnets_with_their_source():
    text = sample_text()
    sonnets = text.strip().split("\n\n")
    assert len(sonnets) == 12
    assert [len(sonnet.splitlines()) for sonnet in sonnets] == [14] * 12
    assert text.isascii()
    assert 5000 < len(text) < 20_000
    assert len(make_vocabulary(text)) < 70
    note = (files("core.data") / "files" / "README.md").read_text(encoding="utf-8")
    assert "sonnets.txt" in note
    assert "public domain" in " ".join(note.split())
