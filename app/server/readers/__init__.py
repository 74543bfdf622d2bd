"""Files that are data: what kinds there are, and how each is read.

A file comes from somebody who may be mistaken, or who lies. So a reader looks at each size before
it makes room for what it promises, and says in words what is wrong and what would be right.
"""

from __future__ import annotations

from pathlib import Path

from app.server.readers.cifar import read_cifar10
from app.server.readers.folder import read_folder
from app.server.readers.idx import read_idx_pair
from app.server.readers.opened import Opened, Reader
from app.server.readers.text import read_text
from core.spec.checks import require, require_choice

READERS: dict[str, Reader] = {
    "idx": read_idx_pair, "cifar10": read_cifar10, "folder": read_folder, "text": read_text,
}  # fmt: skip

__all__ = ["READERS", "Opened", "read"]


def read(kind: str, paths: list[Path], options: object) -> Opened:
    """The samples in files of a kind; raises ValueError saying what is wrong with which."""
    require_choice("kind", kind, READERS)
    require(isinstance(options, dict), "options", options, "an object")
    assert isinstance(options, dict)
    chosen = {name: value for name, value in options.items() if name != "more"}
    return READERS[kind](paths, chosen)
