"""The address: what it says comes back, what it says wrongly is named."""

import random
import re

import pytest

from app.playground import chapters
from app.playground.chapters.neurons.a1_neuron import NeuronState
from app.playground.chapters.neurons.mlp_state import PlaygroundState
from app.playground.state import MAX_QUERY, READERS, address, read_query, read_state, rounded

# Texts of which each list of words takes those that fit its pattern.
WORDS = ("4.0.3", "3k5", "4.0.3c64", "6x", "1.1", "6.16", "tanh", "relu", "0u3", "2u15", "a900l124",
         "3.4.0.255")  # fmt: skip
TEXTS = ("VVgAAqqgAB", "AAAAE-_-_A")


def states():
    return [chapters.load(name).State for name in chapters.MODULES]


def random_value(parameter, draw):
    """Something that the parameter accepts."""
    kind = type(parameter).__name__
    if kind == "Selector":
        return draw.choice(parameter.objects)
    if kind == "Boolean":
        return draw.choice([False, True])
    if kind == "ListSelector":
        return draw.sample(parameter.objects, draw.randint(1, len(parameter.objects)))
    if kind == "Words":
        words = [word for word in WORDS if re.fullmatch(parameter.pattern, word)]
        assert words, f"no text here fits {parameter.name}"
        return words[: parameter.bounds[1]]
    if kind == "String":
        return draw.choice([text for text in TEXTS if re.fullmatch(parameter.regex, text)])
    if kind in ("Numbers", "Integers"):
        count = draw.randint(*parameter.bounds)
        one = draw.uniform if kind == "Numbers" else draw.randint
        values = [one(*parameter.limits) for _ in range(count)]
        return rounded(parameter, values) if kind == "Numbers" else values
    return (draw.randint if kind == "Integer" else draw.uniform)(*parameter.bounds)


@pytest.mark.parametrize("cls", states(), ids=lambda cls: cls.__name__)
def test_an_address_gives_back_the_state_it_was_made_of(cls):
    draw = random.Random(1)
    for _ in range(50):
        state = cls()
        state.apply({n: random_value(state.param[n], draw) for n in cls.ADDRESS})
        parts, problems = read_query(address("x", state))
        values, wrong = read_state(cls, parts)
        assert problems + wrong == []
        for name in cls.ADDRESS:
            assert values.get(name, cls.param[name].default) == getattr(state, name)


@pytest.mark.parametrize("cls", states(), ids=lambda cls: cls.__name__)
def test_every_parameter_of_an_address_can_be_read_and_has_a_key_of_its_own(cls):
    assert all(type(cls.param[name]) in READERS for name in cls.ADDRESS)
    assert len(set(cls.ADDRESS.values())) == len(cls.ADDRESS)


@pytest.mark.parametrize(
    ("cls", "key", "text", "reason"),
    [
        (PlaygroundState, "rate", "", "not a number"),
        (PlaygroundState, "rate", "inf", "from 1e-05 to 100"),
        (PlaygroundState, "rate", "0", "from 1e-05 to 100"),
        (PlaygroundState, "samples", "10.5", "not a whole number"),
        (PlaygroundState, "samples", "--5", "not a whole number"),
        (PlaygroundState, "samples", "9" * 5000, "not a whole number"),
        (PlaygroundState, "hidden", "4~4~4~4~4~4~4", "0 to 6 numbers"),
        (PlaygroundState, "hidden", "4~x", "not a whole number"),
        (PlaygroundState, "features", "x1~x1", "each once"),
        (PlaygroundState, "features", "", "at least one"),
        (PlaygroundState, "loss", "MSE", "one of mse"),
        (NeuronState, "w", "1", "2 numbers"),
        (NeuronState, "w", "1~nan", "from -100 to 100"),
        (NeuronState, "shape", "1", "unknown here"),
    ],
)
def test_what_cannot_be_used_is_named_with_what_would_be_right(cls, key, text, reason):
    values, (problem,) = read_state(cls, {key: text})
    assert values == {}
    assert reason in problem
    assert f"“{key}" in problem


def test_an_endless_address_is_not_read():
    parts, (problem,) = read_query("?x=" + "1" * MAX_QUERY)
    assert parts == {}
    assert str(MAX_QUERY) in problem
