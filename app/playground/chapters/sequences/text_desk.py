"""A character model on a text: a passage under the lens, what the model writes, and whose text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from app.playground.chapters.base import Instruments
from app.playground.chapters.sequences.corpus import (
    SHOWN,
    SONNETS,
    Corpus,
    fit,
    make_corpus,
    samples,
    sonnets,
)
from app.playground.chapters.sequences.learning_state import LearningState
from app.playground.chapters.sequences.lens import Lens
from app.playground.chapters.sequences.sample_desk import Placed
from app.playground.chapters.sequences.units import Units
from app.playground.chapters.sequences.writer import Writer
from app.playground.views import OwnText
from app.playground.views.component import Message
from core.data.samples import Samples
from core.explain import Explanation, Ref, Trace, explain
from core.explain.choice import CHOICE
from core.explain.marks import MARK
from core.explain.record import subscript
from core.spec import NetworkSpec, TrainSpec
from core.training import Snapshot, Trainer

PASSAGE = 120  # characters under the lens
SCORED = 40  # windows of each part of the text
SCORED_LARGE = 4  # of a network that takes long for each


class TextDesk:
    """`receive` is told of numbers in grids and texts, `opened` of a cell of the map and its unit,
    `changed` when another text is to be learnt, `looked` when the lens has changed what it says."""

    def __init__(self, app: Instruments, receive: Callable[[Message, Ref], None],
                 opened: Callable[[Ref, int], None], choose: Callable[[int], None],
                 changed: Callable[[Corpus], None],
                 looked: Callable[[], None]) -> None:  # fmt: skip
        self.changed = changed
        self.lens = Lens(receive, opened, "gates-of-text", most_ticks=6)
        self.units = Units(receive, choose, looked)
        self.writer = Writer(app, receive, looked)
        self.own = OwnText(self._told)
        self.corpus = sonnets()
        self.trace: Trace | None = None
        self.held_out = 1

    @property
    def is_own(self) -> bool:
        """Whether it is the learner's own text."""
        return self.corpus.name != SONNETS

    def max_scored(self, state: LearningState) -> int:
        return SCORED_LARGE if state.is_large else SCORED

    def specs(self, state: LearningState) -> tuple[NetworkSpec, Samples, TrainSpec]:
        made = samples(self.corpus, state.length, state.batch)
        return state.network_spec(made.num_classes), made, state.train_spec(made.streams)

    def blocks(self, state: LearningState, curves: list[Placed]) -> list[Placed]:
        wide = {"wide": True, "text": " "}
        return [
            (self.units.letters, {"title": "One unit over the text", "text": " "}),
            curves[0],
            (self.units.table, {"title": "Which units mark a stretch", "text": " "}),
            curves[1],
            (self.writer.letters, {"title": "What it writes", "text": " "}),
            (self.own, {"title": "Whose text it learns", "text": " "}),
            (self.writer.grid, {**wide, "title": "What else it might have written"}),
            (self.lens.picture, {**wide, "title": "Gates and states"}),
            (self.lens.grid, {**wide, "title": "One unit as numbers"}),
        ]

    # Drawing

    def draw(self, state: LearningState, snapshot: Snapshot, trainer: Trainer, theme: str,
             running: bool) -> None:  # fmt: skip
        tokens = self._passage(state)
        alone = replace(snapshot.train_spec, carry_state=False)  # a passage starts from nothing
        made = f"It was learnt in {snapshot.step} steps, from a start drawn by seed {state.seed}."
        network = snapshot.network()
        self.trace = Trace(network, tokens[None, :-1], tokens[None, 1:], alone, origin=made)
        path = str(state.shown_layer + 1)
        text = self.corpus.vocabulary.decode(tokens[:-1])
        steps = [f"{SHOWN.get(c, c)}{subscript(t + 1)}" for t, c in enumerate(text)]
        ticks = [str(t + 1) for t in range(len(text))]
        self.lens.show(self.trace, path, state.shown_unit, steps, theme, ticks)
        self.units.show(self.trace, path, state.shown_unit, text)
        self.writer.draw(snapshot, self.corpus, state, running)
        self.own.used = f"{self.corpus.name}: {len(self.corpus.text):,} characters, " \
                        f"{len(self.corpus.vocabulary)} different ones."  # fmt: skip
        self.own.notice = f"{self.corpus.notice} {self._short(state)}".strip()

    def _passage(self, state: LearningState) -> NDArray[np.int64]:
        """The tokens under the lens, and one more; held out, where anything is."""
        tokens = self.corpus.tokens
        share = fit(len(tokens), state.length, state.batch)[2]
        region = tokens[len(tokens) - round(len(tokens) * share) :] if share else tokens
        length = min(PASSAGE, len(region) - 1)
        self.held_out = (len(region) - 1) // length
        first = (min(state.sample, self.held_out) - 1) * length
        return region[first : first + length + 1]

    def _short(self, state: LearningState) -> str:
        """What a short text has no room for."""
        steps, streams, share = fit(len(self.corpus.tokens), state.length, state.batch)
        if (steps, streams) == (state.length, state.batch) and share:
            return ""
        held = "" if share else " Nothing is held out for testing."
        ways = "one stream" if streams == 1 else f"{streams} streams beside each other"
        return f"The text is short: it is read in {ways}, {steps} characters at a time.{held}"

    def texts(self, state: LearningState, curves: list[str]) -> list[str]:
        assert self.trace is not None
        length, n = self.trace.inputs.shape[1], min(state.sample, self.held_out)
        share = fit(len(self.corpus.tokens), state.length, state.batch)[2]
        kind = "held-out text" if share else "text that it learns from"
        return [
            f"Passage {n} of {self.held_out} of the {kind}, coloured by unit "
            f"{state.shown_unit + 1} of {state.hidden}: orange above 0, violet and underlined "
            "below. Select a character to open its number.",
            curves[0],
            self.units.text(),
            curves[1],
            self.writer.text(),
            "Your text stays here: a link does not carry it, and it is sent nowhere but to a "
            "training server that you connect to and let train.",
            self.writer.choice_text(),
            f"The passage from left to right, {length} characters, and {state.hidden} units in "
            "each band. Select a cell to open it; its unit is shown over the text.",
            f"Unit {state.shown_unit + 1} of {state.hidden} as numbers. Select one to open it.",
        ]  # fmt: skip

    # Opening

    def explanation(self, ref: Ref, first: Ref) -> Explanation:
        """`first` is the number that the trail began with: it says in which text we are."""
        if ref.tensor.startswith(MARK):
            return self.units.explanation(ref)
        if CHOICE in (ref.tensor, first.tensor):
            return self.writer.explanation(ref)
        assert self.trace is not None
        return explain(self.trace, ref)

    def light(self, lit: set[Ref], opened: Ref | None) -> None:
        self.writer.light(lit)
        in_writing = any(ref.tensor == CHOICE for ref in lit)
        self.lens.light(set() if in_writing else lit, None if in_writing else opened)
        self.units.light(opened)

    # Another text

    def _told(self, message: Message) -> None:
        try:
            if message["type"] == "default":
                self.changed(sonnets())
            else:
                self.changed(make_corpus(message["text"], message["name"], 0))
            self.own.error = ""
        except ValueError as error:
            text = str(error)
            self.own.error = f"{text[:1].upper()}{text[1:]}. The text before is still there."
