"""Several passes through a network, whose numbers open side by side.

A pass has a name, which stands before a tensor's with a slash: `batch/layers.0.dweight`. The pass
without a name has the tensors' names alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from core.explain import explain
from core.explain.record import Explanation, Factor, Ref, Term
from core.explain.trace import Trace


def explain_in(find: Callable[[str], Trace | None], ref: Ref) -> Explanation:
    """Open a number of one of the passes, which `find` gives by name, or None when there is none
    such. Raises ValueError for a number that is not there."""
    name, _, tensor = ref.tensor.rpartition("/")
    trace = find(name)
    if trace is None:
        raise ValueError(f"no pass is called {name!r}")
    made = explain(trace, Ref(tensor, ref.index))
    return within(name, made) if name else made


def within(name: str, made: Explanation) -> Explanation:
    """The explanation with all of its numbers in a pass."""

    def factor(each: Factor) -> Factor:
        return replace(each, ref=address(name, each.ref)) if each.ref else each

    return replace(
        made,
        ref=address(name, made.ref),
        terms=tuple(Term(tuple(map(factor, term.factors))) for term in made.terms),
        arguments=tuple(map(factor, made.arguments)),
        uses=tuple(map(factor, made.uses)),
    )


def address(name: str, ref: Ref) -> Ref:
    return Ref(f"{name}/{ref.tensor}", ref.index)
