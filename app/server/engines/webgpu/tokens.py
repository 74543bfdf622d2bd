"""Tokens (T, N) as vectors (T, N, features): looked up in a table that is learnt, or one-hot."""

from __future__ import annotations

from app.server.engines.webgpu.nodes import Node
from app.server.engines.webgpu.recording import Tensor


class Embedding(Node):
    """A row of the table (num_embeddings, embedding_dim) for each token."""

    learns = True

    def forward(self, x: Tensor) -> Tensor:
        self._tokens = x
        y = self.recording.take(*x.shape, self.spec.embedding_dim)
        self.recording.each("embedding", y.size, tokens=x, y=y, parameters=self.memory.parameters,
                            size=self.spec.embedding_dim, start=self.at("weight"))  # fmt: skip
        return y

    def backward(self, dy: Tensor, needs_dx: bool) -> Tensor | None:
        """Each row of the table gets the sum of dy over all places of its token."""
        spec = self.spec
        self.recording.each("embedding_backward", spec.num_embeddings * spec.embedding_dim,
                            tokens=self._tokens, dy=dy, gradients=self.memory.gradients,
                            size=spec.embedding_dim, start=self.at("weight"),
                            places=self._tokens.size)  # fmt: skip
        return None


class OneHot(Node):
    """1 in the feature of the token, 0 in all others."""

    def forward(self, x: Tensor) -> Tensor:
        y = self.recording.take(*x.shape, self.spec.num_classes)
        self.recording.each("one_hot", y.size, tokens=x, y=y, size=self.spec.num_classes)
        return y

    def backward(self, dy: Tensor, needs_dx: bool) -> Tensor | None:
        """Tokens are whole numbers: nothing is passed back to them."""
        return None
