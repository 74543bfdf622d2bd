"""The two tables of A10, and the arithmetic behind every number and verdict in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.playground.laboratory.algorithms import ALGORITHMS
from app.playground.laboratory.lecture import COLUMNS, WORDS
from app.playground.laboratory.measure import Result
from app.playground.laboratory.verdicts import SAME_FACTOR, Verdict, chance, verdicts
from core.explain import Explanation, Factor, Ref, Term, format_number

Cell = dict[str, Any]
Results = Mapping[str, Result]
NAMES = list(WORDS)
QUANTITIES = ("train", "test", "gap", "fit_s", "predict_s", "size")
SECONDS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (0.0, "ns"))
OPINION = [{"label": "Algorithm", "help": ""},
           *({"label": each.label, "help": each.help} for each in COLUMNS)]  # fmt: skip
SAYS = {"agrees": "So the measurement agrees with the lecture.",
        "disagrees": "So the measurement disagrees with the lecture.",
        "unknown": "So it cannot be said."}  # fmt: skip


def measurement_columns(is_regression: bool) -> list[Cell]:
    score = ("R²: 1 is perfect, 0 is no better than the mean" if is_regression
             else "The share of right answers")  # fmt: skip
    told = (
        ("Train", f"{score}, on the samples that were learnt from"),
        ("Test", f"{score}, on samples that were not seen before"),
        ("Gap", "Train less test: how much better it knows what it has seen"),
        ("Fit", "The time to learn, here and now"),
        ("Predict", "The time to answer for one sample of the test set"),
        ("Size", "The bytes of what was learnt, as Python's pickle writes it"),
    )
    columns = [{"label": label, "help": text, "numeric": True} for label, text in told]
    return [{"label": "Algorithm", "help": ""}, *columns]


def opinion(results: Results) -> list[list[Cell]]:
    """The lecture's words, with a mark where they can be set against what was measured."""
    found = verdicts(results)
    return [
        [{"text": ALGORITHMS[name].label},
         *(_word(said, found.get((name, column.name)))
           for said, column in zip(WORDS[name], COLUMNS, strict=True))]
        for name in NAMES
    ]  # fmt: skip


def _word(said: str, verdict: Verdict | None) -> Cell:
    return {"text": said, "opens": True, "mark": verdict.kind} if verdict else {"text": said}


def measurements(results: Results) -> list[list[Cell]]:
    blank = [{"text": ""}] * len(QUANTITIES)
    return [[{"text": ALGORITHMS[name].label},
             *(_numbers(results[name]) if name in results else blank)] for name in NAMES]  # fmt: skip


def _numbers(result: Result) -> list[Cell]:
    texts = (score(result.train, result), score(result.test, result), gap(result),
             duration(result.fit_s), duration(result.predict_s), size(result.size))  # fmt: skip
    return [{"text": text, "sort": getattr(result, name), "opens": True}
            for text, name in zip(texts, QUANTITIES, strict=True)]  # fmt: skip


def score(value: float, result: Result) -> str:
    return minus(f"{value:.3f}" if result.is_regression else f"{100 * value:.1f} %")


def gap(result: Result) -> str:
    sign = "+" if result.gap > 0 else ""
    return sign + (minus(f"{result.gap:.3f}") if result.is_regression
                   else minus(f"{100 * result.gap:.1f} %"))  # fmt: skip


def duration(seconds: float) -> str:
    least, unit = next(pair for pair in SECONDS if seconds >= pair[0])
    value = seconds / (least or 1e-9)
    return f"{value:.{max(0, 2 - len(str(int(value))))}f} {unit}"


def size(count: int) -> str:
    return f"{count:,} B".replace(",", "\u202f")


def minus(text: str) -> str:
    return text.replace("-", "−")


# Opening

def explain(ref: Ref, results: Results) -> Explanation:
    """The arithmetic of `ref`: a quantity, or verdict.<column>, of the algorithm in index 0.

    Raises ValueError when it has not been measured."""
    name = NAMES[ref.index[0]]
    if name not in results:
        raise ValueError(f"{ALGORITHMS[name].label} has not been measured")
    kind, _, column = ref.tensor.partition(".")
    if kind == "verdict":
        found = verdicts(results).get((name, column))
        if found is None:
            raise ValueError(f"nothing measured stands against {column}")
        return _verdict(ref, found, results)
    return EXPLAINERS.get(kind, _given)(ref, results[name])


