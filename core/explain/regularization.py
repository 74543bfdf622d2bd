"""Opening local response normalisation, a sum over neighbours, and dropout, what was dropped."""

from __future__ import annotations

from core.explain.dense import passed_back
from core.explain.explainers import Explainers, Index
from core.explain.factors import bracket, doutput, output, source
from core.explain.parts import inner, opened_sum, summed
from core.explain.record import Explanation, Factor, Ref, Term
from core.explain.trace import Trace
from core.functional.normalization import neighbours
from core.layers import Dropout, LocalResponseNorm
from core.spec import FIRST

# Local response normalisation


def _local(trace: Trace, path: str) -> LocalResponseNorm:
    layer = trace.network.layer(path)
    assert isinstance(layer, LocalResponseNorm)
    return layer


def _around(trace: Trace, path: str, c: int) -> range:
    return neighbours(c, _local(trace, path).spec.size, trace.layer_input(path).shape[1])


def _base(trace: Trace, path: str, index: Index) -> Factor:
    """k + alpha / size · Σ x²."""
    spec, (n, c, y, x) = _local(trace, path).spec, index
    values = trace.layer_input(path)[n, list(_around(trace, path, c)), y, x]
    value = spec.k + spec.alpha / spec.size * float((values**2).sum())
    return inner(trace, path, "base", "b", index, value)


def _power(trace: Trace, path: str, index: Index) -> Factor:
    value = _base(trace, path, index).value ** -_local(trace, path).spec.beta
    return inner(trace, path, "power", "f", index, value)


def _ratio(trace: Trace, path: str, index: Index) -> Factor:
    value = output(trace, path, index).value / _base(trace, path, index).value
    return inner(trace, path, "ratio", "(y / b)", index, value)


def local_norm_output(trace: Trace, path: str, index: Index) -> Explanation:
    return summed(
        trace, path, index, [Term((source(trace, path, index), _power(trace, path, index)))]
    )


def explain_power(trace: Trace, path: str, index: Index) -> Explanation:
    made, base = _power(trace, path, index), _base(trace, path, index)
    beta = f"{_local(trace, path).spec.beta:g}"
    assert made.ref is not None
    return Explanation(made.ref, made.symbol, "What the value is multiplied by", "function",
                       made.value, f"{base.symbol}^(−{beta})", f"{bracket(base.value)}^(−{beta})",
                       arguments=(base,))  # fmt: skip


def explain_base(trace: Trace, path: str, index: Index) -> Explanation:
    """The squares of the neighbouring channels at the same place."""
    spec, (n, c, y, x) = _local(trace, path).spec, index
    share = Factor("α/size", spec.alpha / spec.size)
    terms = [Term((Factor("k", spec.k),))]
    for near in _around(trace, path, c):
        value = source(trace, path, (n, near, y, x))
        terms.append(Term((share, value, value)))
    return opened_sum(_base(trace, path, index), "Squares of the neighbouring channels", terms)


def explain_ratio(trace: Trace, path: str, index: Index) -> Explanation:
    made, y, base = (f(trace, path, index) for f in (_ratio, output, _base))
    assert made.ref is not None
    return Explanation(made.ref, made.symbol, "Output over its base", "function", made.value,
                       f"{y.symbol} / {base.symbol}", f"{bracket(y.value)} / {bracket(base.value)}",
                       arguments=(y, base))  # fmt: skip


def local_norm_dinput(trace: Trace, path: str, index: Index) -> Explanation:
    """The direct path; and those through the base of every channel that has this one near."""
    spec, (n, c, y, x) = _local(trace, path).spec, index
    terms = [Term((doutput(trace, path, index), _power(trace, path, index)))]
    factor = Factor("−2αβ/size", -2 * spec.alpha * spec.beta / spec.size)
    for other in range(trace.layer_input(path).shape[1]):
        if c in _around(trace, path, other):
            place = (n, other, y, x)
            terms.append(Term((factor, source(trace, path, index), doutput(trace, path, place),
                               _ratio(trace, path, place))))  # fmt: skip
    return passed_back(trace, path, index, terms)


# Dropout


def _drawn(trace: Trace, path: str, index: Index) -> Factor:
    """What a value is multiplied by: 0 or 1 / (1 − p) while training, else 1."""
    layer = trace.layer(path)
    assert isinstance(layer, Dropout)
    if not trace.training or layer.factors is None:
        return Factor("1", 1.0)
    value = float(layer.factors[(*index[1:], index[0])])
    return Factor("kept" if value else "dropped", value, Ref(f"{FIRST}{path}.factor", index))


def explain_drawn(trace: Trace, path: str, index: Index) -> Explanation:
    made, layer = _drawn(trace, path, index), trace.layer(path)
    assert made.ref is not None
    assert isinstance(layer, Dropout)
    note = (f"Drawn at random: 0 with probability {layer.p:g}, else 1 / (1 − {layer.p:g}), so that "
            "the mean stays.")  # fmt: skip
    return Explanation(made.ref, made.symbol, "What the value is multiplied by", "given",
                       made.value, note=note)  # fmt: skip


def dropout_output(trace: Trace, path: str, index: Index) -> Explanation:
    factors = (_drawn(trace, path, index), source(trace, path, index))
    return summed(trace, path, index, [Term(factors)])


def dropout_dinput(trace: Trace, path: str, index: Index) -> Explanation:
    factors = (_drawn(trace, path, index), doutput(trace, path, index))
    return passed_back(trace, path, index, [Term(factors)])


LOCAL_RESPONSE_NORM = Explainers(local_norm_output, local_norm_dinput, inner={
    "base": explain_base, "power": explain_power, "ratio": explain_ratio,
})  # fmt: skip
DROPOUT = Explainers(dropout_output, dropout_dinput, inner={"factor": explain_drawn})
