"""The app without a page: what the learner does goes in, what the page shows comes out."""

import asyncio

import panel as pn
import pytest
from bokeh.document import Document

from app.playground.application import App


async def frame(update):
    update()
    await asyncio.sleep(0)


@pytest.fixture(autouse=True)
def forget():
    """Panel keeps every view in a document until its session ends, and there is none here."""
    yield
    pn.state._views.clear()


@pytest.fixture
def open_app():
    def open_at(query="", checkpoint=None):
        app = App(query, frame, "here", checkpoint)
        app.add_to(Document())
        return app

    return open_at
