"""Our side in the browser's worker: prepare a job, then work at it in chunks of some length."""

from __future__ import annotations

import importlib
import time
from typing import Any

CHUNK_S = 0.010
current: Any = None


def prepare(family: str, name: str) -> float:
    """Set up a family's job and do its first unit of work; return the loss after it."""
    global current
    current = importlib.import_module(family).Contestant(name)
    current.work()
    return float(current.loss())


def run(seconds: float) -> list[float]:
    """Seconds for a unit of work, one value a chunk."""
    chunks, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end:
        start, units = time.perf_counter(), 0
        while (spent := time.perf_counter() - start) < CHUNK_S:
            current.work()
            units += getattr(current, "units", 1)
        chunks.append(spent / units)
    return chunks
