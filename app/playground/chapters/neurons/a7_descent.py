"""A7: gradient descent raced: four optimizers, three sizes of batch, and the learning rate."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from app.playground.chapters.base import Instruments, field
from app.playground.chapters.neurons.descending import Descending
from app.playground.chapters.neurons.descent_state import RACES, SIZES, DescentState
from app.playground.chapters.neurons.landscape_controls import (
    network_fields,
    point_fields,
    section_fields,
)
from app.playground.chapters.neurons.landscape_state import FLAT, SYMBOLS
from app.playground.chapters.neurons.lane_table import ALL, BATCH, LaneTable, Which
from app.playground.figures.contours import ContourPicture, Path
from app.playground.figures.lanes import SIGNS
from app.playground.figures.losses import RatesPicture, StepsPicture
from app.playground.views import Findings, Picture
from app.playground.views.component import Message
from core.explain import Ref, Trace, format_number
from core.optimizers import OPTIMIZERS
from core.race import Lane
from core.rate_finder import Sweep, find_rates

Array = NDArray[np.floating]
RATES = np.geomspace(0.001, 100, 51)  # ten for each power of ten
FINDER_STEPS = 50


class Descent(Descending):
    id = "a7"
    number = "A7"
    part = "neurons"
    title = "Downhill: gradient descent"
    summary = "Four optimizers and three batch sizes raced from one start; which learning rate?"
    State = DescentState
    play_label = "Race"
    lead = """
**Gradient descent** takes each parameter a step against its gradient: w ← w − lr · ∂L/∂w. Race it against its relatives
from the same start, drag the start (the ring) or the learning rate, and watch all paths follow.
"""
    notes = """
## Try this

- Raise the **learning rate** slowly. Gradient descent first creeps, then hurries, then [swings from side to
  side](?chapter=a7&rate=0.8), and then [each step lands higher](?chapter=a7&rate=0.9&steps=60) than the one before: it **diverges**.
  Where, the picture below says in advance.
- Race [one sample, a mini-batch, and all samples](?chapter=a7&race=batches&rate=0.2). A gradient from one sample is cheap and noisy:
  right on average, wrong each time. Draw other batches with another seed.
- With **momentum** a step remembers the ones before. That is quick along a valley, and
  [overshoots at its end](?chapter=a7&rate=0.3&steps=60).
- RMSProp and Adam divide by how large the gradients have been, in each direction apart. Their steps are about as long as the
  learning rate says, [whether the ground is steep or flat](?chapter=a7&w=0.8~0.3~0.4~0.9~-0.02~-0.02&reach=2.0&first=w1&second=w5&rate=0.05&steps=100).
- Race across [hills and valleys](?chapter=a7&w=1.2~1.5~-1.5~-2.0~2.0~2.0&b=-1.0~-1.0~-2.0&x=-1.5~-1.5~-1.5~1.5~1.5~-1.5~1.5~1.5&y=0.0~1.0~1.0~0.0&act=sigmoid&out=sigmoid&first=w1&second=w4&reach=8.0&rate=0.5&steps=60).
  The same start need not lead to the same valley.

## What is stochastic about it

> The plain update w ← w − lr · ∂L/∂w is **gradient descent**. *Stochastic* says where the gradient comes from: not from all samples,
> but from one of them, or a mini-batch, taken at random. An **epoch** has passed when each sample was taken once.

