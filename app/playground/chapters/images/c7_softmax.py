"""C7: from feature maps to probabilities: flatten, dense, softmax, and the cross-entropy."""

from __future__ import annotations

from typing import Any

import numpy as np

from app.playground.chapters.base import Instruments, field
from app.playground.chapters.images.softmax_grids import NAMES, SoftmaxGrids
from app.playground.chapters.images.softmax_state import CLASSES, FEATURES, LIMIT, SoftmaxState
from app.playground.chapters.walk import WalkingChapter
from app.playground.figures.bars import BarPicture
from app.playground.views import Fraction, Picture
from app.playground.views.component import Message
from core.explain import Explanation, Ref, format_number
from core.explain.softmax import explain_softmax, ref

ROOM = 6.0  # how far the picture of the logits reaches from c
WALKED = [
    *(ref("plain_power", k) for k in range(CLASSES)), ref("plain_sum"),
    *(ref("plain_probability", k) for k in range(CLASSES)), ref("max"),
    *(ref("shifted", k) for k in range(CLASSES)), *(ref("power", k) for k in range(CLASSES)),
    ref("sum"), *(ref("probability", k) for k in range(CLASSES)), ref("log_sum"), ref("loss"),
    *(ref("gradient", k) for k in range(CLASSES)),
]  # fmt: skip


