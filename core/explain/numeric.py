"""Opening a finite difference: the loss a little to each side of where a parameter is."""

from __future__ import annotations

from core.explain.factors import parameter
from core.explain.paths import split
from core.explain.record import Explanation, Factor, Ref, format_number
from core.explain.trace import Trace
from core.numeric import STEP, losses_beside


def explain_numeric(trace: Trace, ref: Ref) -> Explanation:
    """`numeric.layers.K.weight`: the slope of the loss as two losses tell it."""
    tensor = ref.tensor.removeprefix("numeric.")
    made = parameter(trace, *split(tensor), ref.index)
    assert trace.targets is not None
    above, below = losses_beside(
        trace.network, trace.inputs, trace.targets, trace.loss, tensor, ref.index
    )
    numbers = f"({format_number(above, 9)} − {format_number(below, 9)}) / {2 * STEP:g}"
    return Explanation(
        ref, f"ΔL/Δ{made.symbol}", f"Slope of the loss by {made.symbol}, found by trying",
        "function", (above - below) / (2 * STEP),
        f"(L({made.symbol} + h) − L({made.symbol} − h)) / 2h, with h = {STEP:g}", numbers,
        arguments=(made, Factor(f"L({made.symbol} + h)", above),
                   Factor(f"L({made.symbol} − h)", below)),
    )  # fmt: skip
