"""A deep recurrent network, unfolded over a few steps, with the shortest path through it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from app.playground.figures.unfolded import Dot, Link
from core.explain.record import SUPERSCRIPTS, subscript
from core.spec import ActivationSpec, LinearSpec, NetworkSpec, RecurrentSpec

SHOWN = 3  # steps
Cell = tuple[int, int]


@dataclass(frozen=True)
class Level:
    """A row of the picture: its letter, its name in words, and the number that its first unit is
    opened by."""

    letter: str
    name: str
    tensor: str


@dataclass(frozen=True)
class Plan:
    """The rows from below, and of each recurrent layer its first row and the row of its state."""

    levels: tuple[Level, ...]
    states: tuple[tuple[int, int, bool], ...]  # first row, state's row, shortcut


def plan(spec: NetworkSpec) -> Plan:
    levels = [Level("x", "input", "input")]
    states: list[tuple[int, int, bool]] = []
    several = sum(isinstance(layer, RecurrentSpec) for layer in spec.layers) > 1
    dense = 0
    for k, layer in enumerate(spec.layers):
        if isinstance(layer, RecurrentSpec):
            first = len(levels)
            levels += [Level(f"u{subscript(j + 1)}", "transition", f"layers.{k}.u{j}")
                       for j in range(layer.transition_layers)]  # fmt: skip
            mark = f"⁽{str(len(states) + 1).translate(SUPERSCRIPTS)}⁾" if several else ""
            levels.append(Level(f"h{mark}", "state", f"layers.{k}.output"))
            states.append((first, len(levels) - 1, layer.transition_shortcut))
        elif isinstance(layer, ActivationSpec):
            dense += 1
            name = "output layer" if states else "input layer"
            levels.append(Level(f"a{subscript(dense)}", name, f"layers.{k}.output"))
    last = len(spec.layers) - 1
    assert isinstance(spec.layers[last], LinearSpec)
    levels.append(Level("y", "output", f"layers.{last}.output"))
    return Plan(tuple(levels), tuple(states))


def dots(made: Plan) -> list[Dot]:
    """Row by row, each with its steps in order."""
    path = set(shortest_path(made))
    return [Dot(row, step, level.letter, "lit" if (row, step) in path else "plain")
            for row, level in enumerate(made.levels) for step in range(SHOWN)]  # fmt: skip


def links(made: Plan) -> list[Link]:
    path = shortest_path(made)
    lit = set(pairwise(path))
    found = [((row, t), (row + 1, t), False)
             for row in range(len(made.levels) - 1) for t in range(SHOWN)]  # fmt: skip
    for first, state, goes_around in made.states:
        for t in range(SHOWN - 1):
            found.append(((state, t), (first, t + 1), False))
            if goes_around:
                found.append(((state, t), (state, t + 1), True))
    return [Link(a, b, "lit" if (a, b) in lit else "plain", dashed) for a, b, dashed in found]


def shortest_path(made: Plan) -> list[Cell]:
    """From the first input to the last output with the fewest non-linear layers: it goes through
    time in the state that has the fewest from one step to the next."""
    first, state, goes_around = min(made.states, key=_length)
    path = [(row, 0) for row in range(state + 1)]
    for t in range(1, SHOWN):
        rows = [state] if goes_around else range(first, state + 1)
        path += [(row, t) for row in rows]
    return path + [(row, SHOWN - 1) for row in range(state + 1, len(made.levels))]


def _length(state: tuple[int, int, bool]) -> int:
    first, last, goes_around = state
    return 1 if goes_around else last - first + 1
