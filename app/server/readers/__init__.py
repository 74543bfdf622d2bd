"""Files that are data: what kinds there are, and how each is read.

A file comes from somebody who may be mistaken, or who lies. So a reader looks at each size before
it makes room for what it promises, and says in words what is wrong and what would be right.
"""

from __future__ import annotations

from pathlib import Path

from app.server.readers.opened import Opened, Reader
from app.server.readers.text import read_text
from core.spec.checks import require, require_choice

READERS: dict[str, Reader] = {"text": read_text}

__all__ = ["READERS", "Opened", "read"]


def read(kind: str, paths: list[Path], options: object) -> Opened:
    """The samples in files of a kind; raises ValueError saying what is wrong with which."""
    require_choice("kind", kind, READERS)
    require(isinstance(options, dict), "options", options, "an object")
    assert isinstance(options, dict)
    chosen = {name: value for name, value in options.items() if name != "more"}
    return READERS[kind](paths, chosen)