class Softmax(WalkingChapter):
    id = "c7"
    number = "C7"
    part = "images"
    title = "From maps to probabilities"
    summary = "Flatten, dense, softmax: every exponential, temperature, the stable form"
    State = SoftmaxState
    state: SoftmaxState
    pause_s = 0.9
    buttons = (
        {"id": "next", "label": "Next number", "help": "Open the next number (key .)"},
        {"id": "back", "label": "Back", "help": "Open the number before"},
    )
    lead = """
At the end of a network the feature maps are **flattened** into a row, a **dense** layer makes a **logit** of it for each class,
and **softmax** turns the logits into probabilities. Drag a logit, and open any exponential.
"""
    notes = """
## Try this

- Drag the largest logit up. Its share comes near 1 and never reaches it, and every other share shrinks: they compete.
- Lower the temperature to [0.2](?chapter=c7&tau=0.2), then raise it to [10](?chapter=c7&tau=10.0). Cold is sure of itself, warm is
  undecided. The order of the classes stays the same.
- Add the same c to all logits. Nothing changes: only differences count. But at [c = 800](?chapter=c7&c=800.0) the plain form ends, since
  e⁸⁰⁰ is larger than the largest number of 64 bits. [The stable form](?chapter=c7&c=800.0&form=stable) does not mind.
- Make the right class unlikely. The loss grows without bound, and the gradient of its logit comes near −1: the surer the mistake, the
  stronger the pull.

## Two forms of one number

Divide above and below by e^(m/τ), with m the largest logit. The fraction stays what it is, but now every exponent is 0 or less, so
that no exponential is above 1, and the sum is at least 1. So nothing overflows, and nothing is divided by zero.

> Flattening loses nothing: the numbers are the same, in a row. It forgets which were neighbours, and the dense layer has a
> weight for each place. [What that costs](?chapter=c2) is a chapter of its own.

The gradient of the cross-entropy by a logit is (p − 1)/τ for the right class, and p/τ for the others. They add up to zero.
"""

    def __init__(self, app: Instruments) -> None:
        super().__init__(app)
        self.logit_bars = BarPicture("logits", "logit z", NAMES, (-ROOM, ROOM))
        self.logit_bars.on_move = self._dragged
        self.shares = BarPicture("probabilities", "probability p", NAMES, (0, 1.12))
        self.fraction = Fraction(self._fraction_told)
        self.grids = SoftmaxGrids(self.number_told)
        self.pictures = [Picture(self.logit_bars.fig), Picture(self.shares.fig)]
        self.trail = [ref("probability" if self.state.form == "stable" else "plain_probability")]

    # Showing

    def enter(self) -> None:
        grids = self.grids
        self.app.stage.put(
            (self.pictures[0], {"title": "Logits", "text": " "}),
            (self.pictures[1], {"title": "Probabilities", "text": " "}),
            (self.fraction, {"title": "Softmax as a fraction", "text": " ", "wide": True}),
            (grids.logits, {"title": "The logits", "text": "Type to change them.", "wide": True}),
            (grids.numbers, {"title": "Number by number", "text": " ", "wide": True}),
            (grids.loss, {"title": "Cross-entropy", "text": " "}),
            (grids.maps, {"title": "Two feature maps", "text": "Type to change them."}),
            (grids.flat, {"title": "Flattened", "text": "Map by map, row by row: the same numbers.",
                          "wide": True}),
            (grids.weights, {"title": "The dense layer", "wide": True,
                             "text": "One weight for each place and class, and a bias."}),
        )  # fmt: skip
        self.show_walk()
        self.redraw()

    def apply(self, values: dict[str, Any]) -> None:
        self.take(values)
        if self.app.is_open(self):
            self.redraw()

    def redraw(self) -> None:
        self.trace = self.state.trace()
        self.head = self.state.head(self.trace)
        self.grids.show(self.trace, self.head)
        self._show_fraction()
        self._show_controls()
        self._say()
        self.show_trail()
        self.light()

    @property
    def plain(self) -> str:
        """What begins the names of the form that is shown."""
        return "plain_" if self.state.form == "plain" else ""

    def _show_fraction(self) -> None:
        unit, values = self.state.unit, self.head.values
        powers = [self.head.factor(f"{self.plain}power", k) for k in range(CLASSES)]
        shares = values["probability"]
        terms = [{"symbol": p.symbol, "text": format_number(p.value, 5), "share": float(s)}
                 for p, s in zip(powers, shares, strict=True)]  # fmt: skip
        result = self.head.factor(f"{self.plain}probability", unit)
        self.fraction.param.update(
            label=f"Probability of {NAMES[unit]}", name_of=result.symbol, terms=terms,
            above={**terms[unit], "index": unit}, result=format_number(result.value, 6),
            note="Too large or too small for 64 bits: the bar shows the stable form."
            if not np.isfinite(values["plain_probability"]).all() and self.plain else "",
        )  # fmt: skip

    def _show_controls(self) -> None:
        classes = [{"value": k, "label": name} for k, name in enumerate(NAMES)]
        forms = [{"value": "plain", "label": "plain: as the formula stands"},
                 {"value": "stable", "label": "stable: shifted by the largest"}]  # fmt: skip
        self.app.controls.fields = [
            *({"name": f"z{k}", "label": name, "kind": "number", "value": self._own(k), "step": 0.1,
               "min": -LIMIT, "max": LIMIT, "group": "Logits, without c",
               "help": "Moves the bias of this class"} for k, name in enumerate(NAMES)),
            field(self.state, "shift", "number", "Shift and temperature"),
            field(self.state, "temperature", "number", "Shift and temperature", scale="log"),
            field(self.state, "form", "select", "Shown", options=forms),
            field(self.state, "unit", "select", "Shown", options=classes),
            field(self.state, "right", "select", "Cross-entropy", options=classes),
        ]  # fmt: skip

    def _own(self, k: int) -> float:
        """A logit without the shift, for a slider of fixed ends."""
        return float(np.clip(self.head.logits[k].value - self.state.shift, -LIMIT, LIMIT))

    def _say(self) -> None:
        values, unit = self.head.values, self.state.unit
        best = int(np.argmax(values["probability"]))
        p = format_number(float(values["probability"][best]), 4)
        plain = values["plain_probability"]
        ends = "" if np.isfinite(plain).all() else " The plain form has no answer here."
        texts = {
            0: f"Drag a bar up or down. The line is at c = {format_number(self.state.shift)}; ✓ marks the "
               "right class.",
            1: f"{NAMES[best].capitalize()} is the likeliest, with {p}.{ends}",
            2: f"The exponential of {NAMES[unit]}, over the sum of all. Point at a term to see its "
               "logit.",
            4: "Left as the formula stands, then shifted by the largest logit m.",
            5: f"−log p of the right class, {NAMES[self.state.right]}.",
        }  # fmt: skip
        self.app.stage.blocks = [
            {**block, "text": texts.get(i, block["text"])}
            for i, block in enumerate(self.app.stage.blocks)
        ]
        counters = [("likeliest", NAMES[best]), ("its probability", p),
                    ("loss", format_number(float(values["loss"][0]), 4))]  # fmt: skip
        self.app.transport.counters = [{"label": a, "value": b} for a, b in counters]

    def light(self) -> None:
        lit = self.lit()
        classes = {at.index[-1] for at in lit if at.tensor in (
            "layers.1.output", f"softmax.{self.plain}power", "softmax.shifted")}  # fmt: skip
        self.fraction.highlight = sorted(classes)
        self.grids.light(lit)
        self._show_bars(classes)

    def _show_bars(self, lit: set[int]) -> None:
        z = np.array([logit.value for logit in self.head.logits])
        right, theme = self.state.right, self.app.theme
        self.logit_bars.update(z, self.state.shift, right, lit, theme)
        self.shares.update(self.head.values[f"{self.plain}probability"], 0.0, right,
                           {self.state.unit}, theme)  # fmt: skip

    # What the learner does

    def explanation(self, at: Ref) -> Explanation:
        if at.tensor.startswith("softmax."):
            return explain_softmax(self.head, at)
        return super().explanation(at)

    def _dragged(self, k: int, z: float) -> None:
        self._set_logit(k, round(z, 2))
        self.write_address()

    def _set_logit(self, k: int, z: float) -> None:
        """Move the bias so that the logit is z; the dense layer stays what it is."""
        biases = list(self.state.b)
        biases[k] = round(biases[k] + z - self.head.logits[k].value, 10)
        self.apply({"b": biases})

    def controlled(self, message: Message) -> None:
        name = message["name"]
        if name[:1] == "z" and name[1:].isdigit():
            self._set_logit(int(name[1:]), float(message["value"]) + self.state.shift)
        else:
            self.apply({name: message["value"]})

    def advance(self, by: int = 1) -> bool:
        """Open the next number; tell whether there are more."""
        at = WALKED.index(self.trail[0]) if self.trail and self.trail[0] in WALKED else -1
        at = min(max(at + by, 0), len(WALKED) - 1)
        self.open(WALKED[at])
        return at < len(WALKED) - 1

    def _fraction_told(self, message: Message) -> None:
        what = "probability" if message["part"] == "result" else "power"
        self.number_told(message, ref(f"{self.plain}{what}", int(message["index"])))

    def edit(self, at: Ref, value: float) -> None:
        if at.tensor == "layers.1.output":
            self._set_logit(at.index[1], value)
        elif at.tensor == "input":
            self._set("x", int(np.ravel_multi_index(at.index[1:], (2, 2, 2))), value)
        elif at.tensor == "layers.1.bias":
            self._set("b", at.index[0], value - self.state.shift)
        else:
            self._set("w", at.index[0] * FEATURES + at.index[1], value)
        self.write_address()

    def _set(self, name: str, at: int, value: float) -> None:
        values = list(getattr(self.state, name))
        values[at] = value
        self.apply({name: values})


CHAPTER = Softmax
