"""Open the numbers of an architecture: shapes, parameters, multiply-adds, memory, fields, totals.

    explanation = explain_cost(Costs(analyse(spec)), Ref("layers.3.parameters"))

Names, where P is a layer's path such as 3 or 3.1.0: layers.P.parameters, multiply_adds and
activation_bytes; layers.P.shape with the axis as its index, input.shape likewise; layers.P.field
and jump with 0 for rows, 1 for columns; total.parameters, parameter_bytes, multiply_adds and
activation_bytes; total.dense, the parameters of the dense layers alone, and total.dense_share;
total.depth, the layers with weights on the longest way.
Numbers of branches are sums over all that lies within.
"""

from __future__ import annotations

import math
import re
from typing import cast

from core.analysis import LayerCost
from core.explain import cost_recurrent
from core.explain.cost_record import (
    Costs,
    axis_name,
    given,
    is_branches,
    ref,
    size,
    size_before,
    summed,
    whole,
)
from core.explain.cost_shapes import explain_number
from core.explain.record import Explanation, Factor, Ref, Term
from core.spec import (
    BatchNorm2dSpec,
    BranchesSpec,
    Conv2dSpec,
    EmbeddingSpec,
    FlattenSpec,
    LayerSpec,
    LinearSpec,
    RecurrentSpec,
)

__all__ = ["Costs", "explain_cost"]

LABELS = {
    "parameters": "Parameters",
    "multiply_adds": "Multiply-adds",
    "activation_bytes": "Bytes of the activations",
}
NOTHING = {
    "parameters": "There is nothing in this layer to learn.",
    "multiply_adds": "Only products of a weight and an input are counted, and there are none here.",
    "activation_bytes": "The same numbers, read in another order: nothing new is kept.",
}
UNITS = {"parameters": "parameters", "multiply_adds": "multiply-adds", "activation_bytes": "bytes"}


def explain_cost(costs: Costs, at: Ref) -> Explanation:
    """Open one number; raises ValueError when `at` names none of this architecture."""
    try:
        return _explain(costs, at)
    except (IndexError, KeyError, AssertionError) as error:
        raise ValueError(f"{at.tensor}{list(at.index)} is not in this architecture") from error


def _explain(costs: Costs, at: Ref) -> Explanation:
    if match := re.fullmatch(r"(?:layers\.([\d.]+)|(input))\.(shape|field|jump)", at.tensor):
        return explain_number(costs, at, match[1] or match[2], match[3])
    if match := re.fullmatch(rf"layers\.([\d.]+)\.({'|'.join(LABELS)})", at.tensor):
        return _explain_layer(costs, at, *match.groups())
    if at.tensor in TOTALS:
        return TOTALS[at.tensor](costs, at)
    raise ValueError(f"no number is called {at.tensor!r}; see core.explain.costs for the names")


# One layer


def _explain_layer(costs: Costs, at: Ref, path: str, what: str) -> Explanation:
    title = f"{LABELS[what]} of {costs.name(path)}"
    layer = costs.layer(path)
    if is_branches(layer.spec):
        terms = _within(costs, path, what)
        return summed(at, UNITS[what], title, "all that lies in its branches", terms)
    formula, terms, note = TERMS[what](costs, layer)
    if not terms:
        return given(at, UNITS[what], title, 0, NOTHING[what])
    return summed(at, UNITS[what], title, formula, terms, note)


def _within(costs: Costs, path: str, what: str) -> list[Term]:
    """What each layer within branches has; and the memory of their merged output."""
    inside = [each for each in costs.analysis.within(path)[1:] if not is_branches(each.spec)]
    terms = [Term((_of_layer(costs, each, what),)) for each in inside if getattr(each, what)]
    if what == "activation_bytes":
        terms += _memory(costs, costs.layer(path))[1]
    return terms


def _of_layer(costs: Costs, layer: LayerCost, what: str) -> Factor:
    return Factor(costs.name(layer.path), getattr(layer, what), ref(layer.path, what))


Parts = tuple[str, list[Term], str]


def _parameters(costs: Costs, layer: LayerCost) -> Parts:
    """Every tensor of a layer is a product of its sizes."""
    path, spec = layer.path, layer.spec
    if isinstance(spec, Conv2dSpec):
        kernel, out = _kernel(costs, layer), size(costs, path, 0)
        bias = [Term((out,))] if spec.bias else []
        formula = "out channels × in channels × k × k" + (" + out channels" if spec.bias else "")
        return formula, [Term((out, *kernel)), *bias], _shared(spec)
    if isinstance(spec, LinearSpec):
        out, before = size(costs, path, -1), size_before(costs, path, -1)
        bias = [Term((out,))] if spec.bias else []
        formula = "out features × in features" + (" + out features" if spec.bias else "")
        return formula, [Term((out, before)), *bias], "Each output has a weight for every input."
    if isinstance(spec, BatchNorm2dSpec):
        channels = size(costs, path, 0)
        return "a scale and a shift for each channel", [Term((channels,)), Term((channels,))], ""
    if isinstance(spec, RecurrentSpec):
        return cost_recurrent.parameters(costs, layer)
    if isinstance(spec, EmbeddingSpec):
        term = Term((Factor("tokens", spec.num_embeddings), size(costs, path, -1)))
        return "tokens × features", [term], "Each token has a vector of its own."
    return "", [], ""


def _kernel(costs: Costs, layer: LayerCost) -> tuple[Factor, ...]:
    """The sizes of one kernel of a convolution: the channels that it sees, and its window."""
    spec = cast(Conv2dSpec, layer.spec)
    kh, kw = cast(tuple[int, int], spec.kernel_size)
    groups = (Factor(f"1/{spec.groups}", 1 / spec.groups),) if spec.groups > 1 else ()
    before = size_before(costs, layer.path, 0)
    return before, *groups, Factor("k, vertical", kh), Factor("k, horizontal", kw)


