"""Opening what a recurrent layer costs. Its weights serve every step, so no length is in it."""

from __future__ import annotations

from typing import cast

from core.analysis import LayerCost
from core.explain.cost_record import Costs, size_before
from core.explain.record import Factor, Term
from core.spec import RecurrentSpec
from core.spec.sequences import GATES

FEATURES = -1  # the last axis of a shape (T, features)


def parameters(costs: Costs, layer: LayerCost) -> tuple[str, list[Term], str]:
    """Formula, terms and note; each matrix of the cell is a product of its sizes."""
    spec = cast(RecurrentSpec, layer.spec)
    hidden, gates, passes = _sizes(spec)
    terms = [*_products(costs, layer), Term((*passes, gates, hidden))]
    formula = "gates × hidden × features + gates × hidden × hidden + gates × hidden"
    if spec.cell == "gru":
        terms.append(Term((*passes, hidden)))
        formula += " + hidden, a second bias of the candidate"
    if spec.transition_layers:
        terms.append(Term((*passes, _transition(spec), hidden)))
        formula += " + the layers of the transition"
    each = " Two passes have weights of their own." if passes else ""
    return formula, terms, f"The same weights serve every step.{each}"


def multiply_adds(costs: Costs, layer: LayerCost) -> tuple[str, list[Term], str]:
    """Of one step; a window takes look_ahead + 1 steps for each."""
    spec = cast(RecurrentSpec, layer.spec)
    if spec.look_ahead is None:
        return "each weight once", _products(costs, layer), "For one step of a sequence."
    hidden, gates, passes = _sizes(spec)
    window = Factor("look-ahead + 1", spec.look_ahead + 1)
    forward = [Term((gates, hidden, hidden))] if spec.direction == "both" else []
    terms = [Term((*passes, gates, hidden, size_before(costs, layer.path, FEATURES))), *forward,
             Term((window, gates, hidden, hidden))]  # fmt: skip
    return "each weight once, but for those that the window uses at all its steps", terms, (
        "For one step of a sequence: the pass from the end starts anew for each.")


def _sizes(spec: RecurrentSpec) -> tuple[Factor, Factor, tuple[Factor, ...]]:
    passes = (Factor("passes", 2),) if spec.direction == "both" else ()
    return Factor("hidden", spec.hidden_size), Factor("gates", len(GATES[spec.cell])), passes


def _products(costs: Costs, layer: LayerCost) -> list[Term]:
    """The weight matrices: by the input, by the state, and within the transition."""
    spec = cast(RecurrentSpec, layer.spec)
    hidden, gates, passes = _sizes(spec)
    terms = [Term((*passes, gates, hidden, size_before(costs, layer.path, FEATURES))),
             Term((*passes, gates, hidden, hidden))]  # fmt: skip
    if spec.transition_layers:
        terms.append(Term((*passes, _transition(spec), hidden, hidden)))
    if spec.transition_shortcut:
        terms.append(Term((*passes, Factor("shortcut", 1), hidden, hidden)))
    return terms


def _transition(spec: RecurrentSpec) -> Factor:
    return Factor("layers of the transition", spec.transition_layers)
