"""The settings beside the shelf: which architecture, and what of the chosen layer can be edited."""

from __future__ import annotations

from typing import Any

from app.playground.chapters.base import field
from app.playground.chapters.images.shelf_state import ShelfState
from core.architectures import ARCHITECTURES
from core.draft import REMOVE, settings
from core.spec import LayerSpec

LABELS = {
    "channels": "Channels", "kernel": "Kernel", "stride": "Stride", "padding": "Padding",
}  # fmt: skip
LIMITS = {"kernel": (1, 16), "stride": (1, 8), "padding": (0, 8)}
HELP = {
    "channels": "How many feature maps, or features, the layer makes",
    "kernel": "The side of the square window",
    "stride": "The step from one position of the window to the next",
    "padding": "Rings of zeros around the picture",
}


def fields(state: ShelfState, layer: LayerSpec, name: str) -> list[dict[str, Any]]:
    """The controls, with the chosen layer as it was before any edit, and its name."""
    path = state.layer[0]
    edits = {e.what: e.value for e in state.made_edits() if e.path == path}
    options = [{"value": key, "label": f"{each.paper.year} · {each.name}"}
               for key, each in ARCHITECTURES.items()]  # fmt: skip
    group = f"Edit {name}"
    removed = "The layer is removed." if REMOVE in edits else ""
    return [
        field(state, "architecture", "select", "The shelf", options=options),
        *(_number(what, edits.get(what, value), value, group, removed)
          for what, value in settings(layer).items()),
        {"name": REMOVE, "label": "Remove this layer", "kind": "switch", "value": bool(removed),
         "help": "Leave the layer out of the chain", "group": group},
        {"name": "undo", "label": "Undo all edits", "kind": "button", "value": None,
         "help": "The architecture as it was published", "group": "Edits",
         "disabled": "" if state.edits else "There are none."},
    ]  # fmt: skip


def _number(what: str, value: int, original: int, group: str, disabled: str) -> dict[str, Any]:
    low, high = LIMITS.get(what, (1, max(64, 2 * original)))
    return {"name": what, "label": LABELS[what], "kind": "integer", "value": value, "min": low,
            "max": high, "step": 1, "help": HELP[what], "group": group,
            "disabled": disabled}  # fmt: skip
