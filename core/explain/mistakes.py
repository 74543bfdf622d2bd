"""What one gets by the usual mistakes, so that a wrong number can be answered with a hint."""

from __future__ import annotations

from collections.abc import Callable

from core.explain import explain
from core.explain.paths import split
from core.explain.record import Explanation, Ref
from core.explain.trace import Trace
from core.layers import ActivationLayer, Linear

Mistakes = dict[str, float]
NO_SLOPE = "The derivative of the activation is missing: multiply by the slope as well."
SIGN = "The size is right, the sign is not."


def usual_mistakes(trace: Trace, ref: Ref) -> Mistakes:
    """Hints, each with the value that the mistake leads to, the most telling ones first."""
    opened = explain(trace, ref)
    name = ref.tensor.rsplit(".", 1)[-1]
    if ref.tensor.startswith("update."):
        found = _of_update(opened)
    elif ref.tensor in ("loss", "sample_loss"):
        found = _of_loss(trace, opened)
    else:
        found = BY_NAME.get(name, _none)(trace, ref, opened)
    return found | {SIGN: -opened.result}


def _none(trace: Trace, ref: Ref, opened: Explanation) -> Mistakes:
    return {}


def _of_output(trace: Trace, ref: Ref, opened: Explanation) -> Mistakes:
    """A weighted sum without its bias, or a neuron without its activation."""
    layer = trace.network.layer(split(ref.tensor)[0])
    if isinstance(layer, ActivationLayer):
        return {"That is the weighted sum; put it through the activation.":
                opened.arguments[0].value}  # fmt: skip
    bias = opened.terms[-1].value if "bias" in layer.params else 0.0
    plain = sum(factor.value for term in opened.terms[:-1] for factor in term.factors[1:])
    return {
        "The bias is missing.": opened.result - bias,
        "The weights are missing: multiply each input by its weight.": plain + bias,
    }


def _of_doutput(trace: Trace, ref: Ref, opened: Explanation) -> Mistakes:
    """By the chain rule; at the end of the network, the derivative of the loss."""
    path = split(ref.tensor)[0]
    last = str(len(trace.network.layers) - 1)
    if path == last:
        n = len(trace.inputs)
        return {
            "The factor 2 of the square is missing.": opened.result / 2,
            "The 1/n of the mean is missing.": opened.result * n,
            "The minus sign is missing: y_pred stands behind a minus.": -opened.result,
        }
    following = trace.network.layer(str(int(path) + 1))
    if isinstance(following, ActivationLayer):
        return {NO_SLOPE: opened.terms[0].factors[0].value}
    return _of_passing_on(trace, opened)


def _of_passing_on(trace: Trace, opened: Explanation) -> Mistakes:
    """Through a linear layer: Σ weight · gradient."""
    found = {"The weight is missing: multiply by it.":
             sum(term.factors[1].value for term in opened.terms)}  # fmt: skip
    if trace.optimizer is not None:
        used = sum(
            explain(trace, Ref(f"update.{w.ref.tensor}", w.ref.index)).result * gradient.value
            for w, gradient in (term.factors for term in opened.terms)
            if w.ref
        )
        found["You used the weight after the update; all gradients are taken before it."] = used
    return found


def _of_derivative(trace: Trace, ref: Ref, opened: Explanation) -> Mistakes:
    """The slope, mixed up with the value, or with one factor of σ(1 − σ) alone."""
    made = opened.arguments[1].value
    return {
        "That is the neuron's output, not the slope there.": made,
        "That is 1 minus the output; multiply it by the output itself.": 1 - made,
    }


def _of_gradient(trace: Trace, ref: Ref, opened: Explanation) -> Mistakes:
    """dL/dw = Σ dL/dz · input."""
    path, _ = split(ref.tensor)
    n = len(trace.inputs)
    found: Mistakes = {}
    following = str(int(path) + 1)
    if isinstance(trace.network.layer(path), Linear) and int(following) < len(trace.network.layers):
        after = trace.doutput(following)[:, ref.index[0]]
        inputs = [term.factors[1].value if len(term.factors) > 1 else 1.0
                  for term in opened.terms[:n]]  # fmt: skip
        found[NO_SLOPE] = float(sum(after * inputs))
    if len(opened.terms[0].factors) > 1:
        found["The input is missing: multiply by what the weight multiplies."] = sum(
            term.factors[0].value for term in opened.terms
        )
    if n > 1:
        found["That is the first sample alone; add up all samples."] = opened.terms[0].value
        found["The 1/n is in the loss already; do not divide again."] = opened.result / n
        found["The 1/n of the mean is missing."] = opened.result * n
    return found


def _of_update(opened: Explanation) -> Mistakes:
    """w − lr · g."""
    weight, step = opened.terms[0].value, opened.terms[1].value
    gradient = opened.terms[1].factors[2].value
    return {
        "Up instead of down: subtract the gradient.": weight - step,
        "The learning rate is missing.": weight - gradient,
        "That is the change alone; subtract it from the weight.": -step,
    }


def _of_loss(trace: Trace, opened: Explanation) -> Mistakes:
    if opened.ref.tensor == "sample_loss":
        return {"That is the error; it has yet to be squared.": opened.terms[0].factors[-1].value,
                "There is no 1/2 in this loss.": opened.result / 2}  # fmt: skip
    return {"The 1/n is missing: take the mean.": opened.result * len(trace.inputs),
            "There is no 1/2 in this loss.": opened.result / 2}  # fmt: skip


BY_NAME: dict[str, Callable[[Trace, Ref, Explanation], Mistakes]] = {
    "output": _of_output,
    "doutput": _of_doutput,
    "derivative": _of_derivative,
    "dweight": _of_gradient,
    "dbias": _of_gradient,
}
