"""Opening norms: of a gradient at a step, of all gradients together, before and after clipping."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from core.clipping import global_norm
from core.explain.paths import split
from core.explain.record import Explanation, Factor, Ref, format_number
from core.explain.trace import Trace
from core.explain.walk import walks
from core.spec import FIRST

Array = NDArray[np.floating]
MOST = 16  # numbers that are listed; of more the largest
ALL, CLIPPED, RATE = "norm.gradients", "norm.clipped", "rate."


def explain_norm(trace: Trace, ref: Ref) -> Explanation:
    """norm.layers.K.dh at (n, t), norm.layers.K.dweight_hh and the like, or one of the whole."""
    if ref.tensor == ALL:
        return _of_all(trace, ref)
    if ref.tensor == CLIPPED:
        return _of_clipped(trace, ref)
    path, name = split(ref.tensor.removeprefix("norm."))
    if ref.index:
        return _at_step(trace, ref, path, name)
    return _of_tensor(trace, ref, path, name.removeprefix("d"))


def lengths(trace: Trace, path: str, name: str) -> Array:
    """The lengths (T,) of a gradient such as dh at all steps of the first sample."""
    values = walks(trace, path)[0].record.values[name][0]
    return np.array([global_norm(row) for row in values])


def _norm(ref: Ref, symbol: str, title: str, parts: list[Factor], count: int) -> Explanation:
    """The root of the sum of squares; of many numbers the largest are listed."""
    value = global_norm(np.array([part.value for part in parts]))
    listed = sorted(parts, key=lambda part: -abs(part.value))[:MOST] if count > MOST else parts
    squares = " + ".join(_square(part.value) for part in listed[:MOST])
    more = f"The {MOST} largest of {count} numbers are listed." if count > MOST else ""
    dots = " + …" if count > MOST else ""
    return Explanation(ref, symbol, title, "function", value, "the root of the sum of all squares",
                       f"√({squares}{dots})", arguments=tuple(listed), note=more)  # fmt: skip


def _square(value: float) -> str:
    text = format_number(value, 3)
    return f"({text})²" if value < 0 else f"{text}²"


def _at_step(trace: Trace, ref: Ref, path: str, name: str) -> Explanation:
    """Over all units, at one step of one sample."""
    place, (walk, *_) = ref.index, walks(trace, path)
    assert len(place) == 2
    parts = [walk.value(name, place, unit) for unit in range(walk.hidden)]
    letter = re.sub(r"\[.*", "", parts[0].symbol)
    title = f"Length of the gradient of the loss by all of {name[1:]} at step {place[1] + 1}"
    return _norm(ref, f"‖{letter}‖", title, parts, len(parts))


def explain_rate(trace: Trace, ref: Ref) -> Explanation:
    """rate.layers.K.dh of a sample (n,): by what the length changes at each step back, as a
    geometric mean."""
    tensor, (n,) = ref.tensor.removeprefix(RATE), ref.index
    steps = walks(trace, split(tensor)[0])[0].length
    assert steps > 1
    ends = [explain_norm(trace, Ref(f"norm.{tensor}", (n, t))) for t in (0, steps - 1)]
    first, last = (Factor(each.symbol, each.result, each.ref) for each in ends)
    value = (first.value / last.value) ** (1 / (steps - 1)) if last.value else float("nan")
    numbers = f"({format_number(first.value)} / {format_number(last.value)})^(1/{steps - 1})"
    title = "What the length is multiplied by at each step back, on average"
    return Explanation(ref, "a step", title, "function", value,
                       f"({first.symbol} / {last.symbol})^(1/{steps - 1})", numbers,
                       arguments=(first, last))  # fmt: skip


def _of_tensor(trace: Trace, ref: Ref, path: str, key: str) -> Explanation:
    gradient, name = trace.gradient(path, key), f"{FIRST}{path}.{key}"
    parts = [Factor(f"∂L/∂{trace.names.parameter(name, index)}", float(gradient[index]),
                    Ref(f"{FIRST}{path}.d{key}", index))
             for index in np.ndindex(gradient.shape)]  # fmt: skip
    return _norm(ref, f"‖∂L/∂{key}‖", f"Length of the gradient of the loss by {key}", parts,
                 gradient.size)  # fmt: skip


def _of_all(trace: Trace, ref: Ref) -> Explanation:
    """Of all parameters, from the lengths of their tensors."""
    parts = []
    for name in trace.network.parameter_names:
        path, key = split(name)
        value = global_norm(trace.gradient(path, key))
        parts.append(Factor(f"‖∂L/∂{key}‖", value, Ref(f"norm.{FIRST}{path}.d{key}")))
    title = f"Length of the gradient by all {trace.gradients.size} parameters"
    return _norm(ref, "‖∂L/∂θ‖", title, parts, len(parts))


def _of_clipped(trace: Trace, ref: Ref) -> Explanation:
    """What clipping leaves of the length; by value first, then by norm."""
    train, before = trace.train, Factor("‖∂L/∂θ‖", global_norm(trace.gradients), Ref(ALL))
    title, value = "Length of the gradient after clipping", global_norm(trace.clipped)
    number = format_number(before.value)
    if train.clip_value is not None:
        limit = format_number(train.clip_value)
        cut = int((np.abs(trace.gradients) > train.clip_value).sum())
        return Explanation(ref, "‖clipped‖", title, "function", value,
                           f"each number is held within ±{limit}", f"{cut} of "
                           f"{trace.gradients.size} numbers were larger", arguments=(before,),
                           note=f"The angle between both is {turned(trace):.1f}°.")  # fmt: skip
    if train.clip_norm is not None:
        limit = format_number(train.clip_norm)
        return Explanation(ref, "‖clipped‖", title, "function", value,
                           "the smaller of the length and the limit", f"min({number}, {limit})",
                           arguments=(before,), note="The direction stays as it was.")  # fmt: skip
    return Explanation(ref, "‖clipped‖", title, "function", value, "as it was: nothing is clipped",
                       number, arguments=(before,))  # fmt: skip


def turned(trace: Trace) -> float:
    """The angle in degrees between the gradient and what clipping makes of it."""
    before, after = (each / max(global_norm(each), np.finfo(float).tiny)
                     for each in (trace.gradients, trace.clipped))  # fmt: skip
    return float(np.degrees(np.arccos(np.clip(before @ after, -1, 1))))
