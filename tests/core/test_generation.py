"""Networks that go on by themselves, how likely each token was, and which units mark a stretch."""

import numpy as np
import pytest

from core.explain import Ref, Trace, explain
from core.explain.choice import explain_choice
from core.explain.marks import explain_mark
from core.generation import choose, go_on, probabilities, write
from core.marking import mark
from core.network import Network
from core.spec import ANY, LinearSpec, NetworkSpec, OneHotSpec, RecurrentSpec, TrainSpec

LETTERS = tuple("abcde")
CLASSES = TrainSpec("cross_entropy")


def made(spec):
    network = Network(spec)
    network.initialize(np.random.default_rng(1))
    return network


def letters(layers=1):
    cells = [RecurrentSpec("lstm", 4) for _ in range(layers)]
    return made(NetworkSpec((ANY,), (OneHotSpec(5), *cells, LinearSpec(5)), bias_value=0.2))


def test_temperature_zero_takes_the_likeliest_and_a_high_one_makes_all_alike():
    logits = np.array([1.0, 3.0, 2.0])
    np.testing.assert_array_equal(probabilities(logits, 0), [0, 1, 0])
    powers = np.exp(logits / 2)
    np.testing.assert_allclose(probabilities(logits, 2), powers / powers.sum())
    np.testing.assert_allclose(probabilities(1000 * logits, 0.5), [0, 1, 0], atol=1e-12)
    np.testing.assert_allclose(probabilities(logits, 1e6), np.full(3, 1 / 3), atol=1e-6)


@pytest.mark.parametrize(
    ("draw", "token"), [(0.0, 1), (0.29, 1), (0.31, 3), (0.999, 3), (1.0, 3)]
)
def test_a_draw_falls_into_the_part_of_a_token(draw, token):
    assert choose(np.array([0, 0.3, 0, 0.7, 0]), draw) == token


def test_what_is_written_is_what_whole_passes_over_it_say():
    network, start = letters(2), np.array([2, 0, 1])
    rng, again = np.random.default_rng(5), np.random.default_rng(5)
    found = list(write(network, start, 12, 0.7, rng))
    text = start
    for token, drawn_from in found:
        shares = probabilities(network.forward(text[None])[0, -1], 0.7)
        assert token == choose(shares, again.random())
        np.testing.assert_allclose(drawn_from, shares, rtol=1e-12)
        text = np.append(text, token)


def test_values_go_on_from_what_was_said():
    network = made(NetworkSpec((ANY, 1), (RecurrentSpec("gru", 3), LinearSpec(1))))
    start = np.array([[0.3], [-0.2], [0.5]])
    series = start
    for _ in range(6):
        series = np.concatenate([series, network.forward(series[None])[0, -1:]])
    np.testing.assert_allclose(go_on(network, start, 6), series[3:], rtol=1e-12)


@pytest.mark.parametrize("temperature", [0, 0.05, 1, 2])
def test_a_choice_opens_to_its_share(temperature):
    network, text = letters(), np.array([[0, 3, 1, 4]])
    trace = Trace(network, text, train=CLASSES)
    logits = network.forward(text)[0, 2]
    shares = probabilities(logits, temperature)
    for k, share in enumerate(shares):
        found = explain_choice(trace, Ref("choice", (0, 2, k)), temperature, LETTERS)
        assert found.result == pytest.approx(share, abs=1e-12)
        for factor in found.arguments:
            assert explain(trace, factor.ref).result == pytest.approx(factor.value)


def test_the_units_that_mark_a_stretch():
    rng = np.random.default_rng(2)
    states = rng.normal(0, 0.1, (40, 5))
    inside = np.arange(40) // 10 == 1
    states[inside, 3] += 1
    states[inside, 0] -= 0.3
    states[:, 4] = 0.7
    marks = mark(states, inside)
    assert marks.order[:2].tolist() == [3, 0]
    assert marks.score[3] > 0 > marks.score[0]
    assert marks.score[4] == 0
    expected = (states[inside, 3].mean() - states[~inside, 3].mean()) / states[:, 3].std()
    assert marks.score[3] == pytest.approx(expected)


@pytest.mark.parametrize("inside", [np.zeros(4, bool), np.ones(4, bool)])
def test_nothing_and_everything_are_no_stretch(inside):
    with pytest.raises(ValueError, match="at least 1 of the 4 steps, and not all"):
        mark(np.zeros((4, 2)), inside)


def test_a_mark_opens_down_to_the_states():
    trace = Trace(letters(2), np.array([[0, 1, 2, 3, 4, 0, 1, 2]]), train=CLASSES)
    inside = np.isin(np.arange(8), [2, 3, 4])
    found = explain_mark(trace, "2", inside, Ref("mark.score", (1,)))
    states = trace.output("2")[0]
    assert found.result == pytest.approx(mark(states, inside).score[1])
    values = {f.symbol: f for f in found.arguments}
    within, outside, spread = (values[f"{letter}[2]"] for letter in ("in", "out", "s"))
    assert found.result == pytest.approx((within.value - outside.value) / spread.value)
    for factor in (within, outside):
        opened = explain_mark(trace, "2", inside, factor.ref)
        assert sum(term.value for term in opened.terms) == pytest.approx(factor.value)
        state = opened.terms[0].factors[1]
        assert explain(trace, state.ref).result == pytest.approx(state.value)
    opened = explain_mark(trace, "2", inside, spread.ref)
    mean, squares, count = opened.arguments
    assert (squares.value / count.value) ** 0.5 == pytest.approx(spread.value)
    assert explain_mark(trace, "2", inside, mean.ref).result == pytest.approx(states[:, 1].mean())
