"""Numbers within layers, and sums over a batch of which each sample gives a part."""

from __future__ import annotations

from core.explain.explainers import Index
from core.explain.factors import output, symbols, written
from core.explain.record import Explanation, Factor, Ref, Term
from core.explain.trace import Trace
from core.spec import FIRST


def summed(trace: Trace, path: str, index: Index, terms: list[Term]) -> Explanation:
    """The explanation of a layer's output as the sum of `terms`."""
    made = output(trace, path, index)
    assert made.ref is not None
    return Explanation(made.ref, made.symbol, trace.names.title(path, index[1:]), "sum",
                       made.value, symbols(terms), written(terms), tuple(terms))  # fmt: skip


def inner(trace: Trace, path: str, name: str, letter: str, index: Index, value: float) -> Factor:
    """A number within a layer as a factor; the sample in front of an index of 2 or more is not
    written."""
    place = index[1:] if len(index) > 1 else index
    of = f" of sample {index[0] + 1}" if len(index) == 2 else ""
    symbol = f"{trace.names.inner(path, letter, place)}{of}"
    return Factor(symbol, value, Ref(f"{FIRST}{path}.{name}", index))


def opened_sum(made: Factor, title: str, terms: list[Term]) -> Explanation:
    """The explanation of a number within a layer as the sum of `terms`."""
    assert made.ref is not None
    return Explanation(made.ref, made.symbol, title, "sum", made.value, symbols(terms),
                       written(terms), tuple(terms))  # fmt: skip


def of_sample(trace: Trace, path: str, key: str, index: Index, value: float) -> Factor:
    """The part of one sample in the gradient by a parameter, as a factor; index (n, ...)."""
    name = trace.names.parameter(f"{FIRST}{path}.{key}", index[1:])
    ref = Ref(f"{FIRST}{path}.d{key}_of_sample", index)
    return Factor(f"∂L/∂{name} by sample {index[0] + 1}", value, ref)


def opened_sample(made: Factor, terms: list[Term]) -> Explanation:
    """The explanation of one sample's part in a gradient as the sum of `terms`."""
    assert made.ref is not None
    title = f"Gradient of the loss by {made.symbol.removeprefix('∂L/∂')}"
    each = " · ".join(factor.symbol for factor in terms[0].factors) if terms else "nothing"
    return Explanation(made.ref, made.symbol, title, "sum", made.value,
                       f"Σ {each}, over {len(terms)} places", written(terms),
                       tuple(terms))  # fmt: skip
