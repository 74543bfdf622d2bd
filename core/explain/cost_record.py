"""What explanations of an architecture's costs are made of: whole numbers, named by layers."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from core.analysis import Analysis, LayerCost
from core.explain.paths import INPUT, previous
from core.explain.record import Explanation, Factor, Ref, Term
from core.layer_names import layer_names
from core.spec import BranchesSpec, LayerSpec, Shape

AXES = {1: ("features",), 2: ("steps", "features"), 3: ("channels", "height", "width")}


@dataclass(frozen=True)
class Costs:
    """An analysis, and the names of its layers by their paths."""

    analysis: Analysis
    names: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.names:
            object.__setattr__(self, "names", layer_names(self.analysis.spec.walk()))

    @cached_property
    def _by_path(self) -> dict[str, LayerCost]:
        return {layer.path: layer for layer in self.analysis.layers}

    def layer(self, path: str) -> LayerCost:
        """The layer at a path; raises KeyError when there is none."""
        return self._by_path[path]

    def name(self, path: str) -> str:
        return "the input" if path == INPUT else self.names[path]

    def shape(self, path: str) -> Shape:
        """The shape of a layer's output, or of the network's input."""
        return self.analysis.spec.input_shape if path == INPUT else self.layer(path).output_shape

    def leaves(self) -> list[LayerCost]:
        """The layers that are no branches themselves: each number counts once."""
        return [each for each in self.analysis.layers if not is_branches(each.spec)]


def is_branches(spec: LayerSpec) -> bool:
    return isinstance(spec, BranchesSpec)


def ref(path: str, what: str, *index: int) -> Ref:
    """The address of a layer's number, such as layers.3.shape [1] or input.shape [0]."""
    return Ref(f"{'input' if path == INPUT else f'layers.{path}'}.{what}", index)


def axis_name(costs: Costs, path: str, axis: int) -> str:
    return AXES[len(costs.shape(path))][axis]


def size(costs: Costs, path: str, axis: int) -> Factor:
    """One size of a layer's output; axis −1 is the last."""
    axis %= len(costs.shape(path))
    symbol = f"{axis_name(costs, path, axis)} of {costs.name(path)}"
    return Factor(symbol, costs.shape(path)[axis], ref(path, "shape", axis))


def size_before(costs: Costs, path: str, axis: int) -> Factor:
    """One size of what comes to a layer; axis −1 is the last."""
    return size(costs, previous(path), axis)


# How whole numbers are written


def whole(value: float) -> str:
    return f"{int(value):,}" if float(value).is_integer() else f"{value:g}"


def written(terms: list[Term]) -> str:
    """A sum of products with its numbers; left to the table of terms when it is long."""
    if len(terms) > 4:
        return ""
    return " + ".join(" × ".join(whole(f.value) for f in term.factors) for term in terms)


def summed(
    at: Ref, symbol: str, title: str, formula: str, terms: list[Term], note: str = ""
) -> Explanation:
    """A sum of products; exact, since whole numbers are."""
    value = sum(term.value for term in terms)
    return Explanation(at, symbol, title, "sum", value, formula, written(terms), tuple(terms),
                       note=note)  # fmt: skip


def given(at: Ref, symbol: str, title: str, value: float, note: str) -> Explanation:
    return Explanation(at, symbol, title, "given", value, note=note)
