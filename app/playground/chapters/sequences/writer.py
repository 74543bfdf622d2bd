"""What a character model writes, character by character, and how likely each one was."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from app.playground.chapters.base import Instruments
from app.playground.chapters.sequences.corpus import SHOWN, Corpus
from app.playground.chapters.sequences.learning_state import LearningState
from app.playground.views import Letters, NumberGrid
from app.playground.views.component import Message
from core.explain import Explanation, Ref, Trace, explain
from core.explain.choice import CHOICE, explain_choice
from core.generation import write
from core.network import Network
from core.spec import TrainSpec
from core.training import Snapshot

Shares = NDArray[np.float64]  # of all tokens
LENGTH = 200  # characters
MOST_CHOICES = 16  # shown of a distribution
AT_ONCE_S = 5.0  # the first text is there with the page; this is the most that it may take
AT_ONCE_LARGE_S = 1.0  # of a network whose first pictures take long, too
SLICE_S = 0.03  # of writing in one picture
TRAINING_SLICE_S = 0.01  # the same while training has the time


@dataclass
class Writing:
    """A text that is being written by a network of its own. tokens[0] was given; the others were
    chosen, each from the shares (K,) of all tokens. What is behind a share is worked out when it is
    opened: with each picture of a large network that would take longer than to write."""

    network: Network
    corpus: Corpus
    train: TrainSpec
    step: int  # of training
    temperature: float
    draw: int
    made: Iterator[tuple[int, Shares]]
    tokens: list[int]
    choices: list[Shares] = field(default_factory=list)
    _trace: Trace | None = None

    @property
    def is_done(self) -> bool:
        return len(self.tokens) > LENGTH

    def advance(self, seconds: float) -> None:
        """Write on for about so long."""
        end = time.perf_counter() + seconds
        while not self.is_done and time.perf_counter() < end:
            token, shares = next(self.made)
            self.tokens.append(token)
            self.choices.append(shares)

    @property
    def trace(self) -> Trace:
        """All that was computed for what is written so far."""
        if self._trace is None or self._trace.inputs.shape[1] != len(self.tokens):
            made = f"It was learnt in {self.step} steps."
            self._trace = Trace(self.network, np.array([self.tokens]), train=self.train,
                                origin=made)  # fmt: skip
        return self._trace

    def letters(self) -> list[list[object]]:
        """The characters that were chosen, with their shares."""
        text = self.corpus.vocabulary.decode(np.array(self.tokens[1:], np.int64))
        return [[c, round(share, 4)] for c, share in zip(text, self.shares, strict=True)]

    @property
    def shares(self) -> list[float]:
        """Of the chosen."""
        chosen = zip(self.choices, self.tokens[1:], strict=True)
        return [float(shares[token]) for shares, token in chosen]

    def likeliest(self, index: int) -> list[int]:
        """The likeliest tokens in the place of character `index`; the chosen one is among them."""
        order = np.argsort(-self.choices[index], kind="stable")[:MOST_CHOICES].tolist()
        chosen = self.tokens[index + 1]
        return order if chosen in order else [*order[:-1], chosen]


def begin(snapshot: Snapshot, corpus: Corpus, state: LearningState) -> Writing:
    """Begin after a line break, where the text has any, or else after its first character."""
    first = corpus.characters.index("\n") if "\n" in corpus.characters else int(corpus.tokens[0])
    network, temperature = snapshot.network(), float(state.temperature)
    rng = np.random.default_rng(state.draw)
    made = write(network, np.array([first]), LENGTH, temperature, rng)
    alone = replace(snapshot.train_spec, carry_state=False)  # what is written starts from nothing
    return Writing(network, corpus, alone, snapshot.step, temperature, state.draw, made, [first])


class Writer:
    """Writes a few characters a picture. `looked` is called when it has more to show."""

    def __init__(self, app: Instruments, receive: Callable[[Message, Ref], None],
                 looked: Callable[[], None]) -> None:  # fmt: skip
        self.app, self.receive, self.looked = app, receive, looked
        self.letters = Letters(self._told, label="What it writes", empty="…")
        self.grid = NumberGrid(self._chosen, label="The next character", decimals=3, scale=1.0)
        self.writing: Writing | None = None  # shown
        self.next: Writing | None = None  # on its way
        self.index = 0  # the character whose choice is shown
        self._task: asyncio.Task[None] | None = None

    def draw(self, snapshot: Snapshot, corpus: Corpus, state: LearningState, running: bool) -> None:
        """While training runs, a text is shown when it is finished; else it grows on the page."""
        self.latest = (snapshot, corpus, state)
        if self.next is None or not self._fits(self.next):
            self.next = begin(snapshot, corpus, state)
        if self.writing is None:
            self.next.advance(AT_ONCE_LARGE_S if state.is_large else AT_ONCE_S)
        else:
            self.next.advance(TRAINING_SLICE_S if running else SLICE_S)
        if self.next.is_done or not running or self.writing is None:
            self._show(self.next)
        if self.next.is_done and running:
            self.next = None
        if not running:
            self._finish()

    def _fits(self, writing: Writing) -> bool:
        """Whether it is what the learner asks for, by the network as it is or was a while ago."""
        snapshot, corpus, state = self.latest
        is_old = writing.is_done and writing.step != snapshot.step
        same = (writing.temperature, writing.draw) == (state.temperature, state.draw)
        same_net = writing.network.spec == snapshot.network_spec and writing.step <= snapshot.step
        return same and same_net and writing.corpus is corpus and not is_old

    def _finish(self) -> None:
        """Write on until all is there, and is by the latest network."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # nobody watches, as in a script
            while self._goes_on():
                self._more()
            return
        if self._goes_on() and (self._task is None or self._task.done()):
            self._task = loop.create_task(self._run())

    def _goes_on(self) -> bool:
        return self.next is not None and not (self.next.is_done and self._fits(self.next))

    async def _run(self) -> None:
        while self._goes_on():
            await self.app.frame(self._more)

    def _more(self) -> None:
        if self.next is None:
            return
        if not self._fits(self.next):
            self.next = begin(*self.latest)
        self.next.advance(SLICE_S)
        self._show(self.next)
        self.looked()

    # Showing

    def _show(self, writing: Writing) -> None:
        self.writing = writing
        self.letters.characters = writing.letters()
        self.index = max(0, min(self.index, len(writing.choices) - 1))
        self._show_choice()

    def _show_choice(self) -> None:
        if not self.writing or not self.writing.choices:
            return
        tokens = self.writing.likeliest(self.index)
        visible = self.writing.corpus.visible
        self.shown = [Ref(CHOICE, (0, self.index, k)) for k in tokens]
        chosen = tokens.index(self.writing.tokens[self.index + 1])
        self.grid.param.update(
            values=[self.writing.choices[self.index][tokens].tolist()],
            row_labels=["how likely"], column_labels=[visible[k] for k in tokens],
            marks={f"0,{chosen}": "right"},
        )  # fmt: skip

    def text(self) -> str:
        if not self.writing:
            return "…"
        return (f"Written by the network of step {self.writing.step:,}, at temperature "
                f"{self.writing.temperature:g} with seed {self.writing.draw}. The tint is how "
                "likely each character was. Select one to see what else there was.")  # fmt: skip

    def choice_text(self) -> str:
        if not self.writing or not self.writing.choices:
            return "…"
        before = self.writing.corpus.vocabulary.decode(
            np.array(self.writing.tokens[max(0, self.index - 19) : self.index + 1])
        )
        seen = "".join(SHOWN.get(character, character) for character in before)
        likeliest = "likeliest " if len(self.writing.corpus.visible) > MOST_CHOICES else ""
        return (f"After “{seen}”: the {likeliest}characters and how likely each was; ✓ was drawn. "
                "Select one to open it.")  # fmt: skip

    def explanation(self, ref: Ref) -> Explanation:
        """Of a number of what is written."""
        if self.writing is None:
            raise ValueError("nothing is written yet")
        if ref.tensor != CHOICE:
            return explain(self.writing.trace, ref)
        visible = self.writing.corpus.visible
        return explain_choice(self.writing.trace, ref, self.writing.temperature, visible)

    def light(self, lit: set[Ref]) -> None:
        shown = self.shown if self.writing and self.writing.choices else []
        self.grid.highlight = [[0, j] for j, ref in enumerate(shown) if ref in lit]
        self.letters.chosen = self.index if shown else -1

    def _told(self, message: Message) -> None:
        if message["type"] != "open" or self.writing is None:
            return
        self.index = int(message["index"])
        self._show_choice()
        self.receive(message, Ref(CHOICE, (0, self.index, self.writing.tokens[self.index + 1])))
        self.looked()

    def _chosen(self, message: Message) -> None:
        self.receive(message, self.shown[int(message["column"])])
