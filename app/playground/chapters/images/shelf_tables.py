"""The rows of the shelf's tables, and which number stands in which cell."""

from __future__ import annotations

from functools import cache
from typing import Any

from app.playground.figures.blueprint import Drawn
from core.analysis import LayerCost, analyse
from core.architectures import ARCHITECTURES
from core.explain import Ref
from core.explain.costs import Costs, explain_cost
from core.layer_names import described

Row = dict[str, Any]
# What the columns show: a number's name in core.explain.costs, and its index.
LAYER_CELLS = (
    ("shape", (0,)), ("shape", (1,)), ("shape", (2,)), ("parameters", ()), ("multiply_adds", ()),
    ("activation_bytes", ()), ("field", (0,)),
)  # fmt: skip
LAYER_COLUMNS = [
    {"label": "channels", "kind": "whole"}, {"label": "height", "kind": "whole"},
    {"label": "width", "kind": "whole"}, {"label": "parameters", "kind": "whole"},
    {"label": "multiply-adds", "kind": "whole"}, {"label": "memory", "kind": "bytes"},
    {"label": "sees", "kind": "whole"},
]  # fmt: skip
TOTALS = ("depth", "parameters", "dense", "dense_share", "multiply_adds", "parameter_bytes",
          "activation_bytes")  # fmt: skip
TOTAL_COLUMNS = [
    {"label": "layers", "kind": "whole"}, {"label": "parameters", "kind": "whole"},
    {"label": "in dense", "kind": "whole"},
    {"label": "share", "kind": "percent"}, {"label": "multiply-adds", "kind": "whole"},
    {"label": "weights", "kind": "bytes"}, {"label": "activations", "kind": "bytes"},
]  # fmt: skip


@cache
def costs_of(key: str) -> Costs:
    """The costs of an architecture of the shelf."""
    return Costs(analyse(ARCHITECTURES[key].build()))


def total_row(costs: Costs, key: str, name: str, year: int) -> Row:
    values = [explain_cost(costs, Ref(f"total.{what}")).result for what in TOTALS]
    return {"key": key, "name": name, "detail": str(year), "values": values, "state": ""}


@cache
def total_rows() -> list[Row]:
    """All architectures, in the order of the time line."""
    return [total_row(costs_of(key), key, each.name, each.paper.year)
            for key, each in ARCHITECTURES.items()]  # fmt: skip


def layer_rows(it: Drawn) -> list[Row]:
    """Every layer of the network as it was, with its numbers as they are now."""
    analysis = it.draft.analysis
    known = {layer.path: layer for layer in analysis.layers} if analysis else {}
    rows = []
    for path, layer, _ in it.draft.original.walk():
        now = it.draft.places.get(path, "")
        found = known.get(now)
        inside = analysis.within(now) if analysis and found and found.kind == "branches" else ()
        rows.append({
            "key": path, "name": it.names[path],
            "detail": described(found.spec if found else layer),
            "values": _values(found, inside), "depth": path.count(".") // 2,
            "state": it.states[path],
        })  # fmt: skip
    return rows


def _values(layer: LayerCost | None, inside: tuple[LayerCost, ...]) -> list[Any]:
    """A layer's numbers; those of branches are sums over all within."""
    if layer is None:
        return [None] * len(LAYER_CELLS)
    counted = inside or (layer,)
    shape = [*layer.output_shape, "", ""][:3]
    sums = [sum(getattr(each, what) for each in counted)
            for what in ("parameters", "multiply_adds", "activation_bytes")]  # fmt: skip
    return [*shape, *sums, layer.field.rows.size if layer.field else ""]


def layer_ref(path: str, column: int) -> Ref:
    """The number in a cell of the table of layers; `path` as it is after the edits."""
    what, index = LAYER_CELLS[column]
    return Ref(f"layers.{path}.{what}", index)


def total_ref(column: int) -> Ref:
    return Ref(f"total.{TOTALS[column]}")
