"""A file of pictures on its way to the training server, and what comes back of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from app.playground.chapters.base import Instruments
from app.playground.chapters.images.cnn_served import ALONE, HINT, ServedPictures, kind_of, shown
from app.playground.remote.connection import Gone
from app.playground.remote.uploads import CalledOff, hash_of, send
from app.playground.remote.wire import WireClosed
from app.playground.views import FileSender
from app.playground.views.component import Message

MOST_BYTES = 1 << 28  # as much as a server takes, unless it was told otherwise


class Sending:
    """`options` are those to open a file with; `use` is given the pictures."""

    def __init__(self, app: Instruments, options: Callable[[], dict[str, Any]],
                 use: Callable[[ServedPictures], None]) -> None:  # fmt: skip
        self.app, self.options, self.use = app, options, use
        self.view = FileSender(self._told, label="A large file of pictures", hint=HINT)
        self._name, self._size = "", 0
        self._data = bytearray()
        self._there: tuple[int, int] | None = None  # of what goes to the server
        self._is_off = self._is_telling = False
        self._task: asyncio.Task[None] | None = None

    def show(self) -> None:
        """Say whether a file can be taken now."""
        is_open = self.app.connection.is_on or bool(self.view.progress)
        self.view.disabled = "" if is_open else ALONE

    # From the page

    def _told(self, message: Message) -> None:
        try:
            getattr(self, f"_{message['type']}")(message)
        except ValueError as error:
            self._end(error)

    def _begin(self, message: Message) -> None:
        self._name, self._size = str(message["name"]), int(message["size"])
        if not 0 < self._size <= MOST_BYTES:
            raise ValueError(f"“{self._name}” has {self._size:,} bytes; a server takes files of 1 to "
                             f"{MOST_BYTES:,}")  # fmt: skip
        self._data, self._is_off = bytearray(), False
        self.view.param.update(error="", note="", wants=True,
                               progress=self._progress("Reading", 0, self._size))  # fmt: skip

    def _piece(self, message: Message) -> None:
        if not self.view.wants or message["offset"] != len(self._data):
            return
        self._data += self.view.piece(message)
        self.view.progress = self._progress("Reading", len(self._data), self._size)
        if len(self._data) >= self._size:
            self.view.wants = False
            data, self._data = bytes(self._data), bytearray()
            kind = kind_of(self._name, data)
            self._task = asyncio.get_running_loop().create_task(self._deliver(kind, data))

    def _cancel(self, message: Message) -> None:
        self._is_off, self._data = True, bytearray()
        self.view.param.update(wants=False, progress={}, note="Not sent.")

    # To the server

    async def _deliver(self, kind: str, data: bytes) -> None:
        name, options = hash_of(data), self.options()
        try:
            await send(self.app.connection, name, data, self._sent)
            answer, arrays = await self.app.connection.ask("open", sha256=name, kind=kind,
                                                           options=options)  # fmt: skip
            found = shown(self._name, name, kind, options, answer["facts"], arrays)
        except CalledOff:
            return
        except (ValueError, WireClosed, Gone) as error:
            lost: Any = error
            await self.app.frame(lambda: self._end(lost))
            return
        await self.app.frame(lambda: self._finish(found))

    def _sent(self, there: int, total: int) -> bool:
        self._there = there, total
        if not self._is_telling:
            self._is_telling = True
            asyncio.get_running_loop().create_task(self._tell())
        return not self._is_off

    async def _tell(self) -> None:
        await self.app.frame(self._say)

    def _say(self) -> None:
        self._is_telling = False
        if self._there and self.view.progress:
            self.view.progress = self._progress("Sending", *self._there)

    def _progress(self, what: str, value: int, total: int) -> dict[str, Any]:
        label = f"{what} “{self._name}”: {value / 1e6:.1f} of {total / 1e6:.1f} MB"
        return {"label": label, "value": value, "total": total}

    def _finish(self, found: ServedPictures) -> None:
        if self._is_off:
            return
        self._there = None
        self.view.param.update(progress={}, note="", error="")
        try:
            self.use(found)
        except ValueError as error:
            self._end(error)

    def _end(self, error: Exception) -> None:
        self._there, self._data = None, bytearray()
        text = str(error).rstrip(".")
        self.view.param.update(wants=False, progress={}, note="",
                               error=f"{text[:1].upper()}{text[1:]}. Nothing was changed.")  # fmt: skip
        self.show()
