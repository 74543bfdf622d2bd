"""Random numbers from explicit seeds."""

from __future__ import annotations

import numpy as np


def generators(seed: int, count: int) -> list[np.random.Generator]:
    """Independent generators from one seed, so that one use cannot shift another's numbers."""
    return [np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(count)]
