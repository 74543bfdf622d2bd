"""The embedded Reber grammar: against the rules written down once more, as a regular expression."""

import itertools
import re

import numpy as np
import pytest

from core.data.reber import (
    MIN_LENGTH,
    STATES,
    SYMBOLS,
    decode,
    encode,
    is_legal,
    legal_next,
    legal_sets,
    make_reber,
    make_strings,
    predicts_legal,
)

# From "left", S* X leads to the middle; from "right", T* V to the lower state. From the middle S
# ends it, X leads to the right; from the lower V ends it, P leads to the middle.
LOWER_ENDS = "T*V(?:PXT*V)*(?:V|PS)"  # all ways from the right to the end
INNER = f"B(?:TS*X(?:S|X{LOWER_ENDS})|P{LOWER_ENDS})E"
WHOLE = re.compile(f"B(?:T{INNER}T|P{INNER}P)E")


def seeded(seed=0):
    return np.random.default_rng(seed)


def test_every_string_is_of_the_grammar_and_remembers():
    strings = make_strings(2000, 60, seeded())
    for string in strings:
        assert WHOLE.fullmatch(string), string
        assert is_legal(string)
        assert string[1] == string[-2]
        assert MIN_LENGTH <= len(string) <= 60
    assert {len(string) for string in strings} >= set(range(9, 20))


def test_the_legal_strings_are_those_of_the_expression_and_no_others():
    """All strings of nine letters that begin as one may: the shortest ones, and nothing else."""
    found = [
        string
        for middle in itertools.product(SYMBOLS, repeat=4)
        for string in (f"BTB{''.join(middle)}TE", f"BPB{''.join(middle)}PE",
                       f"BTB{''.join(middle)}PE")
        if is_legal(string)
    ]  # fmt: skip
    assert sorted(found) == sorted(["BTBTXSETE", "BTBPVVETE", "BPBTXSEPE", "BPBPVVEPE"])
    assert all(WHOLE.fullmatch(string) for string in found)


def test_what_two_letters_may_follow_each_does_half_of_the_time():
    strings = make_strings(8000, 200, seeded(1))
    counts = {}
    for string in strings:
        state = "first"
        for letter in string:
            counts[state, letter] = counts.get((state, letter), 0) + 1
            state = STATES[state][letter]
    for state, following in STATES.items():
        seen = [counts[state, letter] for letter in following]
        if len(seen) == 2:  # a fair coin's share lies within five standard deviations
            n = sum(seen)
            assert abs(seen[0] / n - 0.5) < 5 * 0.5 / np.sqrt(n), state


def test_lengths_are_distributed_as_counted_by_hand():
    """Of nine letters: 1/8 by T X S and 1/8 by P V V, whichever letter is to be remembered."""
    lengths = np.array([len(string) for string in make_strings(8000, 300, seeded(2))])
    assert np.mean(lengths == 9) == pytest.approx(1 / 4, abs=0.025)
    # Of ten: by T S X S, P T V V and P V P S, 1/16 each.
    assert np.mean(lengths == 10) == pytest.approx(3 / 16, abs=0.02)


def test_a_bound_on_the_length_only_leaves_out():
    strings = make_strings(4000, 9, seeded(3))
    counts = [strings.count(each) for each in ("BTBTXSETE", "BTBPVVETE", "BPBTXSEPE", "BPBPVVEPE")]
    assert sum(counts) == 4000
    assert min(counts) > 900


@pytest.mark.parametrize(
    ("prefix", "letters"),
    [("", "B"), ("B", "TP"), ("BT", "B"), ("BTB", "TP"), ("BTBT", "SX"), ("BTBTX", "XS"),
     ("BTBP", "TV"), ("BTBPV", "PV"), ("BTBTXS", "E"), ("BTBTXSE", "T"), ("BPBTXSE", "P"),
     ("BPBTXSEP", "E"), ("BPBTXSEPE", "")],
)  # fmt: skip
def test_what_may_come_next(prefix, letters):
    assert set(legal_next(prefix)) == set(letters)


def test_a_mistake_is_shown_at_its_place():
    with pytest.raises(ValueError, match=r"letter 8 of 'BTBTXSEPE' is 'P'; after 'BTBTXSE' .* T"):
        legal_next("BTBTXSEPE")
    with pytest.raises(ValueError, match=r"letter 10 .* nothing"):
        legal_next("BTBTXSETEB")
    for string in ("", "B", "BTBTXSETEE", "btbtxsete", "BTXSE"):
        assert not is_legal(string)


def test_letters_and_tokens():
    assert decode(encode("BTSXPVE")) == "BTSXPVE"
    assert encode("BTSXPVE").tolist() == list(range(7))
    with pytest.raises(ValueError, match="a letter is 'Q'"):
        encode("BQ")


def test_a_batch_asks_at_each_step_for_the_next_letter():
    data = make_reber(50, 15, seeded(4))
    assert (data.num_classes, data.num_tokens) == (7, 7)
    for tokens, targets, exists in zip(data.inputs, data.targets, data.mask, strict=True):
        steps = exists.sum()
        assert exists[:steps].all()
        string = decode(tokens[:steps]) + "E"
        assert is_legal(string)
        assert decode(targets[:steps]) == string[1:]
        assert SYMBOLS[targets[steps - 2]] == string[1]


def test_the_legal_sets_are_what_may_come_after_each_step():
    data = make_reber(20, 20, seeded(5))
    legal = legal_sets(data.inputs, data.mask)
    for row, step in np.ndindex(data.mask.shape):
        letters = {SYMBOLS[k] for k in np.flatnonzero(legal[row, step])}
        exists = data.mask[row, step]
        assert letters == (
            set(legal_next(decode(data.inputs[row, : step + 1]))) if exists else set()
        )
    assert legal[np.arange(20)[:, None], np.arange(20), data.targets][data.mask].all()


def test_a_network_has_understood_when_all_that_may_come_is_ahead_of_all_that_may_not():
    data = make_reber(3, 20, seeded(6))
    legal = legal_sets(data.inputs, data.mask)
    output = np.where(legal, 0.2, 0.1)
    assert predicts_legal(output, data.inputs, data.mask).tolist() == [True, True, True]
    output[1, 3] = 0.2  # what may come is no longer ahead
    output[2][~data.mask[2]] = 9  # steps that do not exist say nothing
    assert predicts_legal(output, data.inputs, data.mask).tolist() == [True, False, True]


def test_the_same_seed_gives_the_same_strings():
    assert make_strings(9, 30, seeded(7)) == make_strings(9, 30, seeded(7))
    assert make_strings(9, 30, seeded(7)) != make_strings(9, 30, seeded(8))


@pytest.mark.parametrize(
    ("n", "max_length", "words"),
    [(0, 20, "number of strings is 0"), (5, 8, "max_length is 8"), (5, 10**6, "max_length")],
)
def test_what_cannot_be_made_says_why(n, max_length, words):
    with pytest.raises(ValueError, match=words):
        make_strings(n, max_length, seeded())
