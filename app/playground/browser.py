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


def start(query: str, checkpoint: str | None, send: Callable[[str, Any], None]) -> Any:
    """Build the app for the page's address and send its document; return the page's handle."""
    init_doc()
    document = state.curdoc
    link = Link(document, pyodide.ffi.create_proxy(send))
    app = App(query, link.frame, "in this page", checkpoint, load_group)
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
