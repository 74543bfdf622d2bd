"""The section of a landscape that a picture shows: two parameters move, all others are held."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.playground.chapters.neurons.landscape_state import FLAT, LandscapeState
from app.playground.figures.heights import Heights
from core.isolines import even_levels, isolines, log_levels
from core.landscape import Landscape

Array = NDArray[np.floating]
POINTS = 61  # of the grid, each way
LEVELS = 14  # lines of equal loss, at most
SMALLEST = 1e-6  # of the greatest loss: by powers of ten, no smaller one is told apart


@dataclass(frozen=True)
class Section:
    """The losses, and the pieces (n, 4) of lines of equal loss."""

    heights: Heights
    pieces: Array


class Sections:
    """Computes a section only when something in it has changed."""

    def __init__(self) -> None:
        self._key: object = None

    def of(self, state: LandscapeState, landscape: Landscape, point: Array) -> Section:
        """Through a point (parameters,)."""
        places = [FLAT[state.first], FLAT[state.second]]
        held = np.delete(point, places)
        key = (state.spec, state.loss, *state.inputs.ravel(), *state.targets.ravel(),
               *places, state.reach, state.is_log, *held)  # fmt: skip
        if key != self._key:
            self._key, self._section = key, self._make(state, landscape, point, places)
        return self._section

    @staticmethod
    def _make(
        state: LandscapeState, landscape: Landscape, point: Array, places: list[int]
    ) -> Section:
        axis = np.linspace(-state.reach, state.reach, POINTS)
        losses = landscape.section(point, {place: axis for place in places})
        finite = losses[np.isfinite(losses)]
        low, high = float(finite.min(initial=np.inf)), float(finite.max(initial=0))
        low = max(min(low, high), SMALLEST * high) if state.is_log else min(low, high)
        levels = (log_levels if state.is_log and low > 0 else even_levels)(low, high, LEVELS)
        pieces, _ = isolines(axis, axis, losses, levels)
        heights = Heights(axis, axis, losses, low, high, state.is_log and low > 0)
        return Section(heights, pieces)
