"""Opening a score: what was averaged, and over how many answers."""

from __future__ import annotations

import math

import numpy as np

from core.explain.record import Explanation, Factor, Ref, format_number
from core.functional.losses import LOSSES
from core.masks import Masks
from core.snapshot import Score
from core.spec import Shape


def explain_score(ref: Ref, score: Score, count: int, loss: str, is_regression: bool,
                  samples: str) -> Explanation:  # fmt: skip
    """`ref` ends in loss or metric; `samples` says which were scored, such as "test samples"; they
    have `count` answers (see `num_answers`)."""
    n = Factor("answers that count", count)
    if ref.tensor.endswith("loss"):
        total = Factor("sum of their losses", score.loss * count)
        return _mean(ref, f"Loss of the {samples}: {LOSSES[loss].label.lower()}", "L", score.loss,
                     total, n)  # fmt: skip
    if is_regression:
        square = Factor("mean of (y_true − y_pred)²", score.metric**2)
        return Explanation(ref, "RMSE", f"Root mean squared error of the {samples}", "function",
                           score.metric, "√ mean of (y_true − y_pred)²",
                           f"√{format_number(square.value)}", arguments=(square, n))  # fmt: skip
    right = Factor("right ones", round(score.metric * count))
    return _mean(ref, f"Share of right answers to the {samples}", "right", score.metric, right, n)


def _mean(ref: Ref, title: str, symbol: str, value: float, total: Factor, n: Factor) -> Explanation:
    numbers = f"{format_number(total.value)} / {format_number(n.value)}"
    return Explanation(ref, symbol, title, "function", value, f"{total.symbol} / {n.symbol}",
                       numbers, arguments=(total, n))  # fmt: skip


def num_answers(masks: Masks, num_samples: int, output_shape: Shape) -> int:
    """How many answers count that a network with this output gives to so many samples: one for
    each, or one for each step."""
    if masks.counted is not None and len(output_shape) > 1:
        return int(np.count_nonzero(masks.counted))
    return num_samples * math.prod(output_shape[:-1])
