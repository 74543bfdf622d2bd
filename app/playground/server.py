"""Puts the app into a page under `panel serve`, from the same template as the static site."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from urllib.parse import urlencode

import panel as pn

from app.playground.application import App
from app.playground.frame import environment, frame_context, mount_served
from app.playground.remote.address import Address
from app.playground.remote.wire import UNANSWERED, Surroundings, WireClosed
from app.protocol.frames import Frame
from app.protocol.inside import InsideLine, offered

PICTURE_S = 1 / 30
CLOSED = "start the app with python3 build.py panel, which has a training server in it"


class Inside:
    """A Wire to the training server in this very process."""

    waiting = 0

    def __init__(self, line: InsideLine) -> None:
        self._line = line
        self.send, self.close = line.send, line.close

    async def receive(self) -> Frame:
        frame = await self._line.receive()
        if frame is None:
            raise WireClosed(self._line.code or UNANSWERED)
        return frame


async def connect(address: Address) -> Inside:
    opened = offered()
    if opened is None:
        raise WireClosed(UNANSWERED)
    return Inside(opened())


def surroundings() -> Surroundings:
    """Visitors train on the server that the page runs on, if it trains, and on no other."""
    if offered():
        return Surroundings(connect, "", own=Address("", ""))
    return Surroundings(connect, "", closed=CLOSED)


def serve_app() -> None:
    """Build the app for the visitor's address, and the page around it."""
    document = pn.state.curdoc

    async def frame(update: Callable[[], None]) -> None:
        """Run the update with the document's lock; then leave time to send and paint it. When the
        visitor has gone, whoever publishes ends."""
        if document.session_context is None:
            raise asyncio.CancelledError
        done = asyncio.Event()

        def locked() -> None:
            try:
                update()
            finally:
                done.set()

        document.add_next_tick_callback(locked)
        await done.wait()
        await asyncio.sleep(PICTURE_S)

    arguments = pn.state.session_args or {}
    query = urlencode({key: values[0] for key, values in arguments.items()})
    # Sent one by one, a change to a figure could come while its view is being built.
    app = App(f"?{query}" if query else "", frame, "on this server",
              hold=lambda: pn.io.hold(document), around=surroundings())  # fmt: skip
    pn.state.on_session_destroyed(lambda _: app.leave())
    page = environment().get_template("served.html").render(**frame_context(mount_served))
    template = pn.Template(page)
    for slot, view in app.slots.items():
        template.add_panel(slot, view)
    template.servable(title="Glassnet")
