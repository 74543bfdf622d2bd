"""Open any number into the arithmetic it came from, down to inputs and parameters.

    trace = Trace(network, inputs, targets)
    explanation = explain(trace, Ref("layers.0.output", (0, 1)))

Names of tensors, where K is a layer's path such as 3 or, within branches, 3.1.0: input, target,
layers.K.output, layers.K.weight and its other parameters, prediction, error, sample_loss, loss;
layers.K.doutput, layers.K.dinput, layers.K.dweight and so on; what each family of layers adds, such
as layers.K.derivative or the gate layers.K.f; numeric.NAME for the finite difference by the
parameter NAME, clipped.NAME for its bounded gradient; and for the optimizer's step on it
update.NAME, direction.NAME, state.SLOT.NAME; for lengths of gradients norm.layers.K.dh at a step,
norm.layers.K.dweight and so on, norm.gradients of all, norm.clipped, and rate.layers.K.dh. Indices
are those of the arrays as the API orders them, the sample first.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from core.explain import loss, norms, numeric, update
from core.explain.batch_norm import BATCH_NORM2D
from core.explain.branches import BRANCHES, branch_end_gradient
from core.explain.dense import ACTIVATION, FLATTEN, LINEAR, SWITCH
from core.explain.explainers import Explainers, Index
from core.explain.factors import doutput, paths_rule, written
from core.explain.images import CONV2D, POOL
from core.explain.paths import following, parent
from core.explain.record import Explanation, Factor, Ref, Term, format_number
from core.explain.recurrent import RECURRENT
from core.explain.regularization import DROPOUT, LOCAL_RESPONSE_NORM
from core.explain.sequences import EMBEDDING, ONE_HOT
from core.explain.trace import Trace
from core.layers import (
    ActivationLayer,
    BatchNorm2d,
    Branches,
    Conv2d,
    Dropout,
    Embedding,
    Flatten,
    Layer,
    Linear,
    LocalResponseNorm,
    OneHot,
    Pool,
    Recurrent,
    Switch,
)

__all__ = ["Explanation", "Factor", "Ref", "Term", "Trace", "explain", "format_number"]

EXPLAINERS: dict[type[Layer], Explainers] = {
    ActivationLayer: ACTIVATION,
    BatchNorm2d: BATCH_NORM2D,
    Branches: BRANCHES,
    Conv2d: CONV2D,
    Dropout: DROPOUT,
    Embedding: EMBEDDING,
    Flatten: FLATTEN,
    Linear: LINEAR,
    LocalResponseNorm: LOCAL_RESPONSE_NORM,
    OneHot: ONE_HOT,
    Pool: POOL,
    Recurrent: RECURRENT,
    Switch: SWITCH,
}
PATH = r"layers\.(\d+(?:\.\d+\.\d+)*)\."
WHOLE: tuple[tuple[str, Callable[[Trace, Ref], Explanation]], ...] = (
    (r"target", loss.explain_target),
    (r"error", loss.explain_error),
    (r"sample_loss", loss.explain_sample_loss),
    (r"loss", loss.explain_loss),
    (r"clipped\." + PATH + r"\w+", update.explain_clipped),
    (r"numeric\." + PATH + r"\w+", numeric.explain_numeric),
    (r"update\." + PATH + r"\w+", update.explain_update),
    (r"direction\." + PATH + r"\w+", update.explain_direction),
    (r"state\.\w\." + PATH + r"\w+", update.explain_state),
    (r"norm\.(?:gradients|clipped)", norms.explain_norm),
    (r"norm\." + PATH + r"d\w+", norms.explain_norm),
    (r"rate\." + PATH + r"d\w+", norms.explain_rate),
)


def explain(trace: Trace, ref: Ref) -> Explanation:
    """Open one number; raises ValueError when `ref` names none of this network."""
    try:
        return _explain(trace, ref)
    except (IndexError, AssertionError, TypeError, KeyError) as error:
        raise ValueError(f"{ref.tensor}{list(ref.index)} is not in this network") from error


def _explain(trace: Trace, ref: Ref) -> Explanation:
    if ref.tensor == "input":
        return explain_input(trace, ref)
    if ref.tensor == "prediction":
        return explain_prediction(trace, ref)
    if match := re.fullmatch(PATH + r"(\w+)", ref.tensor):
        return _explain_layer(trace, ref, *match.groups())
    for pattern, explainer in WHOLE:
        if re.fullmatch(pattern, ref.tensor):
            return explainer(trace, ref)
    raise ValueError(f"no number is called {ref.tensor!r}; see core.explain for the names")


def _explain_layer(trace: Trace, ref: Ref, path: str, what: str) -> Explanation:
    """A number of the layer at a path."""
    layer = trace.network.layer(path)
    explainers = EXPLAINERS[type(layer)]
    if what in ("output", "dinput"):
        place = trace.output(path) if what == "output" else trace.layer_input(path)
        assert len(ref.index) == place.ndim
    if what == "output":
        return explainers.output(trace, path, ref.index)
    if what == "doutput":
        return explain_doutput(trace, path, ref.index)
    if what == "dinput":
        return explainers.dinput(trace, path, ref.index)
    if what in explainers.inner:
        return explainers.inner[what](trace, path, ref.index)
    if what in layer.params:
        return explain_parameter(trace, ref)
    assert explainers.gradient is not None
    assert what[1:] in layer.params
    return explainers.gradient(trace, path, what[1:], ref.index)


def explain_prediction(trace: Trace, ref: Ref) -> Explanation:
    """A probability made of the logits; for squared errors, the last layer's output itself."""
    if trace.loss.name != "mse":
        return loss.explain_probability(trace, ref)
    return replace(_explain_layer(trace, ref, loss.last(trace), "output"), ref=ref)