def _score(ref: Ref, result: Result) -> Explanation:
    is_train = ref.tensor == "train"
    label, value = ALGORITHMS[result.algorithm].label, getattr(result, ref.tensor)
    count = result.num_train if is_train else result.num_test
    title = f"{'Training' if is_train else 'Test'} score of {label}"
    note = f"What it was asked: to {ALGORITHMS[result.algorithm].task(result.is_regression)}."
    if result.is_regression:
        return Explanation(ref, "R²", title, "given", value, "1 − Σ (y − ŷ)² / Σ (y − mean)²",
                           f"over {count} samples", note=note)  # fmt: skip
    right = Factor("right answers", round(value * count))
    return Explanation(ref, "score", title, "function", value, "right answers / samples",
                       f"{right.value:g} / {count}", arguments=(right, Factor("samples", count)),
                       note=note)  # fmt: skip


def _gap(ref: Ref, result: Result) -> Explanation:
    train = Factor("training score", result.train, Ref("train", ref.index))
    test = Factor("test score", result.test, Ref("test", ref.index))
    terms = (Term((train,)), Term((Factor("−1", -1.0), test)))
    return Explanation(
        ref, "gap", f"Over-fitting gap of {ALGORITHMS[result.algorithm].label}", "sum", result.gap,
        "training score − test score",
        f"{format_number(result.train)} − {format_number(result.test)}", terms,
        note=f"With {result.num_test} test samples, about {result.num_test**-0.5:.2f} either way "
             "is chance.")  # fmt: skip


def _given(ref: Ref, result: Result) -> Explanation:
    label = ALGORITHMS[result.algorithm].label
    titles = {
        "fit_s": ("seconds", "Time to fit", "Measured with the clock while it learnt. What is over "
                  "quickly was done again and again, and this is the mean. It is this machine's "
                  "time: look at the order, not at the number."),
        "predict_s": ("seconds", "Time to predict", "The time for all test samples together, "
                      "divided by their number. It is this machine's time."),
        "size": ("bytes", "Size", "The length of the model's pickle, Python's way to write an "
                 "object to a file. It has some hundred bytes of names in it, too."),
    }  # fmt: skip
    symbol, title, note = titles[ref.tensor]
    settings = f"Settings: {ALGORITHMS[result.algorithm].settings}."
    return Explanation(ref, symbol, f"{title}: {label}", "given", getattr(result, ref.tensor),
                       note=f"{note} {settings}")  # fmt: skip


def _verdict(ref: Ref, found: Verdict, results: Results) -> Explanation:
    label = ALGORITHMS[NAMES[ref.index[0]]].label
    terms = tuple(
        Term((Factor(f"{ALGORITHMS[other].label} ({_value(found, results[other])})", pair),))
        for other, pair in found.pairs.items()
    )
    near = chance(found.column, results[NAMES[ref.index[0]]])
    same = f"nearer than {near:.2f}" if near else f"less than a factor of {SAME_FACTOR:g} apart"
    note = (
        f"The lecture calls its {found.column.name} “{found.word}”; measured was the "
        f"{found.column.measured}: {_value(found, results[NAMES[ref.index[0]]])}. It is compared "
        "with each algorithm for which the lecture has another word: 1 when the two lie in the "
        f"order of the words, 0 when the other way round, ½ when about the same ({same}). From ⅔ "
        f"of the points on the word agrees, up to ⅓ it disagrees. {SAYS[found.kind]}"
    )
    return Explanation(ref, "points", f"“{found.word}” for {label}", "sum",
                       sum(found.pairs.values()), "one point for each pair that agrees",
                       f"of {len(terms)} pairs: {100 * found.share:.0f} %", terms,
                       note=note)  # fmt: skip


def _value(found: Verdict, result: Result) -> str:
    texts = {"memory": size(result.size), "overfitting": gap(result),
             "learning": duration(result.fit_s),
             "predicting": duration(result.predict_s)}  # fmt: skip
    return texts[found.column.name]


EXPLAINERS = {"train": _score, "test": _score, "gap": _gap}
