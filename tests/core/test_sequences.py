"""Tasks on sequences: each answer computed once more, step by step, from its definition."""

import math
from functools import partial

import numpy as np
import pytest

from core.data.sequences import (
    adding,
    copy_memory,
    echo,
    marked,
    marked_answer,
    number_wave,
    parity,
    sine,
)

MAKERS = {
    "adding": partial(adding, 6, 12),
    "marked": partial(marked, 6, 12),
    "copy": partial(copy_memory, 6, 12, 4, 3),
    "echo": partial(echo, 6, 12, 3, 4),
    "parity": partial(parity, 6, 12),
    "sine": partial(sine, 6, 12, noise=0.1),
    "wave": partial(number_wave, 6, 12),
}


def seeded(seed=0):
    return np.random.default_rng(seed)


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_the_same_seed_gives_the_same_sequences(make):
    first, again, other = make(rng=seeded(1)), make(rng=seeded(1)), make(rng=seeded(2))
    np.testing.assert_array_equal(first.inputs, again.inputs)
    np.testing.assert_array_equal(first.targets, again.targets)
    assert not np.array_equal(first.inputs, other.inputs)


@pytest.mark.parametrize("steps", [2, 3, 40])
def test_adding(steps):
    data = adding(300, steps, seeded())
    assert data.targets.shape == (300, 1)
    for sequence, target in zip(data.inputs, data.targets, strict=True):
        marked = [step for step in range(steps) if sequence[step, 1] == 1]
        assert len(marked) == 2
        assert marked[0] < steps // 2 <= marked[1]
        assert np.isin(sequence[:, 1], [0, 1]).all()
        assert target[0] == sequence[marked[0], 0] + sequence[marked[1], 0]
    assert data.inputs[:, :, 0].min() >= 0
    assert data.inputs[:, :, 0].max() < 1


def test_who_always_says_one_has_an_error_of_a_sixth_in_adding():
    targets = adding(50_000, 10, seeded()).targets
    assert np.mean((targets - 1) ** 2) == pytest.approx(1 / 6, abs=0.004)


