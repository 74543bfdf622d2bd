"""The sentences under the titles of a network that learns pictures, made from the numbers shown."""

from __future__ import annotations

from app.playground.chapters.images.cnn_colours import PLANES
from app.playground.chapters.images.cnn_readings import surest
from app.playground.chapters.images.cnn_stage import LearnStage
from app.playground.chapters.images.cnn_state import LearnState
from app.playground.slow_session import Scores
from core.explain import Trace
from core.explain.paths import INPUT, previous


def sentences(
    trace: Trace, state: LearnState, stage: LearnStage, scores: Scores | None, classes: list[str]
) -> dict[str, str]:
    """A sentence for each kind of block."""
    layer, unit = stage.names[state.path], _unit(trace, state)
    k, p = surest(trace)
    weighted = stage.names[stage.weighted(trace, state.path)]
    into = _into(state, stage)
    return {
        "maps": f"{trace.network.parameters.size:,} numbers to learn. Select a map or a unit; violet "
                f"is negative, orange positive.{_without(state, scores)}",
        "into": f"{into[:1].upper()}{into[1:]}; framed: what the opened number reads.",
        "out": f"{layer}, {unit}. Select a number to open it.",
        "weights": f"{layer}, {unit}; type to change one." if stage.grids.has_weights
                   else f"{layer} has none; these are the last that were shown.",
        "kernels": f"{weighted}: they change as it learns.",
        "confusion": "Rows: what it is. Columns: what it is taken for. Select a number to see its "
                     "pictures.",
        "answer": f"{classes[k]}, with probability {p:.3f}.",
        "gallery": stage.mistakes_text(scores),
    }  # fmt: skip


def _unit(trace: Trace, state: LearnState) -> str:
    """Which map or unit of the layer is looked at."""
    shape = trace.output(state.path).shape[1:]
    return f"{'map' if len(shape) == 3 else 'unit'} {min(state.channel, shape[0])}"


def _into(state: LearnState, stage: LearnStage) -> str:
    """Which map goes into it."""
    before = previous(state.path)
    if stage.grids.source is None:
        return "the picture" if before == INPUT else stage.names.get(before, before)
    if before == INPUT:
        return f"the picture, its {PLANES[stage.grids.source]} plane"
    return f"{stage.names.get(before, before)}, map {stage.grids.source + 1}"


def _without(state: LearnState, scores: Scores | None) -> str:
    """What it costs to do without the units that are switched off."""
    if not state.off:
        return ""
    if scores is None or scores.without is None or scores.off != tuple(state.units_off()):
        return f" {len(state.off)} switched off."
    now, before = (100 * each.score.metric for each in (scores.without, scores.test))
    return f" Without {len(state.off)} of them {now:.1f} % of the test pictures are right, with all {before:.1f} %."
