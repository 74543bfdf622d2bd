"""Opening layers over features: linear maps, activations, flattening."""

from __future__ import annotations

import numpy as np

from core.explain import collapse
from core.explain.explainers import Explainers, Index
from core.explain.factors import bracket as _bracket
from core.explain.factors import (
    dinput,
    doutput,
    gradient,
    output,
    parameter,
    paths_rule,
    penalty_terms,
    source,
    symbols,
    written,
)
from core.explain.record import Explanation, Factor, Ref, Term, format_number
from core.explain.trace import Trace
from core.functional.activations import Activation
from core.layers import ActivationLayer, Switch
from core.spec import FIRST

# Linear


def linear_output(trace: Trace, path: str, index: Index) -> Explanation:
    """A weighted sum of the features before it, at the same step of a sequence."""
    *place, unit = index
    made = output(trace, path, index)
    layer = trace.network.layer(path)
    terms = [
        Term((parameter(trace, path, "weight", (unit, i)), source(trace, path, (*place, i))))
        for i in range(layer.params["weight"].shape[1])
    ]
    if "bias" in layer.params:
        terms.append(Term((parameter(trace, path, "bias", (unit,)),)))
    assert made.ref is not None
    return Explanation(made.ref, made.symbol, trace.names.title(path, index[1:]), "sum",
                       made.value, symbols(terms), written(terms), tuple(terms))  # fmt: skip


def linear_dinput(trace: Trace, path: str, index: Index) -> Explanation:
    """By every output that the input goes into: its weight times the gradient there."""
    *place, unit = index
    terms = [
        Term((parameter(trace, path, "weight", (j, unit)), doutput(trace, path, (*place, j))))
        for j in range(trace.doutput(path).shape[-1])
    ]
    return passed_back(trace, path, index, terms)


def passed_back(trace: Trace, path: str, index: Index, terms: list[Term]) -> Explanation:
    """The explanation of a layer's dinput as the sum of `terms`."""
    made = dinput(trace, path, index)
    assert made.ref is not None
    title = f"Gradient of the loss by {made.symbol.removeprefix('∂L/∂')}, sample {index[0] + 1}"
    return Explanation(made.ref, made.symbol, title, "sum", made.value, paths_rule(terms),
                       written(terms), tuple(terms))  # fmt: skip


def linear_gradient(trace: Trace, path: str, key: str, index: Index) -> Explanation:
    """A sum over the batch, and over the steps of sequences; then the penalty's part."""
    terms = []
    for place in np.ndindex(trace.doutput(path).shape[:-1]):
        factors: tuple[Factor, ...] = (doutput(trace, path, (*place, index[0])),)
        if key == "weight":
            factors += (source(trace, path, (*place, index[1])),)
        terms.append(Term(factors))
    return summed_gradient(trace, path, key, index, terms)


def summed_gradient(
    trace: Trace, path: str, key: str, index: Index, terms: list[Term]
) -> Explanation:
    """The explanation of a parameter's gradient as the sum of `terms` and of the penalty."""
    made = gradient(trace, path, key, index)
    assert made.ref is not None
    each = " · ".join(factor.symbol for factor in terms[0].factors)
    count = len(terms)
    terms = terms + penalty_terms(trace, path, key, index)
    title = f"Gradient of the loss by {made.symbol.removeprefix('∂L/∂')}"
    samples = "the one sample" if count == 1 else f"{count} samples"
    if count != len(trace.inputs):
        samples = f"{count} places{_of_samples(len(trace.inputs))}"
    return Explanation(made.ref, made.symbol, title, "sum", made.value, f"Σ {each}, over {samples}",
                       written(terms), tuple(terms))  # fmt: skip


def _of_samples(count: int) -> str:
    return "" if count == 1 else f" of {count} samples"


# Activations


def _activation(trace: Trace, path: str) -> Activation:
    layer = trace.network.layer(path)
    assert isinstance(layer, ActivationLayer)
    return layer.activation


