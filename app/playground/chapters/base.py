"""What every chapter is: prose, a state, a stage, and answers to what the learner does."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, Protocol

from app.playground.changes import describe, differing, plain, small, values_of
from app.playground.packages import Loader
from app.playground.past import Memento, Past
from app.playground.remote.connection import Connection
from app.playground.state import ChapterState, Integers, Numbers, address, rounded
from app.playground.views import Arithmetic, Bridge, Controls, Stage, Transport
from app.playground.views.component import Message
from core.explain import Explanation, Ref, Trace, explain

PARTS = {
    "neurons": "Neurons",
    "images": "Images",
    "sequences": "Sequences",
}


class Instruments(Protocol):
    """The instruments that all chapters share, and where the app runs."""

    bridge: Bridge
    controls: Controls
    stage: Stage
    arithmetic: Arithmetic
    transport: Transport
    frame: Any
    place: str
    load: Loader
    connection: Connection  # to a training server, when there is one
    before: dict[str, Any]  # where this tab left a network that trained elsewhere, or {}

    @property
    def theme(self) -> str: ...

    def say_error(self, text: str) -> None: ...

    def save(self) -> None: ...

    def is_open(self, chapter: Chapter) -> bool: ...


class Chapter(ABC):
    """Base of the chapters. A chapter lives as long as the page; `enter` puts it on the stage."""

    id: ClassVar[str]
    number: ClassVar[str]
    part: ClassVar[str]
    title: ClassVar[str]
    summary: ClassVar[str]
    lead: ClassVar[str]  # Markdown, above the stage
    notes: ClassVar[str]  # Markdown, below it
    State: ClassVar[type[ChapterState]]
    # Whether an address is applied before the chapter is entered: where it decides which views
    # there are, the page cannot be given others first.
    applies_first: ClassVar[bool] = False

    def __init__(self, app: Instruments) -> None:
        self.app = app
        self.state = self.State()
        self.trail: list[Ref] = []
        self.pointed: Ref | None = None  # the number under the pointer
        self.trace: Trace | None = None
        self.past = Past(self.memento, self.recall, self.said, self._show_past)
        self.state.param.watch(self._state_changed, list(self.state.ADDRESS))

    # To be given by a chapter

    @abstractmethod
    def enter(self) -> None:
        """Put the chapter's views on the stage and fill the instruments."""

    def leave(self) -> None:
        """Stop whatever runs."""
        return None

    @abstractmethod
    def apply(self, values: dict[str, Any]) -> None:
        """Change the state, and all that follows from it."""

    @abstractmethod
    def redraw(self) -> None:
        """Show the state anew, such as after a change of theme."""

    def controlled(self, message: Message) -> None:
        """A field of the controls was set, or a button pressed."""
        self.apply({message["name"]: message["value"]})

    @abstractmethod
    def transported(self, message: Message) -> None:
        """A button of the transport was pressed."""

    def steered(self, block: int, x: float, y: float) -> None:
        """Arrow keys were pressed on a block of the stage that takes them."""
        return None

    def served(self) -> None:
        """Something has changed about the training server."""
        return None

    def checkpoint(self) -> dict[str, Any]:
        """What the address does not hold and would be lost with Python, as JSON data."""
        return {}

    def restore(self, data: dict[str, Any]) -> None:
        """Take back a checkpoint; raises ValueError when it does not fit."""
        return None

    def edit(self, ref: Ref, value: float) -> None:
        """The learner typed another value for a number."""
        raise ValueError("this number follows from others, and is not to be changed")

    # Changing the state

    def take(self, values: dict[str, Any]) -> None:
        """Put values from the page into the state; raises ValueError where one cannot be."""
        self.state.apply({name: check(self.state, name, value) for name, value in values.items()})

    @contextmanager
    def trying(self, values: dict[str, Any]) -> Iterator[None]:
        """Take values, and make of them what follows; where that raises ValueError, the state is
        what it was before."""
        old = {name: getattr(self.state, name) for name in values}
        self.take(values)
        try:
            yield
        except ValueError:
            self.state.apply(old)
            raise

    # Opening numbers

    def number_told(self, message: Message, ref: Ref) -> None:
        """A cell that shows `ref` was pointed at or left, opened, or edited."""
        kind = message["type"]
        if kind in ("point", "leave"):
            self.pointed = ref if kind == "point" else None
            self.light()
            return
        if kind == "edit":
            self.edit(ref, float(message["value"]))
        self.open(ref)

    def open(self, ref: Ref) -> None:
        """Open a number on its own; the trail starts with it."""
        self.trail = [ref]
        self.opened()

    def follow(self, message: Message) -> None:
        """The arithmetic panel asks for a number within the shown one, or for the way back."""
        if message["type"] == "back":
            self.trail = self.trail[: int(message["index"]) + 1]
        else:
            tensor, index = message["ref"]["tensor"], message["ref"]["index"]
            self.trail.append(Ref(str(tensor), tuple(int(i) for i in index)))
        self.opened()

    def opened(self) -> None:
        """Show the trail, and light what the last number was computed from."""
        self.app.arithmetic.asked += 1
        self.show_trail()
        self.light()

    def show_trail(self) -> None:
        self.app.arithmetic.trail = [e.to_dict() for e in self.explanations()]

    def explanations(self) -> list[Explanation]:
        """The trail explained; it ends where a number is no longer part of the network."""
        found = self._explained(self.trail)
        del self.trail[len(found) :]
        return found

    def _explained(self, refs: list[Ref]) -> list[Explanation]:
        found: list[Explanation] = []
        for ref in refs:
            try:
                found.append(self.explanation(ref))
            except (ValueError, AssertionError):
                break
        return found

    def explanation(self, ref: Ref) -> Explanation:
        """Open one number; raises ValueError where there is none."""
        assert self.trace is not None
        return explain(self.trace, ref)

    def lit(self) -> set[Ref]:
        """The number that is pointed at, or else the opened one, and all it was computed from."""
        refs = [self.pointed] if self.pointed else self.trail[-1:]
        found = self._explained(refs)
        if not found:
            return set()
        factors = [f for term in found[0].terms for f in term.factors] + list(found[0].arguments)
        factors += found[0].uses
        return {found[0].ref} | {factor.ref for factor in factors if factor.ref}

    def light(self) -> None:
        """Light the cells and edges of `lit`; chapters with instruments to light do so."""
        return None

    # The address

    def write_address(self) -> None:
        self.app.bridge.address = address(self.id, self.state)
        self.past.show()

    # Undo and redo. Every change of the state is noted by itself; what else a chapter changes, it
    # notes by `past.will()` before, and keeps in `kept`.

    def kept(self) -> Any:
        """What undoing must bring back besides the state; equal when nothing of it changed."""
        return self.checkpoint()

    def bring_back(self, kept: Any) -> None:
        """Make the rest what it was when `kept` was asked for; the state is that of then."""
        if kept:
            self.restore(kept)

    def memento(self) -> Memento:
        return Memento(values_of(self.state), self.kept())

    def recall(self, memento: Memento) -> None:
        """Make the chapter what it was. One value may follow from another, hence a second time."""
        self.transported({"type": "pause"})
        for _ in range(2):
            now = values_of(self.state)
            if names := differing(memento.values, now):
                self.apply({name: memento.values[name] for name in names})
        self.bring_back(memento.kept)

    def said(self, before: Memento, after: Memento) -> str:
        """What the learner did between two moments, in a few words."""
        return describe(self.state, before.values, after.values, self._written, self.item)

    def item(self, name: str, index: int) -> str:
        """What a number of a list is called."""
        return f"{small(self.state.param[name].label)}, number {index + 1}:"

    def _written(self, name: str, value: Any) -> str:
        """A value as its field shows it."""
        fields = [f for f in self.app.controls.fields if f["name"] == name]
        options = fields[0].get("options", []) if fields else []
        return next((o["label"] for o in options if o["value"] == value), plain(value))

    def _state_changed(self, *events: Any) -> None:
        if not self.past.begins:
            return
        old = {event.name: event.old for event in events}
        self.past.will(Memento(values_of(self.state) | old, self.kept()))

    def _show_past(self, undo: str, redo: str) -> None:
        if self.app.is_open(self):
            self.app.transport.param.update(undo=undo, redo=redo)


def field(
    state: ChapterState, name: str, kind: str, group: str = "", **extra: Any
) -> dict[str, Any]:
    """The description of a control for one parameter, with its bounds and help text."""
    parameter = state.param[name]
    made = {
        "name": name,
        "label": parameter.label,
        "kind": kind,
        "value": getattr(state, name),
        "help": parameter.doc or "",
        "group": group,
    }
    if kind in ("number", "integer"):
        low, high = parameter.bounds
        step = parameter.step or (1 if kind == "integer" else 0.1)
        made |= {"min": low, "max": high, "step": step}
    return made | extra


def check(state: ChapterState, name: str, value: Any) -> Any:
    """A value from the page as the parameter wants it; raises ValueError saying what is wrong."""
    parameter = state.param[name]
    if isinstance(parameter, Integers | Numbers):
        values = [float(item) for item in value]
        low, high = parameter.limits
        if not all(low <= item <= high for item in values):
            raise ValueError(f"{parameter.label} must be from {low:g} to {high:g}")
        if isinstance(parameter, Integers):
            return [int(item) for item in values]
        return rounded(parameter, values)
    return value