No optimizer is the best everywhere. What wins in one valley at one learning rate may lose in the next; so one tries.
"""

    def __init__(self, app: Instruments) -> None:
        super().__init__(app)
        self.contours, self.curves, self.rates = ContourPicture(), StepsPicture(), RatesPicture()
        self.contours.on_move = self.dragged
        self.rates.on_move = self._rate_moved
        self.views = [Picture(f.fig) for f in (self.contours, self.curves, self.rates)]
        self.table = LaneTable(self._lane_told)
        self.findings = Findings(empty="No lane diverges.")
        self.opened_trace: Which = (0, ALL)
        self._swept: object = None

    @property
    def seed(self) -> int:
        return int(self.state.seed)

    @property
    def steps_from_new_start(self) -> int:
        return int(self.state.steps)

    def lanes(self) -> list[Lane]:
        return self.state.lanes

    def place(self) -> Array:
        return self.state.start

    # Showing

    def enter(self) -> None:
        self.show_walk()
        if not self.trail:
            self.opened_trace, self.trail = (0, ALL), [Ref("loss")]
        self.app.stage.put(
            (self.views[0], {"title": "The paths on the loss", "text": " ", "keys": "move the start"}),
            (self.views[1], {"title": "The losses", "text": " "}),
            (self.table.grid, {"title": "The lanes", "text": " ", "wide": True}),
            (self.views[2], {"title": "Which learning rate?", "text": " "}),
            (self.findings, {"title": "What goes wrong", "text": " "}),
            (self.samples.grid, {"title": "The samples, at the lane's point", "wide": True,
                                 "text": "Type to change them."}),
        )  # fmt: skip
        self.redraw()

    def redraw(self) -> None:
        self.descend()
        self._trace()
        self._show_paths()
        self._show_rates()
        labels = [f"{sign} {label}" for sign, label in zip(SIGNS, self.state.labels, strict=False)]
        self.table.show(self.state, labels, self.traces)
        self.samples.show(self.state, self.traces[self.opened_trace[0], ALL])
        self._show_controls()
        self._show_troubles()
        self._say()
        self.show_trail()
        self.light()

    def _trace(self) -> None:
        """Each lane on all samples, and on its next batch."""
        everything = np.arange(self.state.num_samples)
        self.traces: dict[Which, Trace] = {}
        for k in range(len(self.race.lanes)):
            optimizer = self.race.optimizer(k)
            self.traces[k, ALL] = self.traced(k, everything, optimizer)
            self.traces[k, BATCH] = self.traced(k, self.race.batch(k), optimizer)
        if self.opened_trace not in self.traces:
            self.opened_trace = (0, ALL)
        self.trace = self.traces[self.opened_trace]

    def _show_paths(self) -> None:
        state, theme = self.state, self.app.theme
        section = self.sections.of(state, self.landscape, state.start)
        names = SYMBOLS[state.first], SYMBOLS[state.second]
        drawn = self.race.path[:, :, [FLAT[key] for key in state.drawn]]
        paths = [Path(drawn[:, k]) for k in range(len(state.labels))]
        self.contours.show_ground(section.heights, section.pieces, names, theme)
        self.contours.show_paths(paths, theme)
        histories = [self.race.history(k) for k in range(len(paths))]
        self.curves.update(state.labels, histories, self.race.num_steps, theme)

    def _show_rates(self) -> None:
        """Try out many learning rates for a lane, unless that was done already."""
        state, way = self.state, self._lane
        key = (state.spec, state.loss, *state.inputs.ravel(), *state.targets.ravel(), *state.start,
               *state.free, way.optimizer, way.batch_size, self.seed)  # fmt: skip
        if key != self._swept:
            self._swept = key
            self.sweep: Sweep = find_rates(self.landscape, state.start, way, RATES, FINDER_STEPS,
                                           state.free, self.seed)  # fmt: skip
        self.rates.update(self.sweep.rates, self.sweep.losses, self.sweep.diverges,
                          float(self.race.losses[0, 0]), state.rate, self.app.theme)  # fmt: skip

    @property
    def _lane(self) -> Lane:
        return self.race.lanes[self._lane_number]

    @property
    def _lane_number(self) -> int:
        """A race of batch sizes has fewer lanes than one of optimizers."""
        return min(self.state.lane, len(self.race.lanes)) - 1

    def _show_controls(self) -> None:
        state = self.state
        values = {key: float(state.start[FLAT[key]]) for key in state.drawn}
        races, sizes = ([{"value": name, "label": label} for name, label in table.items()]
                        for table in (RACES, SIZES))  # fmt: skip
        optimizers = [{"value": name, "label": cls.label} for name, cls in OPTIMIZERS.items()]
        lanes = [{"value": k + 1, "label": label} for k, label in enumerate(state.labels)]
        way = (field(state, "size", "select", "The race", options=sizes)
               if state.race == "optimizers" else
               field(state, "optimizer", "select", "The race", options=optimizers))  # fmt: skip
        chosen = field(state, "lane", "select", "The race", options=lanes)
        self.app.controls.fields = [
            field(state, "race", "select", "The race", options=races), way,
            field(state, "rate", "number", "The race", scale="log", step=0.1),
            field(state, "steps", "integer", "The race"),
            field(state, "mini", "integer", "The race"),
            chosen | {"value": self._lane_number + 1, "label": "Learning rates of"},
            field(state, "seed", "integer", "The race"),
            field(state, "all_nine", "switch", "The race"),
            *point_fields(state, values, "The start"), *section_fields(state),
            *network_fields(state),
        ]  # fmt: skip

    def _show_troubles(self) -> None:
        """Whatever diverges is named, with its lane."""
        found = [(label, self.race.trouble(k)) for k, label in enumerate(self.state.labels)]
        self.findings.items = [
            {"title": f"{label}: {trouble.title.lower()}", "seen": trouble.seen,
             "remedy": trouble.remedy} for label, trouble in found if trouble
        ]  # fmt: skip
        names = " and ".join(label for label, trouble in found if trouble)
        counts = {"steps": str(self.race.num_steps), "learning rate": f"{self.state.rate:g}"}
        self.app.transport.param.update(
            counters=[{"label": label, "value": value} for label, value in counts.items()],
            message=f"Diverging: {names}. The learning rate is too large." if names else "",
        )

    def _say(self) -> None:
        texts = {0: self._path_text(), 1: self._loss_text(), 2: self._lane_text(),
                 3: self._rate_text(), 4: self._trouble_text()}  # fmt: skip
        self.app.stage.blocks = [{**block, "text": texts.get(k, block["text"])}
                                 for k, block in enumerate(self.app.stage.blocks)]  # fmt: skip

    def _path_text(self) -> str:
        if self.state.all_nine:
            return "All nine are trained: the paths are projections."
        both = " and ".join(SYMBOLS[key] for key in self.state.drawn)
        return f"Only {both} are trained: the paths lie in the picture."

    def _loss_text(self) -> str:
        ends = [self.race.history(k)[-1] for k in range(len(self.race.lanes))]
        best = int(np.argmin(ends))
        steps = self.race.num_steps
        if not steps:
            return f"All begin at {format_number(ends[0], 4)}."
        return (f"After {steps} steps the least is {format_number(ends[best], 4)}: "
                f"{self.state.labels[best]}.")  # fmt: skip

    def _lane_text(self) -> str:
        n = self.state.num_samples
        used = [int(lane.batch_size * steps) for lane, steps in
                zip(self.race.lanes, self.race.steps, strict=True)]  # fmt: skip
        if self.state.race == "batches":
            counts = ", ".join(map(str, used))
            return f"Samples looked at: {counts}. An epoch is {n}. Open “next” for the step."
        source = SIZES[self.state.size]
        kind = "" if self.state.size == "all" else ", which is what “stochastic” says"
        return f"Each gradient comes from {source}{kind}. Open “next” for the step."

    def _rate_text(self) -> str:
        best, edge = self.sweep.best, self.sweep.edge
        tried = f"{self.state.labels[self._lane_number]}, {FINDER_STEPS} steps with each rate. "
        least = f"Least at {best:.2g}. " if best else "All diverge. "
        return tried + least + (f"From {edge:.2g} on it diverges (×)." if edge and best else "")

    def _trouble_text(self) -> str:
        return "What the detectors see in the losses of the lanes."

    # What the learner does

    def _rate_moved(self, rate: float) -> None:
        self.apply({"rate": float(f"{rate:.3g}")})
        self.write_address()

    def _lane_told(self, which: Which, message: Message, ref: Ref) -> None:
        """Pointing lights sources only among the numbers of the opened one's own arithmetic."""
        if message["type"] in ("point", "leave") and which != self.opened_trace:
            return
        self.opened_trace, self.trace = which, self.traces[which]
        self.samples.show(self.state, self.traces[which[0], ALL])
        self.number_told(message, ref)

    def light(self) -> None:
        lit = self.lit()
        self.table.light(self.opened_trace, lit)
        self.samples.light(lit if self.opened_trace[1] == ALL else set())


CHAPTER = Descent
