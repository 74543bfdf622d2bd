"""Opening how likely a token is to be written next, at a temperature."""

from __future__ import annotations

import numpy as np

from core.explain.factors import bracket, output
from core.explain.loss import last
from core.explain.record import Explanation, Factor, Ref, format_number
from core.explain.trace import Trace
from core.generation import probabilities

CHOICE = "choice"
GREEDY = "At temperature 0 the likeliest character is always chosen."


def explain_choice(
    trace: Trace, ref: Ref, temperature: float, characters: tuple[str, ...]
) -> Explanation:
    """`choice` (n, t, k): the share of token k after step t, which is the one that is written as
    character t + 1: what the text begins with does not count."""
    n, t, k = ref.index
    logits = [output(trace, last(trace), (n, t, j)) for j in range(len(characters))]
    share = float(probabilities(trace.outputs[-1][n, t], temperature)[k])
    symbol = f"p(“{characters[k]}”)"
    title = f"How likely “{characters[k]}” is as character {t + 1} of what is written"
    named = tuple(
        Factor(f"{z.symbol} for “{character}”", z.value, z.ref)
        for z, character in zip(logits, characters, strict=True)
    )
    if temperature == 0:
        return Explanation(ref, symbol, title, "function", share, "1 for the greatest z, else 0",
                           f"z = {bracket(logits[k].value)}", arguments=named, note=GREEDY)
    scaled = trace.outputs[-1][n, t].astype(float) / temperature
    powers = np.exp(scaled - scaled.max())
    greatest = bracket(float(scaled.max()) * temperature)
    above = f"({format_number(logits[k].value)} − {greatest}) / {format_number(temperature)}"
    return Explanation(
        ref, symbol, title, "function", share,
        "e^((z − greatest z) / τ) / Σ of the same for all, with temperature τ",
        f"e^({above}) / {format_number(float(powers.sum()))}",
        arguments=(named[k], *named[:k], *named[k + 1 :]),
    )  # fmt: skip
