"""scikit-learn's algorithms behind the laboratory's interface, with the library's own settings."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.cluster import KMeans
from sklearn.ensemble import (
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.svm import SVC, SVR, OneClassSVM
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from app.playground.laboratory.estimators import Estimator
from app.playground.laboratory.problem import Problem

Array = NDArray[np.floating]
TREES, STRETCH = 100, 10


class Library:
    """A model of the library that learns from inputs and targets."""

    def __init__(self, model: Any) -> None:
        self.model = model

    def fit(self, problem: Problem) -> Iterator[None]:
        self.model.fit(problem.train_x, problem.train_y)
        return iter(())

    def predict(self, x: Array) -> NDArray[Any]:
        return np.asarray(self.model.predict(x))

    def picture(self, x: Array) -> Array:
        if hasattr(self.model, "predict_proba"):
            return 2 * np.asarray(self.model.predict_proba(x))[:, 1] - 1
        return np.asarray(self.predict(x), dtype=float)

    def size(self) -> int:
        return len(pickle.dumps(self.model))


class Ensemble(Library):
    """Of many trees, which are grown some at a time; they are the same as if grown in one go."""

    def fit(self, problem: Problem) -> Iterator[None]:
        self.model = clone(self.model).set_params(warm_start=True)
        for number in range(STRETCH, TREES + 1, STRETCH):
            self.model.set_params(n_estimators=number)
            self.model.fit(problem.train_x, problem.train_y)
            yield


class Classes(Library):
    """Of a classifier without probabilities: the picture shows the classes alone."""

    def picture(self, x: Array) -> Array:
        return 2.0 * self.predict(x) - 1


class LineForClasses(Classes):
    """Least squares fitted to −1 and 1 in place of the classes; the sign of the answer decides."""

    def fit(self, problem: Problem) -> Iterator[None]:
        self.model.fit(problem.train_x, 2 * problem.train_y - 1)
        return iter(())

    def predict(self, x: Array) -> NDArray[Any]:
        return (self.model.predict(x) > 0).astype(np.int64)


class Clusters(Classes):
    """Groups found without the classes; only then each is called by its most frequent class."""

    def fit(self, problem: Problem) -> Iterator[None]:
        groups = self.model.fit_predict(problem.train_x)
        members = [problem.train_y[groups == k] for k in range(self.model.n_clusters)]
        self.names = np.array([np.bincount(each, minlength=2).argmax() for each in members])
        return iter(())

    def predict(self, x: Array) -> NDArray[Any]:
        return self.names[self.model.predict(x)]


class Novelty(Classes):
    """Learns what class 0 looks like, seeing no other; what does not look so is called class 1."""

    def fit(self, problem: Problem) -> Iterator[None]:
        self.model.fit(problem.train_x[problem.train_y == 0])
        return iter(())

    def predict(self, x: Array) -> NDArray[Any]:
        return (self.model.predict(x) < 0).astype(np.int64)


def make(name: str, problem: Problem) -> Estimator:
    """The algorithm of this name for a problem it suits; see `algorithms`."""
    makers = VALUES if problem.is_regression else CLASSES
    return makers[name](problem.seed)


CLASSES: dict[str, Callable[[int], Estimator]] = {
    "linear": lambda seed: LineForClasses(LinearRegression()),
    "logistic": lambda seed: Library(LogisticRegression()),
    "tree": lambda seed: Library(DecisionTreeClassifier(random_state=seed)),
    "forest": lambda seed: Ensemble(RandomForestClassifier(random_state=seed)),
    "boosting": lambda seed: Ensemble(GradientBoostingClassifier(random_state=seed)),
    "bayes": lambda seed: Library(GaussianNB()),
    "svm": lambda seed: Classes(SVC()),
    "kmeans": lambda seed: Clusters(KMeans(2, n_init=10, random_state=seed)),
    "oneclass": lambda seed: Novelty(OneClassSVM(nu=0.1)),
}
VALUES: dict[str, Callable[[int], Estimator]] = {
    "linear": lambda seed: Library(LinearRegression()),
    "tree": lambda seed: Library(DecisionTreeRegressor(random_state=seed)),
    "forest": lambda seed: Ensemble(RandomForestRegressor(random_state=seed)),
    "boosting": lambda seed: Ensemble(GradientBoostingRegressor(random_state=seed)),
    "svm": lambda seed: Library(SVR()),
}
