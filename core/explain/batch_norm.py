"""Opening batch normalisation: means, variances, and the gradient's paths through both.

Sums over a batch open into one part a sample, and each part into its places. An index of a channel
is (c,), of a sample's channel (n, c), of a value (n, c, y, x).
"""

from __future__ import annotations

import math
from functools import partial

import numpy as np

from core.explain.dense import passed_back, summed_gradient
from core.explain.explainers import Explainers, Index
from core.explain.factors import bracket, doutput, parameter, source
from core.explain.parts import inner, of_sample, opened_sample, opened_sum, summed
from core.explain.record import Explanation, Factor, Ref, Term
from core.explain.trace import Trace
from core.functional.normalization import batch_statistics
from core.layers import BatchNorm2d
from core.layout import features_first
from core.spec import FIRST


def _batch_norm(trace: Trace, path: str) -> BatchNorm2d:
    layer = trace.network.layer(path)
    assert isinstance(layer, BatchNorm2d)
    return layer


def _statistic(trace: Trace, path: str, which: int, c: int) -> Factor:
    """The mean (0) or variance (1) that channel c is normalised by."""
    key = ("batch norm", path)
    if key not in trace.memory:
        state = _batch_norm(trace, path).state
        trace.memory[key] = (
            batch_statistics(features_first(trace.layer_input(path))) if trace.training
            else (state["running_mean"], state["running_var"])
        )  # fmt: skip
    value = float(trace.memory[key][which][c])
    name, letter = (("mean", "μ"), ("variance", "σ²"))[which]
    return inner(trace, path, name, letter, (c,), value)


def _centred(trace: Trace, path: str, index: Index) -> Factor:
    value = source(trace, path, index).value - _statistic(trace, path, 0, index[1]).value
    return inner(trace, path, "centred", "(x − μ)", index, value)


def _normalized(trace: Trace, path: str, index: Index) -> Factor:
    """(x − mean) / √(variance + eps)."""
    deviation = math.sqrt(_statistic(trace, path, 1, index[1]).value + _eps(trace, path))
    value = _centred(trace, path, index).value / deviation
    return inner(trace, path, "normalized", "z", index, value)


def _scale(trace: Trace, path: str, c: int) -> Factor:
    """weight / √(variance + eps): what a channel is multiplied by."""
    deviation = math.sqrt(_statistic(trace, path, 1, c).value + _eps(trace, path))
    value = parameter(trace, path, "weight", (c,)).value / deviation
    return inner(trace, path, "scale", "s", (c,), value)


def _eps(trace: Trace, path: str) -> float:
    return _batch_norm(trace, path).spec.eps


def batch_norm_output(trace: Trace, path: str, index: Index) -> Explanation:
    terms = [Term((parameter(trace, path, "weight", (index[1],)), _normalized(trace, path, index))),
             Term((parameter(trace, path, "bias", (index[1],)),))]  # fmt: skip
    return summed(trace, path, index, terms)


def explain_normalized(trace: Trace, path: str, index: Index) -> Explanation:
    made, x = _normalized(trace, path, index), _centred(trace, path, index)
    variance = _statistic(trace, path, 1, index[1])
    eps = f"{_eps(trace, path):g}"
    assert made.ref is not None
    return Explanation(made.ref, made.symbol, f"{made.symbol}, normalised", "function", made.value,
                       f"(x − μ) / √(σ² + {eps})",
                       f"{bracket(x.value)} / √({bracket(variance.value)} + {eps})",
                       arguments=(x, variance))  # fmt: skip


def explain_centred(trace: Trace, path: str, index: Index) -> Explanation:
    terms = [Term((source(trace, path, index),)),
             Term((Factor("", -1.0), _statistic(trace, path, 0, index[1])))]  # fmt: skip
    return opened_sum(_centred(trace, path, index), "Distance from the mean", terms)


def explain_scale(trace: Trace, path: str, index: Index) -> Explanation:
    made, weight = _scale(trace, path, *index), parameter(trace, path, "weight", index)
    variance, eps = _statistic(trace, path, 1, *index), f"{_eps(trace, path):g}"
    assert made.ref is not None
    return Explanation(made.ref, made.symbol, f"What channel {index[0] + 1} is multiplied by",
                       "function", made.value, f"γ / √(σ² + {eps}), with γ = {weight.symbol}",
                       f"{bracket(weight.value)} / √({bracket(variance.value)} + {eps})",
                       arguments=(weight, variance))  # fmt: skip


def explain_statistic(which: int, trace: Trace, path: str, index: Index) -> Explanation:
    """The mean or variance of a channel: of the batch, or a running average."""
    (c,) = index
    made, word = _statistic(trace, path, which, c), ("mean", "variance")[which]
    assert made.ref is not None
    if not trace.training:
        note = f"A running average of the {word} of this channel over the batches of training."
        return Explanation(made.ref, made.symbol, f"Running {word} of channel {c + 1}", "given",
                           made.value, note=note)  # fmt: skip
    count = len(trace.inputs)
    terms = [Term((Factor(f"1/{count}", 1 / count), _part(trace, path, which, (n, c))))
             for n in range(count)]  # fmt: skip
    return opened_sum(made, f"{word.capitalize()} of channel {c + 1} over the batch", terms)


