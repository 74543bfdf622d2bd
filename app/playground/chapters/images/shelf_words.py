"""The sentences of the shelf: what was when, what follows from an edit, and what would fit."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from app.playground.chapters.images.cnn_state import training_address
from app.playground.chapters.images.shelf_controls import LABELS
from core.analysis import Analysis
from core.architectures import ARCHITECTURES, Architecture
from core.draft import REMOVE, Draft, Edit
from core.explain import Ref
from core.explain.costs import Costs, explain_cost

FEW = 4  # edits for which it is tried what would fit


def years() -> list[dict[str, Any]]:
    """The time line: each year with its architectures, and the years since the one before."""
    made, last = [], None
    for year, group in groupby(ARCHITECTURES.values(), key=lambda each: each.paper.year):
        choices = [{"key": a.key, "label": a.name.replace(" for ", " "), "title": a.summary}
                   for a in group]  # fmt: skip
        made.append({"year": year, "gap": year - last if last else 0, "choices": choices})
        last = year
    return made


def facts(it: Architecture) -> list[dict[str, str]]:
    items = [("new was", it.novelty), ("note", it.note), ("paper", it.paper.reference)]
    made = [{"term": term, "text": text} for term, text in items if text]
    if not (it.is_small or it.is_large):
        return made
    where = "on a training server" if it.is_large else "in this page"
    link = {"text": f"Train {it.name} {where}", "href": training_address(it.key)}
    return [{"term": "try it"} | link, *made]


def findings(draft: Draft, names: dict[str, str]) -> list[dict[str, str]]:
    """Where the shapes do not fit, and what would; nothing where they do."""
    if draft.failure is None:
        return []
    failed = next(old for old, new in draft.places.items() if new == draft.failure.path)
    reason = draft.failure.reason
    fits = [remedy(draft, edit, names) for edit in reversed(draft.edits[-FEW:])]
    return [{"title": f"{names[failed]} cannot be", "seen": f"{reason[:1].upper()}{reason[1:]}.",
             "remedy": " ".join(filter(None, fits)) or "Undo all edits."}]  # fmt: skip


def remedy(draft: Draft, edit: Edit, names: dict[str, str]) -> str:
    """What one edit would have to be, with the others as they are; nothing where none helps."""
    values = draft.fitting(edit)
    if edit.what == REMOVE:
        return f"Bring {names[edit.path]} back." if values else ""
    what = f"{LABELS[edit.what].lower()} of {names[edit.path]}"
    return f"Values that fit for the {what}: {ranges(values)}." if values else ""


def ranges(values: list[int]) -> str:
    """Whole numbers in words: 1 to 4, 8."""
    runs: list[list[int]] = []
    for value in values:
        if runs and value == runs[-1][-1] + 1:
            runs[-1].append(value)
        else:
            runs.append([value])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs)


def followed(draft: Draft, before: Analysis) -> str:
    """What the edits have changed."""
    now = draft.analysis
    if not draft.edits:
        return "Edit the chosen layer with the settings."
    if draft.failure or now is None:
        return "A layer cannot take what comes to it."
    return (f"Parameters: {before.parameters:,} before, {now.parameters:,} now. Multiply-adds: "
            f"{before.multiply_adds:,} before, {now.multiply_adds:,} now.")  # fmt: skip


def shares(name: str, costs: Costs) -> str:
    """What the dense layers are of the whole."""
    dense = explain_cost(costs, Ref("total.dense"))
    share = explain_cost(costs, Ref("total.dense_share"))
    return (f"{name}: {dense.result:,.0f} of {costs.analysis.parameters:,} parameters lie in dense "
            f"layers, {100 * share.result:.1f} %.")  # fmt: skip
