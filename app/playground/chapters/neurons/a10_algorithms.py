"""A10: the lecture's table of learning algorithms, and a laboratory that runs them."""

from __future__ import annotations

from typing import Any

import param

from app.playground.chapters.base import Chapter, Instruments, field
from app.playground.chapters.neurons import algorithm_tables as tables
from app.playground.figures.regions import PALETTE, dots, pixels
from app.playground.laboratory.algorithms import ALGORITHMS
from app.playground.laboratory.bench import Bench
from app.playground.laboratory.lecture import COLUMNS
from app.playground.laboratory.problem import RESOLUTION, make_problem
from app.playground.state import ChapterState
from app.playground.views import Gallery, WordTable
from app.playground.views.component import Message
from core.data.names import DATASETS, of_family
from core.explain import Explanation, Ref

STEPS = [{"id": "next", "label": "Next algorithm", "help": "Run one algorithm (key .)"}]
OPINION = "The lecture's words. Run the laboratory: ✓ agrees with what was measured, ✗ does not, ? "\
          "cannot be said. Select a marked word for the reason."  # fmt: skip


class AlgorithmsState(ChapterState):
    data = param.Selector(default="moons", objects=of_family("plane"), label="Data set")
    samples = param.Integer(default=400, bounds=(50, 1000), step=10, label="Samples",
                            doc="Half of them are for training, half for the test")  # fmt: skip
    extra = param.Integer(default=0, bounds=(0, 30), label="Useless features",
                          doc="Random numbers beside x₁ and x₂ that say nothing")  # fmt: skip
    noise = param.Number(default=0.15, bounds=(0, 0.5), step=0.01, label="Noise",
                         doc="How far points stray from their place")  # fmt: skip
    seed = param.Integer(default=0, bounds=(0, 999_999), label="Seed",
                         doc="The same seed gives the same samples and the same results")  # fmt: skip

    ADDRESS = {name: name for name in (  # noqa: RUF012
        "data", "samples", "extra", "noise", "seed",
    )}  # fmt: skip


