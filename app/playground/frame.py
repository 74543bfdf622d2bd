"""The page around the app: the same template for the static site and for `panel serve`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup

from app.playground import chapters
from app.playground.chapters.base import PARTS, Chapter

STATIC = Path(__file__).resolve().parents[2] / "static"
# The places in the page into which the app's views are put.
SLOTS = ("bridge", "controls", "stage", "arithmetic", "transport")


def environment() -> Environment:
    loader = FileSystemLoader(STATIC)
    return Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip


def mount(slot: str) -> Markup:
    """The empty element that will hold one of the app's views."""
    if slot not in SLOTS:
        raise ValueError(f"there is no slot {slot!r}; the slots are {', '.join(SLOTS)}")
    return Markup('<div class="slot" id="slot-{0}" data-slot="{0}"></div>').format(slot)


def mount_served(slot: str) -> Markup:
    """The same under `panel serve`, where Panel's own template fills the element."""
    return Markup(str(mount(slot)).replace("></div>", f">{{{{ embed(roots.{slot}) }}}}</div>"))


def frame_context(mount: Callable[[str], Markup] = mount) -> dict[str, Any]:
    """What the template needs: the chapters with their prose, and the slots."""
    classes = [chapters.load(name) for name in chapters.MODULES]
    parts = [
        {"title": title, "chapters": [describe(c) for c in classes if c.part == part]}
        for part, title in PARTS.items()
    ]
    parts = [part for part in parts if part["chapters"]]
    return {"parts": parts, "chapters": [describe(c) for c in classes], "mount": mount}


def describe(chapter: type[Chapter]) -> dict[str, str]:
    """A chapter's names, and its prose as HTML."""
    markdown = MarkdownIt("commonmark", {"html": False})
    return {
        "id": chapter.id,
        "number": chapter.number,
        "title": chapter.title,
        "summary": chapter.summary,
        "lead": Markup(markdown.render(chapter.lead)),
        "notes": Markup(markdown.render(chapter.notes)),
    }
