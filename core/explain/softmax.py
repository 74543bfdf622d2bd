"""Open softmax, number by number, in the form of its formula and in the one that computers use.

Names, with the class as index (k,): softmax.plain_power, e^(z/τ), plain_sum and plain_probability
of the formula; softmax.shifted, z − max, power, sum and probability of the stable form;
softmax.max; softmax.log_sum, loss and gradient of the cross-entropy with the right class.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.explain.factors import bracket, written
from core.explain.record import Explanation, Factor, Ref, Term, format_number, subscript

Array = NDArray[np.float64]
LARGEST = float(np.log(np.finfo(np.float64).max))  # e to more than this is ∞ in 64 bits


@dataclass(frozen=True)
class SoftmaxHead:
    """Softmax of one sample. logits: each with its symbol, its value, and where it opens;
    temperature above 0; right: the class that the cross-entropy wants."""

    logits: tuple[Factor, ...]
    temperature: float = 1.0
    right: int = 0

    @cached_property
    def values(self) -> dict[str, Array]:
        """All numbers by name; of a sum or a maximum an array of one."""
        z = np.array([logit.value for logit in self.logits])
        with np.errstate(all="ignore"):
            plain = np.exp(z / self.temperature)
            shifted = z - z.max()
            power = np.exp(shifted / self.temperature)
            found = {
                "plain_power": plain, "plain_sum": plain.sum(keepdims=True),
                "plain_probability": plain / plain.sum(),
                "max": z.max(keepdims=True), "shifted": shifted, "power": power,
                "sum": power.sum(keepdims=True), "probability": power / power.sum(),
                "log_sum": np.log(power.sum(keepdims=True)),
            }  # fmt: skip
        wanted = np.arange(len(z)) == self.right
        found["loss"] = found["log_sum"] - shifted[self.right] / self.temperature
        found["gradient"] = (found["probability"] - wanted) / self.temperature
        return found

    def factor(self, name: str, k: int = 0) -> Factor:
        return Factor(_symbol(name, k), float(self.values[name][k]), ref(name, k))

    @property
    def tau(self) -> Factor:
        return Factor("τ", self.temperature)


def ref(name: str, k: int = 0) -> Ref:
    return Ref(f"softmax.{name}", (k,))


def _symbol(name: str, k: int) -> str:
    number = subscript(k + 1)
    return {
        "plain_power": f"e^(z{number}/τ)", "plain_sum": "Σ e^(z/τ)",
        "plain_probability": f"p{number}",
        "max": "m", "shifted": f"z{number} − m", "power": f"e^((z{number} − m)/τ)",
        "sum": "Σ e^((z − m)/τ)", "probability": f"p{number}", "log_sum": "log Σ", "loss": "L",
        "gradient": f"∂L/∂z{number}",
    }[name]  # fmt: skip


def explain_softmax(head: SoftmaxHead, at: Ref) -> Explanation:
    """Open one number; raises ValueError when `at` names none of this head."""
    name = at.tensor.removeprefix("softmax.")
    if name not in EXPLAINERS or not 0 <= at.index[0] < len(head.values[name]):
        raise ValueError(f"{at.tensor}{list(at.index)} is no number of a softmax")
    return EXPLAINERS[name](head, name, at.index[0])


def _function(
    made: Factor, title: str, formula: str, numbers: str, parts: tuple[Factor, ...], note: str = ""
) -> Explanation:
    assert made.ref is not None
    return Explanation(made.ref, made.symbol, title, "function", made.value, formula, numbers,
                       arguments=parts, note=note)  # fmt: skip


def _sum(made: Factor, title: str, formula: str, terms: list[Term], note: str = "") -> Explanation:
    assert made.ref is not None
    return Explanation(made.ref, made.symbol, title, "sum", made.value, formula, written(terms),
                       tuple(terms), note=note)  # fmt: skip


def _power(head: SoftmaxHead, name: str, k: int) -> Explanation:
    """e to a logit, or to a shifted one."""
    made = head.factor(name, k)
    source = head.logits[k] if name == "plain_power" else head.factor("shifted", k)
    note = ""
    if np.isinf(made.value):
        note = (f"Too large: e to more than {LARGEST:.1f} is beyond the largest number of 64 bits. "
                "With 32 bits the end is at 88.7.")  # fmt: skip
    elif made.value == 0:
        note = "Too small for a number of 64 bits: it is rounded to 0."
    numbers = f"e^({bracket(source.value)} / {format_number(head.temperature)})"
    return _function(made, f"Exponential of class {k + 1}", made.symbol, numbers,
                     (source, head.tau), note)  # fmt: skip


def _powers(head: SoftmaxHead, name: str, k: int) -> Explanation:
    """The denominator."""
    each = "plain_power" if name == "plain_sum" else "power"
    terms = [Term((head.factor(each, j),)) for j in range(len(head.logits))]
    note = "At least 1, for the largest logit gives e⁰." if name == "sum" else ""
    return _sum(head.factor(name), "Sum of all exponentials", head.factor(name).symbol, terms, note)


def _probability(head: SoftmaxHead, name: str, k: int) -> Explanation:
    plain = "plain_" if name == "plain_probability" else ""
    made = head.factor(name, k)
    above, below = head.factor(f"{plain}power", k), head.factor(f"{plain}sum")
    note = "Shifted by the largest logit, which cancels: above and below are divided by e^(m/τ)."
    if plain:
        note = ("There is no such number. Shift by the largest logit first, and there is."
                if np.isnan(made.value) else "")  # fmt: skip
    numbers = f"{format_number(above.value)} / {format_number(below.value)}"
    return _function(made, f"Probability of class {k + 1}", f"{above.symbol} / {below.symbol}",
                     numbers, (above, below), note)  # fmt: skip


def _max(head: SoftmaxHead, name: str, k: int) -> Explanation:
    numbers = ", ".join(format_number(logit.value) for logit in head.logits)
    return _function(head.factor("max"), "The largest logit", "max z", f"max({numbers})",
                     head.logits)  # fmt: skip


def _shifted(head: SoftmaxHead, name: str, k: int) -> Explanation:
    terms = [Term((head.logits[k],)), Term((Factor("", -1.0), head.factor("max")))]
    return _sum(head.factor(name, k), f"Logit of class {k + 1}, shifted", "z − m", terms,
                "Never above 0, so its exponential is never above 1.")  # fmt: skip


def _log_sum(head: SoftmaxHead, name: str, k: int) -> Explanation:
    total = head.factor("sum")
    return _function(head.factor(name), "Logarithm of the sum", "log Σ",
                     f"log({format_number(total.value)})", (total,))  # fmt: skip


def _loss(head: SoftmaxHead, name: str, k: int) -> Explanation:
    """−log p of the right class, without the detour over p, which may be rounded to 0."""
    shifted, tau = head.factor("shifted", head.right), head.temperature
    terms = [Term((head.factor("log_sum"),)), Term((Factor("−1/τ", -1 / tau), shifted))]
    p = head.factor("probability", head.right)
    return _sum(head.factor(name), f"Cross-entropy, with class {head.right + 1} as the right one",
                f"−log {p.symbol} = log Σ − ({shifted.symbol})/τ", terms)  # fmt: skip


def _gradient(head: SoftmaxHead, name: str, k: int) -> Explanation:
    share = Factor("1/τ", 1 / head.temperature)
    wanted = Factor("is the right class", float(k == head.right))
    terms = [Term((share, head.factor("probability", k))), Term((Factor("", -1.0), share, wanted))]
    return _sum(head.factor(name, k), f"Gradient of the loss by the logit of class {k + 1}",
                "(p − [is the right class]) / τ", terms)  # fmt: skip


EXPLAINERS: dict[str, Callable[[SoftmaxHead, str, int], Explanation]] = {
    "plain_power": _power, "power": _power, "plain_sum": _powers, "sum": _powers,
    "plain_probability": _probability, "probability": _probability, "max": _max,
    "shifted": _shifted, "log_sum": _log_sum, "loss": _loss, "gradient": _gradient,
}  # fmt: skip
