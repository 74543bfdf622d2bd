"""Runs the app inside the page's Pyodide worker; the only module that knows of a browser.

The page and Python share one Bokeh document. Everything that changes while Python handles one
message, or computes one picture, crosses to the page as one patch.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import json
import warnings
from collections.abc import Callable
from typing import Any

import js
import numpy
import pyodide.code
import pyodide.ffi

from app.playground.imports import Blank, prepare_panel

gc.disable()  # imports make many objects and hardly any garbage; `start` enables it again
prepare_panel()
# Panel evaluates JavaScript while it is imported, which the site's security policy forbids; the
# worker module has the function that this would make.
pyodide.code.run_js = lambda _: js.entriesToObject

from bokeh.core.serialization import Serialized, Serializer  # noqa: E402
from bokeh.document import Document  # noqa: E402
from bokeh.document.events import DocumentChangedEvent, ModelChangedEvent  # noqa: E402
from bokeh.document.json import PatchJson  # noqa: E402
from bokeh.util.serialization import make_globally_unique_id  # noqa: E402
from panel.io.pyodide import init_doc  # noqa: E402
from panel.io.state import state  # noqa: E402

from app.playground.application import App  # noqa: E402
from app.playground.packages import GROUPS, PackagesError, Progress  # noqa: E402
from app.playground.remote.address import Address  # noqa: E402
from app.playground.remote.wire import UNANSWERED, Surroundings, WireClosed  # noqa: E402
from app.protocol import KEY_PREFIX, PATH, SUBPROTOCOL  # noqa: E402
from app.protocol.frames import Frame  # noqa: E402

FRAME_TIMEOUT_S = 1.0  # a hidden page paints nothing; training goes on at this pace


class Link:
    """Both ends of the document: collects what Python changed, applies what the page changed."""

    def __init__(self, document: Document, send: Callable[[str, Any], None]) -> None:
        self.document = document
        self.send = send
        self.events: list[DocumentChangedEvent] = []
        self.painted = asyncio.Event()
        document.on_change(self._collect)

    def _collect(self, event: DocumentChangedEvent) -> None:
        if event.setter != "page":
            self.events.append(event)

    def receive(self, kind: str, content: str | None) -> None:
        """Handle a message of the page: a `patch` of the document, or word that it `painted`."""
        if kind == "painted":
            self.painted.set()
            return
        patch = Serialized(content=json.loads(content or "{}"))
        self.document.apply_json_patch(patch, setter="page")
        self.flush()

    def flush(self) -> None:
        """Send everything that changed as one patch, arrays as binary buffers beside it."""
        events = [event for event in _combined(self.events) if _is_present(event)]
        self.events.clear()
        if not events:
            return
        serializer = Serializer(references=self.document.models.synced_references)
        patch = PatchJson(events=serializer.encode(events))
        self.document.models.flush_synced(lambda model: not serializer.has_ref(model))
        buffers = {buffer.id: pyodide.ffi.to_js(buffer.to_bytes()).buffer
                   for buffer in serializer.buffers}  # fmt: skip
        message = json.dumps({"type": "patch", "json": patch}, default=lambda buffer: buffer.ref)
        self.painted.clear()
        self.send(message, js.Map.new(list(buffers.items())))

    async def frame(self, update: Callable[[], None]) -> None:
        """Update the document while the page paints the picture before, and send it once that is
        done: both work at the same time, and no picture is ever queued."""
        update()
        try:
            await asyncio.wait_for(self.painted.wait(), FRAME_TIMEOUT_S)
        except TimeoutError:
            self.painted.set()
        self.flush()


def _combined(events: list[DocumentChangedEvent]) -> list[DocumentChangedEvent]:
    """Each property once, with its last value, where it changed first: the page then builds no
    views that another change of the same patch would replace."""
    kept: dict[Any, DocumentChangedEvent] = {}
    for event in events:
        key = (event.model, event.attr) if isinstance(event, ModelChangedEvent) else event
        if not (key in kept and kept[key].combine(event)):
            kept[key] = event
    return list(kept.values())


def _is_present(event: DocumentChangedEvent) -> bool:
    """Whether what has changed is part of the document. A view that came and went again within one
    message never reaches the page, so the page could not tell what its changes are about."""
    model = getattr(event, "model", None)
    return model is None or model.document is not None


async def load_group(group: str, progress: Progress) -> None:
    """Have the worker load the wheels of a group from the site's own files."""
    told = pyodide.ffi.create_proxy(progress)
    try:
        problem = await js.loadGroup(group, told)
    except asyncio.CancelledError:
        js.stopLoading()
        raise
    finally:
        told.destroy()
    if problem:
        raise PackagesError(
            f"{GROUPS[group][1]} could not be loaded from this site ({problem}). "
            "Nothing was lost: try again"
        )
    importlib.invalidate_caches()
    # threadpoolctl, once asked for threads, uses an old name of the runtime's.
    warnings.filterwarnings("ignore", message=".*as_object_map.*")
    # SciPy asks NumPy for all of its names; this one, a compiler of Fortran, is not in the page.
    numpy.f2py = Blank("numpy.f2py")


