"""A4: the loss, built up sample by sample."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.playground.chapters.base import Instruments, field
from app.playground.chapters.neurons.loss_state import KINDS, LIMIT, LossState
from app.playground.chapters.walk import WalkingChapter
from app.playground.figures.function import FunctionPicture
from app.playground.past import Memento
from app.playground.views import NumberGrid, Picture
from app.playground.views.component import Message
from core.explain import Ref, Trace, explain, format_number
from core.functional.losses import LOSSES

REACH = 4.0
POINTS = np.linspace(-REACH, REACH, 161)


class TheLoss(WalkingChapter):
    id = "a4"
    number = "A4"
    part = "neurons"
    title = "How wrong: the loss"
    summary = "Errors, squared and averaged; and the two cross-entropies"
    State = LossState
    pause_s = 0.8
    buttons = ({"id": "next", "label": "Next sample", "help": "Add the next one (key .)"},)
    lead = """
The **loss** is one number for how wrong a network is on all samples: an error for each, made positive, and their **mean**.
Type other predictions or drag the point; walk through the samples and watch the mean build up.
"""
    notes = """
## Try this

- Make one prediction [very wrong](?chapter=a4&a=0.5~0.2~-3.5~0.8). Squaring makes one large error count more than many small
  ones.
- The loss is the mean with exactly 1/n: (1/n) · Σ (y_true − y_pred)², and no 1/2. Its gradient by a prediction is
  −2 (y_true − y_pred) / n: open it.
- For classes, [binary cross-entropy](?chapter=a4&loss=binary_cross_entropy) asks for the probability of the right answer, and
  takes its logarithm. Being sure and wrong costs without limit; being sure and right costs nothing.
- With more than two classes, [cross-entropy](?chapter=a4&loss=cross_entropy) looks at the right class alone. The others count
  through the softmax.

