"""Strings with a letter missing: exact, and what fits into the gap is what the grammar allows."""

from itertools import pairwise

import numpy as np
import pytest

from core.data.gaps import GAP_TOKEN, fitting, make_gaps
from core.data.reber import SYMBOLS, decode, is_legal, legal_next
from core.data.samples import make_samples
from core.spec import DataSpec

MADE = make_gaps(200, 18, np.random.default_rng(0))


def pieces(row):
    """Before, letter, after."""
    string = decode(MADE.targets[row, MADE.mask[row]])
    at = int(MADE.counted[row].argmax())
    return string[:at], string[at], string[at + 1 :]


def test_each_string_is_legal_and_lacks_one_letter():
    assert (MADE.counted.sum(axis=1) == 1).all()
    assert ((MADE.inputs == GAP_TOKEN) == MADE.counted).all()
    there = ~MADE.counted
    assert (MADE.inputs[there] == MADE.targets[there]).all()
    for row in range(200):
        assert is_legal("".join(pieces(row)))


def test_what_fits_is_what_makes_a_legal_string():
    for row in range(200):
        before, letter, after = pieces(row)
        legal = "".join(each for each in SYMBOLS if is_legal(before + each + after))
        assert fitting(before, after) == legal
        assert letter in legal
        assert set(fitting(before, None)) == set(legal_next(before))


def test_seeing_further_never_allows_more():
    for row in range(100):
        before, _, after = pieces(row)
        seen = [set(fitting(before, after[:k], is_whole=False)) for k in range(len(after) + 1)]
        assert seen[0] == set(legal_next(before))
        for less, more in pairwise(seen):
            assert more <= less
        assert set(fitting(before, after)) <= seen[-1]
        assert set(fitting(before, after)) <= set(fitting(None, after))


def test_the_two_letters_that_the_embedding_repeats_need_the_other_end():
    assert fitting("B", None) == "TP"
    assert fitting("B", "BTXSETE") == "T"
    assert fitting(None, "E") == "TP"
    assert fitting("BPBTXSE", "E") == "P"


def test_all_places_are_missing_at_times():
    assert len({int(at) for at in MADE.counted.argmax(axis=1)}) > 10


def test_the_data_set_is_to_be_had_by_name():
    samples = make_samples(DataSpec("gaps", 30, num_classes=7, num_steps=12))
    assert samples.inputs.shape == (30, 12)
    assert samples.num_tokens == 8
    assert samples.num_classes == 7
    with pytest.raises(ValueError, match="num_steps"):
        DataSpec("gaps", 30, num_classes=7, num_steps=5)