def explain_input(trace: Trace, ref: Ref) -> Explanation:
    symbol = trace.names.symbol("input", ref.index[1:])
    note = f"An input: what sample {ref.index[0] + 1} of the batch says for {symbol}."
    value = float(trace.inputs[ref.index])
    if trace.names.is_bench:
        return _explain_pixel(trace, ref, symbol, value)
    return Explanation(ref, symbol, f"Input {symbol}", "given", value, note=note)


def _explain_pixel(trace: Trace, ref: Ref, symbol: str, value: float) -> Explanation:
    """A pixel of one layer's picture, and the outputs that it goes into."""
    uses = EXPLAINERS[type(trace.network.layer("0"))].uses
    goes = uses(trace, "0", ref.index) if uses else ()
    count = f"{len(goes)} output{'' if len(goes) == 1 else 's'}" if goes else "no output"
    note = f"A pixel of the picture; it goes into {count}."
    return Explanation(ref, symbol, f"Pixel {symbol}", "given", value, note=note, uses=goes)


def explain_parameter(trace: Trace, ref: Ref) -> Explanation:
    names = trace.names
    value = float(trace.network.view(ref.tensor)[ref.index])
    return Explanation(ref, names.parameter(ref.tensor, ref.index),
                       names.parameter_title(ref.tensor, ref.index), "given", value,
                       note=trace.origin)  # fmt: skip


def explain_doutput(trace: Trace, path: str, index: Index) -> Explanation:
    """How the loss changes with one output: by every path that leads on from it.

    It is what the next layer passes back; at the end of a branch, what comes to the merged output;
    at the end of the network, the derivative of the loss itself.
    """
    made = doutput(trace, path, index)
    assert made.ref is not None
    title = f"Gradient of the loss by {made.symbol.removeprefix('∂L/∂')}, sample {index[0] + 1}"
    following_path = following(trace.network.spec, path)
    if following_path is not None:
        passed = _explain_layer(trace, made.ref, following_path, "dinput")
        return replace(passed, ref=made.ref, symbol=made.symbol)
    if "." in path:
        terms = branch_end_gradient(trace, *parent(path), index)
        formula = paths_rule(terms)
    else:
        if trace.given is not None:
            return Explanation(made.ref, made.symbol, title, "given", made.value,
                               note=trace.origin_of_given)  # fmt: skip
        terms = loss.loss_gradient_terms(trace, index)
        formula = trace.loss.gradient_formula
    return Explanation(made.ref, made.symbol, title, "sum", made.value, formula, written(terms),
                       tuple(terms))  # fmt: skip
