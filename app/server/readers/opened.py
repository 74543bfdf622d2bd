"""What a reader makes of files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.data.samples import Samples


@dataclass(frozen=True)
class Opened:
    """Samples, and what else there is to be said of them, as plain data for JSON."""

    samples: Samples
    facts: dict[str, Any]


# From files that belong together, and the options that the page chose.
Reader = Callable[[list[Path], dict[str, Any]], Opened]


def only_file(paths: list[Path], what: str) -> Path:
    """Of data that are one file; raises ValueError when there are more."""
    if len(paths) != 1:
        raise ValueError(f"there are {len(paths)} files; {what} is one")
    return paths[0]