class Algorithms(Chapter):
    id = "a10"
    number = "A10"
    part = "neurons"
    title = "Which algorithm?"
    summary = "The lecture's table of eleven learning algorithms, and a laboratory that runs them"
    State = AlgorithmsState
    lead = """
Eleven ways to learn from samples, and what the lecture thinks of each. Then **run** them on the same samples: the
laboratory measures how well, how fast and how large they are, and sets the numbers against the words.
"""
    notes = """
## Try

- [Useless features](?chapter=a10&extra=20) beside the two that matter: who is confused by them, and who is not?
- [Fifty samples](?chapter=a10&samples=50&noise=0.2) only: look at the gap between training and test.
- [Exclusive or](?chapter=a10&data=xor): no straight line can do it. [Two clouds](?chapter=a10&data=gaussians): a line will do.
- [A curve](?chapter=a10&data=curve): regression, with SVM and neural networks among those that can.

## What is asked of whom

All algorithms see the same training samples, scaled to mean 0 and spread 1, with the settings that scikit-learn has by
default; the two networks are this project's own. *Linear regression* predicts −1 or 1, and its sign is taken as the class.
*K-means* finds two groups without being told the classes, so it is judged by whether the groups are the classes.
*One-class SVM* sees the first class only, and has to call the second an anomaly. A picture shows what each says at every
point of the plane: violet for the first class and orange for the second; useless features are held at their mean.

## What the words can and cannot say

Words such as “costly” are a matter of circumstances: a thousand samples in two dimensions are not a million pictures. And
the gap of an algorithm that is no good on either set is small: not to learn anything is one way not to over-fit. *Features*,
*parametrisation*, *data* and *difficulty* are not measured by one run, so nothing is said about them.

> The lecture's table gives SVM and neural networks for classification only. Both also do **regression**: choose the plane
> or the curve above and see. And naive Bayes has no parameters to *set*, but it does **estimate** parameters: the share
> of each class, and for each class and feature a mean and a variance.
"""

    def __init__(self, app: Instruments) -> None:
        super().__init__(app)
        self.bench = Bench(app.frame, app.load, self._shown)
        self.opinion = WordTable(self._told_opinion, label="The lecture's table",
                                 columns=tables.OPINION)  # fmt: skip
        self.measured = WordTable(self._told_measured, label="What was measured")
        self.gallery = Gallery(self._chosen, label="What each algorithm says", palette=PALETTE)
        self._configure()

    # Showing

    def enter(self) -> None:
        ours = {"wide": True}
        self.app.stage.put(
            (self.opinion, ours | {"title": "The lecture's opinion", "text": OPINION}),
            (self.gallery, ours | {"title": "The laboratory: what each says", "text": " "}),
            (self.measured, ours | {"title": "The laboratory: what was measured", "text": " "}),
        )
        self.app.transport.param.update(
            play_label="Run all", steps=STEPS, speeds=[], history={}, progress={}
        )
        self.redraw()

    def leave(self) -> None:
        self.bench.stop()
        self.app.transport.progress = {}

    def apply(self, values: dict[str, Any]) -> None:
        self.take(values)
        had_results = bool(self.bench.results)
        self._configure()
        if self.app.is_open(self):
            self.redraw()
            if had_results:
                self.bench.start()

    def _configure(self) -> None:
        s = self.state
        self.bench.configure(make_problem(s.data, s.samples, s.extra, float(s.noise), s.seed))

    def redraw(self) -> None:
        problem = self.bench.problem
        self.gallery.points = dots(problem.points[problem.train], problem.train_y,
                                   problem.is_regression)  # fmt: skip
        self.measured.columns = tables.measurement_columns(problem.is_regression)
        self._show_controls()
        self._shown()

    def _show_controls(self) -> None:
        sets = [{"value": name, "label": DATASETS[name].label} for name in of_family("plane")]
        self.app.controls.fields = [
            field(self.state, "data", "select", "Data", options=sets),
            field(self.state, "samples", "integer", "Data"),
            field(self.state, "extra", "integer", "Data"),
            field(self.state, "noise", "number", "Data"),
            field(self.state, "seed", "integer", "Data"),
        ]

    def _shown(self) -> None:
        if not self.app.is_open(self):
            return
        results = self.bench.results
        self.opinion.rows = tables.opinion(results)
        self.measured.rows = tables.measurements(results)
        self.gallery.items = [self._picture(name) for name in tables.NAMES]
        self._show_words()
        self._show_transport()
        self.show_trail()

    def _picture(self, name: str) -> dict[str, Any]:
        algorithm, result = ALGORITHMS[name], self.bench.results.get(name)
        if algorithm.task(self.bench.problem.is_regression) is None:
            text = f"not for regression: {algorithm.reason}"
        elif result:
            text = f"test {tables.score(result.test, result)}"
        else:
            text = "running …" if name == self.bench.current else "not run yet"
        drawn = pixels(result.picture) if result else ""
        return {"label": algorithm.label, "text": text, "size": RESOLUTION, "pixels": drawn}

    def _show_words(self) -> None:
        s, problem = self.state, self.bench.problem
        colours = ("colour is the value, from −1 to 1" if problem.is_regression
                   else "violet is the first class, orange the second")  # fmt: skip
        what = (f"{len(problem.train)} training and {len(problem.test)} test samples of "
                f"{DATASETS[s.data].label}, {2 + s.extra} features")  # fmt: skip
        texts = (OPINION, f"{what}. In the pictures {colours}.", self._summary())
        blocks = self.app.stage.blocks
        self.app.stage.blocks = [b | {"text": t} for b, t in zip(blocks, texts, strict=True)]

    def _summary(self) -> str:
        """One sentence that says what the table of measurements shows."""
        results = self.bench.results.values()
        if not results:
            return "Nothing was run yet. Press Run all; scikit-learn is fetched the first time."
        best = max(results, key=lambda r: r.test)
        fast = min(results, key=lambda r: r.fit_s)
        widest = max(results, key=lambda r: r.gap)
        labels = [ALGORITHMS[each.algorithm].label for each in (best, fast, widest)]
        return (f"Best on the test samples: {labels[0]}, {tables.score(best.test, best)}. Fastest to "
                f"fit: {labels[1]}, {tables.duration(fast.fit_s)}. Widest gap: {labels[2]}, "
                f"{tables.gap(widest)}.")  # fmt: skip

    def _show_transport(self) -> None:
        bench = self.bench
        now = ALGORITHMS[bench.current].label if bench.current else "–"
        self.app.transport.param.update(
            running=bench.running, message=bench.message, progress=bench.progress,
            engine=f"scikit-learn and NumPy {self.app.place}",
            counters=[{"label": "done", "value": f"{len(bench.results)} of {len(bench.wanted)}"},
                      {"label": "running", "value": now}],
        )  # fmt: skip

    # Opening numbers

    def _explained(self, refs: list[Ref]) -> list[Explanation]:
        found: list[Explanation] = []
        for ref in refs:
            try:
                found.append(tables.explain(ref, self.bench.results))
            except ValueError:
                break
        return found

    def explanations(self) -> list[Explanation]:
        """The trail stays while a new run has not come to its numbers yet."""
        return self._explained(self.trail)

    def _told_opinion(self, message: Message) -> None:
        row, column = int(message["row"]), int(message["column"])
        self.open(Ref(f"verdict.{COLUMNS[column - 1].name}", (row,)))

    def _told_measured(self, message: Message) -> None:
        row, column = int(message["row"]), int(message["column"])
        self.open(Ref(tables.QUANTITIES[column - 1], (row,)))

    def _chosen(self, message: Message) -> None:
        self.open(Ref("test", (int(message["index"]),)))

    def light(self) -> None:
        row = self.trail[-1].index[0] if self.trail else -1
        self.gallery.chosen = row

    # What the learner does

    def transported(self, message: Message) -> None:
        kind = message["type"]
        if kind == "play":
            self.bench.start()
        elif kind == "step":
            self.bench.start(1)
        elif kind == "pause":
            self.bench.stop()
        elif kind == "reset":
            self.bench.stop()
            self.trail = []
            self._configure()
        self._shown()


CHAPTER = Algorithms
