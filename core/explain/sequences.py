"""Opening layers that make vectors of tokens."""

from __future__ import annotations

import numpy as np

from core.explain.dense import passed_back, summed_gradient
from core.explain.explainers import Explainers, Index
from core.explain.factors import (
    doutput,
    gradient,
    output,
    parameter,
    penalty_terms,
    source,
    written,
)
from core.explain.record import Explanation, Term
from core.explain.trace import Trace


def embedding_output(trace: Trace, path: str, index: Index) -> Explanation:
    """A number of the table: that of the token's row."""
    made, token = output(trace, path, index), source(trace, path, index[:-1])
    same = parameter(trace, path, "weight", (int(token.value), index[-1]))
    assert made.ref is not None
    return Explanation(made.ref, made.symbol, trace.names.title(path, index[1:]), "sum", made.value,
                       f"row {int(token.value) + 1} of the table, for token {token.symbol}",
                       terms=(Term((same,)),), arguments=(token,))  # fmt: skip


def tokens_dinput(trace: Trace, path: str, index: Index) -> Explanation:
    """Tokens are whole numbers, so that no gradient goes on to them."""
    return passed_back(trace, path, index, [])


def embedding_gradient(trace: Trace, path: str, key: str, index: Index) -> Explanation:
    """The gradients of all places that have the token of this row."""
    token, feature = index
    places = np.argwhere(trace.layer_input(path) == token)
    terms = [Term((doutput(trace, path, (int(n), int(t), feature)),)) for n, t in places]
    if terms:
        return summed_gradient(trace, path, key, index, terms)
    made, rest = gradient(trace, path, key, index), penalty_terms(trace, path, key, index)
    assert made.ref is not None
    title = f"Gradient of the loss by {made.symbol.removeprefix('∂L/∂')}"
    return Explanation(made.ref, made.symbol, title, "sum", made.value,
                       f"no sample of the batch has token {token}", written(rest),
                       tuple(rest))  # fmt: skip


def one_hot_output(trace: Trace, path: str, index: Index) -> Explanation:
    made, token = output(trace, path, index), source(trace, path, index[:-1])
    assert made.ref is not None
    return Explanation(made.ref, made.symbol, trace.names.title(path, index[1:]), "function",
                       made.value, f"1 if {token.symbol} is {index[-1]}, else 0",
                       f"{token.symbol} is {int(token.value)}", arguments=(token,))  # fmt: skip


EMBEDDING = Explainers(embedding_output, tokens_dinput, embedding_gradient)
ONE_HOT = Explainers(one_hot_output, tokens_dinput)