def _shared(spec: Conv2dSpec) -> str:
    groups = (f" Each kernel sees the channels of its group only, 1/{spec.groups} of all."
              if spec.groups > 1 else "")  # fmt: skip
    return f"The same kernels serve every position of the picture.{groups}"


def _multiply_adds(costs: Costs, layer: LayerCost) -> Parts:
    """One product for each weight at each position."""
    if isinstance(layer.spec, Conv2dSpec):
        sizes = [size(costs, layer.path, axis) for axis in range(3)]
        return ("out channels × in channels × k × k × height × width",
                [Term((sizes[0], *_kernel(costs, layer), *sizes[1:]))],
                "Each weight is used once at every position.")  # fmt: skip
    if isinstance(layer.spec, LinearSpec):
        term = Term((size(costs, layer.path, -1), size_before(costs, layer.path, -1)))
        return "out features × in features", [term], "Each weight is used once."
    if isinstance(layer.spec, RecurrentSpec):
        return cost_recurrent.multiply_adds(costs, layer)
    return "", [], ""


def _memory(costs: Costs, layer: LayerCost) -> Parts:
    """Bytes of a layer's output, for one picture."""
    if isinstance(layer.spec, FlattenSpec):
        return "", [], ""
    sizes = [size(costs, layer.path, axis) for axis in range(len(layer.output_shape))]
    formula = " × ".join(axis_name(costs, layer.path, a) for a in range(len(sizes)))
    term = Term((*sizes, Factor("bytes each", costs.analysis.itemsize)))
    return f"{formula} × {costs.analysis.itemsize} bytes", [term], "For one picture."


TERMS = {
    "parameters": _parameters,
    "multiply_adds": _multiply_adds,
    "activation_bytes": _memory,
}


# The whole network


def _total(costs: Costs, at: Ref) -> Explanation:
    """The sum over all layers; memory counts the input as well."""
    what = at.tensor.removeprefix("total.")
    counted = [each for each in costs.leaves() if getattr(each, what)]
    terms = [Term((_of_layer(costs, each, what),)) for each in counted]
    if what == "activation_bytes":
        terms = [_input_bytes(costs), *terms, *_merged_bytes(costs)]
    label = f"{LABELS[what]} of the whole network"
    return summed(at, UNITS[what], label, "the sum over all layers", terms)


def _input_bytes(costs: Costs) -> Term:
    values = math.prod(costs.analysis.spec.input_shape)
    return Term((Factor("numbers of the input", values),
                 Factor("bytes each", costs.analysis.itemsize)))  # fmt: skip


def _merged_bytes(costs: Costs) -> list[Term]:
    """The outputs of blocks, merged from their branches."""
    blocks = [each for each in costs.analysis.layers if is_branches(each.spec)]
    return [Term((Factor(f"output of {costs.name(b.path)}", b.activation_bytes),)) for b in blocks]


def _dense(costs: Costs, at: Ref) -> Explanation:
    dense = [each for each in costs.leaves() if isinstance(each.spec, LinearSpec)]
    terms = [Term((_of_layer(costs, each, "parameters"),)) for each in dense]
    title = "Parameters of the dense layers alone"
    return summed(at, "in dense layers", title, "the sum over the dense layers", terms)


def _dense_share(costs: Costs, at: Ref) -> Explanation:
    dense, every = _dense(costs, Ref("total.dense")), costs.analysis.parameters
    parts = (Factor("in dense layers", dense.result, dense.ref),
             Factor("all parameters", every, Ref("total.parameters")))  # fmt: skip
    return Explanation(at, "share", "The dense layers' share of all parameters", "function",
                       dense.result / every, "in dense layers / all parameters",
                       f"{whole(dense.result)} / {whole(every)}", arguments=parts)  # fmt: skip


def _depth(costs: Costs, at: Ref) -> Explanation:
    """One for each layer with weights on the longest way through."""
    ways = _longest(costs.analysis.spec.layers, "")
    terms = [Term((Factor(costs.name(path), 1),)) for path in ways]
    return summed(at, "layers", "Layers with weights, on the longest way through", "one for each",
                  terms, "Of branches the deepest counts; batch norms do not.")  # fmt: skip


def _longest(layers: tuple[LayerSpec, ...], prefix: str) -> list[str]:
    """The paths of the layers with a weight matrix on the longest way through a chain."""
    found = []
    for number, layer in enumerate(layers):
        path = f"{prefix}{number}"
        if isinstance(layer, BranchesSpec):
            ways = [_longest(c, f"{path}.{b}.") for b, c in enumerate(layer.branches)]
            found += sorted(ways, key=len)[-1]
        elif isinstance(layer, Conv2dSpec | LinearSpec | RecurrentSpec | EmbeddingSpec):
            found.append(path)
    return found


def _parameter_bytes(costs: Costs, at: Ref) -> Explanation:
    factors = (Factor("parameters", costs.analysis.parameters, Ref("total.parameters")),
               Factor("bytes each", costs.analysis.itemsize))  # fmt: skip
    title = "Bytes of all parameters"
    return summed(at, "bytes", title, "parameters × bytes of one number", [Term(factors)])


TOTALS = {
    **{f"total.{what}": _total for what in LABELS},
    "total.parameter_bytes": _parameter_bytes,
    "total.dense": _dense,
    "total.depth": _depth,
    "total.dense_share": _dense_share,
}
