"""Opening how well a unit marks a stretch: mark.score, mark.within, mark.outside, mark.spread and
mark.mean, each of a unit (u,). They are opened down to the states themselves."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from core.explain.factors import bracket, symbols, written
from core.explain.record import Explanation, Factor, Ref, Term
from core.explain.trace import Trace
from core.explain.walk import Walk, walks
from core.marking import Marks, mark

Mask = NDArray[np.bool_]
MARK = "mark."
WHERE = {"within": "within the stretch", "outside": "outside the stretch", "mean": "everywhere"}


def explain_mark(trace: Trace, path: str, inside: Mask, ref: Ref) -> Explanation:
    """Of the layer at a path, in the one sequence that is traced; inside (T,) is the stretch."""
    walk = walks(trace, path)[0]
    marks = mark(walk.record.values["h"][0], inside)
    what, (unit,) = ref.tensor.removeprefix(MARK), ref.index
    if what in WHERE:
        return _mean(walk, inside, ref, what, unit)
    explain: dict[str, Callable[[Walk, Marks, Ref, int], Explanation]] = {
        "score": _score, "spread": _spread,
    }  # fmt: skip
    return explain[what](walk, marks, ref, unit)


def _score(walk: Walk, marks: Marks, ref: Ref, unit: int) -> Explanation:
    parts = tuple(
        Factor(f"{letter}[{unit + 1}]", float(getattr(marks, name)[unit]),
               Ref(f"{MARK}{name}", (unit,)))
        for name, letter in (("within", "in"), ("outside", "out"), ("spread", "s"))
    )  # fmt: skip
    a, b, s = parts
    return Explanation(
        ref, f"score[{unit + 1}]", f"How well unit {unit + 1} marks the stretch", "function",
        float(marks.score[unit]), f"({a.symbol} − {b.symbol}) / {s.symbol}",
        f"({bracket(a.value)} − {bracket(b.value)}) / {bracket(s.value)}", arguments=parts,
        note="in and out are the unit’s means within and outside the stretch, s is its spread; "
             "a unit without spread scores 0.",
    )  # fmt: skip


def _mean(walk: Walk, inside: Mask, ref: Ref, what: str, unit: int) -> Explanation:
    chosen = {"within": inside, "outside": ~inside, "mean": np.ones_like(inside)}[what]
    steps = np.flatnonzero(chosen)
    share = Factor(f"1/{len(steps)}", 1 / len(steps))
    terms = [Term((share, walk.value("h", (0, int(t)), unit))) for t in steps]
    return Explanation(ref, f"{what}[{unit + 1}]", f"Mean of unit {unit + 1} {WHERE[what]}", "sum",
                       sum(term.value for term in terms), symbols(terms), written(terms),
                       tuple(terms))  # fmt: skip


def _spread(walk: Walk, marks: Marks, ref: Ref, unit: int) -> Explanation:
    values = walk.record.values["h"][0, :, unit].astype(float)
    mean = Factor("mean", float(values.mean()), Ref(f"{MARK}mean", (unit,)))
    squares = Factor("Σ (h − mean)²", float(((values - mean.value) ** 2).sum()))
    count = Factor("T", float(len(values)))
    return Explanation(
        ref, f"s[{unit + 1}]", f"Spread of unit {unit + 1}: its standard deviation", "function",
        float(marks.spread[unit]), "√(Σ (h − mean)² / T)",
        f"√({bracket(squares.value)} / {len(values)})", arguments=(mean, squares, count),
    )  # fmt: skip
