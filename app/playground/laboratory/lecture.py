"""The lecture's table of learning algorithms, word for word: an opinion, not a measurement."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """`levels` are the words from least to most, several of one level together; empty where nothing
    is measured here that the words could be set against. `measured` says what is."""

    name: str
    label: str
    help: str
    levels: tuple[tuple[str, ...], ...] = ()
    measured: str = ""


COLUMNS = (
    Column("type", "Type", "What it is for: R regression (a number), C classification (a class), "
                           "CL clustering (groups), A anomaly detection (what does not belong)"),
    Column("features", "Features", "How well it bears many features"),
    Column("parametrisation", "Parametri\u00adsation", "What there is to set, how easy to grasp"),
    Column("memory", "Memory", "How large what was learnt is",
           (("small", "weak"), ("intermediate",), ("large",), ("very large",)), "size in bytes"),
    Column("data", "Data", "How many samples it needs at least"),
    Column("overfitting", "Over\u00adfitting", "How much it tends to learn its samples by heart",
           (("low",), ("average",), ("high",), ("very high",)), "gap"),
    Column("difficulty", "Difficulty", "How hard it is to understand and to use"),
    Column("learning", "Learning", "How long it takes to learn",
           (("weak",), ("costly",), ("very costly",)), "time to fit"),
    Column("predicting", "Predicting", "How long it takes to answer",
           (("weak",), ("costly",)), "time to predict"),
)  # fmt: skip

# By algorithm: the words of the columns, in their order; blank where the lecture has none.
WORDS: dict[str, tuple[str, ...]] = {
    "linear": ("R", "weak", "weak", "small", "small", "low", "weak", "weak", "weak"),
    "logistic": ("C", "weak", "simple", "small", "small", "low", "weak", "weak", "weak"),
    "tree": ("R, C", "strong", "simple/intuitive", "large", "small", "very high", "weak", "weak",
             "weak"),
    "forest": ("R, C", "strong", "simple/intuitive", "very large", "large", "average", "average",
               "costly", "costly"),
    "boosting": ("R, C", "strong", "simple/intuitive", "very large", "large", "average",
                 "average", "costly", "weak"),
    "bayes": ("C", "weak", "none", "small", "small", "low", "weak", "weak", "weak"),
    "svm": ("C", "very strong", "not intuitive", "small", "large", "average", "high", "costly",
            "weak"),
    "net": ("C", "very strong", "not intuitive", "intermediate", "large", "average", "very high",
            "costly", "weak"),
    "deep": ("C", "very strong", "not intuitive", "very large", "very large", "high",
             "very high", "very costly", "weak"),
    "kmeans": ("CL", "strong", "simple/intuitive", "", "small", "", "high", "weak", ""),
    "oneclass": ("A", "very strong", "not intuitive", "weak", "large", "average", "high",
                 "costly", "weak"),
}  # fmt: skip


def word(algorithm: str, column: str) -> str:
    return WORDS[algorithm][[each.name for each in COLUMNS].index(column)]


def level(column: Column, said: str) -> int | None:
    """The rank of a word in its column; None where it cannot be set against a measurement."""
    return next((i for i, words in enumerate(column.levels) if said in words), None)
