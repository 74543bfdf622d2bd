"""Opening what the forward pass computes: inputs, parameters, layer outputs, and the loss."""

from __future__ import annotations

from core.explain.record import Explanation, Factor, Ref, Term, format_number, subscript
from core.explain.trace import Trace
from core.layers import ActivationLayer, Linear


def explain_input(trace: Trace, ref: Ref) -> Explanation:
    n, i = ref.index
    symbol = trace.names.inputs[i]
    note = f"An input: what sample {n + 1} of the batch says for {symbol}."
    return Explanation(ref, symbol, f"Input {symbol}", "given", trace.inputs[n, i], note=note)


def explain_target(trace: Trace, ref: Ref) -> Explanation:
    value = target(trace, ref).value
    note = "A target: what the data say that the network should give for this sample."
    return Explanation(ref, "y_true", "Target", "given", value, note=note)


def explain_parameter(trace: Trace, ref: Ref) -> Explanation:
    names = trace.names
    symbol = names.parameter(ref.tensor, ref.index)
    title = names.parameter_title(ref.tensor, ref.index)
    return Explanation(ref, symbol, title, "given", parameter(trace, ref).value, note=trace.origin)


def parameter(trace: Trace, ref: Ref) -> Factor:
    value = float(trace.network.view(ref.tensor)[ref.index])
    return Factor(trace.names.parameter(ref.tensor, ref.index), value, ref)


def output(trace: Trace, layer: int, n: int, unit: int) -> Factor:
    """A layer's output as a factor; layer −1 stands for the inputs."""
    ref = Ref("input" if layer < 0 else f"layers.{layer}.output", (n, unit))
    values = trace.inputs if layer < 0 else trace.outputs[layer]
    return Factor(trace.names.output(layer, unit), float(values[n, unit]), ref)


def explain_output(trace: Trace, ref: Ref) -> Explanation:
    layer = int(ref.tensor.split(".")[1])
    n, unit = ref.index
    holder = trace.network.layers[layer]
    if isinstance(holder, ActivationLayer):
        return _activation(trace, ref, holder)
    assert isinstance(holder, Linear)
    made = output(trace, layer, n, unit)
    terms = [
        Term((parameter(trace, Ref(f"layers.{layer}.weight", (unit, i))),
              output(trace, layer - 1, n, i)))
        for i in range(trace.layer_input(layer).shape[1])
    ]  # fmt: skip
    if "bias" in holder.params:
        terms.append(Term((parameter(trace, Ref(f"layers.{layer}.bias", (unit,))),)))
    title = trace.names.output_title(layer, unit)
    formula = " + ".join(" · ".join(f.symbol for f in term.factors) for term in terms)
    return Explanation(ref, made.symbol, title, "sum", made.value, short_sum(formula),
                       written(terms), tuple(terms))  # fmt: skip


def _activation(trace: Trace, ref: Ref, holder: ActivationLayer) -> Explanation:
    layer = int(ref.tensor.split(".")[1])
    n, unit = ref.index
    made, z = output(trace, layer, n, unit), output(trace, layer - 1, n, unit)
    activation = holder.activation
    return Explanation(
        ref, made.symbol, trace.names.output_title(layer, unit), "function", made.value,
        f"{made.symbol} = {activation.formula}, with z = {z.symbol}",
        activation.written(_bracket(z.value)), arguments=(z,),
    )  # fmt: skip


def written(terms: list[Term]) -> str:
    """A sum of products with its numbers; left to the table of terms when it is long."""
    if len(terms) > 6:
        return ""
    parts = [" × ".join(_bracket(f.value) for f in term.factors) for term in terms]
    return " + ".join(parts)


def _bracket(value: float) -> str:
    text = format_number(value)
    return f"({text})" if value < 0 else text


def short_sum(formula: str, longest: int = 90) -> str:
    """A long sum with its middle left out."""
    parts = formula.split(" + ")
    if len(formula) <= longest or len(parts) < 5:
        return formula
    return " + ".join([*parts[:2], "…", *parts[-2:]])


# The loss


def prediction(trace: Trace, n: int, k: int) -> Factor:
    value = float(trace.loss.predict(trace.outputs[-1])[n, k])
    symbol = "y_pred" if trace.outputs[-1].shape[1] == 1 else f"p{subscript(k + 1)}"
    if trace.loss.name == "mse":
        return Factor(symbol, value, output(trace, len(trace.outputs) - 1, n, k).ref)
    return Factor(symbol, value, Ref("prediction", (n, k)))


