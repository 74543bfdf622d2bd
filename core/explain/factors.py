"""The numbers that explanations are made of, each with its symbol and the way to open it."""

from __future__ import annotations

from core.explain.paths import INPUT, output_tensor, previous
from core.explain.record import Factor, Ref, Term, format_number
from core.explain.trace import Trace
from core.spec import FIRST
from core.switches import penalised

Index = tuple[int, ...]
FEW_TERMS, MANY_TERMS = 6, 26  # few are always written out, more only while the sum stays short
LONGEST_SUM = 120


def output(trace: Trace, path: str, index: Index) -> Factor:
    """A layer's output; index (n, ...)."""
    value = float(trace.output(path)[index])
    return Factor(trace.names.symbol(path, index[1:]), value, Ref(output_tensor(path), index))


def source(trace: Trace, path: str, index: Index) -> Factor:
    """A number that goes into the layer at a path; index (n, ...) into its input."""
    return output(trace, previous(path), index)


def parameter(trace: Trace, path: str, key: str, index: Index) -> Factor:
    tensor = f"{FIRST}{path}.{key}"
    value = float(trace.network.view(tensor)[index])
    return Factor(trace.names.parameter(tensor, index), value, Ref(tensor, index))


def doutput(trace: Trace, path: str, index: Index) -> Factor:
    """dL/d output of a layer; index (n, ...)."""
    symbol = f"∂L/∂{trace.names.symbol(path, index[1:])}"
    return Factor(symbol, float(trace.doutput(path)[index]), Ref(f"{FIRST}{path}.doutput", index))


def dinput(trace: Trace, path: str, index: Index) -> Factor:
    """What a layer passes back to one of its inputs; index (n, ...) into its input."""
    symbol = f"∂L/∂{trace.names.symbol(previous(path), index[1:])}"
    return Factor(symbol, float(trace.dinput(path)[index]), Ref(f"{FIRST}{path}.dinput", index))


def gradient(trace: Trace, path: str, key: str, index: Index) -> Factor:
    """dL/d parameter, the penalty's part included."""
    symbol = f"∂L/∂{trace.names.parameter(f'{FIRST}{path}.{key}', index)}"
    value = float(trace.gradient(path, key)[index])
    return Factor(symbol, value, Ref(f"{FIRST}{path}.d{key}", index))


def target(trace: Trace, index: Index) -> Factor:
    """What the loss compares an output with; index (n, ..., k) into the output."""
    assert trace.targets is not None
    is_class = trace.targets.ndim < trace.outputs[-1].ndim
    value = float(trace.targets[index[:-1] if is_class else index])
    return Factor("class" if is_class else "y_true", value, Ref("target", index))


def penalty_terms(trace: Trace, path: str, key: str, index: Index) -> list[Term]:
    """What L1 and L2 add to the gradient by a weight."""
    network = trace.network
    if not network.view(f"{FIRST}{path}.{key}", penalised(network))[index]:
        return []
    weight, terms = parameter(trace, path, key, index), []
    if trace.train.l2:
        terms.append(Term((Factor("l2", trace.train.l2), weight)))
    if trace.train.l1:
        sign = float((weight.value > 0) - (weight.value < 0))
        symbol = f"sign({weight.symbol})"
        terms.append(Term((Factor("l1", trace.train.l1), Factor(symbol, sign, weight.ref))))
    return terms


# How sums are written


def written(terms: list[Term]) -> str:
    """A sum of products with its numbers; left to the table of terms when it is long."""
    if len(terms) > MANY_TERMS:
        return ""
    parts = [" × ".join(bracket(f.value) for f in term.factors) for term in terms]
    made = " + ".join(parts)
    return made if len(terms) <= FEW_TERMS or len(made) <= LONGEST_SUM else ""


def bracket(value: float) -> str:
    text = format_number(value)
    return f"({text})" if value < 0 else text


def symbols(terms: list[Term]) -> str:
    """A sum of products in symbols, the middle of a long one left out."""
    parts = (" · ".join(f.symbol or bracket(f.value) for f in term.factors) for term in terms)
    return short_sum(" + ".join(parts))


def short_sum(formula: str, longest: int = 90) -> str:
    """A long sum with its middle left out."""
    parts = formula.split(" + ")
    if len(formula) <= longest or len(parts) < 5:
        return formula
    return " + ".join([*parts[:2], "…", *parts[-2:]])


def paths_rule(terms: list[Term]) -> str:
    return "chain rule: one path" if len(terms) == 1 else f"chain rule: {len(terms)} paths, summed"


__all__ = [
    "INPUT",
    "Index",
    "bracket",
    "dinput",
    "doutput",
    "gradient",
    "output",
    "parameter",
    "paths_rule",
    "penalty_terms",
    "short_sum",
    "source",
    "symbols",
    "target",
    "written",
]
