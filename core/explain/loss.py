"""Opening the loss: predictions, errors, the loss of a sample and of a batch, and its gradient."""

from __future__ import annotations

from core.explain.factors import Index, bracket, output, target, written
from core.explain.record import Explanation, Factor, Ref, Term, format_number, subscript
from core.explain.trace import Trace


def last(trace: Trace) -> str:
    return str(len(trace.network.layers) - 1)


def prediction(trace: Trace, index: Index) -> Factor:
    """What is compared with the target; index (n, ..., k)."""
    value = float(trace.loss.predict(trace.outputs[-1])[index])
    several = trace.outputs[-1].shape[-1] > 1
    symbol = f"p{subscript(index[-1] + 1)}" if several else "y_pred"
    if trace.loss.name == "mse":
        return Factor(symbol, value, output(trace, last(trace), index).ref)
    return Factor(symbol, value, Ref("prediction", index))


def error(trace: Trace, index: Index) -> Factor:
    """y_true − y_pred."""
    value = target(trace, index).value - prediction(trace, index).value
    return Factor("y_true − y_pred", value, Ref("error", index))


def explain_error(trace: Trace, ref: Ref) -> Explanation:
    made = error(trace, ref.index)
    terms = [Term((target(trace, ref.index),)),
             Term((Factor("", -1.0), prediction(trace, ref.index)))]  # fmt: skip
    title = f"Error of sample {ref.index[0] + 1}"
    return Explanation(ref, made.symbol, title, "sum", made.value, "y_true − y_pred",
                       written(terms), tuple(terms))  # fmt: skip


def explain_target(trace: Trace, ref: Ref) -> Explanation:
    note = "A target: what the data say that the network should give for this sample."
    return Explanation(ref, "y_true", "Target", "given", target(trace, ref.index).value, note=note)


def explain_probability(trace: Trace, ref: Ref) -> Explanation:
    """Sigmoid of the logit, or softmax over all logits."""
    *place, k = ref.index
    made = prediction(trace, ref.index)
    logits = [
        output(trace, last(trace), (*place, j)) for j in range(trace.outputs[-1].shape[-1])
    ]
    if trace.loss.name == "binary_cross_entropy":
        z = logits[k]
        return Explanation(ref, made.symbol, "Predicted probability of class 1", "function",
                           made.value, "1 / (1 + e^(−z))", f"1 / (1 + e^(−{bracket(z.value)}))",
                           arguments=(z,))  # fmt: skip
    powers = " + ".join(f"e^({format_number(z.value, 4)})" for z in logits)
    return Explanation(ref, made.symbol, f"Predicted probability of class {k}", "function",
                       made.value, f"e^z{subscript(k + 1)} / Σ e^z (softmax)",
                       f"e^({format_number(logits[k].value, 4)}) / ({powers})",
                       arguments=tuple(logits))  # fmt: skip


def sample_loss(trace: Trace, place: Index) -> Factor:
    """The loss of sample (n,), or of a step (n, t) of it."""
    symbol = f"loss{subscript(','.join(str(i + 1) for i in place))}"
    return Factor(symbol, float(trace.losses[place]), Ref("sample_loss", place))


def explain_sample_loss(trace: Trace, ref: Ref) -> Explanation:
    place = ref.index
    made = sample_loss(trace, place)
    step = f" at step {place[1] + 1}" if len(place) > 1 else ""
    title = f"Loss of sample {place[0] + 1} of the batch{step}"
    if trace.counting is not None and not trace.counting[place]:
        return Explanation(ref, made.symbol, title, "given", 0.0, note="This step does not count.")
    num_outputs = trace.outputs[-1].shape[-1]
    if trace.loss.name == "mse":
        share = () if num_outputs == 1 else (Factor(f"1/{num_outputs}", 1 / num_outputs),)
        errors = [error(trace, (*place, k)) for k in range(num_outputs)]
        terms = [Term((*share, e, e)) for e in errors]
        return Explanation(ref, made.symbol, title, "sum", made.value, "(y_true − y_pred)²",
                           written(terms), tuple(terms))  # fmt: skip
    y = target(trace, (*place, 0))
    right = int(y.value) if trace.loss.name == "cross_entropy" else 0
    p = prediction(trace, (*place, right))
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
    """The mean over the samples of the batch, or over all their steps that count."""
    n = len(trace.places)
    losses = [sample_loss(trace, place) for place in trace.places]
    terms = [Term((Factor(f"1/{n}", 1 / n), loss)) for loss in losses]
    value = sum(term.value for term in terms)
    return Explanation(ref, "L", f"Loss of the batch: {trace.loss.label.lower()}", "sum", value,
                       trace.loss.formula, written(terms), tuple(terms))  # fmt: skip


def loss_gradient_terms(trace: Trace, index: Index) -> list[Term]:
    """The derivative of the loss by an output of the last layer; no terms where none counts."""
    if trace.counting is not None and not trace.counting[index[:-1]]:
        return []
    share = _share(trace)
    if trace.loss.name == "mse":
        return [Term((Factor("", -2.0), share, error(trace, index)))]
    y = target(trace, index)
    if trace.loss.name == "cross_entropy":  # 1 for the right class, 0 for the others
        y = Factor("is the right class", float(y.value == index[-1]), y.ref)
    return [Term((share, prediction(trace, index))), Term((Factor("", -1.0), share, y))]


def _share(trace: Trace) -> Factor:
    """One over the number of errors, or of samples or steps, that are averaged."""
    each = 1 if trace.loss.name == "cross_entropy" else trace.outputs[-1].shape[-1]
    count = len(trace.places) * each
    return Factor(f"1/{count}", 1 / count)
