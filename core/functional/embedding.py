"""Tokens as vectors: looked up in a table that is learnt, or one-hot.

Shapes: tokens (T, N), whole numbers from 0 to num_tokens − 1; weight (num_tokens, features), as in
PyTorch; y (features, T, N).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.buffers import Allocate, fresh
from core.functional.recurrent_checks import require_tokens

Array = NDArray[np.floating]
Tokens = NDArray[np.integer[Any]]


def embedding_forward(tokens: Tokens, weight: Array, new: Allocate = fresh) -> tuple[Array, Tokens]:
    """Each token's row of the table, as y (features, T, N)."""
    require_tokens("embedding", tokens, len(weight))
    rows = np.take(weight, tokens.reshape(-1), axis=0,
                   out=new("rows", (tokens.size, weight.shape[1]), weight.dtype),
                   mode="clip")  # fmt: skip
    y = new("y", (weight.shape[1], *tokens.shape), weight.dtype)
    np.copyto(y.reshape(len(y), -1), rows.T)
    return y, tokens


def embedding_backward(
    dy: Array, tokens: Tokens, dweight: Array, new: Allocate = fresh
) -> Array:
    """dweight: each row of the table gets the sum of dy over all places of its token."""
    rows = new("drows", (tokens.size, len(dy)), dy.dtype)
    np.copyto(rows, dy.reshape(len(dy), -1).T)
    return sum_by_token(rows, tokens.reshape(-1), len(dweight), dweight)


def one_hot(tokens: Tokens, num_tokens: int, dtype: Any, new: Allocate = fresh) -> Array:
    """y (num_tokens, T, N): 1 in the feature of the token, 0 in all others."""
    require_tokens("one-hot", tokens, num_tokens)
    y = new("y", (num_tokens, *tokens.shape), dtype)
    y[...] = 0
    y.reshape(num_tokens, -1)[tokens.reshape(-1), np.arange(tokens.size)] = 1
    return y


def sum_by_token(
    rows: Array, tokens: Tokens, num_tokens: int, out: Array | None = None
) -> Array:
    """Row k of the result (num_tokens, size) is the sum of the rows (places, size) of token k.

    Sorted by token, the rows of each lie together and are added up in one sweep; the product with
    one-hot vectors would be num_tokens times the work, and np.add.at is slow.
    """
    out = np.empty((num_tokens, rows.shape[1]), rows.dtype) if out is None else out
    order = np.argsort(tokens, kind="stable")
    counts = np.bincount(tokens, minlength=num_tokens)
    present = np.flatnonzero(counts)
    starts = np.cumsum(counts[present]) - counts[present]
    out[...] = 0
    out[present] = np.add.reduceat(rows[order], starts, axis=0)
    return out