> The network's last layer gives **logits**, numbers without bounds. Sigmoid or softmax and the logarithm are computed together,
> because apart they overflow.
"""

    def __init__(self, app: Instruments) -> None:
        super().__init__(app)
        self.figure = FunctionPicture("loss", "prediction", "its loss", REACH, (-0.5, 8))
        self.figure.on_move = self._moved
        self.picture = Picture(self.figure.fig)
        self.given = NumberGrid(self._given_told, label="Samples", editable=True, decimals=2,
                                minimum=-LIMIT, maximum=LIMIT)  # fmt: skip
        self.made = NumberGrid(self._made_told, label="Losses", decimals=4)
        self.mean = NumberGrid(self._mean_told, label="Mean", decimals=6, column_labels=["L"])
        self.reached = self.state.num_samples  # how many samples the mean holds so far

    @property
    def kind(self) -> Any:
        return KINDS[self.state.loss]

    # Showing

    def enter(self) -> None:
        self.app.stage.put(
            (self.given, {"title": "Samples", "text": "Type to change them."}),
            (self.picture, {"title": "The loss of one sample", "text": " "}),
            (self.made, {"title": "Each sample's loss", "text": " "}),
            (self.mean, {"title": "Their mean", "text": " "}),
        )  # fmt: skip
        self.show_walk()
        if not self.trail:
            self.trail = [Ref("loss")]
        self.redraw()

    def apply(self, values: dict[str, Any]) -> None:
        self.take(values)
        if "loss" in values:
            self.trail = [Ref("loss")]
        self.reached = min(self.reached, self.state.num_samples) or self.state.num_samples
        self.state.sample = min(self.state.sample, self.state.num_samples)
        if self.app.is_open(self):
            self.redraw()

    def redraw(self) -> None:
        self.trace = self.state.trace(self.reached)
        self._show_grids()
        self._show_curve()
        options = [{"value": loss.name, "label": loss.label} for loss in LOSSES.values()]
        self.app.controls.fields = [
            field(self.state, "loss", "select", "Loss", options=options),
            field(self.state, "samples", "integer", "Loss"),
            field(self.state, "sample", "integer", "Loss", max=self.state.num_samples),
        ]
        self._say()
        self.show_trail()
        self.light()

    def _show_grids(self) -> None:
        rows = [str(n + 1) for n in range(self.state.num_samples)]
        self.given.param.update(values=self.state.rows(), row_labels=rows,
                                column_labels=["y_true", *self.kind.given])  # fmt: skip
        values = [[self._value(ref) for ref in self._refs(n)] for n in range(self.reached)]
        blank = [[""] * len(self.kind.made)] * (self.state.num_samples - self.reached)
        self.made.param.update(values=values + blank, row_labels=rows,
                               column_labels=list(self.kind.made))  # fmt: skip
        self.mean.values = [[self._value(Ref("loss"))]]

    def _value(self, ref: Ref) -> float:
        assert self.trace is not None
        return explain(self.trace, ref).result

    def _refs(self, n: int) -> list[Ref]:
        """What is shown of sample n, in the order of the columns."""
        return [Ref(tensor, (n, *rest)) for tensor, rest in self.kind.refs]

    def _show_curve(self) -> None:
        """The loss of the chosen sample as its prediction alone changes."""
        n, loss = self.state.sample - 1, LOSSES[self.state.loss]
        full = self.state.trace(self.state.num_samples)
        assert full.targets is not None
        curves = [self._curve(full, k) for k in range(self.state.num_samples)]
        here = float(full.inputs[n, 0])
        value = float(loss.per_sample(full.inputs[n : n + 1], full.targets[n : n + 1])[0])
        slope = float(loss.gradient(full.inputs[n : n + 1], full.targets[n : n + 1])[0, 0])
        others = [curve for k, curve in enumerate(curves) if k != n]
        flat = np.zeros(len(POINTS), bool)
        self.figure.update(POINTS, curves[n], others, flat, (here, value), slope, self.app.theme)

    @staticmethod
    def _curve(trace: Trace, n: int) -> NDArray[np.floating]:
        """The loss of sample n for all values of its first output."""
        assert trace.targets is not None
        outputs = np.repeat(trace.inputs[n : n + 1], len(POINTS), axis=0)
        outputs[:, 0] = POINTS
        targets = np.repeat(trace.targets[n : n + 1], len(POINTS), axis=0)
        return trace.loss.per_sample(outputs, targets)

    def _say(self) -> None:
        assert self.trace is not None
        loss, total = LOSSES[self.state.loss], self.state.num_samples
        mean = format_number(self._value(Ref("loss")))
        slope = "The dashed line is its slope: what learning goes by."
        texts = {
            1: f"Sample {self.state.sample}, as {self.kind.given[0]} changes. {slope}",
            2: self.kind.text,
            3: f"{loss.formula}, over {self.reached} of {total} samples, is {mean}.",
        }
        self.app.stage.blocks = [
            {**block, "text": texts.get(i, block["text"])}
            for i, block in enumerate(self.app.stage.blocks)
        ]
        self.app.transport.counters = [
            {"label": "samples", "value": f"{self.reached} of {total}"},
            {"label": "L so far", "value": mean},
        ]

    def light(self) -> None:
        lit = self.lit()
        self.made.highlight = [[n, c] for n in range(self.reached)
                               for c, ref in enumerate(self._refs(n)) if ref in lit]  # fmt: skip
        self.mean.highlight = [[0, 0]] if Ref("loss") in lit else []
        rows = range(self.reached)
        self.given.highlight = [[n, 0] for n in rows if Ref("target", (n, 0)) in lit] + [
            [ref.index[0], ref.index[1] + 1] for ref in lit if ref.tensor == "input"
        ]

    # What the learner does

    def kept(self) -> int:
        return self.reached

    def bring_back(self, kept: int) -> None:
        self.reached = kept
        self.redraw()

    def said(self, before: Memento, after: Memento) -> str:
        return super().said(before, after) or "the walk through the samples"

    def transported(self, message: Message) -> None:
        if message["type"] in ("play", "step", "reset"):
            self.past.will()
        super().transported(message)

    def rewind(self) -> None:
        self.reached = 0

    def advance(self, by: int = 1) -> bool:
        """Take one more sample into the mean; after the last, begin with the first again."""
        self.reached = self.reached % self.state.num_samples + 1
        self.state.sample = self.reached
        self.trail = [Ref("loss")]
        self.redraw()
        return self.reached < self.state.num_samples

    def _moved(self, value: float) -> None:
        self._set(self.state.sample - 1, 1, round(value, 2))

    def _set(self, n: int, column: int, value: float) -> None:
        self.apply(self.state.with_value(n, column, value))
        self.write_address()

    def _given_told(self, message: Message) -> None:
        n, column = int(message["row"]), int(message["column"])
        if message["type"] == "edit":
            self._edited(n, column, float(message["value"]))
        elif n < self.reached:
            if message["type"] == "open":
                self.state.sample = n + 1
                self.redraw()
            self.number_told(message, Ref("input", (n, column - 1)) if column else Ref(
                "target", (n, 0)))  # fmt: skip

    def _edited(self, n: int, column: int, value: float) -> None:
        """Take over a number; one that cannot be is named below the grid, and the old one stays."""
        self.given.error = ""
        try:
            self._set(n, column, value)
        except ValueError as error:
            self.given.error = f"{value:g} does not work here: {error}."
            self.given.values = self.state.rows()

    def _made_told(self, message: Message) -> None:
        n = int(message["row"])
        if n < self.reached:
            self.number_told(message, self._refs(n)[int(message["column"])])

    def _mean_told(self, message: Message) -> None:
        self.number_told(message, Ref("loss"))


CHAPTER = TheLoss