def activation_output(trace: Trace, path: str, index: Index) -> Explanation:
    made, z = output(trace, path, index), source(trace, path, index)
    activation = _activation(trace, path)
    where = "" if z.symbol == "z" else f", with z = {z.symbol}"
    assert made.ref is not None
    return Explanation(
        made.ref, made.symbol, trace.names.title(path, index[1:]), "function", made.value,
        f"{made.symbol} = {activation.formula}{where}",
        activation.written(_bracket(z.value)), arguments=(z,),
    )  # fmt: skip


def derivative(trace: Trace, path: str, index: Index) -> Factor:
    """The slope of an activation at its input."""
    made, z = output(trace, path, index), source(trace, path, index)
    value = _activation(trace, path).derivative(np.asarray(trace.layer_input(path)[index]))
    symbol = f"∂{made.symbol}/∂{z.symbol}"
    return Factor(symbol, float(value), Ref(f"{FIRST}{path}.derivative", index))


def explain_derivative(trace: Trace, path: str, index: Index) -> Explanation:
    made, z = derivative(trace, path, index), source(trace, path, index)
    activation = _activation(trace, path)
    assert made.ref is not None
    title = f"Slope of {activation.label.lower()} at {format_number(z.value)}"
    return Explanation(made.ref, made.symbol, title, "function", made.value,
                       activation.derivative_formula, f"at z = {format_number(z.value)}",
                       arguments=(z, output(trace, path, index)))  # fmt: skip


def activation_dinput(trace: Trace, path: str, index: Index) -> Explanation:
    terms = [Term((doutput(trace, path, index), derivative(trace, path, index)))]
    return passed_back(trace, path, index, terms)


# Switch: what is off is 0, whatever it was


def _state(trace: Trace, path: str, index: Index) -> Factor:
    """1 for a unit that is on, 0 for one that is off."""
    layer = trace.network.layer(path)
    assert isinstance(layer, Switch)
    is_on = bool(layer.factors[index[1]])
    return Factor("on" if is_on else "off", float(is_on), Ref(f"{FIRST}{path}.state", index))


def explain_state(trace: Trace, path: str, index: Index) -> Explanation:
    made = _state(trace, path, index)
    assert made.ref is not None
    neuron = trace.names.symbol(path, index[1:])
    note = f"Neuron {neuron} is switched on."
    if not made.value:
        note = (f"Neuron {neuron} is switched off: all that follows is given 0 for it, no gradient "
                "passes it, and its weights rest until it is switched on again.")  # fmt: skip
    return Explanation(made.ref, made.symbol, "The neuron’s switch", "given", made.value, note=note)


def switch_output(trace: Trace, path: str, index: Index) -> Explanation:
    terms = [Term((_state(trace, path, index), source(trace, path, index)))]
    made = output(trace, path, index)
    assert made.ref is not None
    return Explanation(made.ref, made.symbol, trace.names.title(path, index[1:]), "sum", made.value,
                       symbols(terms), written(terms), tuple(terms))  # fmt: skip


def switch_dinput(trace: Trace, path: str, index: Index) -> Explanation:
    terms = [Term((_state(trace, path, index), doutput(trace, path, index)))]
    return passed_back(trace, path, index, terms)


# Flatten: the same numbers at other places


def flatten_output(trace: Trace, path: str, index: Index) -> Explanation:
    shape = trace.layer_input(path).shape[1:]
    place = tuple(int(i) for i in np.unravel_index(index[1], shape))
    made, same = output(trace, path, index), source(trace, path, (index[0], *place))
    assert made.ref is not None
    return Explanation(made.ref, made.symbol, trace.names.title(path, index[1:]), "sum",
                       made.value, f"the same number as {same.symbol}",
                       terms=(Term((same,)),))  # fmt: skip


def flatten_dinput(trace: Trace, path: str, index: Index) -> Explanation:
    shape = trace.layer_input(path).shape[1:]
    unit = int(np.ravel_multi_index(index[1:], shape))
    return passed_back(trace, path, index, [Term((doutput(trace, path, (index[0], unit)),))])


LINEAR = Explainers(linear_output, linear_dinput, linear_gradient, collapse.INNER)
ACTIVATION = Explainers(
    activation_output, activation_dinput, inner={"derivative": explain_derivative}
)
SWITCH = Explainers(switch_output, switch_dinput, inner={"state": explain_state})
FLATTEN = Explainers(flatten_output, flatten_dinput)
