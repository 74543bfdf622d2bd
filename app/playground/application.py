"""The app: the instruments, the chapter that is open, and the way between them and the page."""

from __future__ import annotations

import asyncio
import functools
import json
import logging
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from bokeh.document import Document

from app.playground import chapters
from app.playground.chapters.base import Chapter
from app.playground.packages import Loader, load_installed
from app.playground.remote.connection import Connection
from app.playground.remote.wire import Surroundings, unreachable
from app.playground.session import Frame
from app.playground.state import read_query, read_state, shorten
from app.playground.views import Arithmetic, Bridge, Controls, Stage, Transport
from app.playground.views.component import Message

log = logging.getLogger(__name__)
Hold = Callable[[], AbstractContextManager[None]]
ALONE = Surroundings(unreachable, "")
UNEXPECTED = "Something went wrong in this page, and was left undone"


class App:
    """One learner's app. `frame` publishes pictures at the pace of whoever looks; `place` says
    where the arithmetic runs; `load` fetches packages that only some chapters need; `hold` keeps
    back what an act changes until all of it is done; `around` says how to reach training servers,
    and `before` where the tab left a network that trained on one."""

    def __init__(self, query: str, frame: Frame, place: str, checkpoint: str | None = None,
                 load: Loader = load_installed, hold: Hold = nullcontext,
                 around: Surroundings = ALONE, before: str = "") -> None:  # fmt: skip
        self.frame, self.place, self.load, self.hold = frame, place, load, hold
        self.connection = Connection(around, self._connection_changed)
        self.before: dict[str, Any] = json.loads(before or "{}")
        self._is_telling = False
        self.bridge = Bridge(self._guarded(self._told))
        self.controls = Controls(self._guarded(self._controlled))
        self.stage = Stage(self._guarded(self._steered))
        self.arithmetic = Arithmetic(self._guarded(lambda m: self.chapter.follow(m)))
        self.transport = Transport(self._guarded(self._transported))
        self.visited: dict[str, Chapter] = {}
        self._chapter: Chapter | None = None
        self._guarded(lambda _: self.navigate(query))({})
        if checkpoint:
            self._guarded(self._restore)({"json": checkpoint})
        self.bridge.query = query
        self.bridge.param.watch(lambda _: self.chapter.redraw(), "theme")
        if around.own:
            self.connection.connect(around.own)
        if self.before:
            self._say_before()

    @property
    def theme(self) -> str:
        return str(self.bridge.theme)

    @property
    def chapter(self) -> Chapter:
        """The chapter that is open."""
        assert self._chapter is not None
        return self._chapter

    def is_open(self, chapter: Chapter) -> bool:
        return chapter is self._chapter

    @property
    def slots(self) -> dict[str, Any]:
        """The views by the place in the page where each belongs."""
        return {
            "controls": self.controls,
            "stage": self.stage,
            "arithmetic": self.arithmetic,
            "transport": self.transport,
            "bridge": self.bridge,
        }

    def add_to(self, document: Document) -> dict[str, str]:
        """Add all views to a document; return the page's element for each root."""
        roots = {view.get_root(document): f"slot-{slot}" for slot, view in self.slots.items()}
        with document.models.freeze():  # the document looks for new models once, not at each root
            for model in roots:
                document.add_root(model)
        return {model.id: slot for model, slot in roots.items()}

    # Chapters

    def _visit(self, name: str) -> Chapter:
        if name not in self.visited:
            self.visited[name] = chapters.load(name)(self)
        return self.visited[name]

    def navigate(self, query: str) -> None:
        """Open what an address says; what it says wrongly is reported, and replaced by defaults."""
        parts, problems = read_query(query)
        name = parts.get("chapter", chapters.FIRST)
        if name not in chapters.MODULES:
            problems.append(f"There is no chapter “{shorten(name)}”; this is the first one.")
            name = chapters.FIRST
        if self._chapter:
            self._chapter.leave()
        self.transport.param.update(time={}, menu={})  # few chapters have one
        is_new = name not in self.visited
        self._chapter = self._visit(name)
        self.chapter.past.gesture()
        values, wrong = read_state(type(self.chapter.state), parts)
        # A bare address shows a chapter as it was left; one that says more starts from defaults.
        if values:
            values = self.chapter.state.defaults() | values
        self._enter(values)
        self.chapter.served()
        if is_new:
            self.chapter.past.start()
        self.bridge.notices = [{"level": "error", "text": text} for text in problems + wrong]
        self.chapter.write_address()

    def _enter(self, values: dict[str, Any]) -> None:
        """Open the chapter as an address says, in the order that it asks for."""
        if values and self.chapter.applies_first:
            try:
                self.chapter.apply(values)
            finally:
                self.chapter.enter()
            return
        self.chapter.enter()
        if values:
            self.chapter.apply(values)

    # The training server

    def _connection_changed(self) -> None:
        """It changes while nobody in the page has done anything; so the page is told with the next
        picture, of many changes once."""
        if not self._is_telling:
            self._is_telling = True
            asyncio.get_running_loop().create_task(self._tell_served())

    async def _tell_served(self) -> None:
        def tell() -> None:
            self._is_telling = False
            self.chapter.served()

        await self.frame(tell)

    def leave(self) -> None:
        """Nobody looks any more; the views may be gone already."""
        try:
            self.chapter.leave()
        finally:
            self.connection.close()

    def _say_before(self) -> None:
        text = ("A network was trained on a training server when this page was closed, and may be "
                f"there still. In chapter {self.before.get('chapter', '').upper()}, the menu of "
                "engines below fetches it.")  # fmt: skip
        self.bridge.notices = [*self.bridge.notices, {"level": "info", "text": text}]

    # What the learner does

    def _told(self, message: Message) -> None:
        """By the bridge: a link was followed, a key was pressed, or a gesture begins."""
        if message["type"] == "navigate":
            self._follow(message["query"])
        elif message["type"] == "gesture":
            self.chapter.past.gesture()
        elif message["key"] in ("undo", "redo"):
            self._go(message["key"])
        else:
            self._key(message)

    def _follow(self, query: str) -> None:
        """Open what a link says, and tell the page, which shows until then that it waits."""
        try:
            self.navigate(query)
        finally:
            self.bridge.arrivals += 1

    def _go(self, way: str) -> None:
        """Undo or redo one step, and say which."""
        past = self.chapter.past
        said = past.undo() if way == "undo" else past.redo()
        if said:
            self.bridge.announcement = f"{'Undone' if way == 'undo' else 'Done again'}: {said}."
        self._after_change()

    def _key(self, message: Message) -> None:
        kinds = {"k": "pause" if self.transport.running else "play", "r": "reset"}
        steps = self.transport.steps
        if message["key"] == "." and steps:
            self.chapter.transported({"type": "step", "id": steps[0]["id"]})
        elif message["key"] in kinds:
            self.chapter.transported({"type": kinds[message["key"]]})

    def _controlled(self, message: Message) -> None:
        try:
            self.chapter.controlled(message)
            self.controls.errors = {}
        except ValueError as error:
            self.controls.errors = {message["name"]: sentence(error)}
        self._after_change()

    def _steered(self, message: Message) -> None:
        self.chapter.steered(int(message["index"]), float(message["x"]), float(message["y"]))
        self._after_change()

    def _transported(self, message: Message) -> None:
        if message["type"] in ("undo", "redo"):
            self._go(message["type"])
            return
        self.chapter.transported(message)
        self._after_change()

    def _after_change(self) -> None:
        self.chapter.write_address()
        self.save()

    def save(self) -> None:
        """Give the page what would be lost with Python."""
        data = {"chapter": self.chapter.id, "data": self.chapter.checkpoint()}
        self.bridge.checkpoint = json.dumps(data)

    def _restore(self, message: Message) -> None:
        saved = json.loads(message["json"])
        if saved.get("chapter") == self.chapter.id:
            self.chapter.restore(saved.get("data", {}))

    # When something goes wrong

    def say_error(self, text: str) -> None:
        self.bridge.notices = [{"level": "error", "text": text}]

    def _guarded(self, act: Callable[[Message], None]) -> Callable[[Message], None]:
        """Whatever fails is said in the page, in words; the details go to the log."""

        @functools.wraps(act)
        def guarded(message: Message) -> None:
            try:
                with self.hold():
                    act(message)
            except ValueError as error:
                self.say_error(sentence(error))
            except Exception as error:
                log.exception("while handling %s", message.get("type"))
                self.say_error(f"{UNEXPECTED}: {type(error).__name__}.")

        return guarded


def sentence(error: Exception) -> str:
    """An error's message as a sentence."""
    text = str(error).rstrip(".")
    return f"{text[:1].upper()}{text[1:]}."
