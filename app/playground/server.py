"""Puts the app into a page under `panel serve`, from the same template as the static site."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from urllib.parse import urlencode

import panel as pn

from app.playground.application import App
from app.playground.frame import environment, frame_context, mount_served

PICTURE_S = 1 / 30


def serve_app() -> None:
    """Build the app for the visitor's address, and the page around it."""
    document = pn.state.curdoc

    async def frame(update: Callable[[], None]) -> None:
        """Run the update with the document's lock; then leave time to send and paint it."""
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
              hold=lambda: pn.io.hold(document))  # fmt: skip
    pn.state.on_session_destroyed(lambda _: app.chapter.leave())
    page = environment().get_template("served.html").render(**frame_context(mount_served))
    template = pn.Template(page)
    for slot, view in app.slots.items():
        template.add_panel(slot, view)
    template.servable(title="Glassnet")
