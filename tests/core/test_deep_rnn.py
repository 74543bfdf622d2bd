"""Four ways to make a recurrent network deep: what they build, and the paths within."""

from itertools import product

import numpy as np
import pytest

from core.architectures.deep_rnn import Deepening, deep_rnn, path_lengths
from core.network import Network
from core.spec import ActivationSpec, RecurrentSpec

EVERY = [Deepening(*ways) for ways in product((0, 1, 2), (0, 2), (False, True), (0, 1), (0, 2))]


def edges(spec, steps):
    """The unfolded network as a graph: (from, to, non-linear layers passed), on nodes of (row,
    step); written from the equations, node by node."""
    found, row = [], 0
    for layer in spec.layers:
        if isinstance(layer, RecurrentSpec):
            depth = 1 + layer.transition_layers
            for t in range(steps):
                inner = [((row + k, t), (row + k + 1, t), 1) for k in range(depth)]
                found += inner
                if t:
                    found.append(((row + depth, t - 1), (row + 1, t), 1))
                    if layer.transition_shortcut:
                        found.append(((row + depth, t - 1), (row + depth, t), 1))
            row += depth
        else:
            curved = int(isinstance(layer, ActivationSpec))
            found += [((row, t), (row + 1, t), curved) for t in range(steps)]
            row += 1
    return found, row


def extreme(spec, steps, best):
    """The fewest or most non-linear layers between the first input and the last output."""
    found, rows = edges(spec, steps)
    known = {(0, 0): 0}
    for node in sorted({end for _, end, _ in found}, key=lambda node: (node[1], node[0])):
        before = [known[a] + n for a, b, n in found if b == node and a in known]
        if before:
            known[node] = best(before)
    return known[rows, steps - 1]


@pytest.mark.parametrize("ways", EVERY)
def test_path_lengths_are_those_of_the_unfolded_graph(ways):
    spec = deep_rnn((6, 2), 3, 4, ways)
    lengths = path_lengths(spec)
    for steps in (1, 2, 4):
        assert lengths.shortest(steps - 1) == extreme(spec, steps, min)
        assert lengths.longest(steps - 1) == extreme(spec, steps, max)


@pytest.mark.parametrize("ways", EVERY[::5])
def test_they_run(ways):
    network = Network(deep_rnn((6,), 3, 4, ways, num_tokens=5))
    network.initialize(np.random.default_rng(0))
    assert network.forward(np.zeros((2, 6), int)).shape == (2, 6, 3)


def test_the_plain_one_is_the_textbook_one():
    spec = deep_rnn((6, 2), 3, 4, Deepening())
    assert spec.num_parameters == 4 * 2 + 4 * 4 + 4 + 3 * 4 + 3
    assert path_lengths(spec).shortest(5) == 6


def test_a_shortcut_without_a_deep_transition_is_none():
    assert deep_rnn((6, 2), 3, 4, Deepening(shortcut=True)) == deep_rnn((6, 2), 3, 4, Deepening())
