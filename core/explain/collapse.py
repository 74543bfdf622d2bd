"""Opening the one linear map that linear layers come to: products along every way through them."""

from __future__ import annotations

from core.collapse import collapsed
from core.explain.explainers import Explain, Index
from core.explain.factors import parameter, symbols, written
from core.explain.record import Explanation, Factor, Ref, Term, subscript
from core.explain.trace import Trace
from core.layers import Linear
from core.spec import FIRST


def factor(trace: Trace, path: str, index: Index) -> Factor:
    """An element of the collapsed weight (out, in), or of the collapsed bias (out,)."""
    weight, bias = collapsed(trace.network, int(path))
    key = "weight" if len(index) == 2 else "bias"
    letter = "W" if key == "weight" else "B"
    symbol = f"{letter}{subscript(','.join(str(i + 1) for i in index))}"
    value = float((weight if key == "weight" else bias)[index])
    return Factor(symbol, value, Ref(f"{FIRST}{path}.collapsed_{key}", index))


def _linear_before(trace: Trace, path: str) -> str | None:
    """The last linear layer before this one."""
    layers = trace.network.layers[: int(path)]
    numbers = [k for k, layer in enumerate(layers) if isinstance(layer, Linear)]
    return str(numbers[-1]) if numbers else None


def explain_weight(trace: Trace, path: str, index: Index) -> Explanation:
    """A sum over the units between: each way from the input to the output is a product."""
    unit, source = index
    before = _linear_before(trace, path)
    if before is None:
        terms = [Term((parameter(trace, path, "weight", index),))]
    else:
        terms = [
            Term((parameter(trace, path, "weight", (unit, j)), factor(trace, before, (j, source))))
            for j in range(trace.network.layer(path).params["weight"].shape[1])
        ]
    title = "Slope of the one line that all layers come to"
    return _sum(trace, path, index, terms, title)


def explain_bias(trace: Trace, path: str, index: Index) -> Explanation:
    """What comes through from the biases before, and this layer's own."""
    layer, before = trace.network.layer(path), _linear_before(trace, path)
    terms = []
    if before is not None:
        terms = [
            Term((parameter(trace, path, "weight", (*index, j)), factor(trace, before, (j,))))
            for j in range(layer.params["weight"].shape[1])
        ]
    if "bias" in layer.params:
        terms.append(Term((parameter(trace, path, "bias", index),)))
    return _sum(trace, path, index, terms, "Where the one line meets the axis, at input 0")


def _sum(trace: Trace, path: str, index: Index, terms: list[Term], title: str) -> Explanation:
    made = factor(trace, path, index)
    assert made.ref is not None
    return Explanation(made.ref, made.symbol, title, "sum", made.value, symbols(terms),
                       written(terms), tuple(terms))  # fmt: skip


INNER: dict[str, Explain] = {"collapsed_weight": explain_weight, "collapsed_bias": explain_bias}
