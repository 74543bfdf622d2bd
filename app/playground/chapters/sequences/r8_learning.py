"""R8: recurrent networks that learn while one watches their gates."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from app.playground.chapters.base import Instruments
from app.playground.chapters.neurons.mlp_readings import history
from app.playground.chapters.sequences import r8_words as words
from app.playground.chapters.sequences.corpus import Corpus, make_corpus
from app.playground.chapters.sequences.learning_controls import fields
from app.playground.chapters.sequences.learning_curves import LearningCurves, counters, sentences
from app.playground.chapters.sequences.learning_runs import Runs, score_of
from app.playground.chapters.sequences.learning_state import LARGE, USUAL, LearningState
from app.playground.chapters.sequences.sample_desk import SampleDesk
from app.playground.chapters.sequences.text_desk import TextDesk
from app.playground.chapters.trains import Kept, TrainingChapter
from app.playground.session import SEQUENCE_SPEEDS, Session
from app.playground.views.component import Message
from core.explain import Explanation, Ref
from core.training import Snapshot

TUNABLE = {"rate", "clip"}  # act at once
LENS = {"sample", "layer", "unit", "temperature", "draw"}  # change only what is looked at
LENS_S = 0.25  # at least, between two pictures of the gates while it trains
PATIENCE = 3  # how many times as long as such a picture took it waits for the next
STEPS = [{"id": "batch", "label": "Batch", "help": "One update from one batch (key .)"}]


class SequenceLearning(TrainingChapter):
    id = "r8"
    number = "R8"
    part = "sequences"
    play_label = "Train"
    has_engines = True
    title = "An LSTM that learns"
    summary = "Train recurrent networks on five tasks, and watch every gate"
    State = LearningState
    state: LearningState
    applies_first = True
    lead = words.LEAD
    notes = words.NOTES

    def __init__(self, app: Instruments) -> None:
        super().__init__(app)
        self.session = Session(app.frame, self.show, app.place, SEQUENCE_SPEEDS, hurry=True)
        self.runs = Runs()
        self.curves = LearningCurves()
        self.samples = SampleDesk(self.number_told, self._cell_tapped)
        self.text = TextDesk(app, self.number_told, self._cell_tapped, self._choose_unit,
                             self._use, self._say)  # fmt: skip
        self.on_stage = False
        self.drawn_at = self.drawing_s = 0.0
        self._configure()

    # Entering, leaving, changing

    @property
    def desk(self) -> SampleDesk | TextDesk:
        return self.text if self.state.task == "text" else self.samples

    def enter(self) -> None:
        """The pictures get their data before they are put on the stage: a figure that is built in
        the page while its data change may miss the change."""
        self.on_stage = True
        self._draw_curves()
        self._draw_pictures()
        curves = self.curves.blocks(self.state.chosen)
        self.app.stage.put(*self.desk.blocks(self.state, curves))
        self.show_training(STEPS)
        self._show_transport()
        self._say()
        self.show_trail()
        self._show_controls()

    def leave(self) -> None:
        self.session.pause()
        self.on_stage = False
        self.app.transport.progress = {}

    def apply(self, values: dict[str, Any]) -> None:
        with self.trying(values):
            if set(values) <= TUNABLE:
                self.session.tune(self.state.tuned(self.session.snapshot.train_spec))
            elif not set(values) <= LENS:
                self._configure()
        if not self.on_stage:
            return
        if "task" in values:
            self.enter()
        else:
            self.redraw()

    def _configure(self) -> None:
        """Start afresh from the state; what cannot be raises ValueError and changes nothing."""
        self.session.pause()
        self.past.will()
        state = self.state
        specs = self.desk.specs(state)
        self.session.max_scored = self.desk.max_scored(state)
        self.session.can_here = not state.is_large
        self.configured = False
        try:
            self.session.configure(*specs)
        finally:
            self.configured = True
        self.trail = []
        data = (state.task, state.length, state.delay, state.seed, self.text.corpus.name)
        self.runs.start(state.network_name, data)
        self._score(self.session.snapshot)
        self.curves.name(state.chosen)

    def controlled(self, message: Message) -> None:
        name = message["name"]
        if name == "forget":
            self.runs.forget()
            self.redraw()
        elif name == "again":
            self.apply({"draw": (self.state.draw + 1) % 1_000_000})
        elif name == "large":
            self.apply(LARGE)
        elif name == "task":
            self.apply({"task": message["value"], **self._usual(message["value"])})
        else:
            self.apply({name: message["value"]})

    def _usual(self, task: str) -> dict[str, Any]:
        """What is usual for a task, of what the learner has left as usual."""
        before = USUAL[self.state.task]
        kept = {name for name in before if getattr(self.state, name) != before[name]}
        return {name: value for name, value in USUAL[task].items() if name not in kept}

    @property
    def barred(self) -> str:
        """Why the network cannot be trained now; blank where it can."""
        remedy, size = self.engines.remedy[1], self.session.snapshot.parameters.size
        return words.barred(self.state.network_name, size, remedy) if remedy else ""

    def transported(self, message: Message) -> None:
        if message["type"] in ("play", "step") and self.barred:
            raise ValueError(self.barred)
        if message["type"] == "play":
            self.runs.tick(running=False)
        elif message["type"] == "reset":
            self.past.will()
            self.runs.reset()
        super().transported(message)

    # Undo and redo

    def kept(self) -> Kept:
        """Where a large network stood takes more memory than there is."""
        snapshot = None if self.state.is_large else self.session.snapshot
        return Kept(snapshot, (self.runs.copy(), self.text.corpus))

    def bring_back(self, kept: Kept) -> None:
        runs, corpus = kept.more
        if corpus is not self.text.corpus:
            self.text.corpus = corpus
            self._configure()
        self.runs = runs.copy()
        super().bring_back(kept)

    # Showing

    def show(self, snapshot: Snapshot) -> None:
        """A new snapshot is there; while it trains, gates wait for their turn."""
        if not self.configured:
            return
        self.runs.tick(self.session.running)
        self._score(snapshot)
        if not self.on_stage:
            return
        wait = max(LENS_S, PATIENCE * self.drawing_s)
        is_due = time.perf_counter() - self.drawn_at > wait
        self._draw_curves()
        self._show_transport()
        if is_due or not self.session.running:
            self._draw_desk()

    def show_scores(self) -> None:
        self._score(self.session.snapshot)
        if self.on_stage:
            self._draw_curves()
            self._show_transport()

    def _score(self, snapshot: Snapshot) -> None:
        """The score that belongs to the last point of the loss curve. A server may have scored a
        large network some steps ago; which strings it understands is found out here."""
        scored = int(snapshot.history[-1, 0])
        step = snapshot.step if self.state.task == "reber" else scored
        if min(step, scored) > self.runs.step:
            score = score_of(self.state.task, snapshot, self.session.engine.trainer)
            self.runs.add(step, score, self.state)

    def redraw(self) -> None:
        if self.on_stage:
            self.draw()
            self._show_controls()

    def _show_controls(self) -> None:
        self.app.controls.fields = fields(self.state, self.desk.held_out, len(self.runs.kept))

    def draw(self) -> None:
        if self.on_stage:
            self._draw_curves()
            self._show_transport()
            self._draw_desk()

    def _draw_curves(self) -> None:
        self.curves.draw(self.session.snapshot, self.runs, self.state.chosen, self.app.theme)

    def _draw_desk(self) -> None:
        start = time.perf_counter()
        self._draw_pictures()
        self._say()
        self.show_trail()
        self.drawn_at = time.perf_counter()
        self.drawing_s = self.drawn_at - start

    def _draw_pictures(self) -> None:
        snapshot, trainer = self.session.snapshot, self.session.engine.trainer
        with np.errstate(all="ignore"):
            self.desk.draw(self.state, snapshot, trainer, self.app.theme, self.session.running)
        self.trace = self.desk.trace
        self.light()

    def explanation(self, ref: Ref) -> Explanation:
        first = self.trail[0] if self.trail and ref is not self.pointed else ref
        return self.desk.explanation(ref, first)

    def light(self) -> None:
        self.desk.light(self.lit(), self.trail[-1] if self.trail else None)

    def _show_transport(self) -> None:
        s = self.session.snapshot
        self.app.transport.param.update(
            running=self.session.running, message=s.message or self.runs.solved, history=history(s),
            counters=counters(s, self.runs, self.state.chosen), engine=self.session.label,
            progress=self._progress(s),
        )  # fmt: skip
        if not self.session.running:
            self.past.show()

    def _progress(self, snapshot: Snapshot) -> dict[str, Any]:
        """How far a text has been read this time."""
        if self.state.task != "text":
            return {}
        return {"label": "The text, this time", "value": snapshot.batch,
                "total": snapshot.num_batches}  # fmt: skip

    def _say(self) -> None:
        """The sentences under the titles, made from the numbers shown."""
        if not self.on_stage:
            return
        curves = sentences(self.state, self.session.snapshot, self.runs)
        texts = self.desk.texts(self.state, curves)
        before = self.app.stage.blocks
        if len(before) != len(texts):  # those of the desk before
            return
        blocks = [{**b, "text": t} for b, t in zip(before, texts, strict=True)]
        if blocks != before:
            self.app.stage.blocks = blocks

    def _cell_tapped(self, ref: Ref, unit: int) -> None:
        """A cell of the map: its unit comes into the grid, and its number is opened."""
        self.trail = [ref]
        self.app.arithmetic.asked += 1
        self._choose_unit(unit)

    def _choose_unit(self, unit: int) -> None:
        self.apply({"unit": unit + 1})
        self.write_address()

    def _use(self, corpus: Corpus) -> None:
        """Learn another text; raises ValueError, and stays with the one before, if it cannot be."""
        self.past.will()
        before, self.text.corpus = self.text.corpus, corpus
        try:
            self._configure()
        except ValueError:
            self.text.corpus = before
            raise
        self.apply({"sample": 1})
        self.app.save()

    def edit(self, ref: Ref, value: float) -> None:
        raise ValueError("the numbers of this chapter come from training")

    # Kept by the page

    def checkpoint(self) -> dict[str, Any]:
        """The weights of a large network are on the server, if anywhere."""
        corpus = self.text.corpus
        text = {"name": corpus.name, "text": corpus.text} if self.text.is_own else None
        return {"text": text} | ({} if self.state.is_large else self.kept_weights())

    def restore(self, data: dict[str, Any]) -> None:
        if data.get("text"):
            self._use(make_corpus(data["text"]["text"], data["text"]["name"], 0))
        if not self.state.is_large:
            self.take_weights(data)


CHAPTER = SequenceLearning
