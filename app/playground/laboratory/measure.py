"""One algorithm run and measured: scores, times, size, and the picture of its decisions."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.playground.laboratory.algorithms import make
from app.playground.laboratory.estimators import Estimator
from app.playground.laboratory.problem import RESOLUTION, Problem
from core.metrics import accuracy, r2

Array = NDArray[np.floating]
WARM_S = 0.1
SHORT_S = 0.02  # what takes less is repeated: a browser's clock is coarse


@dataclass(frozen=True)
class Result:
    """Scores are shares of right answers, or R² for regression; times are in seconds, that to
    predict for one sample of `num_test`; `picture` (RESOLUTION, RESOLUTION) lies in [−1, 1]."""

    algorithm: str
    is_regression: bool
    num_train: int
    num_test: int
    train: float
    test: float
    fit_s: float
    predict_s: float
    size: int
    picture: Array

    @property
    def gap(self) -> float:
        return self.train - self.test


def run(name: str, problem: Problem) -> Iterator[Result | None]:
    """Yields None when the page may be looked after, and the result in the end."""
    estimator = make(name, problem)
    fit_s = yield from learn(estimator, problem)
    answers = estimator.predict(problem.test_x)
    predict_s = timed(lambda: estimator.predict(problem.test_x)) / len(problem.test)
    score = score_of(problem)
    picture = np.clip(estimator.picture(problem.grid), -1, 1).reshape(RESOLUTION, RESOLUTION)
    yield Result(
        name, problem.is_regression, len(problem.train), len(problem.test),
        score(estimator.predict(problem.train_x), problem.train_y), score(answers, problem.test_y),
        fit_s, predict_s, estimator.size(), picture,
    )  # fmt: skip


def learn(estimator: Estimator, problem: Problem) -> Generator[None, None, float]:
    """Fit; returns the seconds of one fit, without those in which the page was looked after. What
    is over quickly is repeated; its first time, with much that is done only once, is not counted.
    """
    spent, count = 0.0, -1
    while spent < SHORT_S:
        start = time.perf_counter()
        for _ in estimator.fit(problem):
            spent += time.perf_counter() - start
            yield None
            start = time.perf_counter()
        spent += time.perf_counter() - start
        count += 1
        if count == 0 and spent < WARM_S:
            spent = 0.0
    yield None
    return spent / max(count, 1)


def score_of(problem: Problem) -> Callable[[NDArray[Any], NDArray[Any]], float]:
    return r2 if problem.is_regression else accuracy


def timed(act: Callable[[], object]) -> float:
    """Seconds that `act` takes, the mean of as many times as a coarse clock needs."""
    start, count = time.perf_counter(), 0
    while (spent := time.perf_counter() - start) < SHORT_S:
        act()
        count += 1
    return spent / count
