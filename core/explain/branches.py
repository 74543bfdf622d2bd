"""Opening branches, and the gradient between layers: who passes what back to whom."""

from __future__ import annotations

from core.explain.dense import passed_back
from core.explain.explainers import Explainers, Index
from core.explain.factors import dinput, doutput, output, symbols, written
from core.explain.paths import branch_end, layer_spec
from core.explain.record import Explanation, Factor, Term
from core.explain.trace import Trace
from core.spec import BranchesSpec


def channel_axis(index: Index) -> int:
    """Where in (n, c, y, x), (n, t, f) or (n, f) the features are counted."""
    return 1 if len(index) == 4 else len(index) - 1


def shifted(index: Index, by: int) -> Index:
    """The same place, `by` channels further on."""
    axis = channel_axis(index)
    return (*index[:axis], index[axis] + by, *index[axis + 1 :])


def starts(trace: Trace, path: str) -> list[int]:
    """The first channel, within the merged output, of each chain; then the number of all."""
    spec = layer_spec(trace.network.spec, path)
    assert isinstance(spec, BranchesSpec)
    found = [0]
    for branch in range(len(spec.branches)):
        end = trace.output(branch_end(trace.network.spec, path, branch))
        found.append(found[-1] + end.shape[channel_axis(tuple(end.shape))])
    return found


def _merge(trace: Trace, path: str) -> str:
    spec = layer_spec(trace.network.spec, path)
    assert isinstance(spec, BranchesSpec)
    return spec.merge


def branches_output(trace: Trace, path: str, index: Index) -> Explanation:
    """The sum of what the chains end with, or the same number as one of them."""
    made, spec = output(trace, path, index), trace.network.spec
    if _merge(trace, path) == "add":
        count = len(starts(trace, path)) - 1
        ends = [output(trace, branch_end(spec, path, b), index) for b in range(count)]
    else:
        first = starts(trace, path)
        branch = sum(start <= index[channel_axis(index)] for start in first[1:-1])
        ends = [output(trace, branch_end(spec, path, branch), shifted(index, -first[branch]))]
    terms = [Term((end,)) for end in ends]
    assert made.ref is not None
    return Explanation(made.ref, made.symbol, trace.names.title(path, index[1:]), "sum",
                       made.value, symbols(terms), written(terms), tuple(terms))  # fmt: skip


def branches_dinput(trace: Trace, path: str, index: Index) -> Explanation:
    """The sum of what comes back through every chain."""
    spec = layer_spec(trace.network.spec, path)
    assert isinstance(spec, BranchesSpec)
    terms = []
    for branch, chain in enumerate(spec.branches):
        if chain:
            factor = dinput(trace, f"{path}.{branch}.0", index)
        else:
            factor = _merged_gradient(trace, path, branch, index)
        terms.append(Term((factor,)))
    return passed_back(trace, path, index, terms)


def _merged_gradient(trace: Trace, path: str, branch: int, index: Index) -> Factor:
    """dL/d what a chain ends with, as the merged output's gradient gives it."""
    by = 0 if _merge(trace, path) == "add" else starts(trace, path)[branch]
    return doutput(trace, path, shifted(index, by))


def branch_end_gradient(trace: Trace, path: str, branch: int, index: Index) -> list[Term]:
    """The one path on from the last layer of a chain: into the merged output."""
    return [Term((_merged_gradient(trace, path, branch, index),))]


BRANCHES = Explainers(branches_output, branches_dinput)