class Socket:
    """A Wire over a WebSocket of the browser's, which asks for its permission itself."""

    def __init__(self, address: Address) -> None:
        self._frames: asyncio.Queue[Frame | WireClosed] = asyncio.Queue()
        self._opened = asyncio.Event()
        self._socket = js.WebSocket.new(
            address.url, pyodide.ffi.to_js([SUBPROTOCOL, KEY_PREFIX + address.key])
        )
        self._socket.binaryType = "arraybuffer"
        for kind in ("open", "message", "close"):
            setattr(self._socket, f"on{kind}", pyodide.ffi.create_proxy(getattr(self, f"_{kind}")))

    def _open(self, event: Any) -> None:
        self._opened.set()

    def _message(self, event: Any) -> None:
        data = event.data
        self._frames.put_nowait(data if isinstance(data, str) else data.to_bytes())

    def _close(self, event: Any) -> None:
        self._frames.put_nowait(WireClosed(event.code, event.reason))
        self._opened.set()

    async def opened(self) -> None:
        """Once it is decided; what went wrong is received then."""
        await self._opened.wait()

    @property
    def waiting(self) -> int:
        return int(self._socket.bufferedAmount)

    def send(self, frame: Frame) -> None:
        if self._socket.readyState == js.WebSocket.OPEN:
            self._socket.send(frame if isinstance(frame, str) else pyodide.ffi.to_js(frame))

    async def receive(self) -> Frame:
        frame = await self._frames.get()
        if isinstance(frame, WireClosed):
            raise frame
        return frame

    def close(self) -> None:
        self._socket.close()


async def connect(address: Address) -> Socket:
    try:
        socket = Socket(address)
    except pyodide.ffi.JsException as error:  # browsers that never let a page do this
        raise WireClosed(UNANSWERED, str(error)) from None
    await socket.opened()
    return socket


async def permission() -> str:
    """The state of the one that reaching this machine needs, as the page has it."""
    return str(await js.permission())


def surroundings(token: str) -> Surroundings:
    """With a token, the page came from a training server, and may connect to it."""
    origin = str(js.self.location.origin)
    own = Address(f"ws{origin.removeprefix('http')}{PATH}", token) if token else None
    return Surroundings(connect, origin, permission, own)


def start(query: str, checkpoint: str | None, send: Callable[[str, Any], None], token: str = "",
          kept: str = "") -> Any:  # fmt: skip
    """Build the app for the page's address and send its document; return the page's handle."""
    init_doc()
    document = state.curdoc
    link = Link(document, pyodide.ffi.create_proxy(send))
    app = App(query, link.frame, "in this page", checkpoint, load_group,
              around=surroundings(token), before=kept)
    roots = app.add_to(document)
    documents = {make_globally_unique_id(): document.to_json(deferred=False)}
    document._session_context = None  # it stood in for a server only while the app was built
    document.unhold()
    state._loaded[document] = state._connected[document] = True
    link.events.clear()
    message = {"type": "document", "documents": documents, "roots": roots}
    send(json.dumps(message), None)
    gc.freeze()
    gc.enable()
    handle = {"receive": pyodide.ffi.create_proxy(link.receive)}
    return pyodide.ffi.to_js(handle, dict_converter=js.Object.fromEntries)
