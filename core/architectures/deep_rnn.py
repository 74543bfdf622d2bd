"""Four ways to make a recurrent network deep.

R. Pascanu, C. Gulcehre, K. Cho and Y. Bengio (2013), "How to construct deep recurrent neural
networks", arXiv:1312.6026: further layers from the input to the state, from one state to the next
(with or without a shortcut), from the state to the output, and states on states.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.spec import (
    ActivationSpec,
    LayerSpec,
    LinearSpec,
    NetworkSpec,
    OneHotSpec,
    RecurrentSpec,
    Shape,
)


@dataclass(frozen=True)
class Deepening:
    """How many layers each way adds to a network with one state and none."""

    input_layers: int = 0
    transition_layers: int = 0
    shortcut: bool = False  # past the transition's layers, where there are any
    output_layers: int = 0
    stacked: int = 0


def deep_rnn(
    input_shape: Shape, num_outputs: int, hidden_size: int, ways: Deepening,
    num_tokens: int | None = None,
) -> NetworkSpec:  # fmt: skip
    """An RNN over sequences (T, features), or over tokens (T,) as one-hot vectors. All layers that
    are added have `hidden_size` units and tanh."""
    layers: list[LayerSpec] = [] if num_tokens is None else [OneHotSpec(num_tokens)]
    layers += _dense(hidden_size, ways.input_layers)
    goes_around = ways.shortcut and ways.transition_layers > 0
    cell = RecurrentSpec("rnn", hidden_size, transition_layers=ways.transition_layers,
                         transition_shortcut=goes_around)  # fmt: skip
    layers += [cell] * (1 + ways.stacked)
    layers += _dense(hidden_size, ways.output_layers)
    return NetworkSpec(input_shape, (*layers, LinearSpec(num_outputs)))


def _dense(size: int, count: int) -> list[LayerSpec]:
    return [LinearSpec(size), ActivationSpec("tanh")] * count


@dataclass(frozen=True)
class PathLengths:
    """How many non-linear layers lie on a path, where a path may branch the fewest and the most.

    through: from an input to the output of the same step. shortest_step, longest_step: from a state
    to the next one; with several states, those of the one with the fewest, and with the most.
    """

    through: int
    shortest_step: int
    longest_step: int

    def shortest(self, steps: int) -> int:
        """From an input to the output so many steps later."""
        return self.through + steps * self.shortest_step

    def longest(self, steps: int) -> int:
        return self.through + steps * self.longest_step


def path_lengths(spec: NetworkSpec) -> PathLengths:
    """Of a chain with at least one recurrent layer, each a single pass forward."""
    cells = [layer for layer in spec.layers if isinstance(layer, RecurrentSpec)]
    steps = [1 + cell.transition_layers for cell in cells]
    ways_around = [1 if cell.transition_shortcut else step
                   for cell, step in zip(cells, steps, strict=True)]  # fmt: skip
    curves = sum(isinstance(layer, ActivationSpec) for layer in spec.layers)
    return PathLengths(curves + sum(steps), min(ways_around), max(steps))