def _part(trace: Trace, path: str, which: int, index: Index) -> Factor:
    """The mean over one sample's channel (n, c) of x, or of (x − mean)²."""
    values = trace.layer_input(path)[index]
    if which:
        values = (values - _statistic(trace, path, 0, index[1]).value) ** 2
    name, letter = (("mean_of_sample", "μ"), ("variance_of_sample", "σ²"))[which]
    return inner(trace, path, name, letter, index, float(values.mean()))


def explain_part(which: int, trace: Trace, path: str, index: Index) -> Explanation:
    height, width = trace.layer_input(path).shape[2:]
    share = Factor(f"1/{height * width}", 1 / (height * width))
    terms = []
    for y, x in np.ndindex(height, width):
        value = (_centred if which else source)(trace, path, (*index, y, x))
        terms.append(Term((share, value, value) if which else (share, value)))
    title = f"Part of sample {index[0] + 1} in the {('mean', 'variance')[which]}"
    return opened_sum(_part(trace, path, which, index), title, terms)


def batch_norm_gradient(trace: Trace, path: str, key: str, index: Index) -> Explanation:
    terms = [Term((_of_sample(trace, path, key, (n, *index)),)) for n in range(len(trace.inputs))]
    return summed_gradient(trace, path, key, index, terms)


def _of_sample(trace: Trace, path: str, key: str, index: Index) -> Factor:
    """What one sample gives to the gradient by weight or bias of a channel; index (n, c)."""
    values = trace.doutput(path)[index]
    if key == "weight":
        mean = _statistic(trace, path, 0, index[1]).value
        deviation = math.sqrt(_statistic(trace, path, 1, index[1]).value + _eps(trace, path))
        values = values * (trace.layer_input(path)[index] - mean) / deviation
    return of_sample(trace, path, key, index, float(values.sum()))


def explain_of_sample(key: str, trace: Trace, path: str, index: Index) -> Explanation:
    terms = []
    for y, x in np.ndindex(trace.layer_input(path).shape[2:]):
        factors: tuple[Factor, ...] = (doutput(trace, path, (*index, y, x)),)
        if key == "weight":
            factors += (_normalized(trace, path, (*index, y, x)),)
        terms.append(Term(factors))
    return opened_sample(_of_sample(trace, path, key, index), terms)


def _of_batch(trace: Trace, path: str, key: str, c: int) -> Factor:
    """The gradient by weight or bias of a channel, without any penalty."""
    value = sum(_of_sample(trace, path, key, (n, c)).value for n in range(len(trace.inputs)))
    symbol = f"∂L/∂{trace.names.parameter(f'{FIRST}{path}.{key}', (c,))}"
    return Factor(symbol, value, Ref(f"{FIRST}{path}.d{key}_of_batch", (c,)))


def explain_of_batch(key: str, trace: Trace, path: str, index: Index) -> Explanation:
    terms = [Term((_of_sample(trace, path, key, (n, *index)),)) for n in range(len(trace.inputs))]
    return opened_sum(_of_batch(trace, path, key, *index), "Sum over the batch", terms)


def batch_norm_dinput(trace: Trace, path: str, index: Index) -> Explanation:
    """The direct path; and, with a batch's own statistics, the paths through mean and variance."""
    c, scale = index[1], _scale(trace, path, index[1])
    terms = [Term((scale, doutput(trace, path, index)))]
    if trace.training:
        count = trace.layer_input(path)[:, c].size
        share = Factor(f"−1/{count}", -1 / count)
        terms += [Term((share, scale, _of_batch(trace, path, "bias", c))),
                  Term((share, scale, _normalized(trace, path, index),
                        _of_batch(trace, path, "weight", c)))]  # fmt: skip
    return passed_back(trace, path, index, terms)


BATCH_NORM2D = Explainers(batch_norm_output, batch_norm_dinput, batch_norm_gradient, {
    "normalized": explain_normalized,
    "centred": explain_centred,
    "scale": explain_scale,
    "mean": partial(explain_statistic, 0),
    "variance": partial(explain_statistic, 1),
    "mean_of_sample": partial(explain_part, 0),
    "variance_of_sample": partial(explain_part, 1),
    "dweight_of_sample": partial(explain_of_sample, "weight"),
    "dbias_of_sample": partial(explain_of_sample, "bias"),
    "dweight_of_batch": partial(explain_of_batch, "weight"),
    "dbias_of_batch": partial(explain_of_batch, "bias"),
})  # fmt: skip
