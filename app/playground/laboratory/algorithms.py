"""The eleven algorithms: their names, what each is asked to do, and with which settings."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

from app.playground.laboratory.estimators import Estimator, OurNetwork
from app.playground.laboratory.problem import Problem

SHALLOW, DEEP = (8,), (24, 24, 24, 24)
EPOCHS = 100
ADAM = f"ReLU, Adam with learning rate 0.01, {EPOCHS} epochs in batches of 20"


@dataclass(frozen=True)
class Algorithm:
    """`settings` are those that were chosen here; `classes` and `values` say what it is asked to do
    on classes and on regression, with values None, and `reason` instead, where it cannot."""

    label: str
    settings: str
    classes: str = "tell the two classes apart"
    values: str | None = "predict the value"
    reason: str = ""
    is_ours: bool = False

    def task(self, is_regression: bool) -> str | None:
        return self.values if is_regression else self.classes


ALGORITHMS = {
    "linear": Algorithm("Linear regression", "least squares",
                        "fit −1 and 1 by least squares; the sign is the class"),
    "logistic": Algorithm("Logistic regression", "L2 penalty with C = 1", values=None,
                          reason="its answer is the probability of a class"),
    "tree": Algorithm("Decision tree", "grown until every leaf is pure"),
    "forest": Algorithm("Random forest", "100 trees"),
    "boosting": Algorithm("Boosting", "100 trees of depth 3, gradient boosting with rate 0.1"),
    "bayes": Algorithm("Naive Bayes", "a normal distribution for each class and feature",
                       values=None, reason="it compares the probabilities of classes"),
    "svm": Algorithm("SVM", "kernel of Gaussians, C = 1"),
    "net": Algorithm("Neural network", f"one hidden layer of {SHALLOW[0]} neurons, {ADAM}",
                     is_ours=True),
    "deep": Algorithm("Deep neural network",
                      f"{len(DEEP)} hidden layers of {DEEP[0]} neurons, {ADAM}", is_ours=True),
    "kmeans": Algorithm("K-means", "2 groups, the best of 10 starts",
                        "find two groups without seeing the classes; each group is then called by "
                        "its most frequent class", None, "groups have no value to predict"),
    "oneclass": Algorithm("One-class SVM", "kernel of Gaussians, at most 10 % left outside",
                          "learn what the first class looks like, and call the second an anomaly",
                          None, "there is no normal class"),
}  # fmt: skip


def make(name: str, problem: Problem) -> Estimator:
    """An algorithm that has learnt nothing yet; those of the library import it here."""
    if ALGORITHMS[name].is_ours:
        return OurNetwork(SHALLOW if name == "net" else DEEP, EPOCHS)
    made: Estimator = import_module("app.playground.laboratory.library").make(name, problem)
    return made
