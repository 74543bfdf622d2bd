"""Opening the optimizer's step: a parameter's next value, and the averages that it moves by."""

from __future__ import annotations

import math

from core.clipping import clip, global_norm
from core.explain.factors import gradient as _gradient
from core.explain.factors import parameter, written
from core.explain.paths import split
from core.explain.record import Explanation, Factor, Ref, Term, format_number
from core.explain.trace import Trace
from core.optimizers import EPSILON, SGD, Adam, Momentum, RMSProp


def explain_update(trace: Trace, ref: Ref) -> Explanation:
    """w_new = w − lr · direction, for `update.layers.K.weight` and the like."""
    tensor = ref.tensor.removeprefix("update.")
    _, optimizer = trace.updated
    weight = parameter(trace, *split(tensor), ref.index)
    rate = Factor("lr", float(optimizer.learning_rate))
    terms = [Term((weight,)),
             Term((Factor("", -1.0), rate, _direction(trace, tensor, ref.index)))]  # fmt: skip
    value = float(trace.network.view(tensor, trace.updated[0])[ref.index])
    title = f"{weight.symbol} after the next step of {optimizer.label.lower()}"
    return Explanation(ref, f"{weight.symbol} (new)", title, "sum", value, optimizer.formula,
                       written(terms), tuple(terms))  # fmt: skip


def gradient(trace: Trace, tensor: str, index: tuple[int, ...]) -> Factor:
    """dL/d the named parameter, within the bounds that training sets, if any."""
    found = _gradient(trace, *split(tensor), index)
    if trace.train.clip_value is None and trace.train.clip_norm is None:
        return found
    value = float(trace.network.view(tensor, trace.clipped)[index])
    return Factor(f"clipped {found.symbol}", value, Ref(f"clipped.{tensor}", index))


def explain_clipped(trace: Trace, ref: Ref) -> Explanation:
    """A gradient held within ±clip_value, then shortened with all others to clip_norm."""
    tensor = ref.tensor.removeprefix("clipped.")
    made, g = gradient(trace, tensor, ref.index), _gradient(trace, *split(tensor), ref.index)
    formula, numbers = "g", format_number(g.value)
    if (limit := trace.train.clip_value) is not None:
        formula = f"max(−{limit:g}, min({limit:g}, g))"
        numbers = f"max(−{limit:g}, min({limit:g}, {numbers}))"
    if (longest := trace.train.clip_norm) is not None:
        norm = _norm_before(trace)
        formula = f"{formula} · min(1, {longest:g} / ‖g‖)"
        numbers = f"{numbers} × min(1, {longest:g} / {format_number(norm)})"
    title = f"Bounded gradient of the loss by {g.symbol.removeprefix('∂L/∂')}"
    return Explanation(ref, made.symbol, title, "function", made.value, formula, numbers,
                       arguments=(g,))  # fmt: skip


def _norm_before(trace: Trace) -> float:
    """The length of the whole gradient, each number held within its bound."""
    gradients = trace.gradients.copy()
    clip(gradients, trace.train.clip_value, None)
    return global_norm(gradients)


def _direction(trace: Trace, tensor: str, index: tuple[int, ...]) -> Factor:
    """What is multiplied by the learning rate."""
    _, optimizer = trace.updated
    if isinstance(optimizer, SGD):
        return gradient(trace, tensor, index)
    if isinstance(optimizer, Momentum):
        return state_after(trace, "v", tensor, index)
    return Factor("direction", _scaled(trace, tensor, index), Ref(f"direction.{tensor}", index))


def _scaled(trace: Trace, tensor: str, index: tuple[int, ...]) -> float:
    """The gradient, or Adam's mean of it, over the root of the mean square."""
    _, optimizer = trace.updated
    s = state_after(trace, "s", tensor, index).value
    if isinstance(optimizer, Adam):
        m = state_after(trace, "m", tensor, index).value
        t = optimizer.num_steps
        root = math.sqrt(s / (1 - optimizer.beta2**t))
        return m / (1 - optimizer.beta1**t) / (root + EPSILON)
    return gradient(trace, tensor, index).value / (math.sqrt(s) + EPSILON)


def explain_direction(trace: Trace, ref: Ref) -> Explanation:
    tensor = ref.tensor.removeprefix("direction.")
    _, optimizer = trace.updated
    s = state_after(trace, "s", tensor, ref.index)
    value = _scaled(trace, tensor, ref.index)
    if isinstance(optimizer, Adam):
        m, t = state_after(trace, "m", tensor, ref.index), optimizer.num_steps
        formula = "(m / (1 − β₁ᵗ)) / (√(s / (1 − β₂ᵗ)) + ε)"
        numbers = (
            f"({format_number(m.value)} / (1 − {optimizer.beta1}^{t})) / "
            f"(√({format_number(s.value)} / (1 − {optimizer.beta2}^{t})) + 1e−8)"
        )
        return Explanation(ref, "direction", "Adam's direction", "function", value, formula,
                           numbers, arguments=(m, s))  # fmt: skip
    g = gradient(trace, tensor, ref.index)
    numbers = f"{format_number(g.value)} / (√{format_number(s.value)} + 1e−8)"
    return Explanation(ref, "direction", "RMSProp's direction", "function", value,
                       "g / (√s + ε)", numbers, arguments=(g, s))  # fmt: skip


def state_after(trace: Trace, slot: str, tensor: str, index: tuple[int, ...]) -> Factor:
    """An element of the optimizer's moving average, after the step."""
    _, optimizer = trace.updated
    value = float(trace.network.view(tensor, optimizer.state[slot])[index])
    return Factor(slot, value, Ref(f"state.{slot}.{tensor}", index))


def explain_state(trace: Trace, ref: Ref) -> Explanation:
    """A moving average: a share of what it was, and a share of the new gradient or its square."""
    _, slot, tensor = ref.tensor.split(".", 2)
    after, optimizer = trace.updated[1], trace.optimizer
    assert optimizer is not None
    before = float(trace.network.view(tensor, optimizer.state[slot])[ref.index])
    g = gradient(trace, tensor, ref.index)
    if isinstance(after, Momentum):
        keep, new, formula = after.momentum, 1.0, "μ · v_before + g"
    elif slot == "m" and isinstance(after, Adam):
        keep, new, formula = after.beta1, 1 - after.beta1, "β₁ · m_before + (1 − β₁) · g"
    else:
        keep = after.beta2 if isinstance(after, Adam) else RMSProp.alpha
        new, formula = 1 - keep, "α · s_before + (1 − α) · g²"
    gradients = (g, g) if slot == "s" else (g,)
    terms = [Term((Factor("keep", keep), Factor(f"{slot}_before", before))),
             Term((Factor("new", new), *gradients))]  # fmt: skip
    made = state_after(trace, slot, tensor, ref.index)
    return Explanation(ref, slot, f"Moving average {slot} of {after.label}", "sum", made.value,
                       formula, written(terms), tuple(terms))  # fmt: skip
