"""The one interface of all algorithms, and this project's own networks behind it."""

from __future__ import annotations

import pickle
import time
from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from app.playground.laboratory.problem import Problem
from core.data.samples import Samples
from core.spec import TrainSpec, mlp
from core.training import Trainer

Array = NDArray[np.floating]
STRETCH_S = 0.03  # training between two looks at the page
BATCH_SIZE = 20


class Estimator(Protocol):
    """What the laboratory asks of an algorithm."""

    def fit(self, problem: Problem) -> Iterator[None]:
        """Learn from the training samples; yields when the page may be looked after."""
        ...

    def predict(self, x: Array) -> NDArray[Any]:
        """Classes 0 and 1, or values, of samples (n, features)."""
        ...

    def picture(self, x: Array) -> Array:
        """What is painted at each sample: from −1 (class 0) to 1 (class 1), or the value."""
        ...

    def size(self) -> int:
        """The bytes of what was learnt, as Python writes it to a file."""
        ...


class OurNetwork:
    """A dense network of this project's core, trained with Adam for a fixed number of epochs."""

    def __init__(self, hidden: tuple[int, ...], epochs: int) -> None:
        self.hidden, self.epochs = hidden, epochs

    def fit(self, problem: Problem) -> Iterator[None]:
        trainer = self._trainer(problem)
        start = time.perf_counter()
        for _ in range(self.epochs):
            trainer.step_epoch()
            if time.perf_counter() - start > STRETCH_S:
                yield
                start = time.perf_counter()
        self.network, self.is_regression = trainer.network, problem.is_regression

    def _trainer(self, problem: Problem) -> Trainer:
        """Of one output: a value, or the logit of class 1."""
        x, y = problem.train_x, problem.train_y
        targets = y[:, None] if problem.is_regression else y
        n = np.arange(len(x))
        samples = Samples(x, targets, 1 if problem.is_regression else 2, n, n[:0])
        loss = "mse" if problem.is_regression else "binary_cross_entropy"
        spec = mlp(x.shape[1], self.hidden, 1, "relu", "identity", "he_uniform")
        train = TrainSpec(loss, "adam", 0.01, BATCH_SIZE, seed=problem.seed)
        return Trainer(spec, samples, train)

    def predict(self, x: Array) -> NDArray[Any]:
        output = self.network.forward(x)[:, 0]
        return output if self.is_regression else (output > 0).astype(np.int64)

    def picture(self, x: Array) -> Array:
        output = self.network.forward(x)[:, 0]
        return output if self.is_regression else np.tanh(output / 2)

    def size(self) -> int:
        return len(pickle.dumps((self.network.spec, self.network.parameters)))