def explain_prediction(trace: Trace, ref: Ref) -> Explanation:
    """Sigmoid of the logit, or softmax over all logits."""
    n, k = ref.index
    last = len(trace.outputs) - 1
    made = prediction(trace, n, k)
    if trace.loss.name == "mse":
        return explain_output(trace, Ref(f"layers.{last}.output", ref.index))
    logits = [output(trace, last, n, j) for j in range(trace.outputs[-1].shape[1])]
    if trace.loss.name == "binary_cross_entropy":
        z = _bracket(logits[0].value)
        return Explanation(ref, made.symbol, "Predicted probability of class 1", "function",
                           made.value, "1 / (1 + e^(−z))", f"1 / (1 + e^(−{z}))",
                           arguments=tuple(logits))  # fmt: skip
    powers = " + ".join(f"e^({format_number(z.value, 4)})" for z in logits)
    return Explanation(ref, made.symbol, f"Predicted probability of class {k}", "function",
                       made.value, f"e^z{subscript(k + 1)} / Σ e^z (softmax)",
                       f"e^({format_number(logits[k].value, 4)}) / ({powers})",
                       arguments=tuple(logits))  # fmt: skip


def target(trace: Trace, ref: Ref) -> Factor:
    assert trace.targets is not None
    index = ref.index if trace.targets.ndim == 2 else ref.index[:1]
    symbol = "class" if trace.targets.ndim == 1 else "y_true"
    return Factor(symbol, float(trace.targets[index]), Ref("target", ref.index))


def error(trace: Trace, n: int, k: int) -> Factor:
    """y_true − y_pred."""
    value = target(trace, Ref("target", (n, k))).value - prediction(trace, n, k).value
    return Factor("y_true − y_pred", value, Ref("error", (n, k)))


def explain_error(trace: Trace, ref: Ref) -> Explanation:
    n, k = ref.index
    made = error(trace, n, k)
    terms = [Term((target(trace, Ref("target", (n, k))),)),
             Term((Factor("", -1.0), prediction(trace, n, k)))]  # fmt: skip
    return Explanation(ref, made.symbol, f"Error of sample {n + 1}", "sum", made.value,
                       "y_true − y_pred", written(terms), tuple(terms))  # fmt: skip


def sample_loss(trace: Trace, n: int) -> Factor:
    assert trace.targets is not None
    losses = trace.loss.per_sample(trace.outputs[-1], trace.targets)
    return Factor(f"loss{subscript(n + 1)}", float(losses[n]), Ref("sample_loss", (n,)))


def explain_sample_loss(trace: Trace, ref: Ref) -> Explanation:
    (n,) = ref.index
    made = sample_loss(trace, n)
    title = f"Loss of sample {n + 1} of the batch"
    num_outputs = trace.outputs[-1].shape[1]
    if trace.loss.name == "mse":
        share = () if num_outputs == 1 else (Factor(f"1/{num_outputs}", 1 / num_outputs),)
        errors = [error(trace, n, k) for k in range(num_outputs)]
        terms = [Term((*share, e, e)) for e in errors]
        return Explanation(ref, made.symbol, title, "sum", made.value, "(y_true − y_pred)²",
                           written(terms), tuple(terms))  # fmt: skip
    y = target(trace, Ref("target", (n, 0)))
    right = int(y.value) if trace.loss.name == "cross_entropy" else 0
    p = prediction(trace, n, right)
    if trace.loss.name == "cross_entropy":
        return Explanation(ref, made.symbol, title, "function", made.value,
                           "−log p[right class]", f"−log({format_number(p.value)})",
                           arguments=(y, p))  # fmt: skip
    numbers = (format_number(y.value), format_number(p.value))
    return Explanation(
        ref, made.symbol, title, "function", made.value, "−[y · log p + (1 − y) · log(1 − p)]",
        "−[{0} · log {1} + (1 − {0}) · log(1 − {1})]".format(*numbers), arguments=(y, p),
    )  # fmt: skip


def explain_loss(trace: Trace, ref: Ref) -> Explanation:
    """The mean over the samples of the batch."""
    n = len(trace.inputs)
    losses = [sample_loss(trace, i) for i in range(n)]
    terms = [Term((Factor(f"1/{n}", 1 / n), loss)) for loss in losses]
    value = sum(term.value for term in terms)
    return Explanation(ref, "L", f"Loss of the batch: {trace.loss.label.lower()}", "sum", value,
                       trace.loss.formula, written(terms), tuple(terms))  # fmt: skip
