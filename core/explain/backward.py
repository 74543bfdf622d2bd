"""Opening gradients: each is a sum over paths, each path a product by the chain rule."""

from __future__ import annotations

from core.explain.forward import error, output, parameter, prediction, target, written
from core.explain.record import Explanation, Factor, Ref, Term, format_number
from core.explain.trace import Trace
from core.layers import ActivationLayer, Linear


def doutput(trace: Trace, layer: int, n: int, unit: int) -> Factor:
    """dL/d output of a layer as a factor."""
    symbol = f"∂L/∂{trace.names.output(layer, unit)}"
    value = float(trace.doutput(layer)[n, unit])
    return Factor(symbol, value, Ref(f"layers.{layer}.doutput", (n, unit)))


def derivative(trace: Trace, layer: int, n: int, unit: int) -> Factor:
    names = trace.names
    symbol = f"∂{names.output(layer, unit)}/∂{names.output(layer - 1, unit)}"
    value = float(trace.derivative(layer)[n, unit])
    return Factor(symbol, value, Ref(f"layers.{layer}.derivative", (n, unit)))


def explain_doutput(trace: Trace, ref: Ref) -> Explanation:
    """How the loss changes with one output: by every path that leads on from it."""
    layer = int(ref.tensor.split(".")[1])
    n, unit = ref.index
    made = doutput(trace, layer, n, unit)
    title = f"Gradient of the loss by {trace.names.output(layer, unit)}, sample {n + 1}"
    if layer == len(trace.network.layers) - 1:
        return _loss_gradient(trace, ref, made, title)
    following = trace.network.layers[layer + 1]
    if isinstance(following, ActivationLayer):
        factors = (doutput(trace, layer + 1, n, unit), derivative(trace, layer + 1, n, unit))
        terms = [Term(factors)]
    else:
        terms = [
            Term((parameter(trace, Ref(f"layers.{layer + 1}.weight", (j, unit))),
                  doutput(trace, layer + 1, n, j)))
            for j in range(trace.outputs[layer + 1].shape[1])
        ]  # fmt: skip
    rule = "chain rule: one path" if len(terms) == 1 else f"chain rule: {len(terms)} paths, summed"
    return Explanation(ref, made.symbol, title, "sum", made.value, rule, written(terms),
                       tuple(terms))  # fmt: skip


def _loss_gradient(trace: Trace, ref: Ref, made: Factor, title: str) -> Explanation:
    """The derivative of the loss itself."""
    n, k = ref.index
    count = trace.outputs[-1].size if trace.loss.name != "cross_entropy" else len(trace.inputs)
    share = Factor(f"1/{count}", 1 / count)
    if trace.loss.name == "mse":
        terms = [Term((Factor("", -2.0), share, error(trace, n, k)))]
    else:
        y = target(trace, Ref("target", (n, k)))
        if trace.loss.name == "cross_entropy":  # 1 for the right class, 0 for the others
            y = Factor("is the right class", float(y.value == k), y.ref)
        terms = [Term((share, prediction(trace, n, k))), Term((Factor("", -1.0), share, y))]
    return Explanation(ref, made.symbol, title, "sum", made.value, trace.loss.gradient_formula,
                       written(terms), tuple(terms))  # fmt: skip


def explain_derivative(trace: Trace, ref: Ref) -> Explanation:
    layer = int(ref.tensor.split(".")[1])
    n, unit = ref.index
    made, z = derivative(trace, layer, n, unit), output(trace, layer - 1, n, unit)
    holder = trace.network.layers[layer]
    assert isinstance(holder, ActivationLayer)
    activation = holder.activation
    title = f"Slope of {activation.label.lower()} at {format_number(z.value)}"
    return Explanation(ref, made.symbol, title, "function", made.value,
                       activation.derivative_formula, f"at z = {format_number(z.value)}",
                       arguments=(z, output(trace, layer, n, unit)))  # fmt: skip


def gradient(trace: Trace, tensor: str, index: tuple[int, ...]) -> Factor:
    """dL/d parameter as a factor; `tensor` is the parameter's name."""
    value = float(trace.network.view(tensor, trace.gradients)[index])
    layer, key = tensor.rsplit(".", 1)
    symbol = f"∂L/∂{trace.names.parameter(tensor, index)}"
    return Factor(symbol, value, Ref(f"{layer}.d{key}", index))


def explain_gradient(trace: Trace, ref: Ref) -> Explanation:
    """The gradient by a weight or a bias: a sum over the batch, and the penalty's part."""
    layer = int(ref.tensor.split(".")[1])
    key = ref.tensor.rsplit(".d", 1)[1]
    tensor = f"layers.{layer}.{key}"
    made = gradient(trace, tensor, ref.index)
    assert isinstance(trace.network.layers[layer], Linear)
    unit = ref.index[0]
    terms = []
    for n in range(len(trace.inputs)):
        factors: tuple[Factor, ...] = (doutput(trace, layer, n, unit),)
        if key == "weight":
            factors += (output(trace, layer - 1, n, ref.index[1]),)
        terms.append(Term(factors))
    if key == "weight":
        terms += _penalty_terms(trace, Ref(tensor, ref.index))
    title = f"Gradient of the loss by {trace.names.parameter(tensor, ref.index)}"
    samples = "the one sample" if len(trace.inputs) == 1 else f"{len(trace.inputs)} samples"
    each = " · ".join(factor.symbol for factor in terms[0].factors)
    return Explanation(ref, made.symbol, title, "sum", made.value, f"Σ {each}, over {samples}",
                       written(terms), tuple(terms))  # fmt: skip


def _penalty_terms(trace: Trace, ref: Ref) -> list[Term]:
    weight, terms = parameter(trace, ref), []
    if trace.train.l2:
        terms.append(Term((Factor("l2", trace.train.l2), weight)))
    if trace.train.l1:
        sign = float((weight.value > 0) - (weight.value < 0))
        symbol = f"sign({weight.symbol})"
        terms.append(Term((Factor("l1", trace.train.l1), Factor(symbol, sign, ref))))
    return terms