@pytest.mark.parametrize("steps", [2, 3, 40])
def test_marked(steps):
    data = marked(300, steps, seeded())
    assert data.num_classes == 2
    assert np.isin(data.inputs[:, :, 0], [-1, 1]).all()
    for sequence, target in zip(data.inputs, data.targets, strict=True):
        (step,) = np.flatnonzero(sequence[:, 1])
        assert step < max(steps // 2, 1)
        assert sequence[step, 1] == 1
        assert target == (sequence[step, 0] == 1)


def test_any_sequence_has_a_marked_answer():
    values = [[1, 1, 0, -1], [1, -1, 1, 1], [1, -1, -1, -1]]
    marks = [[0, 0, 0, 0], [1, 1, 0, 0], [0, 0, 0, 1]]
    inputs = np.stack([values, marks], axis=2).astype(float)
    assert marked_answer(inputs).tolist() == [1, 0, 0]


@pytest.mark.parametrize(("steps", "delay", "length"), [(20, 10, 5), (3, 1, 1), (30, 10, 10)])
def test_copy_memory(steps, delay, length):
    data = copy_memory(200, steps, delay, 8, seeded())
    blank, sign = 8, 9
    assert (data.num_classes, data.num_tokens) == (9, 10)
    for tokens, targets, counted in zip(data.inputs, data.targets, data.counted, strict=True):
        symbols = tokens[:length].tolist()
        assert tokens.tolist() == symbols + [blank] * (delay - 1) + [sign] + [blank] * length
        assert targets.tolist() == [blank] * (length + delay) + symbols
        assert counted.tolist() == [False] * (length + delay) + [True] * length
    assert np.unique(data.inputs[:, :length]).tolist() == list(range(8))


@pytest.mark.parametrize("delay", [0, 1, 3, 9, -1, -4, -9])
def test_echo(delay):
    data = echo(40, 10, delay, 3, seeded())
    for row, step in np.ndindex(40, 10):
        there = 0 <= step - delay < 10
        assert data.counted[row, step] == there
        if there:
            assert data.targets[row, step] == data.inputs[row, step - delay]
    assert np.unique(data.inputs).tolist() == [0, 1, 2]


def test_parity():
    data, last = parity(50, 9, seeded()), parity(50, 9, seeded(), last_only=True)
    for sequence, targets in zip(data.inputs[:, :, 0], data.targets, strict=True):
        odd = False
        for bit, target in zip(sequence, targets, strict=True):
            odd = odd != bool(bit)
            assert target == odd
    np.testing.assert_array_equal(last.inputs, data.inputs)
    np.testing.assert_array_equal(last.targets, data.targets[:, -1])
    assert np.isin(data.inputs, [0, 1]).all()


def test_one_sine_wave_follows_the_recurrence_of_a_wave():
    """x(t + 1) = 2 cos(2πf) x(t) − x(t − 1), with one f for all of a sample's steps."""
    data = sine(100, 50, seeded(), num_waves=1)
    x = np.concatenate([data.inputs, data.targets[:, -1:]], axis=1)[:, :, 0]
    np.testing.assert_array_equal(data.targets[:, :-1], data.inputs[:, 1:])
    for wave in x:
        middle, sides = wave[1:-1], wave[2:] + wave[:-2]
        cosine = (middle @ sides) / (middle @ middle) / 2
        np.testing.assert_allclose(sides, 2 * cosine * middle, atol=1e-9)
        assert 1 / 40 <= math.acos(cosine) / (2 * math.pi) < 1 / 8
    assert np.abs(x).max() <= 1


def test_a_mixture_is_of_several_waves_and_noise_is_on_what_is_shown_alone():
    clean, noisy = sine(50, 40, seeded(3)), sine(50, 40, seeded(3), noise=0.2)
    np.testing.assert_array_equal(noisy.targets, clean.targets)
    error = noisy.inputs - clean.inputs
    assert error.std() == pytest.approx(0.2, rel=0.05)
    assert abs(error.mean()) < 0.02
    assert np.abs(clean.inputs).max() <= 1
    # Two waves obey no recurrence over three steps, but one over five.
    for wave in clean.inputs[:10, :, 0]:
        middle, near, far = wave[2:-2], wave[1:-3] + wave[3:-1], wave[:-4] + wave[4:]
        known = np.stack([middle, near], axis=1)
        weights, *_ = np.linalg.lstsq(known, far, rcond=None)
        np.testing.assert_allclose(known @ weights, far, atol=1e-8)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: adding(5, 1, seeded()), "num_steps is 1"),
        (lambda: adding(0, 5, seeded()), "number of sequences is 0"),
        (lambda: adding(10**6, 2000, seeded()), "fewer or shorter sequences"),
        (lambda: parity(5, 0, seeded()), "num_steps is 0"),
        (lambda: copy_memory(5, 20, 9, 8, seeded()), "num_steps − delay is 11; it must be even"),
        (lambda: copy_memory(5, 20, 19, 8, seeded()), "delay is 19"),
        (lambda: copy_memory(5, 20, 10, 1, seeded()), "num_symbols is 1"),
        (lambda: echo(5, 10, 10, 2, seeded()), "delay is 10"),
        (lambda: echo(5, 10, -10, 2, seeded()), "delay is -10"),
        (lambda: echo(5, 10, 1, 99, seeded()), "num_symbols is 99"),
        (lambda: sine(5, 10, seeded(), num_waves=0), "num_waves is 0"),
        (lambda: sine(5, 10, seeded(), noise=math.nan), "noise is nan"),
    ],
)
def test_what_cannot_be_made_says_why(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_a_number_says_which_wave_follows():
    made = number_wave(20, 30, seeded())
    assert not made.inputs[:, 1:].any()
    for number, values in zip(made.inputs[:, 0, 0], made.targets[:, :, 0], strict=True):
        assert -1 <= number < 1
        cycle = 24 / (3 + number)  # steps of one wave
        assert 6 <= cycle <= 12
        for t, value in enumerate(values):
            assert value == pytest.approx(math.sin(2 * math.pi * (t + 1) / cycle), abs=1e-12)
