"""Layers that make vectors of tokens."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.functional.embedding import embedding_backward, embedding_forward, one_hot
from core.layers.base import INFERENCE, Layer, Pass
from core.spec import EmbeddingSpec, OneHotSpec, Shape

Array = NDArray[np.floating]
Tokens = NDArray[np.integer[Any]]


class Embedding(Layer):
    """A row of the table for each token. weight (num_embeddings, embedding_dim)."""

    def __init__(self, spec: EmbeddingSpec, shape: Shape) -> None:
        super().__init__(spec.parameter_shapes(shape))

    def forward(self, x: NDArray[Any], run: Pass = INFERENCE) -> Array:
        """Tokens (T, N) -> (embedding_dim, T, N)."""
        y, cache = embedding_forward(x, self.params["weight"], self._new(run))
        self._keep(run, cache)
        return y

    def backward(self, dy: Array, needs_dx: bool = True) -> Array:
        """Tokens are whole numbers: what is passed back to them is 0."""
        tokens = self._take_cache()
        embedding_backward(dy, tokens, self.grads["weight"], self._buffers)
        return np.zeros(tokens.shape, dy.dtype)


class OneHot(Layer):
    """1 in the feature of the token, 0 in all others."""

    def __init__(self, spec: OneHotSpec, shape: Shape) -> None:
        super().__init__()
        self.num_classes = spec.num_classes
        self._last: tuple[Array, Tokens] | None = None

    def forward(self, x: NDArray[Any], run: Pass = INFERENCE) -> Array:
        """Tokens (T, N) -> (num_classes, T, N)."""
        y = one_hot(x, self.num_classes, run.dtype, self._new(run))
        self._last = (y, x) if run.training else None
        self._keep(run, x.shape)
        return y

    def tokens_behind(self, y: Array) -> Tokens | None:
        """The tokens that the vectors stand for, where they are what a training pass just gave."""
        return self._last[1] if self._last is not None and self._last[0] is y else None

    def backward(self, dy: Array, needs_dx: bool = True) -> Array:
        """Tokens are whole numbers: what is passed back to them is 0."""
        return np.zeros(self._take_cache(), dy.dtype)
