"""Undo and redo: what a chapter was before each thing that the learner did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

LIMIT = 50  # steps; the oldest is forgotten


@dataclass(frozen=True)
class Memento:
    """A chapter at one moment: its state, and `kept`, what belongs to it besides."""

    values: dict[str, Any]
    kept: Any = None


Said = Callable[[Memento, Memento], str]  # what was done, from before and after


@dataclass
class Step:
    before: Memento
    said: Said
    after: Memento | None = None  # None while it is the last one, and may go on


class Past:
    """The steps of one chapter that can be undone, and those that can be done again.

    `capture` tells what the chapter is now, `recall` makes it what it was, `said` describes a step,
    and `show` is told when the words for the next step back and forth may have changed.
    """

    def __init__(self, capture: Callable[[], Memento], recall: Callable[[Memento], None],
                 said: Said, show: Callable[[str, str], None]) -> None:  # fmt: skip
        self.capture, self.recall, self.said, self._show = capture, recall, said, show
        self.done: list[Step] = []
        self.undone: list[Step] = []
        self.is_held = True  # nothing is noted before `start`, nor while something is undone
        self.goes_on = False  # whether what is done next belongs to the last step

    def start(self) -> None:
        """Forget everything; from here on the learner acts."""
        self.done, self.undone, self.is_held, self.goes_on = [], [], False, False

    def gesture(self) -> None:
        """The learner begins something new: until the next gesture all that is done is one step."""
        self.goes_on = False

    @property
    def begins(self) -> bool:
        """Whether what is done next begins a step."""
        return not (self.is_held or self.goes_on)

    def will(self, before: Memento | None = None, said: Said | None = None) -> None:
        """To be called before something is done; afterwards, `before` says what was."""
        if not self.begins:
            return
        self._drop_nothing()
        step = Step(before or self.capture(), said or self.said)
        if self.done:
            self.done[-1].after = step.before
        self.done = [*self.done, step][-LIMIT:]
        self.undone, self.goes_on = [], True

    def _drop_nothing(self) -> None:
        """A step that led back to where it began, or that was refused, is none."""
        if self.done and self.done[-1].after is None and self.done[-1].before == self.capture():
            self.done.pop()

    def undo(self) -> str:
        """Take back the last step; return what it was, or nothing where there is none."""
        self._drop_nothing()
        if not self.done:
            return ""
        step = self.done.pop()
        step.after = self.capture()
        self.undone.append(step)
        self._bring(step.before)
        if self.done:
            self.done[-1].after = None
        return step.said(step.before, step.after)

    def redo(self) -> str:
        """Do again what was undone last; return what it was, or nothing where there is none."""
        if not self.undone:
            return ""
        step = self.undone.pop()
        assert step.after
        if self.done:
            self.done[-1].after = step.before
        self.done.append(step)
        self._bring(step.after)
        return step.said(step.before, step.after)

    def _bring(self, memento: Memento) -> None:
        self.is_held, self.goes_on = True, False
        try:
            self.recall(memento)
        finally:
            self.is_held = False

    def show(self) -> None:
        """Say what would be undone and done again."""
        if self.is_held:
            return
        if not self.goes_on:
            self._drop_nothing()
        last, following = self.done[-1:], self.undone[-1:]
        self._show(*(self._words(steps[0]) if steps else "" for steps in (last, following)))

    def _words(self, step: Step) -> str:
        return step.said(step.before, step.after or self.capture()) or "the last step"
